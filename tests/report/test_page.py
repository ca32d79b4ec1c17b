"""The page as a file: what is escaped, that it needs nothing else, and that it stays the same."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hostile import SAFE

from corridor_sim.figures.style import ROUTES, colour
from corridor_sim.report.basis import command
from corridor_sim.report.content import Content, content
from corridor_sim.report.page import as_script, on_dark, page

VENDOR = Path(str(resources.files("corridor_sim.report"))) / "page" / "vendor"


class Reader(HTMLParser):
    """Tags, attributes that load something, and the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.data = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
        self.handlers += [name for name in given if name.startswith("on")]
        self._inside = f"{tag}:{given.get('id')}"

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script:data":
            self.data += data
        elif not self._inside.startswith(("script", "style")):
            self.texts.append(data)


def parsed(text: str) -> Reader:
    found = Reader()
    found.feed(text)
    found.close()
    return found


@pytest.fixture(scope="module")
def html(gathered: Content) -> str:
    """The page of the comparison."""
    return page(gathered)


def data_of(text: str) -> Any:
    return json.loads(parsed(text).data)


def test_texts_of_scenarios_are_texts(hostile_comparison: Path) -> None:
    plain = page(content([hostile_comparison]))
    found = parsed(plain)
    assert found.tags.count("script") == 6, "the data and five scripts, none of a scenario"
    assert "img" not in found.tags
    assert found.handlers == []
    assert any(SAFE.split("&")[0].strip() in text for text in found.texts), "the title is shown"
    data = json.loads(found.data)
    assert data["map"]["places"]["aktau"]["label"].startswith("</script><!-- <script>boom()")
    assert "<b>&'base" in data["scenarios"]
    body = plain.split('id="data">')[1].split("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(body)


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "&amp;", "\u2028\u2029", "\\u003c"])
def test_json_in_a_script_is_the_same_text_again(text: str) -> None:
    written = as_script({text: [text, float("nan")]})
    assert json.loads(written) == {text: [text, None]}
    assert not set("<>&\u2028\u2029") & set(written)


def test_the_page_asks_for_nothing_else(html: str) -> None:
    found = parsed(html)
    assert [one for one in found.loads if not one.startswith(("#", "data:,"))] == []
    assert "default-src 'none'" in html
    style = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style


def test_the_same_folder_gives_the_same_bytes(comparison: Path, html: str) -> None:
    assert page(content([comparison])) == html


def test_charts_hold_the_numbers_of_the_table(html: str, gathered: Content) -> None:
    (told,) = gathered.told
    data = data_of(html)
    assert data["scenarios"] == ["tiny", "fast"]
    assert (data["n"], data["level"], data["seed"]) == (10, 0.95, 1)
    rows = {(r.group, r.measure): r for r in told.differences()}
    assert data["differences"]
    for one in data["differences"]:
        row = next(
            r for (group, measure), r in rows.items()
            if measure == one["measure"]
            and group == (one["route"], one["direction"], one["segment"])
        )  # fmt: skip
        assert row.difference is not None
        factor = 100 if row.unit == "share" else 1
        for name, value in (("diff", row.difference.diff), ("low", row.difference.diff_ci_low)):
            assert one[name] == (None if value is None else pytest.approx(factor * value, rel=1e-3))
    for way in data["waterfalls"]:
        assert set(way["hours"]) == {"tiny", "fast"}
        for scenario, hours in way["hours"].items():
            mean = next(
                r.estimate.estimate for r in told.rows
                if r.scenario == scenario and r.measure == "transit_mean"
                and r.group == (way["route"], way["direction"], "all")
            )  # fmt: skip
            assert len(hours) == len(way["parts"])
            assert sum(hours) / 24 == pytest.approx(mean, rel=2e-3), "one pair: its pieces are all"
    for line in data["distributions"]:
        assert line["share"] == sorted(line["share"])
        assert line["days"][0] < line["days"][1]


def test_colours_of_routes_are_theirs_and_are_seen_on_dark_ground(html: str) -> None:
    routes = data_of(html)["routes"]
    for number, route in enumerate(routes):
        assert f"--r{number}: {colour(route)};" in html
    for route in ROUTES:
        rgb = [int(on_dark(colour(route))[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        bright = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        # WCAG 2.1, 1.4.11: parts of graphics need 3:1; the ground is #17191c.
        assert (bright + 0.05) / (0.0094 + 0.05) > 3, route


def test_vendored_scripts_are_those_of_the_note() -> None:
    note = (VENDOR / "README.md").read_text("utf-8")
    files = [path for path in VENDOR.iterdir() if path.suffix == ".js"]
    assert len(files) == 2
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in note
        assert f"| `{path.name}` |" in note
        assert (
            "Permission to use, copy" in (VENDOR / f"LICENSE.{path.name.split('.')[0]}").read_text()
        )


def test_the_command_is_one_for_a_shell() -> None:
    words = ["/a/b/corridor-sim", "compare", "my base.yaml", "--set", "a.b=1; rm x"]
    assert command({"command": words}) == "corridor-sim compare 'my base.yaml' --set 'a.b=1; rm x'"


def test_checks_are_on_the_page(html: str, gathered: Content) -> None:
    names = [check.name for check in gathered.checks]
    assert names[:2] == ["Replications", "Conservation"]
    assert "Engine" in names
    texts = " ".join(parsed(html).texts)
    for check in gathered.checks:
        assert check.found in texts
