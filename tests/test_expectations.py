"""What the shipped scenarios must show, whatever the numbers: run on the same luck, few times."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from corridor_sim.experiments.plan import Options, case
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.measures.rows import Group, Tally
from corridor_sim.model import DIRECTIONS
from corridor_sim.offered import bounds

OPTIONS = Options(replications=tuple(range(3)))
CALM = {f"closures.caspian-weather.closed_share.{month}": 0 for month in range(12)}
POTI = Group("middle-poti", "westbound", "all")


def estimates(run: Run) -> dict[tuple[str, str, str, str], float]:
    return {
        (*row.group, row.measure): row.estimate.estimate
        for row in run.rows()
        if row.estimate.estimate is not None
    }


@pytest.fixture(scope="module")
def baseline() -> Run:
    (run,) = simulate([case("baseline-2024")], OPTIONS, jobs=2)
    return run


@pytest.mark.slow
def test_the_pieces_of_the_way_sum_to_the_transit_mean(baseline: Run) -> None:
    found = estimates(baseline)
    pairs = {(r, d, s) for r, d, s, m in found if "@" in m and s != "all"}
    assert pairs
    for pair in pairs:
        pieces = sum(v for (*at, m), v in found.items() if tuple(at) == pair and "@" in m)
        assert pieces / 24 == pytest.approx(found[(*pair, "transit_mean")], rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "element", ["aktau-berths", "alat-berths", "akhalkalaki-transfer", "kars-divrigi-line"]
)
def test_utilisation_is_a_share(baseline: Run, element: str) -> None:
    assert 0 < estimates(baseline)["all", "both", element, "utilisation"] <= 1


@pytest.mark.slow
def test_the_load_factor_of_the_fleet_is_a_share(baseline: Run) -> None:
    for call in ("caspian-feeders@aktau", "caspian-feeders@alat"):
        assert 0 < estimates(baseline)["all", "both", call, "load_factor"] <= 1


@pytest.mark.slow
def test_throughput_never_exceeds_the_bound(baseline: Run) -> None:
    """Within four standard errors: the bound is of the mean, and which of its routes a consignment
    takes is chance (binomial, so its variance is less than that of Poisson).
    """
    found, model = estimates(baseline), baseline.model
    for (route, direction), bound in bounds(model).items():
        size = max(
            model.flows[path.flow].size
            for path in model.paths
            if path.route >= 0
            and model.routes[path.route] == route
            and DIRECTIONS[model.flows[path.flow].direction] == direction
        )
        error = math.sqrt(size * bound / len(OPTIONS.replications))
        assert found[route, direction, "all", "throughput_teu"] <= bound + 4 * error


@pytest.mark.slow
def test_without_storms_the_slow_tenth_gains_more_than_the_middle(baseline: Run) -> None:
    (calm,) = simulate([case("baseline-2024", CALM)], OPTIONS, jobs=2)
    stormy, still = estimates(baseline), estimates(calm)
    at = ("middle-poti", "westbound", "xian to absheron")
    gained = {
        measure: stormy[(*at, measure)] - still[(*at, measure)]
        for measure in ("transit_p50", "transit_p90")
    }
    assert gained["transit_p90"] > gained["transit_p50"] > 0


@pytest.mark.slow
def test_twice_the_fleet_shortens_the_wait_at_aktau_in_the_crisis() -> None:
    vessels = case("crisis-2022").scenario.fleets["caspian-feeders"].vessels
    twice = {f"fleets.caspian-feeders.vessels.{name}.count": 2 for name in vessels}
    runs = simulate([case("crisis-2022"), case("crisis-2022", twice)], OPTIONS, jobs=2)
    waits = [waited_for_ship(run.tallies) for run in runs]
    assert waits[1] < waits[0]


def waited_for_ship(tallies: Sequence[Tally]) -> float:
    """Hours that all finished cargo of the cohort waited for a feeder at Aktau, by consignment."""
    hours = finished = 0.0
    for tally in tallies:
        for key, (top, bottom) in tally.ratios.items():
            if key.group == POTI and key.measure == "wait@caspian-feeders":
                hours, finished = hours + top, finished + bottom
    return hours / finished


@pytest.mark.slow
def test_answers_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys; from corridor_sim.experiments.plan import case, Options;"
        "from corridor_sim.experiments.run import simulate;"
        "short = {'span.warm_up_d': 10, 'span.measure_d': 30, 'span.run_out_d': 30};"
        "run, = simulate([case('baseline-2024', short)], Options(replications=(0,)));"
        "sys.stdout.write(run.table().to_csv())"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert texts[0] == texts[1]
    assert len(texts[0]) > 1000
