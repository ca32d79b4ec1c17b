"""Random small corridors over the whole feature set, valid by construction.

Sea between a and b (and d), rail between b and c, in both directions; half of the worlds know whole
hours only, so that much happens at one instant. A world is a function of one number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from whole_hours import WholeHours
from worlds import Part

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.scenario.schema import Scenario

LARGEST_LOT = 6
MONTHS = 12
_STARTS = (dt.date(2024, 1, 1), dt.date(2024, 3, 20), dt.date(2023, 12, 18))


@dataclass(frozen=True)
class RandomWorld:
    """A scenario, and whether all its times are whole hours."""

    words: Part
    whole: bool

    def draws(self, *, seed: int = 1) -> Draws:
        model = compile_scenario(Scenario.model_validate(self.words), name="random")
        return WholeHours(model, seed) if self.whole else Draws(model, seed)


def random_world(number: int) -> RandomWorld:
    """The world of a number."""
    maker = _Maker(Random(number), number)
    return RandomWorld(maker.scenario(), maker.whole)


class _Maker:
    """Makes the parts of a scenario, one after the other."""

    def __init__(self, rng: Random, number: int) -> None:
        self.rng = rng
        self.whole = rng.random() < 0.5
        self.start = rng.choice(_STARTS)
        self.days = rng.randint(12, 35)
        self.triangle = rng.random() < 0.3
        self.second_fleet = rng.random() < 0.4
        self.choosing = number % 3 > 0

    # numbers

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def hours(self, low: float, high: float) -> float:
        given = self.rng.uniform(low, high)
        return float(max(1, round(given))) if self.whole else given

    def day(self, least: int = 1) -> str:
        return (self.start + dt.timedelta(days=self.rng.randint(least, self.days))).isoformat()

    def dated(self, *values: float) -> float | Part:
        """The first value; now and then it becomes one of the others at dates."""
        if self.chance(0.7):
            return values[0]
        days = [self.day() for _ in range(self.rng.randint(1, 3))]
        return {"value": values[0], "changes": {day: self.rng.choice(values) for day in days}}

    def dated_hours(self, low: float, high: float) -> float | Part:
        return self.dated(*(self.hours(low, high) for _ in range(3)))

    def windows(self, longest_d: int) -> list[Part]:
        found = []
        for _ in range(self.rng.randint(1, 3)):
            first = self.start + dt.timedelta(days=self.rng.randint(0, self.days))
            last = first + dt.timedelta(days=self.rng.randint(1, longest_d))
            found.append({"start": first, "end": last})
        return found

    # what stands still

    def delayed(self, low: float, high: float, **more: object) -> Part:
        delay = self.dated_hours(0.5, 8) if self.chance(0.7) else 0
        law = self.rng.choice(["constant", "exponential", "gamma", "lognormal"])
        return {"min_h": self.dated_hours(low, high), "delay_mean_h": delay, "law": law, **more}

    def links(self) -> Part:
        rail = self.delayed(4, 20, ends=["b", "c"], mode="rail", length_km=100)
        links = {"sea": self.sea("ab"), "rail": rail}
        return (
            {**links, "sea-bd": self.sea("bd"), "sea-da": self.sea("da")}
            if self.triangle
            else links
        )

    def sea(self, ends: str) -> Part:
        return self.delayed(6, 24, ends=list(ends), mode="sea", length_km=100)

    def dwells(self) -> Part:
        inspection = self.delayed(1, 20, place="b", share=self.dated(0.3, 0.0, 1.0))
        return {"inspection": inspection, "shunting": self.delayed(1, 6, place="c")}

    def stations(self) -> Part:
        stations = {
            "customs-a": self.desk("a"),
            "customs-b": self.desk("b"),
            "gantry": self.desk("c"),
            "gate": {
                "place": "b", "servers": 1, "work_h_per_customer": self.dated_hours(1, 4),
            },
            "quay-a": self.quay("a"),
            "quay-b": self.quay("b"),
        }  # fmt: skip
        return {**stations, "quay-d": self.quay("d")} if self.triangle else stations

    def desk(self, place: str) -> Part:
        desk: Part = {
            "place": place,
            "servers": self.dated(*(self.rng.randint(1, 4) for _ in range(3))),
            "work_law": self.rng.choice(["constant", "exponential", "gamma", "lognormal"]),
            "work_cv": self.rng.choice([0, 0.5, 1]),
        }
        if self.chance(0.7):
            desk["work_h_per_feu"] = self.dated_hours(1, 6)
            if self.chance(0.4):
                share = self.dated(0.5, 0.0, 1.0)
                desk["digital"] = {"share": share, "work_h_per_feu": self.hours(1, 2)}
        else:
            desk["work_h_per_customer"] = self.dated_hours(1, 6)
        return {**desk, **self.opening()}

    def opening(self) -> Part:
        if self.chance(0.8):
            return {}
        opens = self.rng.randint(0, 12)
        return {"open_from_h": opens, "open_to_h": self.rng.randint(opens + 1, 24)}

    def quay(self, place: str) -> Part:
        berth: Part = {"fixed_h": self.hours(0, 4)}
        if self.chance(0.8):
            berth |= {"cranes_per_berth": self.rng.randint(1, 3), "moves_per_crane_h": 1}
        servers = self.dated(*(self.rng.randint(1, 3) for _ in range(3)))
        work = {"work_h_per_customer": self.dated_hours(2, 12)}
        return {"place": place, "servers": servers, "berth": berth, **work, **self.opening()}

    def lines(self) -> Part:
        paths = self.dated(*(self.rng.choice([4, 6, 8, 12]) for _ in range(2)))
        return {"line": {"place": "b", "paths_per_day": paths, "teu_per_path": 6, **self.opening()}}

    def yards(self) -> Part:
        yards = {}
        for place in "abc":
            if self.chance(0.5):
                limit = self.rng.randint(4, 30)
                yards[f"yard-{place}"] = {
                    "place": place, "limit_teu": limit, "resume_teu": self.rng.randint(0, limit),
                    "shortest_d": self.rng.randint(0, 4),
                }  # fmt: skip
        return yards

    # what shuts

    def closures(self, stations: Part) -> Part:
        quays = [name for name in stations if name.startswith("quay")]
        closures = {}
        if self.chance(0.7):
            closures["storm"] = self.shut(quays, stations, **self.spells())
        if self.chance(0.4):
            on = [self.rng.choice(["customs-a", "customs-b", "gantry", "quay-b"])]
            closures["fault"] = self.shut(
                on, stations, kind="breakdown", mean_time_between_h=self.rng.randint(20, 200),
                mean_repair_h=self.rng.randint(4, 40),
            )  # fmt: skip
        if self.chance(0.4):
            on = self.rng.sample(["line", "gate", "customs-b", "gantry", "quay-a"], 2)
            closures["works"] = self.shut(on, stations, kind="dated", windows=self.windows(4))
        if self.chance(0.4):
            on = self.rng.sample(["west-full", "east-full", "west-table"], 2)
            closures["strike"] = {"kind": "dated", "on": on, "windows": self.windows(3)}
        if self.chance(0.4):
            share, on = self.rng.choice([0.3, 0.6, 1.0]), ["west-table", "east-table"]
            closures["half"] = {
                "kind": "dated",
                "on": on,
                "share": share,
                "windows": self.windows(6),
            }
        return closures

    def shut(self, on: Sequence[str], stations: Part, **more: object) -> Part:
        closure = {"on": list(on), "stops": self.rng.choice(["starts", "work"]), **more}
        if self.chance(0.4):
            closure["servers"] = self.rng.randint(1, min(_servers(stations.get(n)) for n in on))
        return closure

    def spells(self) -> Part:
        share = self.rng.choice([0.1, 0.3, 0.5])
        mean = self.rng.randint(6, 40)
        return {
            "kind": "seasonal",
            "closed_share": [share if self.chance(0.8) else 0 for _ in range(MONTHS)],
            "mean_spell_h": [mean * self.rng.randint(1, 2) for _ in range(MONTHS)],
            "spell_cv": self.rng.choice([0.5, 1.0]),
        }

    # what moves

    def services(self) -> Part:
        west = [["line", "rail"], ["rail"], ["gate", "line", "rail", "shunting"]]
        east = [["rail", "line"], ["rail"], ["rail", "line", "gate"]]
        return {
            "west-full": self.full("bc", self.rng.choice(west)),
            "west-table": self.table("bc", self.rng.choice(west)),
            "east-full": self.full("cb", self.rng.choice(east)),
            "east-table": self.table("cb", self.rng.choice(east)),
        }

    def full(self, ends: str, chain: Sequence[str]) -> Part:
        wait = self.hours(1, 72) if self.chance(0.8) else 1e4
        return {"rule": "when-full", "max_wait_h": wait, **self.train(ends, chain)}

    def table(self, ends: str, chain: Sequence[str]) -> Part:
        return {
            "rule": "timetable", "headway_h": self.hours(4, 36),
            "offset_h": self.rng.randint(0, 30), "jitter_sd_h": self.rng.choice([0, 0, 6]),
            "cancelled_share": self.rng.choice([0, 0, 0.2]), **self.train(ends, chain),
        }  # fmt: skip

    def train(self, ends: str, chain: Sequence[str]) -> Part:
        places = self.rng.randint(LARGEST_LOT, 18)
        return {
            "origin": ends[0], "destination": ends[1], "places_teu": places, "chain": list(chain)
        }  # fmt: skip

    def fleets(self) -> Part:
        fleets = {"ships": self.fleet(["a", "b"])}
        if self.second_fleet:
            fleets["ferries"] = self.fleet(["b", "a"])
        if self.triangle:
            fleets["rovers"] = self.fleet(["a", "b", "d"])
        return fleets

    def fleet(self, places: Sequence[str]) -> Part:
        vessels = {f"v{i}": self.vessel() for i in range(self.rng.randint(1, 4))}
        return {
            "vessels": vessels,
            "calls": [
                self.call(here, there)
                for here, there in zip(places, [*places[1:], places[0]], strict=True)
            ],
            "gross_t_per_teu": 10,
            "draught_factor": self.dated(1.0, 0.9, 0.8),
        }

    def vessel(self) -> Part:
        vessel: Part = {"places_teu": self.rng.randint(LARGEST_LOT, 24)}
        if self.chance(0.5):
            # 80 t x 0.8, the lowest draught factor, are 6.4 TEU of 10 t: the largest lot fits in.
            vessel["payload_t"] = self.rng.randint(80, 200)
        if self.chance(0.4):
            vessel["absences"] = self.windows(6)
        return vessel

    def call(self, here: str, there: str) -> Part:
        way = {"ab": "sea", "bd": "sea-bd", "da": "sea-da"}
        chain = [way.get(here + there) or way[there + here]]
        if here == "b" and self.chance(0.3):
            chain.insert(0, "gate")
        return {
            "place": here,
            "berths": f"quay-{here}",
            "min_load_teu": self.rng.choice([0, 6, 12, 1000]),
            "max_wait_h": self.rng.choice([0, self.hours(1, 40), self.hours(1, 40), 1e4]),
            "chain": chain,
        }

    # demand

    def routes(self) -> Part:
        sea = self.rng.choice(["ships", "ferries"]) if self.second_fleet else "ships"
        west = ["customs-b", "inspection"]
        self.rng.shuffle(west)
        routes = {
            "full": {
                "title": "full",
                "westbound": [["customs-a", "ships", *west, "west-full", "gantry"]],
                "eastbound": [["gantry", "east-full", "customs-b", sea, "customs-a"]],
            },
            "table": {
                "title": "table",
                "westbound": [[sea, "customs-b", "west-table", "gantry"]],
                "eastbound": [["gantry", "east-table", "customs-b", sea]],
            },
        }
        if self.triangle:
            routes["round"] = {
                "title": "round",
                "westbound": [["customs-a", "rovers", "rovers"]],
                "eastbound": [["customs-b", "rovers"]],
            }
        return routes

    def profiles(self) -> Part:
        last = self.start + dt.timedelta(days=self.days - 1)
        touched = {self.start.month, last.month}
        return {"season": {"weights": [float(m in touched) for m in range(1, MONTHS + 1)]}}

    def flows(self) -> Part:
        flows = {}
        for ends in ("ac", "ab", "bc"):
            flows[f"w-{ends}"] = self.flow(ends, "westbound", self.shares())
        for ends in ("ca", "cb", "ba"):
            flows[f"e-{ends}"] = self.flow(ends, "eastbound", self.shares())
        if self.triangle:
            flows["w-ad"] = self.flow("ad", "westbound", {"round": 1})
            flows["e-bd"] = self.flow("bd", "eastbound", {"round": 1})
        for on in ("quay-a", "line", "gantry"):
            if self.chance(0.4):
                way = self.rng.choice(["westbound", "eastbound"])
                flows[f"other-{on}"] = {"chain": [on], **self.demand(way)}
        names = list(flows)
        self.rng.shuffle(names)
        return {name: flows[name] for name in names}

    def shares(self) -> Part:
        kinds = self.rng.choice([(1.0, 0.0), (0.0, 1.0), (0.5, 0.5)])
        if self.chance(0.7):
            return {"full": kinds[0], "table": kinds[1]}
        day = self.day()
        return {
            "full": {"value": kinds[0], "changes": {day: kinds[1]}},
            "table": {"value": kinds[1], "changes": {day: kinds[0]}},
        }

    def flow(self, ends: str, direction: str, shares: Part) -> Part:
        ways = {"routes": shares}
        if self.choosing and len(shares) > 1 and self.chance(0.7):
            ways = self.choice(list(shares))
        return {
            "origin": ends[0], "destination": ends[1], **ways, **self.demand(direction)
        }  # fmt: skip

    def choice(self, routes: list[str]) -> Part:
        """Choice of route, by time for the most part; now and then one of them is not open."""
        given: dict[str, Part] = {
            route: {"constant_usd_per_feu": self.rng.choice([0, 0, 50, -200])} for route in routes
        }
        if self.chance(0.3):
            given[self.rng.choice(routes)]["closed"] = self.windows(5)
        return {
            "choice": {"scale_usd_per_feu": self.rng.choice([1, 20, 200]), "routes": given},
            "cargo_value_usd_per_feu": 10_000,
            "value_of_time_pct_per_day": self.rng.choice([0, 0.5, 2]),
            "value_of_reliability_pct_per_day": self.rng.choice([0, 1]),
        }

    def demand(self, direction: str) -> Part:
        lot = self.rng.randint(1, LARGEST_LOT)
        count = self.rng.randint(0, 60)
        return {
            "cargo": "containers", "direction": direction, "teu_per_year": count * lot,
            "lot_teu": lot, "profile": "season",
        }  # fmt: skip

    def shocks(self, elements: list[str]) -> Part:
        """One in half of the worlds, and now and then one that follows from it."""
        if self.chance(0.5):
            return {}
        first = {"start": self.day(), "probability": self.rng.choice([1, 0.7])}
        then = {"after": {"shock": "first", "delay_d": self.rng.randint(0, 4)}, "probability": 0.6}
        return {
            name: {
                **words, "on": self.rng.sample(elements, 2), "lasts_d": self.rng.randint(1, 4),
                "ramp_up_d": self.rng.randint(0, 4), "open_share": self.rng.choice([0, 0, 0.4]),
                "stops": self.rng.choice(["starts", "work"]),
            }
            for name, words in {"first": first, "then": then}.items()
        }  # fmt: skip

    def scenario(self) -> Part:
        places = {p: {"lat": 40, "lon": 50 + i, "country": "KZ"} for i, p in enumerate("abcd")}
        stations = self.stations()
        warm_up = self.rng.randint(0, 5)
        return {
            "schema_version": 1,
            "title": "random",
            "span": {
                "start": self.start, "warm_up_d": warm_up, "measure_d": self.days - warm_up,
                "run_out_d": 0,
            },
            "places": places,
            "links": self.links(),
            "dwells": self.dwells(),
            "stations": stations,
            "lines": self.lines(),
            "yards": self.yards(),
            "closures": self.closures(stations),
            "services": self.services(),
            "fleets": self.fleets(),
            "routes": self.routes(),
            "profiles": self.profiles(),
            "flows": self.flows(),
            "shocks": self.shocks([*stations, "line", "west-table", "east-full"]),
        }  # fmt: skip


def _servers(station: Part | None) -> int:
    """The most servers of a station ever; a line has one."""
    if station is None:
        return 1
    given = station["servers"]
    return int(
        max([given["value"], *given["changes"].values()]) if isinstance(given, dict) else given
    )
