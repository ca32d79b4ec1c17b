"""What cargo costs beside its price: time, carbon, and the value that is on the way."""

from __future__ import annotations

import numpy as np

from corridor_sim.laws import carbon_cost_usd_per_feu, time_cost_usd
from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.cells import Cells, Ints
from corridor_sim.measures.rows import Key, Tally, years_of
from corridor_sim.measures.sheet import Sheet
from corridor_sim.model import DAY, YEAR_D, Flow, Goods, Model

IN_TRANSIT = "goods_in_transit_usd"
BEFORE_SPREAD = "price_and_time_usd_per_feu"
VALUE_OF_SPREAD = "reliability_value_usd_per_feu_d"
MEASURES = (
    ("time_cost_usd_per_feu", "USD/FEU"), ("carbon_cost_usd_per_feu", "USD/FEU"),
    (BEFORE_SPREAD, "USD/FEU"), (VALUE_OF_SPREAD, "USD/FEU/d"), (IN_TRANSIT, "USD"),
)  # fmt: skip


class Money:
    """Adds, for all cargo whose goods have a value, what time and carbon cost the cohort.

    Time counts to delivery, or to the end of the run: of unfinished cargo it is a lower bound. What
    is on the way is the mean over the measuring part, of all cargo, counted to the tick; by Little
    (1961, doi:10.1287/opre.9.3.383) it is the value released a year x the mean time.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._sheet = Sheet(totals=frozenset({IN_TRANSIT}), years=years_of(model))
        valued = [(p, model.flows[path.flow].goods) for p, path in enumerate(model.paths)]
        self._paths = [(p, goods) for p, goods in valued if goods is not None]
        self._slots = np.array(
            [
                [
                    self._sheet.slots(Key(group, *words) for words in MEASURES)
                    for group in groups_of(model, model.paths[p])
                ]
                for p, _ in self._paths
            ],
            np.int64,
        ).reshape(-1, 4, len(MEASURES))

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add those of a replication."""
        sheet = self._sheet.filled()
        gone = np.where(cells.delivered.known, cells.delivered.at, self._model.end)
        for slots, (p, goods) in zip(self._slots, self._paths, strict=True):
            own = slice(*cells.bounds[p : p + 2])
            feu, sums = self._of_path(p, goods, cells.release[own], gone[own])
            there = [True, self._model.carbon_usd_per_t > 0, True, True, True]
            sheet.put(slots, sums, feu, there)
        tally.ratios.update(sheet.sums())

    def _of_path(
        self, p: int, goods: Goods, release: Ints, gone: Ints
    ) -> tuple[float, list[float]]:
        """FEU of the cohort of a path, and the numerators of its measures."""
        model, path = self._model, self._model.paths[p]
        first, last = model.cohort
        each = feu_of(model.flows[path.flow])
        cohort = (release >= first) & (release < last)
        feu = each * float(cohort.sum())
        days = float((gone - release)[cohort].sum()) / DAY * each
        inside = float((gone.clip(first, last) - release.clip(first, last)).sum()) / DAY
        price, carbon = prices_of(model, p)
        time = float(time_cost_usd(usd_per_day=goods.usd_per_day, days=days))
        value = inside / YEAR_D * each * goods.usd
        whole = feu * (price + carbon) + time
        return feu, [time, feu * carbon, whole, feu * goods.usd_per_sd_day, value]


def feu_of(flow: Flow) -> float:
    """Size of a consignment, FEU."""
    return flow.size / 2.0


def prices_of(model: Model, path: int) -> tuple[float, float]:
    """Price and cost of carbon of a path, USD per FEU; no carbon price, no cost."""
    legs = model.paths[path].legs
    price = float(sum(leg.usd_per_feu for leg in legs))
    if model.carbon_usd_per_t == 0:
        return price, 0.0
    kg = float(sum(leg.kg_per_teu for leg in legs))
    return price, float(
        carbon_cost_usd_per_feu(kg_per_teu=kg, carbon_usd_per_t=model.carbon_usd_per_t)
    )
