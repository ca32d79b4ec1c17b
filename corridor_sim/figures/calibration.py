"""Model beside what was observed, claimed or promised: rows of a backtest, or of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from corridor_sim.experiments.backtest import Backtest
from corridor_sim.experiments.calibrate import Calibration
from corridor_sim.figures.answers import observed
from corridor_sim.figures.marks import names, short
from corridor_sim.figures.registry import Choice, figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    FAINT,
    INK,
    PALETTE,
    RULE,
    axes,
    caption,
    empty,
    is_narrow,
    legend,
    points,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import answer_of, chosen
from corridor_sim.output import SHARE, decimals, number

LONGEST: Final = 60
"""Letters of a row's name."""
TITLE: Final = "Model beside what was observed"
SHADES: Final = {
    "test": PALETTE[0], "fitted": PALETTE[1], "input": FAINT, "claim": PALETTE[3], "": PALETTE[0],
}  # fmt: skip
"""By what a row is for; only rows for a test speak for the model."""
WIDE: Final = 2.0
"""Standard deviations of an observation on either side of its band."""
LEAST, LARGEST = -95.0, 200.0
"""Where the axis ends at most, % of what was observed; what lies beyond is an arrow there."""


def calibration_of(choice: Choice) -> pd.DataFrame:
    """backtest.csv of a folder of `backtest`, or residuals.csv of one of `tune`."""
    if (choice.folders[0] / "residuals.csv").is_file():
        return answer_of("residuals.csv", "tune")(choice)
    table = answer_of("backtest.csv", "backtest")(choice)
    found = chosen(table, choice)
    found.attrs = table.attrs
    return found


@figure("calibration", "model beside observations with their bands", read=calibration_of)
def plot_calibration(
    data: Backtest | Calibration | pd.DataFrame, *, ax: Axes | None = None
) -> Axes:
    """Observed bands, and the model with its interval, P10 and P90, relative to the band's middle.

    data: what `backtest` says or its rows (by scenario, coloured by their use), or a
    calibration or its residuals
    (before, and on fresh replications after the fit; bands are two standard deviations wide). Rows
    without cargo in the model are hollow bands.
    """
    ax = axes(ax)
    table = observed(data)
    fit = "fresh" in table
    rows = _of_fit(table) if fit else _of_backtest(table)
    if rows.empty:
        return empty(ax, "There are no observations.", title=TITLE)
    told = names(rows["scenario"]) if rows["scenario"].any() else {"": ""}
    groups = [
        Rows(list(own["label"]), told[str(name)] if len(told) > 1 else "")
        for name, own in rows.groupby("scenario", sort=False)
    ]
    ordered = pd.concat([own for _, own in rows.groupby("scenario", sort=False)])
    for y, row in zip(lay_out(ax, groups, row_cm=0.46), ordered.to_dict("records"), strict=True):
        _draw(ax, y, {str(key): value for key, value in row.items()})
    ax.axvline(0, color=INK, linewidth=0.6, zorder=1)
    _limits(ax, rows)
    legend(ax, handles=_key(rows))
    inside = ", ".join(
        f"{int(own['inside'].sum())} of {len(own)} {use} rows"
        for use, own in rows.groupby("use", sort=False)
    )
    n, level = table.attrs.get("n"), table.attrs.get("level")
    what = f"Inside their band: {inside}. {_what('fit' if fit else 'backtest')}"
    words(
        ax, title=TITLE, x="difference from the middle of what was observed, %",
        caption=caption(n=n, level=None if fit else level, what=what),
    )  # fmt: skip
    return ax


def _of_backtest(data: pd.DataFrame) -> pd.DataFrame:
    month = data["month"].fillna("")
    segment = data["segment"].where(data["segment"] != "all", "")
    parts = [
        data["route"].where(data["route"] != "all", ""), segment, month,
        data["direction"].where(data["direction"] == "eastbound", ""),
        data["measure"].where(data["measure"] != "transit_mean", ""),
    ]  # fmt: skip
    label = [
        short(" ".join(part for part in row if part), LONGEST) for row in zip(*parts, strict=True)
    ]
    return data.assign(
        label=label, use=data["use"],
        inside=data["verdict"] == "inside", before=np.nan,
    )  # fmt: skip


