"""What figures of one replication read: a replication of a run folder, simulated once more."""

from __future__ import annotations

from dataclasses import replace

from corridor_sim.errors import UsageError
from corridor_sim.experiments.cohorts import Recovery, recovery
from corridor_sim.experiments.histories import (
    History,
    SpaceTime,
    cumulative,
    fleet,
    known_route,
    queue,
    space_time,
    yards,
)  # fmt: skip
from corridor_sim.experiments.months import monthly
from corridor_sim.experiments.replay import Replay, replayed, scenarios_of
from corridor_sim.experiments.traffic import Traffic, traffic
from corridor_sim.figures.marks import names
from corridor_sim.figures.registry import Choice


def replication_of(choice: Choice) -> Replay:
    """The replication chosen; of a comparison that of the scenario chosen, else its baseline."""
    folder = choice.folders[0]
    told = {short: name for name, short in names(scenarios_of(folder)).items()}
    wanted = next(iter(choice.scenarios), None)
    return replayed(
        folder, scenario=None if wanted is None else told.get(wanted, wanted),
        replication=choice.replication,
    )  # fmt: skip


def traffic_of(choice: Choice) -> Traffic:
    """For the map: the flows of the routes chosen.

    Raises
    ------
    UsageError
        For a route that the scenario does not have.
    """
    of = replication_of(choice)
    for route in choice.routes:
        known_route(of.model, route)
    found = traffic(of)
    chosen = found.flows.route.isin(choice.routes) if choice.routes else slice(None)
    return replace(found, flows=found.flows[chosen])


def rides_of(choice: Choice) -> SpaceTime:
    """For space and time: of the first route chosen."""
    return space_time(replication_of(choice), route=next(iter(choice.routes), None))


def queue_of(choice: Choice) -> History:
    """What waits at the element chosen."""
    return queue(replication_of(choice), element=choice.element)


def yards_of(choice: Choice) -> History:
    """Stocks of the yards."""
    return yards(replication_of(choice))


def fleet_of(choice: Choice) -> History:
    """Vessels of the fleet chosen."""
    return fleet(replication_of(choice), element=choice.element)


def cargo_of(choice: Choice) -> History:
    """Cargo released and delivered, on the routes chosen."""
    return cumulative(replication_of(choice), routes=choice.routes)


def shares_of(choice: Choice) -> History:
    """Cargo by month of release and route, of one direction."""
    return monthly(
        replication_of(choice), routes=choice.routes, direction=choice.direction or "westbound"
    )


def recovery_of(choice: Choice) -> Recovery:
    """Recovery of the second scenario of a comparison (or folder) from what the first is without.

    Raises
    ------
    UsageError
        Where there is no second.
    """
    given = [(folder, name) for folder in choice.folders for name in scenarios_of(folder)]
    if len(given) < 2:
        rule = "recovery needs a comparison, or two runs: the undisturbed one first"
        raise UsageError(f"{choice.folders[0]} holds one scenario; {rule}")
    twin, disturbed = (
        replayed(folder, scenario=name, replication=choice.replication)
        for folder, name in given[:2]
    )
    route = next(iter(choice.routes), disturbed.model.routes[0])
    return recovery(disturbed, twin, route=route, direction=choice.direction or "westbound")
