"""The tables of answers that figures draw: from the answers themselves, or as their folders hold
them.
"""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from corridor_sim.experiments.backtest import Backtest
from corridor_sim.experiments.calibrate import Calibration
from corridor_sim.experiments.notebook import Bottlenecks
from corridor_sim.experiments.quantities import unit_of
from corridor_sim.experiments.sensitivity import Sensitivity
from corridor_sim.experiments.warm_up import WarmUp


def effects(data: Sensitivity | pd.DataFrame) -> pd.DataFrame:
    """morris.csv of `sensitivity`."""
    if isinstance(data, pd.DataFrame):
        return data
    return _about(pd.DataFrame([asdict(effect) for effect in data.effects]), data)


def indices(data: Sensitivity | pd.DataFrame) -> pd.DataFrame:
    """sobol.csv of `sensitivity`."""
    if isinstance(data, pd.DataFrame):
        return data
    return _about(pd.DataFrame([asdict(index) for index in data.indices]), data)


def _about(table: pd.DataFrame, data: Sensitivity) -> pd.DataFrame:
    table.attrs = {"output": str(data.quantity), "unit": unit_of(data.quantity)}
    return table


def worths(data: Bottlenecks | pd.DataFrame) -> pd.DataFrame:
    """worth.csv of `bottlenecks`."""
    return data if isinstance(data, pd.DataFrame) else data.table()


def observed(data: Backtest | Calibration | pd.DataFrame) -> pd.DataFrame:
    """backtest.csv of `backtest`, or residuals.csv of `tune`."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, Calibration):
        return pd.DataFrame([asdict(one) for one in data.residuals])
    table = data.table()
    table.attrs = {"n": len(data.options.replications), "level": data.options.level}
    return table


def weeks(data: WarmUp | pd.DataFrame) -> pd.DataFrame:
    """weeks.csv of `warm-up`, with what it says of the warm-up."""
    if isinstance(data, pd.DataFrame):
        return data
    table = data.weeks.copy()
    table.attrs = {"warm_up_d": data.own_d, "needed_d": data.needed_d}
    return table
