"""What an unquoted word of a scenario file is: the core schema of YAML 1.2.

`no`, `on`, `12:30` and `2024-05-20` are text, `1.0e6` is a number.
Source: YAML 1.2.2 (2021), section 10.3.2, https://yaml.org/spec/1.2.2/.
"""

from __future__ import annotations

import math
import re

WORDS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.capitalize(), word.upper())
}
WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
PADDED = re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LARGEST_WHOLE = 2**63 - 1
MOST_DIGITS = 60


def resolved(word: str) -> tuple[str | int | float | bool | None, str | None]:
    """What an unquoted word means, and the rule that it breaks if any (then the word itself)."""
    if word in WORDS:
        return WORDS[word], None
    if NOT_FINITE.fullmatch(word):
        return 0.0, "must be a finite number"
    if not REAL.fullmatch(word) and not WHOLE.fullmatch(word):
        return word, None
    if PADDED.fullmatch(word):
        return 0, "a number may not begin with 0 (some programs read 010 as 8)"
    if len(word) > MOST_DIGITS:
        return 0, f"a number may have at most {MOST_DIGITS} digits"
    return _number(word)


def _number(word: str) -> tuple[int | float, str | None]:
    number = _whole(word) if WHOLE.fullmatch(word) else float(word)
    if isinstance(number, int) and abs(number) > LARGEST_WHOLE:
        return 0, "the number is too large"
    if math.isinf(number):
        return 0, "the number is too large"
    return number, None


def _whole(word: str) -> int:
    return int(word, {"0o": 8, "0x": 16}.get(word[:2], 10))


def control_character(text: str) -> bool:
    """Whether a text holds a character that no scenario needs and that a terminal may obey."""
    return CONTROL.search(text) is not None
