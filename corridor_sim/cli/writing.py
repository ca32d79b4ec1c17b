"""Results on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from corridor_sim.output import Sheet, as_csv, as_json, as_markdown, as_text


def write(
    shape: str, *, sheets: Sequence[Sheet], records: Sequence[Mapping[str, object]],
    columns: Sequence[str], value: object,
) -> None:  # fmt: skip
    """Write to stdout: `sheets` as table or Markdown, `records` as CSV, or `value` as JSON."""
    if shape == "table":
        as_text(sheets, sys.stdout)
    elif shape == "md":
        click.echo(as_markdown(sheets), nl=False)
    elif shape == "csv":
        click.echo(as_csv(records, columns), nl=False)
    else:
        click.echo(as_json(value), nl=False)


def tell(message: str, *, quiet: bool = False) -> None:
    """A line on stderr."""
    if not quiet:
        click.echo(message, err=True)


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, on a terminal only; yields what is to be told of steps done."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    shown = Progress(
        TextColumn("replications"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with shown:
        task = shown.add_task("", total=total)
        yield lambda steps: shown.advance(task, steps)
