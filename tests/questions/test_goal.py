"""Goal seek: the least that meets targets, confirmed."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from small import behind_customs, corridor, options, train, written
from worlds import station

from corridor_sim.errors import UsageError
from corridor_sim.experiments.goal import Choice, Goal, Levels, choice, goal_seek, search
from corridor_sim.experiments.overlays import difference, overlay
from corridor_sim.experiments.plan import Case, case
from corridor_sim.experiments.run import simulate
from corridor_sim.experiments.targets import target
from corridor_sim.scenario.load import load
from corridor_sim.scenario.schema import Scenario

SERVERS, SHIPS = "stations.customs.servers", "fleets.ships.vessels.ship.count"


def pick(
    words: Scenario, path: str, low: float, high: float, usd: float | None = None,
    steps: int | None = None,
) -> Choice:  # fmt: skip
    return choice(words, path, low=low, high=high, steps=steps, usd_per_yr=usd, interest=0.09)


def seek(base: Case, choices: list[Choice], *texts: str, replications: int = 6) -> Goal:
    targets = [target(text, base.scenario) for text in texts]
    return goal_seek(base, choices, targets, options(replications))


def test_the_least_count_of_ships_is_found_and_confirmed() -> None:
    base = behind_customs()
    words = base.scenario.replace({SERVERS: 3})
    wide = Case("wide", words, words.model_dump_json(exclude_unset=True))
    found = seek(wide, [pick(words, SHIPS, 1, 9)], "transit_p90 <= 4 d")
    assert found.values is not None
    assert found.reached
    assert found.confidence >= 0.95
    least = found.values[SHIPS]
    fewer = {trial.values[SHIPS]: trial.met for trial in found.trials}
    assert fewer[least]
    assert not fewer[least - 1]
    assert len(found.trials) < 9
    # The replications that confirm are not those of the search.
    assert found.years == 6
    assert (found.years_met, found.chance) == (6, 1)


def test_of_several_the_cheapest_is_taken() -> None:
    base = behind_customs()
    words = base.scenario
    cheap_ships = [pick(words, SERVERS, 1, 4, 10), pick(words, SHIPS, 2, 6, 1)]
    dear_ships = [pick(words, SERVERS, 1, 4, 1), pick(words, SHIPS, 2, 6, 10)]
    one, other = (
        seek(base, choices, "throughput_teu >= 3800") for choices in (cheap_ships, dear_ships)
    )
    assert one.values is not None
    assert other.values is not None
    assert one.reached
    assert other.reached
    assert one.values[SERVERS] <= other.values[SERVERS]
    assert one.values[SHIPS] >= other.values[SHIPS]
    assert one.cost == 10 * one.values[SERVERS] + one.values[SHIPS]


def test_what_cannot_be_met_is_not_reached() -> None:
    base = behind_customs()
    found = seek(base, [pick(base.scenario, SERVERS, 1, 3)], "transit_mean <= 1 h")
    assert not found.reached
    assert found.values is None
    assert found.found is None
    assert len(found.trials) == 1


@pytest.mark.parametrize("needed", list(product(range(1, 5), range(1, 4))))
def test_the_search_is_as_good_as_looking_at_everything(needed: Levels) -> None:
    """Costs of all kinds; what meets is `needed` or more of both, or the most of the first."""
    costs: dict[Levels, float] = {(i, j): 3.0 * i + 2.0 * j for i, j in product(range(5), range(4))}
    asked: list[Levels] = []

    def meets(levels: Levels) -> bool:
        asked.append(levels)
        return levels[0] == 4 or (levels[0] >= needed[0] and levels[1] >= needed[1])

    found = search(costs, meets)
    assert found is not None
    assert costs[found] == min(costs[levels] for levels in costs if meets(levels))
    assert len(set(asked[: asked.index(found) + 1])) == len(asked[: asked.index(found) + 1])


def test_one_capacity_is_found_by_bisection() -> None:
    asked: list[Levels] = []

    def meets(levels: Levels) -> bool:
        asked.append(levels)
        return levels[0] >= 700

    assert search({(i,): float(i) for i in range(1024)}, meets) == (700,)
    assert len(asked) <= 12


def test_values_go_from_the_least_capacity_to_the_most() -> None:
    desk = station(hours=6, capital_usd_per_unit=100, life_yr=10, upkeep_usd_per_yr=1)
    base = corridor(
        ["desk", "train"], teu_a_day=4, stations={"desk": desk}, services=train()
    ).scenario
    servers = choice(
        base, "stations.desk.servers", low=1, high=4, steps=None, usd_per_yr=None, interest=0
    )
    assert servers.values == (1, 2, 3, 4)
    assert servers.costs == (11, 22, 33, 44)
    work = pick(base, "stations.desk.work_h_per_customer", 2, 10, steps=4)
    assert work.values == (10, 8, 6, 4, 2)
    assert not work.priced
    assert pick(base, "stations.desk.servers", 1, 9, steps=2).values == (1, 5, 9)


def test_several_without_a_price_are_refused() -> None:
    base = behind_customs()
    choices = [pick(base.scenario, SERVERS, 1, 2), pick(base.scenario, SHIPS, 1, 2)]
    with pytest.raises(UsageError, match=r"no price is known of stations\.customs\.servers"):
        seek(base, choices, "transit_mean <= 9 d")


def test_what_is_found_is_an_overlay_that_runs(tmp_path: Path) -> None:
    path = written(behind_customs(), tmp_path)
    base = case(path)
    found = seek(base, [pick(base.scenario, SERVERS, 1, 3)], "throughput_teu >= 3500")
    assert found.found is not None
    file = tmp_path / "tuned.yaml"
    file.write_text(overlay(path, found.found.scenario, title="Tuned", question="Enough?"))
    again = case(str(file))
    assert again.scenario.stations == found.found.scenario.stations
    one, other = simulate([found.found, again], options(2))
    assert one.table()["mean"].equals(other.table()["mean"])


def test_an_overlay_says_what_differs_and_what_is_gone() -> None:
    base = load("baseline-2024")
    changed = base.replace({"stations.alat-berths.servers": 4, "yards.alat.resume_teu": 900})
    words = [s.model_dump(mode="json", exclude_unset=True) for s in (base, changed)]
    found = difference(*words)
    assert isinstance(found, dict)
    assert set(found) == {"stations", "yards"}
    assert difference({"a": 1, "b": {"c": [1]}}, {"b": {"c": [2]}}) == {"a": None, "b": {"c": [2]}}
