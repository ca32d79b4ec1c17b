"""What all figures have in common: canvas, colours by route, words around the axes, files.

A figure is drawn on the axes it is given, or on a new `canvas`. Sizes are set on what is drawn;
the settings of matplotlib stay as they are.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import blended_transform_factory

COLUMN_CM: Final = 8.5
"""Width of a column of a report."""
FULL_CM: Final = 17.0
"""Width of its page."""
CM: Final = 1 / 2.54
"""Inches in a centimetre."""
POINT_CM: Final = 2.54 / 72
NARROW_CM: Final = 11.0
"""Below this width text is smaller, and less is told beside what is drawn."""
LINE: Final = 1.35
"""Height of a line of text, in sizes of its letters."""
INK: Final = "#222222"
FAINT: Final = "#767676"
RULE: Final = "#D9D9D9"
EDGE: Final = 0.012
"""Distance of title and caption from the left side, as a share of the width."""
FORMATS: Final = ("svg", "png", "pdf")
DOTS_PER_INCH: Final = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What a route is known by: colour, line style and marker."""

    colour: str
    dash: Any = "-"
    marker: str = "o"

    def line(self) -> dict[str, Any]:
        """As keywords of `Axes.plot`, without markers."""
        return {"color": self.colour, "linestyle": self.dash}


