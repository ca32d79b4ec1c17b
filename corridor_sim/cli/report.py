"""`report`: run folders as a page, Markdown or a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from corridor_sim.cli.options import debug_option
from corridor_sim.errors import UsageError

ENDINGS = {"html": ".html", "md": ".md", "xlsx": ".xlsx"}


@click.command()
@click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="File to write.  [default: report.html, .md or .xlsx]",
)  # fmt: skip
@click.option(
    "shape", "--format", type=click.Choice(list(ENDINGS)),
    help="What is written; Markdown with its figures in a folder beside it.  [default: by the"
    " ending of FILE, or html]",
)  # fmt: skip
@click.option(
    "--replication", type=click.IntRange(min=0), metavar="K",
    help="Replication on the map; by default the first of the folder.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(min=1), default=120, show_default=True,
    help="Days of the measuring part that the map shows.",
)  # fmt: skip
@click.option(
    "--backtest", type=click.Path(path_type=Path), metavar="FILE",
    help="Outcome of `backtest --format json`, to stand among the checks.",
)  # fmt: skip
@debug_option
def report(
    folders: tuple[Path, ...], out: Path | None, shape: str | None, replication: int | None,
    days: int, backtest: Path | None,
) -> None:  # fmt: skip
    """Report on the folders of runs and comparisons.

    Writes one HTML page that opens without a network: the answer in words, tables, a map of one
    replication in motion, charts, assumptions, checks, and the command that makes it again. That
    replication is simulated once more, for each scenario.
    """
    from corridor_sim.report.content import content
    from corridor_sim.report.write import write

    chosen = shape or _by_ending(out)
    file = Path(f"report{ENDINGS[chosen]}") if out is None else out
    if not file.resolve().parent.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {file.parent}")
    if file.is_dir():
        raise UsageError(f"{file} cannot be written: it is a folder")
    write(content(folders, replication=replication, backtest=backtest), chosen, file, days=days)
    click.echo(f"saved: {file}", err=True)


def _by_ending(out: Path | None) -> str:
    if out is None:
        return "html"
    for shape, ending in ENDINGS.items():
        if out.suffix.lower() == ending or (shape == "html" and out.suffix.lower() == ".htm"):
            return shape
    raise UsageError(f"{out} does not end in one of {', '.join(ENDINGS.values())}; say --format")
