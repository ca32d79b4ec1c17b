"""Replications to look at: a small corridor by train and ship, and the shipped one."""

from __future__ import annotations

from functools import cache
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from worlds import (
    Part,
    berths,
    call,
    dwell,
    fleet,
    link,
    route,
    scenario,
    station,
    timetable,
    when_full,
)

from corridor_sim.experiments.plan import Case, Options, case
from corridor_sim.experiments.replay import Replay, replay
from corridor_sim.experiments.run import Comparison, Run, compare, simulate
from corridor_sim.figures.style import texts
from corridor_sim.measures import tallying
from corridor_sim.scenario.schema import Scenario


def words(*, days: int = 40, teu_a_day: float = 8) -> Part:
    """Cargo from a by train to b, by ship to c, and by train to d; little comes back."""
    calls = [
        call("b", berths="quay-b", min_load=4, max_wait_h=48, chain=["b-c"]),
        call("c", berths="quay-c", max_wait_h=6, chain=["b-c"]),
    ]
    flow = {"cargo": "containers", "lot_teu": 2, "routes": {"r": 1}}
    return scenario(
        days=days,
        links={
            "a-b": link("ab", hours=20, delay_mean_h=4), "b-c": link("bc", hours=10, mode="sea"),
            "c-d": link("cd", hours=5),
        },
        stations={
            "gate": station(hours=1), "quay-b": berths(place="b", fixed_h=2, box_h=0.5),
            "quay-c": berths(place="c", fixed_h=2, box_h=0.5),
        },
        yards={"b": {"place": "b", "limit_teu": 30, "resume_teu": 10}},
        services={
            "train": when_full("ab", places=10, max_wait_h=24, chain=["a-b"]),
            "back": when_full("ba", places=10, max_wait_h=24, chain=["a-b"]),
            "shuttle": timetable("cd", places=8, headway_h=12, chain=["c-d"]),
        },
        fleets={"ships": fleet(calls, vessels={"one": 12, "two": 12})},
        routes={
            "r": route(
                westbound=["gate", "train", "ships", "shuttle"], eastbound=["ships", "back"]
            )
        },
        flows={
            "w": {**flow, "direction": "westbound", "teu_per_year": 366 * teu_a_day,
                  "origin": "a", "destination": "d"},
            "e": {**flow, "direction": "eastbound", "teu_per_year": 366, "origin": "c",
                  "destination": "a"},
        },
    )  # fmt: skip


def small_case(name: str = "small", **more: float) -> Case:
    made = Scenario.model_validate(words(**more))  # type: ignore[arg-type]
    return Case(name, made, made.model_dump_json(exclude_unset=True))


@cache
def small() -> Replay:
    return replay(small_case(), seed=3, replication=0)


@cache
def nothing() -> Replay:
    """Next to no cargo at all."""
    return replay(small_case("nothing", teu_a_day=2 / 366, days=1), seed=3, replication=0)


@cache
def shipped(name: str) -> Replay:
    """A shipped scenario over a few weeks."""
    return replay(case(name, SPAN), seed=1, replication=0)


SPAN = {"span.warm_up_d": 45, "span.measure_d": 30, "span.run_out_d": 15}


@cache
def compared() -> Comparison:
    """Two small scenarios."""
    pair = [small_case(), small_case("more", teu_a_day=9)]
    return compare(simulate(pair, Options(replications=(0, 1, 2), seed=3)))


@cache
def ran(name: str) -> Run:
    """The replication of a shipped scenario as a run."""
    one = shipped(name)
    tally = tallying(one.model)(one.ledger)
    return Run(one.case, one.model, Options(replications=(0,), seed=one.seed), [tally])


def ranged() -> Case:
    """The small corridor with two stays and a train whose numbers have ranges."""
    more = words(days=20)
    hours = {"value": 10, "low": 0, "high": 40, "source": "assumed", "why": "a test"}
    more["dwells"] = {
        "first": dwell(hours=1, delay_mean_h=hours),
        "second": dwell(hours=1, delay_mean_h={**hours, "value": 5, "high": 10}),
    }
    more["routes"]["r"]["westbound"] = [["first", "second", "gate", "train", "ships", "shuttle"]]
    made = Scenario.model_validate(more)
    return Case("ranged", made, made.model_dump_json(exclude_unset=True))


def seen_texts(ax: Axes) -> list[Text]:
    """All texts of a figure but the marks outside what its axes show."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    unseen = {
        label
        for panel in figure.findobj(Axes)
        if isinstance(panel, Axes)
        for axis in (panel.xaxis, panel.yaxis)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    return [text for text in texts(ax) if text not in unseen]


def check_words(ax: Axes) -> None:
    """Every text lies on the canvas, and none on another."""
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    # of what is annotated the words alone, without the line that leads to them
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in seen_texts(ax)]
    frame = figure.bbox.padded(1)
    for told, own in boxes:
        assert frame.x0 <= own.x0, told
        assert own.x1 <= frame.x1, told
        assert frame.y0 <= own.y0, told
        assert own.y1 <= frame.y1, told
    for (a, here), (b, there) in combinations(boxes, 2):
        assert not here.padded(-1).overlaps(there), f"{a!r} lies on {b!r}"