# Okabe & Ito (2008), Color Universal Design, with two tones of its green, and the indigo and wine
# of Tol (2021), Colour Schemes, SRON/EPS/TN/09-002. A test holds how far apart they stay in the
# three kinds of colour blindness.
_DASHES: Final = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_LOOKS: Final[Mapping[str, Look]] = MappingProxyType({
    "all": Look("#000000", "-", "o"),
    "middle-poti": Look("#0072B2", "-", "s"),
    "middle-batumi": Look("#56B4E9", _DASHES[1], "D"),
    "middle-btk": Look("#D55E00", "-", "^"),
    "northern": Look("#009E73", "-", "v"),
    "northern-altynkol": Look("#7BC8A4", _DASHES[1], "<"),
    "suez": Look("#CC79A7", "-", "p"),
    "cape": Look("#E69F00", _DASHES[3], "P"),
    "southern": Look("#7F4F24", _DASHES[2], "X"),
    "turkmen": Look("#882255", _DASHES[2], "*"),
    "rail-ferries": Look("#332288", _DASHES[3], "h"),
})  # fmt: skip
ROUTES: Final = tuple(_LOOKS)
"""Routes with a look of their own, `all` first."""
PALETTE: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe & Ito (2008); of what is no route: yards, scenarios."""
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"haul": "#0072B2", "work": "#E69F00", "dwell": "#009E73", "wait": "#D55E00"}
)
"""Colours of where time goes."""


def look(route: str) -> Look:
    """The look of a route, the same in every figure, whatever else is drawn.

    A route that is not shipped has one by its name; two such may share a colour, seldom all three.
    """
    known = _LOOKS.get(route)
    if known is not None:
        return known
    number = zlib.crc32(route.encode())
    colours = [own.colour for own in _LOOKS.values()][1:]
    markers = [own.marker for own in _LOOKS.values()][1:]
    return Look(
        colours[number % len(colours)],
        _DASHES[number // 16 % len(_DASHES)],
        markers[number // 128 % len(markers)],
    )


def colour(route: str) -> str:
    """The colour of a route."""
    return look(route).colour


class Canvas(Figure):
    """A figure of a stated width whose height follows what is drawn on it: its rows, see `tall`,
    its legend and its folded words.
    """


def canvas(*, width_cm: float = FULL_CM, height_cm: float | None = None) -> Axes:
    """Axes alone on a new canvas, which no list of open figures knows."""
    figure = Canvas(figsize=_inches(width_cm, height_cm), layout="constrained")
    return figure.add_subplot()


def axes(ax: Axes | None) -> Axes:
    """The axes given, or new ones on a canvas that pyplot knows, so that notebooks show it."""
    if ax is None:
        from matplotlib import pyplot

        figure = pyplot.figure(FigureClass=Canvas, figsize=_inches(), layout="constrained")
        ax = figure.add_subplot()
    _dress(ax)
    return ax


def tall(ax: Axes, *, rows: int, row_cm: float = 0.5, more_cm: float = 3.2) -> None:
    """Give a canvas the height that so many rows need; what is not a canvas keeps its own."""
    figure = ax.get_figure()
    if isinstance(figure, Canvas):
        figure.set_figheight((rows * row_cm + more_cm) * CM)


def points(ax: Axes) -> float:
    """Size of the text on axes, in points: smaller on a narrow canvas."""
    return 7.0 if is_narrow(ax) else 8.5


def is_narrow(ax: Axes) -> bool:
    """Whether the canvas has the width of a column."""
    return _width_cm(ax) < NARROW_CM


def line_width(ax: Axes) -> float:
    """Width of a line that carries data, in points."""
    return 1.1 if is_narrow(ax) else 1.5


def words(
    ax: Axes, *, title: str = "", caption: str = "", x: str | None = None, y: str | None = None
) -> None:
    """Set title, labels of the axes with their units, and the caption below; long ones fold."""
    size = points(ax)
    if x is not None:
        ax.set_xlabel(folded(x, ax, size, share=0.6), fontsize=size, color=INK)
    if y is not None:
        ax.set_ylabel(y, fontsize=size, color=INK)
    if _is_alone(ax):
        figure = ax.figure
        head = {"x": EDGE, "ha": "left"}
        above = folded(title, ax, size + 1, bold=True)
        below = folded(caption, ax, size - 1)
        figure.suptitle(above, fontsize=size + 1, weight="bold", **head)
        figure.supxlabel(below, fontsize=size - 1, color=FAINT, **head)
        _grow(ax, lines=above.count("\n"), size=size + 1)
        _grow(ax, lines=below.count("\n"), size=size - 1)
        return
    ax.set_title(folded(title, ax, size, bold=True), fontsize=size, weight="bold", loc="left")
    if caption:
        under = ("axes fraction", ax.xaxis.label)
        ax.annotate(
            folded(caption, ax, size - 1), (0, 0), (0, -3), xycoords=under,
            textcoords="offset points", va="top", ha="left", fontsize=size - 1, color=FAINT,
            annotation_clip=False,
        )  # fmt: skip


def caption(
    *, n: int | None = None, level: float | None = None, what: str = "", unit: str = "replication"
) -> str:
    """What a figure rests on: `n = 20 replications, 95 % intervals.`, after what else is said."""
    told = []
    if n is not None:
        told.append(f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n} {unit}{'' if n == 1 else 's'}")
    if level is not None:
        told.append(f"{100 * level:.4g} % intervals" if n != 1 else "no interval from one alone")
    return " ".join(part for part in (what, f"{', '.join(told)}." if told else "") if part)


def legend(ax: Axes, *, columns: int | None = None, handles: Sequence[Any] | None = None) -> None:
    """A legend above the axes, in as many columns as fit; nothing where there is nothing to say.

    On a canvas it begins where the title does.
    """
    own = ax.get_legend_handles_labels() if handles is None else (
        list(handles), [handle.get_label() for handle in handles]
    )  # fmt: skip
    if not own[0]:
        return
    size = points(ax) - 0.5
    longest = max(_wide_cm(label, size, bold=False) for label in own[1])
    each = longest + (HANDLE + GAP + 1) * size * POINT_CM
    fit = max(1, int((_width_cm(ax) * 0.85 + GAP * size * POINT_CM) / each))
    count = len(own[1])
    wide = min(columns or fit, count)
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    alone = _is_alone(ax)
    across = figure.transFigure if alone else ax.transAxes
    made = ax.legend(
        *own, loc="lower left", bbox_to_anchor=(EDGE if alone else 0, 1.0),
        bbox_transform=blended_transform_factory(across, ax.transAxes), ncols=wide,
        fontsize=size, frameon=False, borderpad=0, borderaxespad=0.6, handlelength=HANDLE,
        columnspacing=GAP, labelcolor=INK,
    )  # fmt: skip
    if alone:  # it takes room above the axes, and none beside them
        made.set_in_layout(False)
        high = made.get_window_extent().height * 72 / figure.dpi
        ax.set_title(" ", fontsize=1, pad=high + 0.7 * size)
    _grow(ax, lines=-(-count // wide), size=size)


HANDLE: Final = 2.4
GAP: Final = 1.2
"""Length of the lines of a legend and space between its columns, in sizes of its letters."""


def empty(ax: Axes, sentence: str, *, title: str = "") -> Axes:
    """Axes with a sentence where there is nothing to draw."""
    ax.set_axis_off()
    size = points(ax)
    text = folded(sentence, ax, size, share=0.8)
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=size,
        color=FAINT,
    )  # fmt: skip
    words(ax, title=title)
    return ax


def folded(text: str, ax: Axes, size: float, *, share: float = 0.96, bold: bool = False) -> str:
    """Text in lines that are no wider than a share of the figure, or of axes among others.

    It folds at spaces; words that are wider fold at `-`, `@` and `,` too.
    """
    room = (_width_cm(ax) if _is_alone(ax) else _own_width_cm(ax)) * share
    lines = [""]
    for word in text.split(" "):
        wide = _wide_cm(word, size, bold=bold) > room
        for i, part in enumerate(re.findall(r"[^-@,]*[-@,]*", word)[:-1] if wide else [word]):
            longer = f"{lines[-1]}{'' if i else ' '}{part}".lstrip()
            if lines[-1] and _wide_cm(longer, size, bold=bold) > room:
                lines.append(part)
            else:
                lines[-1] = longer
    return "\n".join(lines)


def save(ax: Axes, path: Path) -> Path:
    """Write the figure of axes as SVG, PNG or PDF, by the ending; the same bytes every time.

    Raises
    ------
    ValueError
        For another ending.
    OSError
        Where it cannot be written.
    """
    shape = path.suffix.lstrip(".").lower()
    if shape not in FORMATS:
        raise ValueError(f"{path.name} does not end in one of {', '.join(FORMATS)}")
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[shape]
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    with rc_context({"svg.hashsalt": "corridor-sim", "svg.fonttype": "path"}):
        figure.savefig(path, format=shape, metadata=undated, dpi=DOTS_PER_INCH)
    return path


@lru_cache(maxsize=1024)
def _wide_cm(text: str, size: float, *, bold: bool) -> float:
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * POINT_CM


def _grow(ax: Axes, *, lines: int, size: float) -> None:
    """Give a canvas the height of some more lines of text."""
    figure = ax.get_figure()
    if isinstance(figure, Canvas):
        more_cm = lines * size * LINE * POINT_CM
        figure.set_figheight(figure.get_figheight() + more_cm * CM)


def _is_alone(ax: Axes) -> bool:
    """Whether nothing but these axes stands on a figure that makes room for its words."""
    place = ax.get_subplotspec()
    figure = ax.get_figure()
    fitted = isinstance(figure, Figure) and figure.get_constrained_layout()
    return fitted and place is not None and place.get_gridspec().get_geometry() == (1, 1)


def _width_cm(ax: Axes) -> float:
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    return float(figure.get_figwidth()) / CM


def _own_width_cm(ax: Axes) -> float:
    return _width_cm(ax) * float(ax.get_position().width)


def _inches(width_cm: float = FULL_CM, height_cm: float | None = None) -> tuple[float, float]:
    own = width_cm * (0.7 if width_cm < NARROW_CM else 0.55)
    return width_cm * CM, (own if height_cm is None else height_cm) * CM


def _dress(ax: Axes) -> None:
    size = points(ax)
    ax.tick_params(labelsize=size - 0.5, colors=INK, length=2.5, width=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set(color=FAINT, linewidth=0.6)
    ax.grid(visible=True, color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)


def texts(ax: Axes) -> list[Text]:
    """All texts of the figure of axes that are seen and say something."""
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    found = figure.findobj(Text)
    return [t for t in found if isinstance(t, Text) and t.get_visible() and t.get_text().strip()]
