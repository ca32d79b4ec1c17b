"""The order of an instant, the same in every engine, written here and nowhere else.

What happens at one tick happens in these phases. Windows are half-open: a closure that starts at t
shuts t, one that ends at t does not.

0. CHANGE: closures, places and embargoes change.
1. END: all that ends ends (work, hauls, loading and unloading); cargo is released; vehicles
arrive; vessels
   cast off. What is freed joins its next queue with this arrival time.
2. BERTH: berths are given by (arrival, key); load lists close, list by list in the order in which
the berths
   were given, i.e. (arrival at the berth, key); repeated until nothing moves.
3. DEPART: departures of services: the slots of timetables in order of number, full trains as long
as one more
   is full, then the one whose first consignment has waited long enough.
4. JOIN: departed trains begin their chain.
5. START: other stations start customers by (arrival, key).
6. REVIEW: the yards are looked at.

The key of a customer: consignments by their number in the model (flows in file order), then trains
by service and number, then vessels by fleet and number. What is ready at the instant of a
departure is aboard; what arrives at the instant a list closes is on it. Of several free servers
the lowest number is taken.
"""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """Phases of an instant."""

    CHANGE = 0
    END = 1
    BERTH = 2
    DEPART = 3
    JOIN = 4
    START = 5
    REVIEW = 6
