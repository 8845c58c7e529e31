"""The tour: twenty pictures of one example, each drawn from a live model; the numbers in them are the library's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import workings as wk
from tests.test_plots import words
from workings.plots import to_png, tour
from workings.plots.style import fixed, number
from workings.plots.walk import PICTURES

FOLLOWED, MANY = 2, 6


@pytest.fixture(scope="module")
def walk():
    """A network of sigmoids that has learned a little, and six digits."""
    X, y = wk.data.digits()
    model = wk.Model([wk.Dense(12, "sigmoid"), wk.Dense(8, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
    model.fit(X[:300], y[:300], epochs=3, learning_rate=1.0, progress=False)
    return tour(model, X[:MANY], y[:MANY], FOLLOWED)


@pytest.fixture(scope="module")
def figures(walk):
    return dict(walk)


def drawn(figure, gid):
    """What is drawn under a name: the numbers of pictures, the lengths of bars, the places of lines."""
    for ax in figure.axes:
        for image in ax.images:
            if image.get_gid() == gid:
                return np.asarray(image.get_array(), float)
        for line in ax.lines:
            if line.get_gid() == gid:
                return np.asarray(line.get_xydata(), float)
        bars = [p for p in ax.patches if str(p.get_gid() or "").startswith(gid)]
        if bars:
            return np.array([p.get_height() if gid == "component" else p.get_width() for p in bars])
    raise AssertionError(f"nothing is drawn as {gid!r}")


def told(figure, start):
    """The texts of a figure whose name begins so, in order."""
    texts = [text for ax in figure.axes for text in ax.texts if str(text.get_gid() or "").startswith(start)]
    return {text.get_gid(): text.get_text() for text in texts}


def first(w, name):
    return w.numbers[name][:, 0].astype(float)


def pixels(f, s):
    said = [t.get_text() for t in f.axes[0].texts if "." in t.get_text()]
    return said, [f"{x:.2f}" for x in first(s.one, "X")]


def layers(f, s):
    return [drawn(f, name).ravel() for name in ("X", "A1", "A2", "A3")], [
        first(s.one, name) for name in ("X", "A1", "A2", "A3")
    ]


def parts(f, s):
    j = int(np.argmax(first(s.one, "A1")))
    return drawn(f, f"unit {j}").ravel(), s.one.numbers["W1"][j].astype(float) * first(s.one, "X")


def looks(f, s):
    return np.stack([ax.images[0].get_array().ravel() for ax in f.axes[:12]]), s.one.numbers["W1"]


def links(f, s):
    strong = int(np.argmax(first(s.one, "A1"))) + 1
    return [f"Unit A1[{strong}]: 64 in, 8 out." in words(f)], [True]


def added(f, s):
    j = int(np.argmax(first(s.one, "A1")))
    z, b = first(s.one, "Z1")[j], float(s.one.numbers["b1"][j, 0])
    assert f"= {number(z, 4)}. After".replace("−", "-") in " ".join(words(f).split())
    return drawn(f, "products").sum() + b, z


def matrix(f, s):
    said = told(f, "W[")
    cells = [eval(name[1:]) for name in said]
    assert len(said) == 25
    assert [0, 0] in cells
    assert [11, 63] in cells
    return list(said.values()), [fixed(s.one.numbers["W1"][i, j]) for i, j in cells]


def through(f, s, g):
    z = first(s.one, "Z1")
    return drawn(f, "units"), np.stack([z, g(z)], axis=1)


def downhill(f, s):
    start = s.fresh().evaluate(s.X, s.y)["loss"]
    end = float(f.get_suptitle().split(": ")[1].split(" ")[0])
    assert end < start
    return [len(next(line for line in f.axes[0].lines if line.get_label() == "path").get_xdata())], [16]


def before(f, s):
    A = s.fresh().activations(s.X[FOLLOWED : FOLLOWED + 1])["A3"][0]
    arrows = [(t.xyann[0], t.xy[0]) for t in f.axes[0].texts if str(t.get_gid() or "").startswith("gap")]
    assert "output 2 should be 1" in words(f)
    return [drawn(f, "output"), arrows], [A, np.stack([A, first(s.one, "Y")], axis=1)]


def three(f, s):
    order = np.argsort(-np.abs(first(s.one, "A2")))
    heights = [[p.get_height() for p in ax.patches] for ax in f.axes]
    k = FOLLOWED  # the third digit is a 2
    wanted = [first(s.one, "A2"), -s.one.numbers["dW3"][k], -s.one.numbers["W3"][k] * first(s.one, "dZ3")[k]]
    assert number(-s.one.numbers["db3"][k, 0]).replace("−", "-") in words(f)
    return heights, [row[order] for row in wanted]


def wishes(f, s):
    made = drawn(f, "wishes")
    np.testing.assert_allclose(made[:-1].sum(axis=0), made[-1], atol=1e-12)
    return made[-1], -first(s.one, "dA2")


def nudges(f, s):
    cells = {at: cell.get_text().get_text() for at, cell in f.axes[0].tables[0].get_celld().items()}
    biggest = np.unravel_index(np.argmax(np.abs(s.some.numbers["dW3"])), (10, 8))
    each = [s.model.explain(s.X[i : i + 1], s.y[i : i + 1]).numbers["dW3"][biggest] for i in range(MANY)]
    scale = max(float(np.abs(x.numbers["dW3"]).max()) for x in (s.some,))
    column = [cells[i, 0].replace("−", "-") for i in range(1, MANY + 2)]
    assert cells[0, 0] == f"W3[{biggest[0] + 1},{biggest[1] + 1}]"
    want = -np.array([*each, s.some.numbers["dW3"][biggest]])
    np.testing.assert_allclose(np.array(column, float), want, atol=0.02 * scale + 0.005)
    return round(float(np.mean(np.array(column[:-1], float))), 1), round(float(column[-1]), 1)


def neurons(f, s):
    said = words(f)
    return [fixed(float(s.link.numbers[f"A{l}"].item())) in said for l in (1, 2, 3)], [True] * 3


def last_two(f, s):
    w = s.link
    return [
        number(float(w.numbers[n].item())).replace("−", "-") in words(f) for n in ("A2", "W3", "b3", "A3", "Y")
    ], [True] * 5


def cost(f, s):
    a, c = float(s.link.numbers["A3"].item()), float(s.link.numbers["J"].item())
    (x0, y0), (x1, y1) = drawn(f, "slope")
    assert (y1 - y0) / (x1 - x0) == pytest.approx(float(s.link.numbers["dA3"].item()))
    return drawn(f, "cost"), [[a, c]]


def tree(f, s):
    said = {name: text.split("\n")[1] for name, text in told(f, "").items() if name}
    assert set(said) == {"W3", "A2", "b3", "Z3", "A3", "Y", "J"}
    return list(said.values()), [number(float(s.link.numbers[name].item())) for name in said]


def rule(f, s):
    w = {name: float(s.link.numbers[name].item()) for name in s.link}
    factors = [w["A2"], w["A3"] * (1 - w["A3"]), 2 * (w["A3"] - w["Y"])]
    assert np.prod(factors) == pytest.approx(w["dW3"], rel=1e-12)
    title = words(f).split("The chain rule: ")[1].split(" |")[0]
    made, whole = title.split(" = ")
    assert whole == number(w["dW3"]).replace("−", "-")
    return [float(number(x, 4).replace("−", "-")) for x in factors], [float(x.strip("()")) for x in made.split(" · ")]


def vector(f, s):
    parts = [s.some.numbers[f"d{name}"].ravel() for name in s.model.parameters]
    whole = np.sort(np.abs(np.concatenate(parts).astype(float)))[::-1]
    assert f"one vector of {len(whole):,} numbers" in words(f)
    np.testing.assert_allclose(np.abs(drawn(f, "component")), whole[:40], rtol=1e-12)
    return drawn(f, "sizes")[:, 1], whole


SHOWN = {
    "pixels_as_inputs": pixels,
    "layer_by_layer": layers,
    "parts_it_found": parts,
    "what_units_look_for": looks,
    "links_of_one_unit": links,
    "weighted_sum": added,
    "matrix_form": matrix,
    "sums_through_sigmoid": lambda f, s: through(f, s, lambda z: 1 / (1 + np.exp(-z))),
    "sums_through_relu": lambda f, s: through(f, s, lambda z: np.maximum(z, 0)),
    "downhill": downhill,
    "answer_before_training": before,
    "three_ways_up": three,
    "wishes_added": wishes,
    "table_of_nudges": nudges,
    "one_neuron_in_each_layer": neurons,
    "last_two_neurons": last_two,
    "cost_of_one_answer": cost,
    "tree_of_causes": tree,
    "chain_rule": rule,
    "gradient_vector": vector,
}


@pytest.mark.parametrize("name", PICTURES)
def test_row_78_the_numbers_in_the_picture_are_the_models(walk, figures, name):
    made, wanted = SHOWN[name](figures[name], walk.state)
    pairs = zip(made, wanted, strict=True) if isinstance(made, list) else [(made, wanted)]
    for ours, theirs in pairs:
        if isinstance(theirs, str | bool):
            assert ours == theirs
        else:
            np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-5, atol=1e-6)


def test_there_are_twenty_and_each_says_what_it_shows(walk, figures):
    assert list(walk) == list(SHOWN)
    assert len(walk) == 20
    for name, figure in figures.items():
        assert walk.told(name).endswith(".")
        assert figure.get_suptitle(), name
        assert to_png(figure, dpi=30)[1:4] == b"PNG"


def test_another_state_gives_another_picture(walk):
    """Nothing is hard-coded: of another network, every picture says something else."""
    X, y = wk.data.digits()
    other = wk.Model([wk.Dense(5, "tanh"), wk.Dense(10, "softmax")], seed=5, inputs=64)
    chain = wk.Model([wk.Dense(1, "sigmoid")] * 2, loss="squared-error", inputs=1, seed=7)
    again = tour(other, X[3:6], y[3:6], 1, chain)
    same = [name for name in walk if words(again[name]) == words(walk[name])]
    assert same == []


def test_a_tour_is_saved_in_order(walk, tmp_path, monkeypatch):
    monkeypatch.setattr("workings.plots.walk.PICTURES", {k: PICTURES[k] for k in ("weighted_sum", "chain_rule")})
    assert [p.name for p in walk.save(tmp_path)] == ["01-weighted-sum.svg", "02-chain-rule.svg"]
    assert (tmp_path / "02-chain-rule.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(ValueError, match='saved as "svg" or "png"'):
        walk.save(tmp_path, "gif")


@pytest.mark.parametrize(
    ("layers", "X", "example", "told"),
    [
        ([wk.Dense(2, "softmax")], np.zeros((3, 64)), 0, "a stack of at least two dense layers"),
        ([wk.Dropout(0.5), wk.Dense(3), wk.Dense(2, "softmax")], np.zeros((3, 64)), 0, "dense layers, such as 64-16"),
        ([wk.Dense(3), wk.Dense(1, "sigmoid")], np.zeros((3, 64)), 0, "this network has one"),
        ([wk.Dense(3), wk.Dense(2, "softmax")], np.zeros((3, 60)), 0, "square pictures"),
        ([wk.Dense(3), wk.Dense(2, "softmax")], np.zeros((1, 64)), 0, "at least two examples; X has 1 and y 1"),
        ([wk.Dense(3), wk.Dense(2, "softmax")], np.zeros((3, 64)), 3, "no example 3: they are counted from 0 to 2"),
    ],
)
def test_what_no_tour_can_be_made_of(layers, X, example, told):
    with pytest.raises(ValueError, match=told):
        tour(wk.Model(layers, inputs=X.shape[1]), X, np.arange(len(X)) % 2, example)


def test_an_unknown_picture_is_named(walk):
    with pytest.raises(KeyError, match="no picture 'sunset' on the tour; there are pixels_as_inputs"):
        walk["sunset"]


def test_the_page_of_the_docs_shows_all_of_them_in_order(walk):
    page = (Path(__file__).parent.parent / "docs" / "tour.md").read_text(encoding="utf-8")
    places = [page.index(f"**{i}. `{name}`**: {walk.told(name)}") for i, name in enumerate(walk, 1)]
    assert places == sorted(places)
    for name in walk:
        assert (Path(__file__).parent.parent / "docs/images" / f"tour-{name.replace('_', '-')}.png").exists()
