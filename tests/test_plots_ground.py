"""What holds for all pictures: no window system, no state left behind, the same bytes, nothing fetched."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import weakref

import numpy as np
import pytest

import workings.plots as plots
from workings import Dense, History, Model
from workings.plots import style


def pictures() -> dict:
    """One of every kind that needs no training."""
    model = Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3)
    history = History([{"epoch": i, "loss": 1 / i, "accuracy": 1 - 0.5 / i} for i in (1, 2, 3)])
    return {
        "curves": lambda: plots.learning_curves(history),
        "weights": lambda: plots.weights_as_images(model),
        "diagram": lambda: plots.network_diagram(model, [[1.0, 0.5, -1.0]]),
        "flow": lambda: plots.forward_backward_flow(model),
        "activations": plots.activation_functions,
        "descent": plots.descent_on_curve,
        "descent on a surface": plots.descent_on_surface,
        "houses": plots.house_prices,
        "performance": plots.performance_against_data,
        "cross-entropy": plots.cross_entropy_curves,
        "cycle": plots.iteration_cycle,
        "calories": plots.calories,
        "pixels": lambda: plots.pixels(np.linspace(0, 1, 64)),
    }


PICTURES = pictures()


@pytest.mark.parametrize("kind", PICTURES)
def test_svg_and_png_are_the_same_every_time_and_need_nothing_else(kind):
    draw = PICTURES[kind]
    first, again = plots.to_svg(draw()), plots.to_svg(draw())
    assert first == again
    assert first.startswith("<svg")
    assert first.endswith("</svg>")
    assert 'aria-label="' in first
    assert not re.findall(r'(?:href|src)="(?!#|data:)', first)
    assert "<?xml" not in first
    assert "DOCTYPE" not in first
    assert "@import" not in first
    targets = set(re.findall(r'\bid="([^"]+)"', first))
    assert set(re.findall(r'href="#([^"]+)"', first)) | set(re.findall(r"url\(#([^)]+)\)", first)) <= targets
    if kind in ("weights", "houses"):
        assert plots.to_png(draw()) == plots.to_png(draw())


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_has_a_title_and_named_axes(kind):
    figure = PICTURES[kind]()
    assert figure.get_suptitle()
    for ax in figure.axes:
        if ax.axison and ax.get_xticks().size and ax.get_label() != "<colorbar>":
            assert ax.get_xlabel()


@pytest.mark.parametrize("kind", PICTURES)
def test_nothing_is_clipped_or_written_outside(kind):
    from matplotlib.text import Text

    figure = PICTURES[kind]()
    figure.canvas.draw()
    width, height = figure.bbox.width, figure.bbox.height
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent()
            if box.width and text in [*figure.texts, *(t for ax in figure.axes for t in ax.texts)]:
                assert box.x0 >= -1, text.get_text()
                assert box.x1 <= width + 1, text.get_text()
                assert box.y0 >= -1, text.get_text()
                assert box.y1 <= height + 1, text.get_text()


def test_two_pictures_on_one_page_share_no_id():
    one, two = (plots.to_svg(PICTURES[kind]()) for kind in ("cycle", "curves"))
    assert not set(re.findall(r'\bid="([^"]+)"', one)) & set(re.findall(r'\bid="([^"]+)"', two))


def test_importing_is_cheap_and_pyplot_is_never_touched():
    said = (
        "import sys, workings.plots as p\n"
        "assert 'matplotlib' not in sys.modules, 'imported too early'\n"
        "import matplotlib; before = matplotlib.rcParams.copy()\n"
        "from workings import Dense, Model\n"
        "p.to_svg(p.network_diagram(Model([Dense(2)], inputs=2))); p.to_png(p.descent_on_surface())\n"
        "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot'\n"
        "assert matplotlib.rcParams.copy() == before, 'settings changed'\n"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", said], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr


def test_the_users_settings_neither_change_nor_matter():
    import matplotlib

    plain = plots.to_png(plots.cross_entropy_curves())
    with matplotlib.rc_context({"axes.grid": False, "font.size": 30, "lines.linewidth": 9, "axes.facecolor": "pink"}):
        before = matplotlib.rcParams.copy()
        assert plots.to_png(plots.cross_entropy_curves()) == plain
        assert matplotlib.rcParams.copy() == before


def test_200_figures_leave_nothing_behind():
    made = []
    for i in range(200):
        figure = PICTURES["diagram"]() if i % 10 == 0 else plots.iteration_cycle()
        made.append(weakref.ref(figure))
    del figure
    gc.collect()
    assert sum(ref() is not None for ref in made) == 0


def test_a_notebook_shows_a_picture():
    assert plots.iteration_cycle()._repr_png_()[1:4] == b"PNG"


def test_the_signed_scale_is_orange_white_blue():
    from matplotlib.colors import to_hex

    assert [to_hex(style.signed()(t)) for t in (0.0, 1.0)] == [style.NEGATIVE, style.POSITIVE]
    assert min(style.signed()(0.5)[:3]) > 0.95


def test_numbers_for_people():
    assert style.number(-0.5) == "−0.5"
    assert style.number(float("nan")) == "nan"
    assert style.number(13002) == "13,002"
    assert style.fixed(-0.001) == "0.00"
    assert style.percent(0.9999) == "> 99.9 %"
