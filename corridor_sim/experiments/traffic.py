"""What one replication carried where, as a map shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from corridor_sim.experiments.replay import Replay
from corridor_sim.measures.movements import carried, rides, utilisation, waits
from corridor_sim.model import TICK_H, Model
from corridor_sim.result import Ledger
from corridor_sim.scenario.geography import Geography, geography


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Traffic of the measuring part, on links and at places.

    flows: link, route (empty for captive traffic), teu_per_yr. links (indexed by link): use (share
    of the places of the vehicles on it that was taken), delay_h (mean beyond the guaranteed
    minimum, by TEU). places (indexed by place): use (of its busiest station), station (that one),
    wait_h (mean of cargo with a route, for stations and departures), teu_per_yr (that came there).
    What has no value is nan.
    """

    geography: Geography
    flows: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame
    told: str


def traffic(of: Replay) -> Traffic:
    """The traffic of a replication."""
    return Traffic(
        geography=geography(of.case.scenario),
        flows=carried(of.model, of.ledger),
        links=_links(of.model, of.ledger),
        places=_places(of.model, of.ledger),
        told=of.told,
    )


def _links(model: Model, ledger: Ledger) -> pd.DataFrame:
    table = rides(model, ledger)
    first, last = model.cohort
    inside = table[(table.left >= first) & (table.left < last)]
    sums = inside.groupby("link")[["teu", "places"]].sum()
    arrived = inside[inside.arrived]
    late = (arrived.teu * arrived.delay / TICK_H).groupby(arrived.link).sum()
    aboard = arrived.groupby("link").teu.sum()
    return pd.DataFrame({
        "use": sums.teu / sums.places.where(sums.places > 0),
        "delay_h": late / aboard.where(aboard > 0),
    }).astype(float)  # fmt: skip


def _places(model: Model, ledger: Ledger) -> pd.DataFrame:
    stations = pd.DataFrame({
        "place": [model.places[station.place] for station in model.stations],
        "station": [station.name for station in model.stations],
        "use": [utilisation(model, ledger, s) for s in range(len(model.stations))],
    })  # fmt: skip
    busiest = stations.sort_values("use", ascending=False).drop_duplicates("place")
    table = busiest.set_index("place").join(waits(model, ledger).set_index("place"), how="outer")
    table["station"] = table["station"].astype(object).where(table["station"].notna(), "")
    return table.astype({"use": float, "wait_h": float, "teu_per_yr": float})
