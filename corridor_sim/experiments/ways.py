"""The way of cargo, piece by piece: distance, time and price as they add up (UNESCAP).

UNESCAP (2003), Transit Transport Issues in Landlocked and Transit Developing Countries, annex: the
time-cost-distance method, in which a route is a line over its distance that rises at every stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from corridor_sim.experiments.run import Run
from corridor_sim.measures.rows import Group, Tally
from corridor_sim.measures.timeline import pieces
from corridor_sim.model import DIRECTIONS, NONE, Model, Path

COLUMNS = (
    "scenario", "route", "direction", "pair", "what", "element", "place", "to", "km", "hours",
    "usd_per_feu",
)  # fmt: skip
PRICE = "price"


def ways(runs: Sequence[Run]) -> pd.DataFrame:
    """The pieces of every way, in order: one row a piece, none of them added up.

    `what` is `wait`, `work`, `dwell` or `haul`, with the mean `hours` of finished cargo from that
    origin to that destination (`pair`), or `price`, with `usd_per_feu` of a leg; `place` and `to`
    differ where it moves, over `km`. What is passed twice has half of its hours each time. Pairs
    without finished cargo are left out. Over a pair hours sum to its transit mean, prices to its
    price.
    """
    records = [record for run in runs for record in _of_run(run)]
    found = pd.DataFrame(records, columns=list(COLUMNS))
    if runs:
        found.attrs["n"] = len(runs[0].options.replications)
    return found


def _of_run(run: Run) -> Iterator[dict[str, object]]:
    hours = _hours(run.tallies)
    seen: set[Group] = set()
    for path in run.model.paths:
        if path.route == NONE:
            continue
        group = _group(run.model, path)
        if group in seen or group not in hours:
            continue
        seen.add(group)
        head = {
            "scenario": run.case.name, "route": group.route, "direction": group.direction,
            "pair": group.segment,
        }  # fmt: skip
        for record in (*_times(run.model, path, hours[group]), *_prices(run.model, path)):
            yield head | record


def _group(model: Model, path: Path) -> Group:
    flow = model.flows[path.flow]
    pair = f"{model.places[flow.origin]} to {model.places[flow.destination]}"
    return Group(model.routes[path.route], DIRECTIONS[flow.direction], pair)


def _hours(tallies: Iterable[Tally]) -> dict[Group, dict[str, float]]:
    """Mean hours by group and piece, over all replications."""
    sums: dict[Group, dict[str, list[float]]] = {}
    for tally in tallies:
        for key, (hours, finished) in tally.ratios.items():
            if "@" in key.measure:
                pair = sums.setdefault(key.group, {}).setdefault(key.measure, [0.0, 0.0])
                pair[0] += hours
                pair[1] += finished
    return {
        group: {name: hours / finished for name, (hours, finished) in own.items() if finished}
        for group, own in sums.items()
        if max(finished for _, finished in own.values())
    }


def _times(model: Model, path: Path, hours: dict[str, float]) -> Iterator[dict[str, object]]:
    way = list(pieces(model, path))
    names = [f"{piece.kind}@{piece.name}" for piece in way]
    for piece, name in zip(way, names, strict=True):
        yield {
            "what": piece.kind, "element": piece.name, "place": model.places[piece.place],
            "to": model.places[piece.to], "km": piece.km if piece.place != piece.to else 0.0,
            "hours": hours.get(name, 0.0) / names.count(name),
        }  # fmt: skip


def _prices(model: Model, path: Path) -> Iterator[dict[str, object]]:
    for leg in path.legs:
        yield {
            "what": PRICE, "element": leg.name, "place": model.places[leg.place],
            "to": model.places[leg.to], "km": leg.km, "usd_per_feu": leg.usd_per_feu,
        }  # fmt: skip
