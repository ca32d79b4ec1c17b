"""The command: measure the parts that are asked for, print and keep them."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.engines import growth, same_work, shipped, wall
from benchmarks.engines.machine import RESULTS, file_of, keep, known, machine

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
Lines = Callable[[dict[str, Any]], Iterator[str]]
PARTS: dict[str, tuple[Callable[..., dict[str, Any]], Lines]] = {
    "same-work": (same_work.measured, same_work.lines),
    "shipped": (shipped.measured, shipped.lines),
    "growth": (growth.measured, growth.lines),
    "compare": (wall.measured, wall.lines),
}


def main() -> None:
    """Measure, print as Markdown, keep as JSON; `--readme` puts what is kept into the README."""
    asked = _asked()
    here = machine()
    path = file_of(here, quick=asked.quick)
    for part in asked.part or ([] if asked.readme else PARTS):
        print(f"{part} ...", file=sys.stderr)
        measure, lines = PARTS[part]
        if part == "shipped":
            measure = partial(measure, counts=asked.replications)
        found = measure(quick=asked.quick, rounds=asked.rounds or (2 if asked.quick else 5))
        day = dt.datetime.now(dt.UTC).date().isoformat()
        keep(path, known(path) | {part: {"measured": found, "machine": here, "date": day}})
        print("\n".join(lines(found)))
        if part == "growth":
            growth.saved(found, RESULTS / "growth.png")
            print(f"figure: {RESULTS / 'growth.png'}", file=sys.stderr)
    print(f"kept in {path}", file=sys.stderr)
    if asked.readme:
        refresh(known(path))


def refresh(kept: dict[str, Any]) -> None:
    """Write what was measured between the marks of the README."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    body = "\n".join(_section(kept))
    README.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", "utf-8")


def _section(kept: dict[str, Any]) -> Iterator[str]:
    for name, (_, lines) in PARTS.items():
        if name in kept:
            yield from lines(kept[name]["measured"])
    yield from dict.fromkeys(_where(part) for part in kept.values())


def _where(part: dict[str, Any]) -> str:
    here = part["machine"]
    names = ("numpy", "simpy", "salabim", "ciw", "numba")
    versions = ", ".join(f"{name} {here['versions'][name]}" for name in names)
    return (
        f"Measured on {part['date']}: {here['cpu']}, {here['cores']} cores, {here['memory_gb']} GB;"
        f" Python {here['python']}, {versions}."
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="repeatable; default all")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it works")
    parser.add_argument("--rounds", type=int, help="default 5; 2 if quick")
    parser.add_argument(
        "--replications",
        type=int,
        nargs="+",
        help=f"of the part `shipped`; default {shipped.COUNTS}",
    )
    parser.add_argument(
        "--readme", action="store_true",
        help="put what was measured on this machine into the README; alone, measure nothing",
    )  # fmt: skip
    asked = parser.parse_args()
    if asked.quick and asked.readme:
        parser.error("quick measurements are not for the README")
    return asked


if __name__ == "__main__":
    main()
