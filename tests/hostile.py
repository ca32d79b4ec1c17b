"""A corridor whose texts try to break out of a page."""

from __future__ import annotations

from pathlib import Path

from console import TINY

BREAKS = "</script><!-- <script>boom()</script> <img src=x onerror=boom()> & \" ' \u2028 =1+1"
"""What no part of a report may take for more than text."""
SAFE = BREAKS.replace("\u2028", " ")
"""The same without the end of line that YAML folds."""


def hostile(folder: Path) -> tuple[Path, Path]:
    """A scenario with such texts in its title, question, label and reasons, and one beside it."""
    quoted = "'" + BREAKS.replace("'", "''") + "'"
    text = TINY.replace("title: Tiny corridor", f"title: {quoted}")
    text = text.replace("question: How long does it take?", f"question: {quoted}")
    text = text.replace("why: a guess", f"why: {quoted}")
    text = text.replace("lon: 51.2, country: KZ", f"lon: 51.2, country: KZ, label: {quoted}")
    base = folder / "<b>&'base.yaml"
    base.write_text(text, "utf-8")
    other = folder / "<i>other.yaml"
    other.write_text(
        f'schema_version: 1\nextends: "{base.name}"\ntitle: Two berths\n'
        "stations:\n  alat-berths: {servers: 2}\n",
        "utf-8",
    )
    return base, other
