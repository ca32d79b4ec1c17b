"""What more capacity could be: one more unit, or 10 % more, of every element on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from corridor_sim.laws import yearly_cost_usd
from corridor_sim.scenario.network import Investment, Line, Station
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.traffic import Fleet, Timetable
from corridor_sim.scenario.values import Value

Size = Literal["unit", "percent"]
MORE: Final = 1.1
WEEK_H: Final = 168.0
DAY_H: Final = 24.0
YARD_UNIT_TEU: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """More of one capacity.

    `element` is what the tables call it; `usd_per_yr` is None where the scenario states no cost.
    10 % more is taken to cost a tenth of all units that there are.
    """

    element: str
    kind: str
    place: str
    size: Size
    what: str
    changes: Mapping[str, object]
    usd_per_yr: float | None = None

    @property
    def name(self) -> str:
        """Short name of the case."""
        return f"{self.element} {self.kind} +{'1' if self.size == 'unit' else '10 %'}"


def reliefs(scenario: Scenario, *, interest: float) -> Iterator[Relief]:
    """More of every capacity: servers, cranes, paths, departures, places, vessels, yards.

    `interest`: a year, as a share, for turning capital into a yearly cost.
    """
    for name, station in scenario.stations.items():
        yield from _servers(name, station, interest)
        yield from _cranes(name, station)
    for name, line in scenario.lines.items():
        yield from _paths(name, line, interest)
    for name in scenario.services:
        yield from _departures(scenario, name)
        yield from _places(scenario, name)
    for name, fleet in scenario.fleets.items():
        yield from _vessels(name, fleet, interest)
    for name, yard in scenario.yards.items():
        for size, new in _both(lambda v: v + YARD_UNIT_TEU, lambda v: v * MORE):
            path = f"yards.{name}"
            yield Relief(
                element=name, kind="yard", place=yard.place, size=size,
                what=_said("limit", yard.limit_teu, new, "TEU"),
                changes=_changed(path, yard, ("limit_teu", "resume_teu"), new),
            )  # fmt: skip


def unit_usd_per_yr(owner: Investment, *, interest: float) -> float | None:
    """What a unit costs, USD a year; None where the scenario does not say."""
    if owner.capital_usd_per_unit is None and owner.upkeep_usd_per_yr is None:
        return None
    return yearly_cost_usd(
        capital_usd=owner.capital_usd_per_unit.value if owner.capital_usd_per_unit else 0.0,
        life_yr=owner.life_yr.value if owner.life_yr else 1.0,
        upkeep_usd_per_yr=owner.upkeep_usd_per_yr.value if owner.upkeep_usd_per_yr else 0.0,
        interest=interest,
    )


def _tenth_usd(interest: float, *owners: tuple[float, Investment]) -> float | None:
    """A tenth of what all units cost, USD a year; None where one has no price."""
    total = 0.0
    for count, owner in owners:
        unit = unit_usd_per_yr(owner, interest=interest)
        if unit is None:
            return None
        total += count * unit
    return total * (MORE - 1)


New = Callable[[float], float]


def _both(unit: New, percent: New) -> list[tuple[Size, New]]:
    return [("unit", unit), ("percent", percent)]


def _servers(name: str, station: Station, interest: float) -> Iterator[Relief]:
    """One more server; or each does 10 % more in the same time, since servers are whole."""
    path = f"stations.{name}"
    yield Relief(
        element=name, kind="berths" if station.berth else "servers", place=station.place,
        size="unit", what=_said("servers", station.servers, _plus_one, ""),
        changes=_changed(path, station, ("servers",), _plus_one),
        usd_per_yr=unit_usd_per_yr(station, interest=interest),
    )  # fmt: skip
    works = ("work_h_per_feu", "work_h_per_customer")
    faster = _changed(path, station, works, _less)
    if station.digital:
        faster |= _changed(f"{path}.digital", station.digital, ("work_h_per_feu",), _less)
    if station.berth:
        faster |= _changed(f"{path}.berth", station.berth, ("fixed_h",), _less)
        faster |= _changed(f"{path}.berth", station.berth, ("moves_per_crane_h",), _tenth)
    yield Relief(
        element=name, kind="berths" if station.berth else "servers", place=station.place,
        size="percent", what="work 10 % faster", changes=faster,
        usd_per_yr=_tenth_usd(interest, (station.servers.value, station)),
    )  # fmt: skip


def _cranes(name: str, station: Station) -> Iterator[Relief]:
    berth = station.berth
    if berth is None or berth.cranes_per_berth is None:
        return
    path = f"stations.{name}.berth"
    for size, new in _both(_plus_one, _tenth):
        yield Relief(
            element=name, kind="cranes", place=station.place, size=size,
            what=_said("cranes at a berth", berth.cranes_per_berth, new, ""),
            changes=_changed(path, berth, ("cranes_per_berth",), new),
        )  # fmt: skip


def _paths(name: str, line: Line, interest: float) -> Iterator[Relief]:
    unit, tenth = unit_usd_per_yr(line, interest=interest), (line.paths_per_day.value, line)
    for size, new in _both(_plus_one, _tenth):
        yield Relief(
            element=name, kind="paths", place=line.place, size=size,
            what=_said("paths", line.paths_per_day, new, "a day"),
            changes=_changed(f"lines.{name}", line, ("paths_per_day",), new),
            usd_per_yr=unit if size == "unit" else _tenth_usd(interest, tenth),
        )  # fmt: skip


def _departures(scenario: Scenario, name: str) -> Iterator[Relief]:
    """One more departure a week, or a day less to wait for a train to fill; or 10 % of either."""
    service = scenario.services[name]
    if isinstance(service, Timetable):
        field, kind, said = "headway_h", "departures", service.headway_h
        steps = _both(lambda h: WEEK_H / (WEEK_H / h + 1), _less)
    else:
        field, kind, said = "max_wait_h", "longest wait", service.max_wait_h
        steps = _both(lambda h: h - DAY_H if h > DAY_H else h / 2, _less)
    for size, new in steps:
        yield Relief(
            element=name, kind=kind, place=service.origin, size=size,
            what=_said("headway" if kind == "departures" else kind, said, new, "h"),
            changes=_changed(f"services.{name}", service, (field,), new),
        )  # fmt: skip


def _places(scenario: Scenario, name: str) -> Iterator[Relief]:
    """10 % more places; there is no unit."""
    service = scenario.services[name]
    yield Relief(
        element=name, kind="places", place=service.origin, size="percent",
        what=_said("places", service.places_teu, _tenth_whole, "TEU"),
        changes=_changed(f"services.{name}", service, ("places_teu",), _tenth_whole),
    )  # fmt: skip


def _vessels(name: str, fleet: Fleet, interest: float) -> Iterator[Relief]:
    """One more vessel like the one of middle size; or 10 % more places and payload of all."""
    by_size = sorted(fleet.vessels, key=lambda v: fleet.vessels[v].places_teu.value)
    like = by_size[(len(by_size) - 1) // 2]
    vessel, place = fleet.vessels[like], fleet.calls[0].place
    count = int(vessel.count.value)
    all_now = sum(int(other.count.value) for other in fleet.vessels.values())
    yield Relief(
        element=name, kind="vessels", place=place, size="unit",
        what=f"vessels {all_now} -> {all_now + 1}, like {like}",
        changes={f"fleets.{name}.vessels.{like}.count": count + 1},
        usd_per_yr=unit_usd_per_yr(vessel, interest=interest),
    )  # fmt: skip
    larger: dict[str, object] = {}
    for other, given in fleet.vessels.items():
        path = f"fleets.{name}.vessels.{other}"
        larger |= _changed(path, given, ("places_teu",), _tenth_whole)
        larger |= _changed(path, given, ("payload_t",), _tenth)
    yield Relief(
        element=name, kind="vessels", place=place, size="percent",
        what="10 % more places and payload", changes=larger,
        usd_per_yr=_tenth_usd(interest, *((v.count.value, v) for v in fleet.vessels.values())),
    )  # fmt: skip


def _changed(path: str, record: object, fields: tuple[str, ...], new: New) -> dict[str, object]:
    """Changes of the fields of a record that are numbers, dated changes included."""
    found: dict[str, object] = {}
    for field in fields:
        value = getattr(record, field)
        if not isinstance(value, Value):
            continue
        found[f"{path}.{field}"] = new(value.value)
        if value.changes:
            dated = {str(day): new(then) for day, then in value.changes.items()}
            found[f"{path}.{field}"] = {"value": new(value.value), "changes": dated}
    return found


def _said(what: str, value: Value, new: New, unit: str) -> str:
    return f"{what} {value.value:.4g} -> {new(value.value):.4g} {unit}".rstrip()


def _plus_one(number: float) -> float:
    return number + 1


def _tenth(number: float) -> float:
    return number * MORE


def _less(number: float) -> float:
    return number / MORE


def _tenth_whole(number: float) -> float:
    return max(number + 1, float(round(number * MORE)))
