"""`show` and `schema`: the words of scenarios."""

from __future__ import annotations

import click

from corridor_sim.cli.options import changes, debug_option, scenario_argument, set_option


@click.command()
@scenario_argument
@click.argument("path", required=False)
@set_option
@debug_option
def show(scenario: str, path: str | None, settings: tuple[str, ...]) -> None:
    """Print a scenario, or one PATH of it.

    The scenario comes as one file, with all that it extends; or what stands at a dotted PATH.
    """
    from corridor_sim.scenario.load import load
    from corridor_sim.scenario.resolved import as_yaml, part, resolved

    loaded = load(scenario, changes(settings))
    click.echo(as_yaml(resolved(loaded) if path is None else part(loaded, path)), nl=False)


@click.command()
@click.option(
    "--overlay", is_flag=True, help="For files that extend another: nothing is required in them."
)
@debug_option
def schema(overlay: bool) -> None:
    """Print the JSON Schema of scenario files."""
    from corridor_sim.output import as_json
    from corridor_sim.scenario.editors import json_schema

    click.echo(as_json(json_schema(overlay=overlay)), nl=False)
