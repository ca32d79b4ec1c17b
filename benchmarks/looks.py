"""What 95 % intervals cover where replications go on until they are narrow enough.

A mean over independent replications, normal or exponential, with a half width that about so many
replications would reach; beside it the same interval of a number of replications fixed beforehand.

Run: python benchmarks/looks.py [--trials 8000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from corridor_sim.experiments.plan import case
from corridor_sim.experiments.precision import look_sizes, precisions

FloatArray = npt.NDArray[np.float64]
MOST = 1000
NEEDED = (12, 20, 40, 100, 300)


def covered(
    values: FloatArray, *, half: float, looks: Sequence[int], truth: float
) -> tuple[float, float]:
    """Share of trials `values[trials, MOST]` that cover the truth, and the mean number used."""
    sums, squares = values.cumsum(axis=1), (values**2).cumsum(axis=1)
    n = np.array(looks)
    mean = sums[:, n - 1] / n
    variance = np.maximum(squares[:, n - 1] - n * mean**2, 0.0) / (n - 1)
    widths = student.ppf(0.975, n - 1) * np.sqrt(variance / n)
    narrow = widths <= half
    narrow[:, -1] = True
    at = narrow.argmax(axis=1)
    rows = np.arange(len(values))
    inside = np.abs(mean[rows, at] - truth) <= widths[rows, at]
    return float(inside.mean()), float(n[at].mean())


def main() -> None:
    """Print coverage and mean numbers of replications."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=8000)
    trials = parser.parse_args().trials
    scenario = case("baseline-2024").scenario
    rng = np.random.default_rng(1)
    laws: dict[str, tuple[Callable[..., FloatArray], float]] = {
        "normal": (rng.standard_normal, 0.0), "exponential": (rng.standard_exponential, 1.0)
    }  # fmt: skip
    print(f"{'law':12} {'needed':>6} {'fixed':>7} {'from 10':>15} {'from 20':>15}")
    for law, (draw, truth) in laws.items():
        for needed in NEEDED:
            values = draw((trials, MOST))
            half = 1.96 / np.sqrt(needed)
            row = [covered(values, half=half, looks=[needed], truth=truth)[0]]
            cells = []
            for text in ("transit_mean=1d", "transit_p90=1d"):
                looks = list(look_sizes(precisions(text, scenario), most=MOST))
                share, mean = covered(values, half=half, looks=looks, truth=truth)
                cells.append(f"{100 * share:6.1f} n={mean:6.1f}")
            print(f"{law:12} {needed:6} {100 * row[0]:7.1f} {cells[0]:>15} {cells[1]:>15}")


if __name__ == "__main__":
    main()
