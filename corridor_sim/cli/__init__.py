"""The command line: parse, call, write; no arithmetic. Heavy libraries are imported in commands."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from corridor_sim import __version__
from corridor_sim.cli.backtest import backtest
from corridor_sim.cli.bottlenecks import bottlenecks
from corridor_sim.cli.check import check
from corridor_sim.cli.options import State
from corridor_sim.cli.plot import plot
from corridor_sim.cli.recovery import recovery
from corridor_sim.cli.report import report
from corridor_sim.cli.run import compare, run
from corridor_sim.cli.sensitivity import sensitivity
from corridor_sim.cli.shipped import list_scenarios, new
from corridor_sim.cli.sources import sources
from corridor_sim.cli.sweep import sweep
from corridor_sim.cli.trace import trace
from corridor_sim.cli.tune import tune
from corridor_sim.cli.verify import verify
from corridor_sim.cli.warm_up import warm_up
from corridor_sim.cli.words import schema, show
from corridor_sim.errors import CorridorError

NAME = "corridor-sim"
INTERRUPTED = 130
EXIT_CODES = """\b
Exit codes:
  0    done (an overloaded scenario is a result, with a warning)
  1    unexpected error
  2    bad command line
  3    scenario invalid
  4    a replication or a conservation check failed
  5    a target was not reached; the results are saved
  130  interrupted; finished replications are kept
"""


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=NAME)
def cli() -> None:
    """Simulates freight corridors between China and Europe.

    A SCENARIO is the name of a shipped one (see `list`), a path to a file, or several joined by
    `+`, the first as the base. Data goes to stdout, all else to stderr.
    """


for command in (
    list_scenarios, new, check, show, sources, schema, trace, run, compare, recovery, warm_up,
    bottlenecks, sweep, sensitivity, tune, backtest, verify, plot, report,
):  # fmt: skip
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run a command line (by default that of the process) and leave with its exit code."""
    state = State()
    code = _ended(args, state)
    sys.exit(_flushed(code, state))


def _ended(args: Sequence[str] | None, state: State) -> int:
    _make_printable()
    try:
        code = cli.main(args, NAME, standalone_mode=False, obj=state)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        return _told(error.__cause__ or error, "interrupted", INTERRUPTED, state)
    except BrokenPipeError:
        return 0
    except CorridorError as error:
        return _told(error, f"error: {error}", error.exit_code, state)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        return _told(error, f"error: {named}{error.strerror or error}", 1, state)
    except MemoryError as error:
        return _told(error, "error: out of memory; use less --memory or fewer --jobs", 1, state)
    except Exception as error:
        what = f"unexpected error: {type(error).__name__}: {error}"
        more = "" if state.debug else "\n--debug shows where it happened"
        return _told(error, what + more, 1, state)


def _told(error: BaseException, message: str, code: int, state: State) -> int:
    if state.debug:
        traceback.print_exception(error)
        message = message.splitlines()[0]
    for line in (message, *getattr(error, "__notes__", ())):
        click.echo(line, err=True)
    return code


def _flushed(code: int, state: State) -> int:
    """The exit code after all output is out; what cannot go out is dropped."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Whoever read stdout has had enough (`| head`): that is no error.
        if code == 0 and not isinstance(error, BrokenPipeError):
            return _told(error, f"error: {error.strerror}", 1, state)
    return code


def _make_printable() -> None:
    """Names of places hold letters that not every terminal has: show them escaped, do not fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
