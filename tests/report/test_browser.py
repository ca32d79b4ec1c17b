"""The report in a real browser: it draws, it moves, it answers to selections, it asks for nothing.

Chromium is `apt-get install chromium`; without it these tests fail.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from console import said
from playwright.sync_api import Browser, Page, Request, sync_playwright

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

MEGABYTE = 1_000_000
CHARTS = ("transit", "differences", "utilisation", "waterfall", "queue")


@dataclass
class Seen:
    """A page, what it complained of and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on five shipped scenarios, four months of them."""
    here = tmp_path_factory.mktemp("five")
    scenarios = ["baseline-2024", "alat-phase-2", "caspian-fleet-8", "btk-5mt", "demand-2030"]
    span = {"start": "2024-10-01", "warm_up_d": 10, "measure_d": 120, "run_out_d": 20}
    changes = [word for name, value in span.items() for word in ("--set", f"span.{name}={value}")]
    made = said("compare", *scenarios, "-n", "2", "-j", "2", *changes, "--out", here / "results")
    assert made.code == 0, made.err
    (folder,) = (here / "results" / "compare").iterdir()
    file = here / "report.html"
    assert said("report", folder, "-o", file).code == 0
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = shutil.which("chromium")
    assert path, "chromium is not installed: apt-get install -y chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def seen(browser: Browser, report: Path) -> Iterator[Seen]:
    """The report, opened from disk in a browser without a network."""
    with _opened(browser, report, width=1200) as found:
        yield found


class _opened:  # noqa: N801 - read as a word: `with _opened(...)`
    def __init__(self, browser: Browser, file: Path, *, width: int, scheme: str = "light") -> None:
        self._context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True,
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        self._file = file

    def __enter__(self) -> Seen:
        found = Seen(self._context.new_page())

        def asked(request: Request) -> None:
            found.requests.append(request.url)

        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", asked)
        found.page.goto(self._file.as_uri())
        return found

    def __exit__(self, *_: object) -> None:
        self._context.close()


def drawn(page: Page, chart: str) -> str:
    return str(page.inner_html(f"#{chart} .plot"))


def vehicles(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "#world .vehicle", "all => all.map(one => one.getAttribute('transform'))"
    )
    return found


def to_hour(page: Page, hour: int) -> None:
    page.evaluate(
        "hour => { const s = document.getElementById('time'); s.value = hour;"
        " s.dispatchEvent(new Event('input')); }", hour,
    )  # fmt: skip


def test_five_scenarios_fit_into_three_megabytes(report: Path) -> None:
    assert report.stat().st_size < 3 * MEGABYTE


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")])
def test_it_draws_without_complaint_or_request(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    with _opened(browser, report, width=width, scheme=scheme) as seen:
        for chart in CHARTS:
            assert seen.page.locator(f"#{chart} .plot svg").count() == 1, chart
        assert seen.page.locator("#world svg").count() == 1
        assert seen.page.locator("#inset svg").count() == 1
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 25, 28)"}[scheme]
        assert seen.complaints == []
        assert seen.requests == [report.as_uri()]


def test_a_request_or_an_error_would_be_noticed(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "faulty.html"
    file.write_text("<img src='https://example.org/x.png'><script>missing()</script>", "utf-8")
    with _opened(browser, file, width=400) as seen:
        seen.page.wait_for_timeout(200)
        assert any("missing is not defined" in text for text in seen.complaints)
        assert "https://example.org/x.png" in seen.requests


def test_the_slider_moves_what_is_on_the_map(seen: Seen) -> None:
    to_hour(seen.page, 240)
    first, date = vehicles(seen.page), seen.page.inner_text("#date")
    assert date == "21 Oct 2024, 00:00"
    assert len(first) > 50
    to_hour(seen.page, 246)
    later = vehicles(seen.page)
    assert set(later) != set(first)
    assert seen.page.inner_text("#date") == "21 Oct 2024, 06:00"
    assert "trains" in seen.page.inner_text("#now")
    assert seen.complaints == []


def test_storms_and_queues_come_and_go(seen: Seen) -> None:
    rings, waiting = set(), set()
    for hour in range(0, 2880, 24):
        to_hour(seen.page, hour)
        rings.add(seen.page.locator("#inset .shut-ring").count())
        waiting.add(seen.page.locator("#inset .waiting").count())
    assert {0} < rings, "ports are shut at some time and open at another"
    assert len(waiting) > 1
    assert seen.complaints == []


def test_play_runs_and_pauses(seen: Seen) -> None:
    button = seen.page.locator("#play")
    button.click()
    assert button.inner_text() == "Pause"
    for _ in range(200):  # at a day a second it is there after half of one
        if int(seen.page.input_value("#time")) >= 12:
            break
        seen.page.wait_for_timeout(50)
    assert int(seen.page.input_value("#time")) >= 12
    button.click()
    stopped = seen.page.input_value("#time")
    seen.page.wait_for_timeout(300)
    assert seen.page.input_value("#time") == stopped
    assert button.inner_text() == "Play"
    assert seen.complaints == []


def test_selections_change_tables_charts_and_map(seen: Seen) -> None:
    page = seen.page
    before = {chart: drawn(page, chart) for chart in CHARTS}
    shown = page.locator("tbody[data-route='suez']:visible").count()
    page.check("#pick-routes input[value='suez']")
    assert page.locator("tbody[data-route='suez']:visible").count() > shown
    assert drawn(page, "transit") != before["transit"]
    assert drawn(page, "differences") != before["differences"]
    now = {chart: drawn(page, chart) for chart in CHARTS}
    page.uncheck("#pick-scenarios input[value='btk-5mt']")
    for chart in ("transit", "differences", "utilisation"):
        assert drawn(page, chart) != now[chart], chart
    assert "btk-5mt" not in page.inner_text("#utilisation .key")
    page.check("#pick-direction input[value='eastbound']")
    assert page.locator("tbody[data-direction='westbound']:visible").count() == 0
    assert "eastbound" in page.inner_text("#transit figcaption")
    to_hour(page, 240)
    every = len(vehicles(page))
    page.uncheck("#pick-routes input[value='all']")
    assert 0 < len(vehicles(page)) < every
    assert seen.complaints == []


def test_each_chart_answers_to_its_own_selection(seen: Seen) -> None:
    page = seen.page
    for chart in ("differences", "utilisation", "waterfall", "queue"):
        select = page.locator(f"#{chart} select").first
        values = select.locator("option").evaluate_all("all => all.map(one => one.value)")
        assert len(values) > 1, chart
        before = drawn(page, chart)
        select.select_option(values[1])
        assert drawn(page, chart) != before, chart
    assert seen.complaints == []


def test_hovering_tells_the_numbers(seen: Seen) -> None:
    plot = seen.page.locator("#transit .plot svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    tip = seen.page.locator("#transit [aria-label='tip']")
    for tenth in range(1, 10):  # it shows near a curve, and where they lie is up to the scenarios
        seen.page.mouse.move(box["x"] + box["width"] * tenth / 10, box["y"] + box["height"] / 2)
        seen.page.wait_for_timeout(100)
        if tip.locator("text").count():
            break
    assert "% within" in (tip.text_content() or "")
    assert seen.complaints == []


def test_it_prints(seen: Seen, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    seen.page.pdf(path=file, prefer_css_page_size=True)
    assert file.read_bytes().startswith(b"%PDF")
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("#play").is_visible()
    assert seen.page.locator("#transit .plot svg").is_visible()
    assert seen.complaints == []


def test_hostile_texts_do_nothing(
    browser: Browser, hostile_comparison: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hostile.html"
    assert said("report", hostile_comparison, "-o", file).code == 0
    with _opened(browser, file, width=1200) as seen:
        to_hour(seen.page, 24)
        for select in seen.page.locator("select").all():
            for value in select.locator("option").evaluate_all("all => all.map(one => one.value)"):
                select.select_option(value)
        assert seen.page.locator("img").count() == 0
        assert seen.complaints == [], "`boom` is not defined: it would complain if it were called"
        assert seen.requests == [file.as_uri()]
