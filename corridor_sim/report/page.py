"""The page: one HTML file that opens offline and asks for nothing from the network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any, Final

import numpy as np
from jinja2 import Environment
from markupsafe import Markup
from matplotlib.colors import to_hex, to_rgb

from corridor_sim.experiments.headlines import MEASURES, headline, is_told
from corridor_sim.experiments.replay import Replay
from corridor_sim.experiments.traffic import traffic
from corridor_sim.figures.map import CASPIAN, PARALLEL, PARALLEL_CASPIAN, inset_is_wanted, view_of
from corridor_sim.figures.style import colour
from corridor_sim.output import Sheet, finite
from corridor_sim.reference.coastlines import coastlines
from corridor_sim.report.charts import differences, distributions, utilisations, waterfalls
from corridor_sim.report.content import Content
from corridor_sim.report.moving import DAYS, moving, queues
from corridor_sim.report.words import strength
from corridor_sim.scenario.geography import geography

SCRIPTS: Final = (
    "vendor/d3.min.js", "vendor/plot.umd.min.js", "page.js", "charts.js", "map.js",
)  # fmt: skip
UNSAFE: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
"""What could end a script, or a line of one, as JSON writes it otherwise."""
MOST_ROUTES: Final = 3
"""Routes that are selected at first beside all of them together, of a comparison."""
SEEN: Final = 0.19
"""Least luminance of a colour on dark ground: contrast 4:1 on #17191c."""

Record = dict[str, Any]


def page(given: Content, *, days: int = DAYS) -> str:
    """The report as HTML; `days`: the longest window of the map."""
    routes = _routes(given)
    template = _environment().from_string(_file("page.html"))
    return template.render(
        title=given.title, subtitle=given.subtitle, answers=given.answers,
        questions=[(run.case.name, run.case.scenario) for run in given.runs],
        colours=[{"light": colour(route), "dark": on_dark(colour(route))} for route in routes],
        css=Markup(_file("style.css")), scripts=[Markup(_file(name)) for name in SCRIPTS],
        data=Markup(as_script(_data(given, routes, days=days))),
        tables=[_by_route(sheet) for sheet in given.tables],
        alone=[_by_route(sheet) for sheet in given.alone],
        elements=given.elements, assumptions=given.assumptions, checks=given.checks,
        backtest=given.backtest,
        made=[{"command": command, "sheet": sheet} for command, sheet in given.made],
    )  # fmt: skip


def as_script(value: object) -> str:
    """JSON that may stand in a script of a page, whatever texts are in it."""
    return json.dumps(finite(value), separators=(",", ":"), ensure_ascii=False).translate(UNSAFE)


def on_dark(shade: str) -> str:
    """A colour as it is shown on dark ground: mixed with white until it is seen; greys inverted."""
    red, green, blue = to_rgb(shade)
    if red == green == blue:
        grey = 0.92 * (1 - red)
        return to_hex((grey, grey, grey))
    for share in np.linspace(0, 0.9, 19).tolist():
        mixed = tuple(value + share * (1 - value) for value in (red, green, blue))
        if _luminance(mixed) >= SEEN:
            break
    return to_hex((mixed[0], mixed[1], mixed[2]))


def _luminance(rgb: Sequence[float]) -> float:
    """Relative luminance of a colour (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _environment() -> Environment:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _routes(given: Content) -> list[str]:
    """All routes that anything is said of, `all` first."""
    found = dict.fromkeys(row.group.route for told in given.told for row in told.rows)
    of_models = dict.fromkeys(route for run in given.runs for route in run.model.routes)
    return list(dict.fromkeys(["all", *found, *of_models]))


def _data(given: Content, routes: Sequence[str], *, days: int) -> Record:
    first = given.replays[0]
    charts = {
        "distributions": distributions, "differences": differences, "utilisation": utilisations,
        "waterfalls": waterfalls,
    }  # fmt: skip
    options = given.runs[0].options
    spoken = {row.group.direction for told in given.told for row in told.rows}
    return {
        "routes": routes, "scenarios": [run.case.name for run in given.runs],
        "directions": [way for way in ("westbound", "eastbound") if way in spoken],
        "baseline": given.baseline, "level": options.level, "n": len(options.replications),
        "seed": options.seed, "replication": first.ledger.replication,
        "measures": {name: said.removeprefix("the ") for name, said in MEASURES.items()},
        "selected": {
            "routes": _selected(given, routes), "scenarios": [run.case.name for run in given.runs],
        },
        **{name: _once(made(told) for told in given.told) for name, made in charts.items()},
        "queues": [{"scenario": of.case.name, **one} for of in given.replays for one in queues(of)],
        "queue_start": str(first.dates(0)),
        "measured": [str(date) for date in first.dates(list(first.model.cohort))],
        "map": _map(given.replays, days=days),
    }  # fmt: skip


def _once(parts: Iterator[list[Record]]) -> list[Record]:
    """Records of all folders; what is in several stands there once."""
    return list({json.dumps(record): record for part in parts for record in part}.values())


def _selected(given: Content, routes: Sequence[str]) -> list[str]:
    """All routes together, and of a comparison those that change most surely."""
    if given.baseline is None:
        return list(routes)
    most: dict[str, float] = {}
    for told in given.told:
        for row in told.differences():
            if headline(row, told.runs[0].options.segments) and is_told(row.difference):
                route = row.group.route
                most[route] = max(most.get(route, 0.0), strength(row))
    ranked = sorted((r for r in routes if r in most and r != "all"), key=lambda r: -most[r])
    return ["all", *(ranked[:MOST_ROUTES] or routes[1 : MOST_ROUTES + 1])]


def _map(replays: Sequence[Replay], *, days: int) -> Record:
    shapes, places = coastlines(), geography(replays[0].case.scenario)
    for of in replays[1:]:
        other = geography(of.case.scenario)
        places.places.update(other.places)
        places.ways.update(other.ways)
        places.labels.update(other.labels)
    data = traffic(replays[0])
    return {
        "land": [ring.tolist() for ring in shapes.land],
        "borders": [line.tolist() for line in shapes.borders],
        "box": view_of(data), "parallel": PARALLEL, "inset_parallel": PARALLEL_CASPIAN,
        "inset": CASPIAN if inset_is_wanted(data) else None,
        "links": {name: way.round(3).tolist() for name, way in places.ways.items()},
        "places": {
            name: {"at": at.round(3).tolist(), "label": places.labels[name]}
            for name, at in places.places.items()
        },
        "runs": {of.case.name: moving(of, days=days) for of in replays},
    }  # fmt: skip


def _by_route(sheet: Sheet) -> Record:
    """A sheet with its rows in groups of a route and direction, to be shown or hidden together."""
    names = list(sheet.columns).index("measure")
    groups: list[Record] = []
    for row in sheet.rows:
        if row is None:
            continue
        if row[0]:
            route, direction, *segment = row[:names]
            parts = [f"all routes {direction}" if route == "all" else f"{route} {direction}"]
            parts += [one for one in segment if one != "all"]
            head = {"route": route, "direction": direction, "name": ", ".join(parts)}
            groups.append(head | {"rows": []})
        measure = MEASURES[row[names]].removeprefix("the ")
        groups[-1]["rows"].append([measure, *row[names + 1 :]])
    return {
        "title": sheet.title, "notes": sheet.notes, "groups": groups,
        "columns": list(sheet.columns[names:]), "right": sheet.right,
    }  # fmt: skip
