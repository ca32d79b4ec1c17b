"""The quotes of a review, from what is committed; the same for every engine."""

from __future__ import annotations

import numpy as np

from corridor_sim.laws import LONGEST_QUOTE, queued, shut_out
from corridor_sim.model import Quotes, Ticks


def quoted(quotes: Quotes, *, now: int, committed: Ticks) -> Ticks:
    """Quoted time `[Q, R]` of each quoted path at `now`, given TEU committed `[elements, R]`.

    Free-flow time, and for every element what is committed to it lasts beyond the time until it is
    reached, and what is left then of announced closures.
    """
    period = int(np.searchsorted(quotes.starts, now, side="right")) - 1
    found = np.repeat(quotes.free[period][:, None], committed.shape[1], axis=1)
    wait = queued(
        committed=committed[quotes.element],
        capacity=quotes.capacity[period][quotes.element][:, None],
        reach=quotes.reach[period][:, None],
    )
    np.add.at(found, quotes.row, wait)
    announced, start, end = quotes.shut.T
    left = shut_out(
        announced=announced, start=start, end=end, now=now, reach=quotes.shut_reach[period]
    )
    np.add.at(found, quotes.shut_row, left[:, None])
    capped: Ticks = np.minimum(found, LONGEST_QUOTE)
    return capped
