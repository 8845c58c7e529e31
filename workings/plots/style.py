"""Style: one look for all pictures.

Colour is kept for sign, and never says anything alone: negative is orange and dashed, positive is blue and solid,
so that a black and white print reads the same.  Activations and ink go from paper to ink in one hue.
The signed pair was measured for normal, protan, deutan and tritan vision (Machado 2009): at a tenth of the scale
the two sides are 9.1 apart (CIEDE2000), where the usual red and blue map has 3.9.

Everything is set on the figure while it is drawn; Matplotlib's settings are as they were afterwards.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

POSITIVE, NEGATIVE, ZERO = "#005ab5", "#b34e00", "#f7f7f7"
INK, SECOND, LINE, FAINT, PAPER = "#1b1f24", "#57606a", "#818b98", "#dde1e6", "#ffffff"
GOOD, BAD = "#0a6b3d", "#b3261e"
KINDS = (NEGATIVE, POSITIVE, "#0a7d5a", "#8c4799", "#a07800", "#2f93b8", "#444c56", "#c4507d", "#6f5b2e", "#6f9426")
MARKERS = ("s", "o", "^", "D", "v", "P", "X", "p", "<", "*")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (6, 2, 1, 2, 1, 2)))
TITLE, LABEL, SMALL, TINY = 12, 10, 8.5, 7

LOOK = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.labelsize": LABEL,
    "axes.titlesize": LABEL,
    "axes.titlelocation": "left",
    "axes.titlepad": 7,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": SECOND,
    "ytick.color": SECOND,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "mathtext.fontset": "dejavuserif",
    "figure.dpi": 100,
}
FOREIGN = (
    "backend",
    "webagg",
    "toolbar",
    "date",
    "interactive",
    "savefig",
    "keymap",
    "animation",
    "_",
    "figure.max",
    "svg",
    "pdf",
    "ps",
)

P = ParamSpec("P")
R = TypeVar("R")


def drawn(draw: Callable[P, R]) -> Callable[P, R]:
    """The same function, drawing in the house's look whatever the user's own settings are."""

    @wraps(draw)
    def in_style(*args: P.args, **options: P.kwargs) -> R:
        import matplotlib

        with matplotlib.rc_context(look()):
            return draw(*args, **options)

    return in_style


@cache
def look() -> Any:
    """All of Matplotlib's settings that concern a picture: its own defaults, and ours over them."""
    from matplotlib import rcParamsDefault

    return {key: value for key, value in rcParamsDefault.items() if not key.startswith(FOREIGN)} | LOOK


def figure(width: float, height: float, title: str = "", caption: str = "") -> Figure:
    """An empty figure of so many inches, with a title above and a caption below."""
    from workings.plots.picture import Picture

    made = Picture(figsize=(width, height), layout="constrained")
    made.get_layout_engine().set(w_pad=0.1, h_pad=0.07)  # type: ignore[union-attr, call-arg]
    if title:
        made.suptitle(_folded(title, width * 10.5), x=0.02, ha="left", fontsize=TITLE, fontweight="bold")
    if caption:
        below(made, caption)
    return made


def below(made: Figure, caption: str) -> None:
    """Words under a picture, folded to its width."""
    width = made.get_figwidth()
    made.supxlabel(_folded(caption, width * 14.6), x=0.02, ha="left", fontsize=SMALL, color=SECOND, linespacing=1.35)


def _folded(words: str, letters: float) -> str:
    return "\n".join(textwrap.fill(line, int(letters)) for line in words.splitlines())


def bare(ax: Axes) -> Axes:
    """Axes without anything but what is drawn on them."""
    ax.set_axis_off()
    return ax


def unlabelled(ax: Axes) -> Axes:
    """A thin frame without ticks, for pictures."""
    ax.grid(False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(LINE)
        spine.set_linewidth(0.6)
    return ax


@cache
def signed() -> Colormap:
    """Orange, through a paper white zero, to blue."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("workings signed", [NEGATIVE, ZERO, POSITIVE])


@cache
def ink() -> Colormap:
    """Paper to ink: 0 is white, the most is black."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("workings ink", [PAPER, INK])


@cache
def heights() -> Colormap:
    """Valleys in blue, hills in white, all light enough to write on."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("workings heights", ["#7fa8d1", "#c5d8ea", "#eef3f8", "#ffffff"])


def reach(values: Any) -> float:
    """The largest |v|, for a scale with zero in its middle; 1 where all is zero."""
    v = np.abs(np.asarray(values, dtype=float))
    return float(np.max(v[np.isfinite(v)], initial=0.0)) or 1.0


def number(x: Any, digits: int = 3) -> str:
    """A number for people: true minus, powers of ten as such, commas in large whole numbers.

    >>> number(-0.25), number(12560), number(1.02e-7)
    ('−0.25', '12,560', '1.02 × 10⁻⁷')
    """
    x = float(x)
    if x == int(x) and abs(x) < 1e9 if np.isfinite(x) else False:
        return f"{int(x):,}".replace("-", "−")
    mantissa, _, power = f"{x:.{digits}g}".partition("e")
    raised = f" × 10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}" if power else ""
    return mantissa.replace("-", "−") + raised


def fixed(x: Any, scale: float = 1.0) -> str:
    """A number with the decimals that suit its neighbours: two for a scale of 1, fewer for larger scales.

    >>> fixed(0.00086), fixed(-3.357, 5), fixed(123.4, 200)
    ('0.00', '−3.36', '123')
    """
    places = int(np.clip(2 - np.floor(np.log10(max(scale, 1e-9))), 0, 6)) if not 0.1 <= scale < 10 else 2
    said = f"{float(x):.{places}f}"
    return (said[1:] if said.startswith("-") and not float(said) else said).replace("-", "−")


def percent(p: float) -> str:
    """A share as a percentage that never rounds something to nothing.

    >>> percent(0.123), percent(0.0), percent(2e-5), percent(0.99999)
    ('12.3 %', '0 %', '< 0.1 %', '> 99.9 %')
    """
    if p in (0, 1):
        return f"{p:.0%}".replace("%", " %")
    return "< 0.1 %" if p < 0.001 else "> 99.9 %" if p > 0.999 else f"{100 * p:.1f} %"


def counted(n: int, what: str, many: str = "") -> str:
    """1 point, 2 points.

    >>> counted(1, "point"), counted(2000, "point"), counted(2, "class", "classes")
    ('1 point', '2,000 points', '2 classes')
    """
    return f"{n:,} {what if n == 1 else many or what + 's'}"


def on(darkness: float) -> str:
    """The colour of letters on a ground between 0 (paper) and 1 (ink)."""
    return PAPER if darkness > 0.5 else INK
