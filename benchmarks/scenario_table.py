"""What each shipped scenario answers, beside what arithmetic on its numbers led one to expect.

The expectations were written down before the model was run: sums of the legs, capacity against
volume, the round trip of the fleet, and a small calculation of the sea link alone. Scenarios that
can be compared with another are told as paired differences from it, on the same luck.

Run: python benchmarks/scenario_table.py [-n 20] [-j 2] [--engine event] [--store FOLDER] [--write]

`--store` keeps finished replications and takes what it has; `--write` puts the table into
README.md, between its markers.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.plan import Options, case, segment
from corridor_sim.experiments.run import Run, compare, simulate
from corridor_sim.measures.rows import Group, Tally
from corridor_sim.measures.table import ComparedRow, Row, Sample, compared, rows
from corridor_sim.offered import offered
from corridor_sim.offered.loads import OVERLOADED, WHOLE
from corridor_sim.output import SHARE, Sheet, as_markdown, interval, places_of, quantity
from corridor_sim.scenario.load import shipped

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- scenarios: begin -->\n", "<!-- scenarios: end -->\n"
SEGMENTS = tuple(map(segment, ("xian:absheron", "xian:halkali", "xian:constanta", "aktau..alat")))
BASELINES = {
    "alat-phase-2": "baseline-2024",
    "btk-5mt": "baseline-2024",
    "caspian-fleet-8": "baseline-2024",
    "digital-customs": "baseline-2024",
    "low-caspian": "baseline-2024",
    "poland-closure-2025": "baseline-2025",
    "red-sea-open": "baseline-2024",
    "storm-season": "baseline-2024",
}
"""Scenarios that are told as differences, and from what."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The number that answers a scenario's question, and what it was expected to be."""

    route: str
    segment: str
    measure: str
    expected: str

    def group(self) -> Group:
        """The group of rows that it stands in."""
        return Group(self.route, "westbound", self.segment)


SEA = ("middle-poti", "aktau..alat")
TO_ABSHERON = ("middle-poti", "xian:absheron")
BY_SEA = ("all", "shanghai to absheron")
HEADLINES = {
    "baseline-2024": [Headline(*TO_ABSHERON, "transit_mean", "14.5 d, P10 to P90 12.0 to 17.5")],
    "baseline-2025": [Headline(*TO_ABSHERON, "transit_mean", "14.1 d")],
    "crisis-2022": [
        Headline("middle-poti", "xian:constanta", "transit_mean", "43.5 d, P10 to P90 31 to 57"),
    ],
    "alat-phase-2": [Headline(*TO_ABSHERON, "transit_mean", "-0.17 d: no visible effect")],
    "btk-5mt": [
        Headline("middle-btk", "xian:halkali", "transit_mean",
                 "none: 2 % of Akhalkalaki is used, and Divrigi-Kars binds first"),
    ],
    "caspian-fleet-8": [Headline(*SEA, "transit_mean", "-0.04 d")],
    "digital-customs": [
        Headline(*TO_ABSHERON, "transit_mean", "-0.17 d: 2 h a train at each border"),
    ],
    "low-caspian": [
        Headline(*SEA, "transit_mean", "-0.04 d: places fill first, and payload only below 0.83"),
    ],
    "storm-season": [
        Headline(*SEA, "transit_mean", "+1.0 d"), Headline(*SEA, "transit_p90", "+2.0 d"),
    ],
    "red-sea-open": [
        Headline(*BY_SEA, "transit_mean", "-11 d"),
        Headline(*BY_SEA, "cost_usd_per_feu", "-2,700 to -5,000 USD/FEU, to Rotterdam"),
    ],
    "poland-closure-2025": [
        Headline("northern", f"released 2025-{month:02}", "transit_mean", expected)
        for month, expected in (
            (9, "+13 d for the first train, then less"),
            (10, "passed by its end: 90 trains in the queue, cleared in 30 d"),
            (11, "none"),
        )
    ],
    "demand-2030": [
        Headline("middle-poti", "xian to absheron", "unfinished",
                 "no way with today's ships: fleet, platform sets, yards and what lies beyond"),
    ],
    "vessels-2030": [Headline(*TO_ABSHERON, "transit_p90", "20 d or less with 10 to 12 ships")],
}  # fmt: skip
"""By scenario, in the order of the table."""


def simulated(options: Options, where: Where) -> dict[str, Run]:
    """All shipped scenarios, by name."""
    assert HEADLINES.keys() == shipped().keys(), "every shipped scenario has a headline"
    runs = simulate([case(name) for name in HEADLINES], options, where=where)
    return {run.case.name: run for run in runs}


