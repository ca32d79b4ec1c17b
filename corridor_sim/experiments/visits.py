"""Visits of a replication as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from corridor_sim.model import DIRECTIONS, NONE, TICK_H, Kind, Model
from corridor_sim.result import Ledger, Times


def visits(model: Model, ledger: Ledger) -> pd.DataFrame:
    """One row a visit, hours from the start of the run; missing times are null.

    Columns: replication, flow, consignment (its number in the flow), size_teu, route, direction,
    place, element, kind (`station`, `haul`, `board`, `sail`), arrive_h, start_h, finish_h, vehicle.
    """
    frames = [_of_path(model, ledger, p) for p in range(len(model.paths))]
    return pd.concat(frames, ignore_index=True)


def _of_path(model: Model, ledger: Ledger, p: int) -> pd.DataFrame:
    path = model.paths[p]
    flow = model.flows[path.flow]
    rows = np.flatnonzero((ledger.path == p) & ledger.release.known)
    steps = range(len(path.steps))
    table = ledger.visits
    frame = pd.DataFrame(
        {
            "replication": ledger.replication,
            "flow": flow.name,
            "consignment": np.repeat(rows - flow.first, len(steps)),
            "size_teu": flow.size,
            "route": model.routes[path.route] if path.route != NONE else None,
            "direction": DIRECTIONS[flow.direction],
            "place": np.tile([model.places[step.place] for step in path.steps], len(rows)),
            "element": np.tile([step.name for step in path.steps], len(rows)),
            "kind": np.tile([Kind(step.kind).name.lower() for step in path.steps], len(rows)),
            "arrive_h": _hours(table.arrive, rows, len(steps)),
            "start_h": _hours(table.start, rows, len(steps)),
            "finish_h": _hours(table.finish, rows, len(steps)),
            "vehicle": table.vehicle[rows, : len(steps)].ravel(),
        }
    )
    return frame[frame["arrive_h"].notna()]


def _hours(times: Times, rows: np.ndarray, steps: int) -> np.ndarray:
    at, known = times.at[rows, :steps].ravel(), times.known[rows, :steps].ravel()
    return np.where(known, at / TICK_H, np.nan)


def write_visits(model: Model, ledger: Ledger, folder: Path) -> None:
    """Write the visits of a replication as a part of the Parquet data set in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    visits(model, ledger).to_parquet(folder / f"replication-{ledger.replication:05d}.parquet")
