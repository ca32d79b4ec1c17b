"""Amounts, dates and lists as they are written in sentences."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.values import Value


def amount(number: float) -> str:
    """A number with three significant digits at least and commas: `5,700`, `0.226`, `8`."""
    if not math.isfinite(number):
        return "no end of"
    digits = 0 if number == 0 else max(0, 2 - math.floor(math.log10(abs(number))))
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(day: dt.date) -> str:
    """A date: `1 January 2024`."""
    return f"{day.day} {day:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """A list: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def measured(scenario: Scenario) -> tuple[dt.date, dt.date]:
    """First day of the measuring part, and the first after it."""
    first = scenario.span.start + dt.timedelta(days=scenario.span.warm_up_d.value)
    return first, first + dt.timedelta(days=scenario.span.measure_d.value)


def said(scenario: Scenario, value: Value, unit: str, *, factor: float = 1.0) -> str:
    """A number of the measuring part, with its changes in it: `6 h (8 h from 20 May 2024)`."""
    first, last = measured(scenario)
    now = f"{amount(factor * value.at(first))}{unit}"
    later = [
        f"{amount(factor * number)}{unit} from {day_of(day)}"
        for day, number in sorted(value.changes.items())
        if first < day < last
    ]
    return f"{now} ({', '.join(later)})" if later else now


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def clock(hour: float) -> str:
    """An hour of the day: `8:30`."""
    return f"{int(hour)}:{round(60 * (hour % 1)):02d}"
