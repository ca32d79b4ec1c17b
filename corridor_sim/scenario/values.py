"""Numbers as the scenario files write them: with range, source, grade, reason and dated changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Grade = Literal["high", "medium", "low"]


class Record(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=False,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


class Value(Record):
    """A number with where it comes from; may change at dates."""

    value: float = Field(allow_inf_nan=False)
    """The number used."""
    low: float | None = Field(default=None, allow_inf_nan=False)
    """Lower end of the credible range."""
    high: float | None = Field(default=None, allow_inf_nan=False)
    """Upper end of the credible range."""
    source: str | None = None
    """Ids of the facts behind it, joined by semicolons, or `assumed`."""
    grade: Grade | None = None
    """How good the source is."""
    why: str | None = None
    """Why this number; an assumption needs it."""
    changes: Mapping[dt.date, float] = Field(default_factory=dict)
    """The number from each of these dates on (00:00)."""

    def at(self, day: dt.date) -> float:
        """The number in force on a day."""
        past = [d for d in self.changes if d <= day]
        return self.changes[max(past)] if past else self.value

    def every(self) -> list[float]:
        """The number and all that it changes to."""
        return [self.value, *self.changes.values()]


LARGEST = 1e12


@dataclass(frozen=True)
class Bounds:
    """What a `Value` may be: limits, whole numbers only, whether it may change at dates."""

    ge: float | None = None
    gt: float | None = None
    le: float = LARGEST  # a million years of hours still fit into ticks
    whole: bool = False
    dated: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            self.check, core_schema.no_info_before_validator_function(_as_record, handler(source))
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number: JsonSchemaValue = {"type": "integer" if self.whole else "number"}
        limits = {"minimum": self.ge, "exclusiveMinimum": self.gt, "maximum": self.le}
        number |= {key: limit for key, limit in limits.items() if limit is not None}
        return {"anyOf": [number, handler(schema)]}

    def check(self, value: Value) -> Value:
        """Return the value, or raise a validation error that states the rule."""
        if value.changes and not self.dated:
            raise PydanticCustomError("not_dated", "cannot change at dates")
        ends = [end for end in (value.low, value.high) if end is not None]
        for number in [*value.every(), *ends]:
            self._check_number(number)
        low, high = value.low, value.high
        if (low is not None and value.value < low) or (high is not None and value.value > high):
            raise PydanticCustomError("outside_range", "must lie between its own low and high")
        return value

    def _check_number(self, number: float) -> None:
        rules = [
            (self.ge is None or number >= self.ge, f"must be at least {self.ge}"),
            (self.gt is None or number > self.gt, f"must be above {self.gt}"),
            (number <= self.le, f"must be at most {self.le:,.12g}"),
            (not self.whole or number == int(number), "must be a whole number"),
        ]
        for holds, rule in rules:
            if not holds:
                raise PydanticCustomError("bounds", "{rule}", {"rule": rule})


def _as_record(given: object) -> object:
    if isinstance(given, (bool, str)):
        raise PydanticCustomError("number", "must be a number, or a record with `value`")
    return {"value": given} if isinstance(given, int | float) else given


Latitude = Annotated[Value, Bounds(ge=-90, le=90)]
Longitude = Annotated[Value, Bounds(ge=-180, le=180)]
Number = Annotated[Value, Bounds(ge=-1e6, le=1e6)]
Positive = Annotated[Value, Bounds(gt=0)]
PositiveDated = Annotated[Value, Bounds(gt=0, dated=True)]
Spell = Annotated[Value, Bounds(ge=0.1)]  # shorter ones would be millions a year
NonNegative = Annotated[Value, Bounds(ge=0)]
NonNegativeDated = Annotated[Value, Bounds(ge=0, dated=True)]
Share = Annotated[Value, Bounds(ge=0, le=1)]
ShareDated = Annotated[Value, Bounds(ge=0, le=1, dated=True)]
Clock = Annotated[Value, Bounds(ge=0, le=24)]
Variation = Annotated[Value, Bounds(gt=0, le=10)]
VariationOrNone = Annotated[Value, Bounds(ge=0, le=10)]
Count = Annotated[Value, Bounds(ge=1, le=1_000_000, whole=True)]
CountOrNone = Annotated[Value, Bounds(ge=0, le=1_000_000, whole=True)]
Units = Annotated[Value, Bounds(ge=1, le=10_000, whole=True)]
UnitsDated = Annotated[Value, Bounds(ge=1, le=10_000, whole=True, dated=True)]