def rows_of(name: str, runs: dict[str, Run]) -> Sequence[Row]:
    """The rows of a scenario that are asked for, with differences where it has a baseline."""
    groups = {headline.group() for headline in HEADLINES[name]}
    own, base = asked(runs[name], groups), BASELINES.get(name)
    if base is None:
        return rows(own)
    compare([runs[base], runs[name]])  # refuses what cannot be compared
    return compared(own, asked(runs[base], groups))


def asked(run: Run, groups: Collection[Group]) -> Sample:
    """The sample of a run with some groups only: intervals take their time."""
    whole = run.sample()
    tallies = [
        Tally(
            tally.replication,
            spreads={key: spread for key, spread in tally.spreads.items() if key[0] in groups},
            ratios={key: sums for key, sums in tally.ratios.items() if key.group in groups},
            vehicles={group: n for group, n in tally.vehicles.items() if group in groups},
        )
        for tally in whole.tallies
    ]
    return replace(whole, tallies=tallies)


def told(row: Row) -> str:
    """The answer with its interval: the difference where there is one."""
    given, unit = row.estimate, row.unit
    if not isinstance(row, ComparedRow):
        value = quantity(given.estimate, unit, beyond=given.beyond)
        return value + _within(given.ci_low, given.ci_high, unit, sign=False)
    base = quantity(row.baseline, unit)
    if row.difference is None or row.difference.diff is None:
        now = quantity(given.estimate, unit, beyond=given.beyond)
        return f"{now}{_within(given.ci_low, given.ci_high, unit, sign=False)}"
    change = row.difference
    value = quantity(change.diff, unit, sign=True)
    return f"{value}{_within(change.diff_ci_low, change.diff_ci_high, unit, sign=True)} on {base}"


def _within(low: float | None, high: float | None, unit: str, *, sign: bool) -> str:
    places = places_of(unit, low, high)
    text = interval(low, high, unit, places=places, sign=sign)
    return f" ({text})" if text else ""


def binding(run: Run) -> str:
    """What is overloaded over the year, the worst first, or else what is asked for the most."""
    year = [offer for offer in offered(run.model) if offer.month == WHOLE]
    year.sort(key=lambda offer: -offer.share)
    over = [offer for offer in year if offer.share > OVERLOADED]
    return "; ".join(f"{o.element} {quantity(o.share, SHARE)}" for o in over or year[:1])


def lines(runs: dict[str, Run]) -> Iterator[list[str]]:
    """The rows of the table."""
    for name, headlines in HEADLINES.items():
        found = {(row.group, row.measure): row for row in rows_of(name, runs)}
        for i, headline in enumerate(headlines):
            row = found[headline.group(), headline.measure]
            what = f"`{headline.measure}`, {headline.route}, {headline.segment}"
            mark = ", overloaded" if "overloaded" in row.mark else ""
            first = [f"`{name}`", runs[name].case.scenario.question or "", binding(runs[name])]
            about, question, most = first if i == 0 else [""] * 3
            yield [about, question, what, told(row) + mark, headline.expected, most]


def table(runs: dict[str, Run], options: Options) -> str:
    """The table as Markdown, with what it is made of."""
    columns = ("scenario", "question", "measure", "answer", "arithmetic beforehand", "asked most")
    note = (
        f"{len(options.replications)} replications, seed {options.seed}, intervals at "
        f"{100 * options.level:g} %. An answer with a sign is a paired difference on what follows, "
        "which is that of the scenario it extends; the others stand alone, for they look at other "
        "periods than any other. The last column is offered load over capacity."
    )
    sheet = Sheet(title="", columns=columns, rows=list(lines(runs)), notes=[note])
    return as_markdown([sheet])


def written(text: str) -> None:
    """Put the table between the markers of the README."""
    whole = README.read_text("utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{text}{END}{after}", "utf-8")


def main() -> None:
    """Run all scenarios and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", "--replications", type=int, default=20)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--engine", default="event")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args()
    options = Options(
        replications=tuple(range(chosen.replications)), engine=chosen.engine,
        segments=SEGMENTS, by_month=True,
    )  # fmt: skip
    where = Where(jobs=chosen.jobs, store=chosen.store, resume=chosen.store is not None)
    began = perf_counter()
    text = table(simulated(options, where), options)
    print(text)
    print(f"{perf_counter() - began:.0f} s")
    if chosen.write:
        written(text)


if __name__ == "__main__":
    main()
