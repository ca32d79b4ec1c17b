"""`plot`: a figure from the folders of runs and answers."""

from __future__ import annotations

from pathlib import Path

import click

from corridor_sim.cli.options import debug_option
from corridor_sim.errors import UsageError, did_you_mean, one_of


class WithFigures(click.Command):
    """A command whose help lists the figures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of figures."""
        from corridor_sim.figures import FIGURES

        with formatter.section("Figures"):
            formatter.write_dl([(entry.name, entry.about) for entry in FIGURES.values()])


@click.command(cls=WithFigures)
@click.argument("figure")
@click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="File to write; svg, png or pdf by its ending.  [default: FIGURE.svg]",
)  # fmt: skip
@click.option(
    "--scenario", "scenarios", multiple=True, help="Only this scenario of them. Repeatable."
)
@click.option("--route", "routes", multiple=True, help="Only this route. Repeatable.")
@click.option(
    "--direction", type=click.Choice(["westbound", "eastbound"]), help="Only this direction."
)
@click.option("--measure", help="Measure, as in the tables.")
@click.option("--segment", help="Segment, month of release or pair, as in the tables.")
@click.option("--element", help="Station, line, service, fleet or its call (fleet@place).")
@click.option(
    "--replication", type=click.IntRange(min=0), metavar="K",
    help="Replication, where a figure shows one; by default the first of the folder.",
)  # fmt: skip
@click.option("--column", is_flag=True, help="As wide as a column (8.5 cm) instead of a page (17).")
@debug_option
def plot(
    figure: str, folders: tuple[Path, ...], out: Path | None, scenarios: tuple[str, ...],
    routes: tuple[str, ...], direction: str | None, measure: str | None, segment: str | None,
    element: str | None, replication: int | None, column: bool,
) -> None:  # fmt: skip
    """Draw a FIGURE from the folders of runs and answers.

    Figures of `sweep`, `sensitivity`, `bottlenecks`, `tune`, `warm-up` and `backtest` need their
    folders, all others those of `run` or `compare`. A figure of one replication simulates it once
    more, from the scenario and seed in the folder.
    """
    from corridor_sim.figures import FIGURES, Choice
    from corridor_sim.figures.style import COLUMN_CM, FORMATS, FULL_CM, canvas, save

    if figure not in FIGURES:
        cure = did_you_mean(figure, FIGURES) or one_of(FIGURES)
        raise UsageError(f"no figure is called {figure!r}; {cure}")
    file = Path(f"{figure}.svg") if out is None else out
    if file.suffix.lstrip(".").lower() not in FORMATS:
        raise UsageError(f"{file} does not end in one of .{', .'.join(FORMATS)}")
    entry = FIGURES[figure]
    choice = Choice(
        folders=folders, scenarios=scenarios, routes=routes, direction=direction, measure=measure,
        segment=segment, element=element, replication=replication,
    )  # fmt: skip
    drawn = entry.plot(entry.read(choice), ax=canvas(width_cm=COLUMN_CM if column else FULL_CM))
    try:
        save(drawn, file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from error
    click.echo(f"saved: {file}", err=True)
