"""What `run` and `compare` add to a run: dry runs, precision, all scenarios at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from corridor_sim.cli.scale import ScaleOptions, precision_sheet, write_forecast
from corridor_sim.errors import TargetMissed

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.experiments.batch import Batch
    from corridor_sim.experiments.executor import Where
    from corridor_sim.experiments.many import Standing, Together
    from corridor_sim.experiments.plan import Case, Options
    from corridor_sim.experiments.precision import Precision, Reached
    from corridor_sim.experiments.quantities import Quantity
    from corridor_sim.experiments.run import Run
    from corridor_sim.output import Sheet


@dataclass(slots=True)
class Extras:
    """What was asked for beside the tables of measures, and, after the run, what came of it.

    `measures`: of `--simultaneous`; None where it was not asked for.
    """

    scale: ScaleOptions
    measures: tuple[str, ...] | None = None
    _precisions: list[Precision] = field(default_factory=list)
    _quantities: list[Quantity] = field(default_factory=list)
    _reached: list[Reached] = field(default_factory=list)
    _together: list[Together] = field(default_factory=list)
    _standings: list[Standing] = field(default_factory=list)

    def options(self, options: Options, *, alone: bool) -> Options:
        """The options of the run: with a precision, as many replications as are allowed."""
        if self.scale.precision is None:
            return options
        if alone:
            raise click.UsageError("--replication is one of them; --precision needs many")
        return replace(options, replications=tuple(range(self.scale.max_replications)))

    def prepare(self, cases: Sequence[Case], options: Options, where: Where, *, shape: str) -> None:
        """Read what was asked for; of a dry run, print it and leave."""
        from corridor_sim.experiments import many, precision
        from corridor_sim.experiments.dry_run import forecast

        scenario = cases[0].scenario
        if self.scale.precision is not None:
            self._precisions = precision.precisions(self.scale.precision, scenario)
            next(precision.look_sizes(self._precisions, most=self.scale.max_replications))
        if self.measures is not None:
            self._quantities = many.quantities(self.measures, scenario)
        if self.scale.dry_run:
            write_forecast(forecast(cases, options, where=where), shape)
            raise click.exceptions.Exit(0)

    @property
    def how(self) -> Callable[..., Batch]:
        """What runs the replications."""
        from corridor_sim.experiments.batch import batch
        from corridor_sim.experiments.precision import until_precise

        if not self._precisions:
            return batch
        return partial(until_precise, asked=self._precisions, most=self.scale.max_replications)

    def tables(self, runs: Sequence[Run]) -> Mapping[str, pd.DataFrame]:
        """Tables for the run folder."""
        from corridor_sim.experiments import many, precision

        found = {}
        if self._precisions:
            self._reached = precision.standing(runs, self._precisions)
            found["precision"] = precision.Precise(runs, self._reached).table()
        if self._quantities:
            self._together = many.simultaneous(runs, self._quantities)
            self._standings = many.standings(runs, self._quantities)
            found["simultaneous"] = many.frame(self._together)
            found["best"] = many.frame(self._standings)
        return found

    def sheets(self) -> list[Sheet]:
        """The same for people."""
        found = [precision_sheet(self._reached)] if self._reached else []
        return found + (_many_sheets(self._together, self._standings) if self._together else [])

    def values(self) -> dict[str, object]:
        """The same for programs."""
        parts: Mapping[str, Sequence[Any]] = {
            "precision": self._reached, "simultaneous": self._together, "best": self._standings
        }  # fmt: skip
        return {name: [asdict(one) for one in given] for name, given in parts.items() if given}

    def end(self) -> None:
        """Raises TargetMissed where a precision was not reached."""
        missed = [one for one in self._reached if not one.reached]
        if missed:
            names = ", ".join(f"{one.quantity} of {one.scenario}" for one in missed)
            count = missed[0].replications
            raise TargetMissed(f"precision not reached in {count} replications: {names}")


def _many_sheets(together: Sequence[Together], standings: Sequence[Standing]) -> list[Sheet]:
    from corridor_sim.output import POINTS, SHARE, Sheet, interval, places_of, quantity

    rows = []
    for one in together:
        unit = POINTS if one.unit == SHARE else one.unit
        places = places_of(unit, one.diff, one.diff_ci_low, one.diff_ci_high)
        ends = interval(one.diff_ci_low, one.diff_ci_high, unit, places=places, sign=True)
        diff = quantity(one.diff, unit, places=places, sign=True)
        rows.append([one.scenario, one.quantity, diff, ends])
    best = [
        [
            one.quantity, one.scenario, quantity(one.estimate, one.unit),
            quantity(one.probability, SHARE), "may be" if one.may_be else "",
        ]
        for one in standings
    ]  # fmt: skip
    return [
        Sheet(
            title=f"Differences from {together[0].baseline} that hold all at once",
            columns=("scenario", "measure", "difference", "interval"), rows=rows,
            right=frozenset({"difference"}),
            notes=[
                f"{len(together)} intervals, each at {100 * together[0].level:.4g} % (Bonferroni)."
            ],
        ),
        Sheet(
            title="Which is the best",
            columns=("measure", "scenario", "estimate", "probability", "best"), rows=best,
            right=frozenset({"estimate", "probability"}),
            notes=[
                "probability: share of bootstrap samples of the replications in which it is the"
                " best. may be: chance does not explain that another is better; the best is among"
                " these at the level asked, for each measure by itself."
            ],
        ),
    ]  # fmt: skip