def _of_fit(data: pd.DataFrame) -> pd.DataFrame:
    band = WIDE * data["sd"]
    low, high = data["observed"] - band, data["observed"] + band
    nothing = dict.fromkeys(("ci_low", "ci_high", "p10", "p90"), np.nan)
    return data.assign(
        scenario="", label=data["quantity"], low=low, high=high, unit="", use="fitted",
        mean=data["fresh"], inside=data["fresh"].between(low, high), **nothing,
    )  # fmt: skip


def _draw(ax: Axes, y: float, row: dict[str, object]) -> None:
    low, high, mean, ci_low, ci_high, p10, p90, before = (
        _number(row[name])
        for name in ("low", "high", "mean", "ci_low", "ci_high", "p10", "p90", "before")
    )
    middle, shade = (low + high) / 2, SHADES.get(str(row["use"]), INK)

    def at(value: float) -> float:
        return 100 * (value / middle - 1)

    ax.barh(
        y, at(high) - at(low), left=at(low), height=0.72, color="white" if np.isnan(mean) else RULE,
        edgecolor=FAINT, linewidth=0.5, zorder=1,
    )  # fmt: skip
    ax.plot([at(p10), at(p90)], [y, y], color=shade, linewidth=0.7, zorder=2)
    ax.plot([at(ci_low), at(ci_high)], [y, y], color=shade, linewidth=2.2, alpha=0.6, zorder=3)
    ax.plot(at(before), y, "o", markersize=4, color=FAINT, markerfacecolor="white", zorder=3)
    inside = bool(row["inside"])
    ax.plot(
        np.clip(at(mean), LEAST, LARGEST), y, ">" if at(mean) > LARGEST else "o" if inside else "X",
        color=shade, markersize=4.2, markeredgecolor="white", markeredgewidth=0.4, zorder=4,
    )  # fmt: skip
    if not is_narrow(ax):
        _tell(ax, y, low, high, mean, str(row["unit"]))


def _tell(ax: Axes, y: float, low: float, high: float, mean: float, unit: str) -> None:
    """The numbers themselves, at the right."""
    scale, shown = (100.0, "%") if unit == SHARE else (1.0, unit)
    places = min(2, decimals(low * scale, high * scale))
    band = f"{number(low * scale, places)} to {number(high * scale, places)} {shown}".rstrip()
    model = "no cargo" if np.isnan(mean) else number(mean * scale, places)
    ax.annotate(
        f"{band}: {model}", (1, y), (4, 0), xycoords=("axes fraction", "data"), va="center",
        textcoords="offset points", ha="left", fontsize=points(ax) - 1.5, color=INK,
        annotation_clip=False,
    )  # fmt: skip


def _limits(ax: Axes, rows: pd.DataFrame) -> None:
    middle = (rows["low"] + rows["high"]) / 2
    columns = rows[["low", "high", "mean", "ci_low", "ci_high", "before"]].astype(float)
    shares = 100 * (columns.div(middle, axis=0) - 1)
    low = max(LEAST - 5, min(-20.0, 1.1 * float(np.nanmin(shares.to_numpy()))))
    high = min(LARGEST + 10, max(20.0, 1.1 * float(np.nanmax(shares.to_numpy()))))
    ax.set_xlim(low, high)


def _key(rows: pd.DataFrame) -> Sequence[Patch | Line2D]:
    handles: list[Patch | Line2D] = [Patch(fc=RULE, ec=FAINT, lw=0.5, label="observed")]
    uses = [use for use in SHADES if use in set(rows["use"])]
    if rows["before"].notna().any():
        handles.append(Line2D([], [], marker="o", mfc="white", color=FAINT, lw=0, label="before"))
        return [*handles, _dot("fitted", "after the fit, fresh luck")]
    return [*handles, *(_dot(use, f"model ({use})" if use else "model") for use in uses)]


def _dot(use: str, label: str) -> Line2D:
    return Line2D([], [], marker="o", ms=4, color=SHADES[use], lw=1.5, label=label)


def _what(kind: str) -> str:
    if kind == "fit":
        return f"Bands: {WIDE:g} standard deviations of the observation. Cross: outside."
    return "Thick: interval of the mean; thin: P10 to P90; cross: outside its band."


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
