"""`tune`: fit numbers to observations, or find the least capacity that meets targets."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.questions import (
    Asked,
    caption,
    ends_of,
    path_values,
    question_options,
    running,
    save,
    tell_cost,
    write_answer,
)
from corridor_sim.errors import TargetMissed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corridor_sim.experiments.calibrate import Calibration
    from corridor_sim.experiments.goal import Choice, Goal
    from corridor_sim.experiments.plan import Case
    from corridor_sim.experiments.targets import Target
    from corridor_sim.output import Sheet

OVERLAY = "tuned.yaml"


@click.command()
@question_options
@click.option(
    "--observations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Calibrate: CSV with measure, route, direction, segment, value, sd (or low and high),"
    " unit, source.",
)
@click.option(
    "fits",
    "--fit",
    metavar="PATH[=LOW:HIGH]",
    multiple=True,
    help="Calibrate: a number to be fitted, within a range or its own. Repeatable.",
)
@click.option(
    "--most-trials", type=click.IntRange(min=1), default=100, show_default=True,
    help="Calibrate: trials of the simplex, after those that find where to begin.",
)  # fmt: skip
@click.option(
    "wanted",
    "--target",
    metavar="TARGET",
    multiple=True,
    help="Goal: e.g. 'transit_p90 <= 20 d' or 'westbound/throughput_teu >= 300000'. Repeatable.",
)
@click.option(
    "chosen",
    "--choose",
    metavar="PATH[=LOW:HIGH[:STEPS]]",
    multiple=True,
    help="Goal: a capacity to be found, within a range or its own. Repeatable.",
)
@click.option(
    "prices",
    "--usd",
    metavar="PATH=USD",
    multiple=True,
    help="Goal: what a unit of a capacity costs a year, where the scenario does not say.",
)
@click.option(
    "--interest",
    type=click.FloatRange(min=0),
    default=0.09,
    show_default=True,
    help="Goal: interest a year that turns capital into a yearly cost.",
)
@click.option(
    "--fresh",
    type=click.IntRange(min=2),
    metavar="N",
    help="Goal: replications that confirm; by default as many as the search uses.",
)
def tune(
    asked: Asked, observations: Path | None, fits: tuple[str, ...], most_trials: int,
    wanted: tuple[str, ...], chosen: tuple[str, ...], prices: tuple[str, ...], interest: float,
    fresh: int | None,
) -> None:  # fmt: skip
    """Calibrate, or find the least capacity.

    With --observations and --fit: fit numbers to observations. With --target and --choose: the
    least capacity, or the least yearly cost over several, that meets all targets. The outcome is
    confirmed on fresh replications and saved as an overlay that `run` takes. Exit code 5 where the
    fit is no good or no choice is confirmed.
    """
    if bool(observations and fits) == bool(wanted and chosen):
        raise click.UsageError("give --observations and --fit, or --target and --choose")
    if observations is not None:
        _calibrate(asked, observations, fits, most_trials)
        return
    priced = dict(_price(text) for text in prices)
    _goal(asked, wanted, [ends_of(text, "--choose") for text in chosen], priced, interest, fresh)


def _price(text: str) -> tuple[str, float]:
    path, usd = path_values(text, "--usd")
    try:
        return path, float(usd)
    except ValueError:
        raise click.UsageError(f"--usd {text!r} is not of the form PATH=USD") from None


def _calibrate(asked: Asked, file: Path, fits: tuple[str, ...], most_trials: int) -> None:
    from corridor_sim.experiments import calibrate as c
    from corridor_sim.experiments.factors import chosen
    from corridor_sim.experiments.observations import observations

    base, options = asked.case(), asked.options()
    observed = observations(file, base.scenario, name=base.name)
    asked_for = [ends_of(text, "--fit") for text in fits]
    factors = [chosen(base.scenario, path, low=low, high=high) for path, low, high, _ in asked_for]
    cases = c.most_cases(len(factors), most_trials)
    if tell_cost(asked, base, {"fit": cases}):
        return
    with running(asked, cases * asked.replications) as (here, step):
        found = c.calibrate(
            base, factors, observed, options, most_trials=most_trials, where=here, progress=step
        )
    value = {
        "parameters": [asdict(one) for one in found.parameters],
        "residuals": [asdict(one) for one in found.residuals],
        "pairs_alike": [asdict(one) for one in found.pairs],
        "chi2_before": found.chi2_before, "chi2": found.chi2, "chi2_fresh": found.chi2_fresh,
        "freedom": found.freedom, "p_value": found.p_value, "reached": found.reached,
        "trials": found.trials,
    }  # fmt: skip
    saved = _save(
        asked, base, found.found, value, f"calibrated to {file.name}",
        ("parameters", "residuals", "pairs_alike"),
    )  # fmt: skip
    records = [asdict(one) for one in found.parameters]
    write_answer(asked, _fit_sheets(asked, found), records, list(records[0]), value | saved)
    if not found.reached:
        raise TargetMissed(
            f"the fit is no good: on fresh replications chance gives such residuals with"
            f" probability {found.p_value:.2g}; the results are saved"
        )


def _goal(
    asked: Asked, wanted: tuple[str, ...],
    chosen: list[tuple[str, float | None, float | None, int | None]], prices: Mapping[str, float],
    interest: float, fresh: int | None,
) -> None:  # fmt: skip
    from corridor_sim.experiments import goal as g
    from corridor_sim.experiments.targets import target

    base, options = asked.case(), asked.options()
    targets = [
        target(text, base.scenario, routes=asked.routes, direction=asked.direction)
        for text in wanted
    ]
    choices = [
        g.choice(base.scenario, path, low=low, high=high, steps=steps,
                 usd_per_yr=prices.get(path), interest=interest)
        for path, low, high, steps in chosen
    ]  # fmt: skip
    cases = g.most_cases(choices)
    if tell_cost(asked, base, {"search, and fresh replications": cases}):
        return
    with running(asked, cases * asked.replications) as (here, step):
        found = g.goal_seek(base, choices, targets, options, fresh=fresh, where=here, progress=step)
    value: dict[str, object] = {
        **{k: v for k, v in asdict(found).items() if k not in ("found", "trials")},
        "targets": list(map(str, targets)), "trials": [asdict(one) for one in found.trials],
    }  # fmt: skip
    files = ("verdicts", "trials")
    saved = _save(asked, base, found.found, value, f"meets {' and '.join(wanted)}", files)
    records = [asdict(one) for one in found.verdicts]
    columns = list(records[0]) if records else ["target"]
    sheets = _goal_sheets(asked, found, choices, targets)
    write_answer(asked, sheets, records, columns, value | saved)
    if not found.reached:
        raise TargetMissed(_missed(found))


def _missed(found: Goal) -> str:
    if found.values is None:
        return "the most of everything does not meet the targets; the results are saved"
    return (
        f"no choice is confirmed at the level asked for: the last has {found.confidence:.1%};"
        " the results are saved"
    )


def _save(
    asked: Asked, base: Case, found: Case | None, value: Mapping[str, object], title: str,
    tables: tuple[str, ...],
) -> dict[str, object]:  # fmt: skip
    """Write the folder of an answer, with the overlay; what JSON says of where it is."""
    import pandas as pd

    from corridor_sim.experiments.overlays import overlay

    files: dict[str, pd.DataFrame | str] = {
        f"{name}.csv": pd.json_normalize(value[name]) for name in tables  # type: ignore[arg-type]
    }  # fmt: skip
    if found is not None:
        files[OVERLAY] = overlay(
            asked.scenario, found.scenario, title=f"{base.scenario.title}, tuned",
            question=f"{title[0].upper()}{title[1:]}.",
        )  # fmt: skip
    plain = {key: inner for key, inner in value.items() if key not in tables}
    path = save(asked, "tune", base, asked.options(), files, plain)
    return {"folder": str(path), "overlay": str(path / OVERLAY) if found else None}


def _fit_sheets(asked: Asked, found: Calibration) -> list[Sheet]:
    from corridor_sim.output import Sheet, number

    columns = ("number", "range", "before", "fitted", "interval", "told")
    parameters = [
        [p.path, f"{p.low:g} to {p.high:g}", number(p.before), number(p.value),
         f"{number(p.ci_low)} to {number(p.ci_high)}", "yes" if p.told else "no"]
        for p in found.parameters
    ]  # fmt: skip
    heads = ("observed", "sd", "before", "fitted", "fresh", "z", "source")
    residuals = [
        [r.quantity, *(number(v) for v in (r.observed, r.sd, r.before, r.fitted, r.fresh)),
         number(r.z, 1, sign=True), r.source]
        for r in found.residuals
    ]  # fmt: skip
    pairs = [
        f"{p.one} and {p.other} fit equally well in many combinations (correlation"
        f" {p.correlation:+.2f}): these observations do not tell them apart."
        for p in found.pairs
    ]
    fit = (
        f"Sum of squared residuals {number(found.chi2_before)} before, {number(found.chi2)} fitted,"
        f" {number(found.chi2_fresh)} on fresh replications; such or worse by chance:"
        f" p = {found.p_value:.2g} ({found.freedom} degrees of freedom)."
    )
    return [
        Sheet(
            title="Numbers", columns=columns, rows=parameters,
            right=frozenset(columns[2:5]),
            notes=["`told`: the interval is under a third of the range.", *pairs],
        ),
        Sheet(
            title="Observations", columns=("quantity", *heads), rows=residuals,
            right=frozenset(heads[:-1]), notes=[fit, caption(asked)],
        ),
    ]  # fmt: skip


def _goal_sheets(
    asked: Asked, found: Goal, choices: list[Choice], targets: list[Target]
) -> list[Sheet]:
    from corridor_sim.output import SHARE, Sheet, interval, number, quantity

    unit = "USD a year" if found.priced else "steps"
    rows = [
        [choice.path, f"{choice.values[0]:g} to {choice.values[-1]:g}",
         "" if found.values is None else f"{found.values[choice.path]:g}"]
        for choice in choices
    ]  # fmt: skip
    cost = "" if found.cost is None else f"Cost: {number(found.cost)} {unit}."
    verdicts = [
        [v.target, number(v.estimate), quantity(v.confidence, SHARE), quantity(v.chance, SHARE),
         interval(v.chance_low, v.chance_high, SHARE, places=1)]
        for v in found.verdicts
    ]  # fmt: skip
    heads = ("target", "pooled", "confidence", "years that meet it", "interval")
    notes = [caption(asked), f"{len(found.trials)} choices were run in the search."]
    if found.values is not None:
        low_high = interval(found.chance_low, found.chance_high, SHARE, places=1)
        notes.insert(0, (
            f"On {found.years} fresh replications: the pooled figures meet all with a confidence"
            f" of {quantity(found.confidence, SHARE)}; a year meets all with a probability of"
            f" {quantity(found.chance, SHARE)} ({low_high} %). Attempt {found.attempts}."
        ))  # fmt: skip
    aims = " and ".join(map(str, targets))
    return [
        Sheet(title=f"Least that meets {aims}", columns=("capacity", "range", "found"), rows=rows,
              right=frozenset({"found"}), notes=[cost] if cost else []),
        Sheet(title="Targets", columns=heads, rows=verdicts, right=frozenset(heads[1:]),
              notes=notes),
    ]  # fmt: skip
