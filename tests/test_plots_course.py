"""Pictures of the course: diagrams, surfaces, descent and the notes' figures, with their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

import workings.plots as plots
from tests.test_plots import words
from workings import Dense, Model, Network, layers
from workings.plots.losses import measured_bends
from workings.plots.style import NEGATIVE, POSITIVE


def residual() -> Network:
    return Network(
        {
            "Z1": (layers.Dense(4), "X"),
            "A1": (layers.Relu(), "Z1"),
            "Z2": (layers.Dense(3), "A1"),
            "S2": (layers.Add(), "Z2", "X"),
            "Z3": (layers.Dense(1), "S2"),
        }
    )


class TestDiagram:
    def test_3_4_1_has_the_notes_labels(self):
        said = words(plots.network_diagram(Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3)))
        for label in ("$x_{1}$", "$x_{3}$", "$a_{1}^{[1]}$", "$a_{4}^{[1]}$", r"$\hat{y}$", "$A^{[0]}$", "$A^{[2]}$"):
            assert label in said
        assert "4 × (3 + 1) = 16" in said
        assert "1 × (4 + 1) = 5" in said

    def test_lines_are_weights(self):
        W = [[1, -2, 0]]
        ax = plots.network_diagram(Model([Dense(1)], parameters={"W1": W, "b1": [-5]})).axes[0]
        (lines,) = [c for c in ax.collections if c.get_gid() == "weights Z1"]
        assert [to_hex(c) for c in lines.get_colors()] == [POSITIVE, NEGATIVE]  # weakest first; 0 is not drawn
        assert np.argmax(lines.get_linewidths()) == 1
        (_, plain), (_, dashed) = lines.get_linestyles()
        assert plain is None
        assert dashed is not None
        assert "b = -5" in words(ax.figure)
        assert "1 link of weight 0 is not drawn" in words(ax.figure)

    def test_wide_layers_are_shortened(self):
        figure = plots.network_diagram(Model([Dense(16, "sigmoid"), Dense(10, "softmax")], inputs=784), most=6)
        circles = [p for p in figure.axes[0].patches if p.get_gid() == "unit"]
        assert len(circles) == 4 + 4 + 4
        assert words(figure).count("⋮") == 3
        assert figure.get_suptitle() == "Network 784-16-10: 12,544 + 160 = 12,704 links, 12,730 parameters"

    def test_activations_fill_the_units(self):
        model = Model([Dense(2, "relu")], parameters={"W1": [[1, 1], [-1, 0]], "b1": [0, 0]})
        ax = plots.network_diagram(model, [[1.0, 0.5]]).axes[0]
        shades = [to_hex(p.get_facecolor()) for p in ax.patches if p.get_gid() == "unit"]
        assert shades[0] == shades[2] == "#1b1f24"  # 1 of 1, and 1.5 of 1.5
        assert shades[3] == "#ffffff"
        assert "1.50" in words(ax.figure)
        with pytest.raises(ValueError, match="of one example, not of 2"):
            plots.network_diagram(model, np.zeros((2, 2)))

    def test_branches_and_blocks(self):
        figure = plots.network_diagram(Model(residual(), inputs=3))
        assert "Sum" in words(figure)
        assert [c.get_gid() for c in figure.axes[0].collections] == ["weights Z1", "weights Z2", "weights Z3"]
        from workings import Convolution, Flatten, MaxPool

        images = Model([Convolution(2, 3, "relu"), MaxPool(2), Flatten(), Dense(10, "softmax")], inputs=(1, 8, 8))
        assert "2 × 6 × 6" in words(plots.network_diagram(images))
        assert "64 numbers" in words(plots.network_diagram(images))

    def test_count_and_highlight_links(self):
        model = Model([Dense(4, "tanh"), Dense(2, "softmax")], inputs=3)
        assert plots.connections(model) == {"Z1": 12, "Z2": 8}
        figure = plots.network_diagram(model, highlight="A1[2]")
        assert "Unit A1[2]: 3 in, 2 out" in words(figure)
        colours = [to_hex(c) for c in figure.axes[0].collections[0].get_colors()]
        assert len([c for c in colours if c in (POSITIVE, NEGATIVE)]) == 3

    @pytest.mark.parametrize("wrong", ["B1[1]", "A1", "A1[9]", "A1[0]"])
    def test_unknown_unit(self, wrong):
        with pytest.raises(ValueError, match=r"columns are X, A1|has 4 units"):
            plots.network_diagram(Model([Dense(4, "tanh")], inputs=3), highlight=wrong)

    def test_no_inputs_yet(self):
        with pytest.raises(ValueError, match="does not know its inputs"):
            plots.network_diagram(Model([Dense(4)]))


class TestFlow:
    def test_blocks_caches_and_updates_come_from_the_network(self):
        model = Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3)
        texts = plots.forward_backward_flow(model).axes[0].texts
        caches = {
            t.get_gid()[6:]: t.get_text().split("\n")[1:] for t in texts if str(t.get_gid()).startswith("cache")
        }
        assert caches == {
            "Z1": ["A = X (3, m)"],
            "A1": ["A = A1 (4, m)"],
            "Z2": ["A = A1 (4, m)"],
            "A2": ["A = A2 (1, m)"],
            "J": ["A = A2 (1, m)", "Y (1, m)"],
        }
        assert [t.get_text() for t in texts if t.get_gid() == "update"] == [
            "W1 ← W1 − α dW1\nb1 ← b1 − α db1",
            "W2 ← W2 − α dW2\nb2 ← b2 − α db2",
        ]

    def test_joins_noise_and_memory(self):
        from workings import LSTM, BatchNorm, Dropout, Embedding

        assert "nothing" in words(plots.forward_backward_flow(Model(residual(), inputs=3)))
        sequences = Model([LSTM(4), BatchNorm(), Dropout(0.5), Dense(2, "softmax")], inputs=(3, 5))
        assert "dropout" in words(plots.forward_backward_flow(sequences))
        read = Model([Embedding(7, 3), LSTM(2), Dense(1, "sigmoid")], inputs=(4,))
        assert "embedding" in words(plots.forward_backward_flow(read))
        assert read.history.rows == []

    def test_too_long(self):
        with pytest.raises(ValueError, match="14 rows is too long"):
            plots.forward_backward_flow(Model([Dense(2, "relu")] * 7, inputs=2))


class TestNotes:
    def test_house_line_points_and_erratum_3(self):
        figure = plots.house_prices()
        x, y = figure.axes[0].lines[0].get_data()
        np.testing.assert_allclose(y, np.maximum(0, 0.2 * x - 50), atol=1e-9)
        assert figure.axes[0].lines[1].get_xdata().tolist() == [200, 500, 700, 1000, 1200, 1500]
        assert figure.axes[0].lines[1].get_ydata().tolist() == [0, 0, 90, 150, 190, 250]
        assert "misses 1 of 6 houses: at 500 the line gives 50, the point says 0" in words(figure)
        assert "max(0, 0.2 · size - 50)" in words(figure)

    def test_performance_and_erratum_2(self):
        figure = plots.performance_against_data()
        m, large = figure.axes[0].lines[3].get_data()
        np.testing.assert_allclose(large, 0.8 * (1 - np.exp(-m / 300)) + 0.5)
        assert figure.axes[0].get_ylim()[1] > large.max()
        assert "3 of the curves exceed 1 (traditional algorithm 1.1, medium network 1.15" in words(figure)

    def test_performance_measured(self):
        with pytest.raises(ValueError, match="from 2 to 1796"):
            plots.performance_measured(amounts=(10, 5000))
        figure = plots.performance_measured(amounts=(60, 300), networks={"net": (8,)}, epochs=10)
        few, many = figure.axes[0].lines[0].get_ydata()
        assert 0 < few < many <= 1

    def test_cross_entropy(self):
        one, zero = plots.cross_entropy_curves().axes[0].lines[:2]
        np.testing.assert_allclose(one.get_ydata(), -np.log(one.get_xdata()))
        np.testing.assert_allclose(zero.get_ydata(), -np.log(1 - zero.get_xdata()), atol=1e-12)

    def test_squared_error_is_not_convex_and_cross_entropy_is(self):
        square, entropy = plots.squared_error_against_cross_entropy().axes
        assert "not convex: bends downwards on 49.5 %" in square.get_title(loc="left")
        assert "misses the lowest place from 42.3 %" in square.get_title(loc="left")
        assert "cross-entropy, convex" in entropy.get_title(loc="left")
        share, valleys_ = measured_bends(np.cos(np.linspace(0, 4 * np.pi, 401)))
        assert share == pytest.approx(0.5, abs=0.01)
        assert valleys_ == 2
        with pytest.raises(ValueError, match="y of 0 and 1"):
            plots.squared_error_against_cross_entropy([1], [2])

    def test_the_iteration_cycle_compares_runs(self):
        X, y = np.array([[0.0], [1.0]]), np.array([0, 1])
        runs = {
            f"rate {a:g}": Model([Dense(1, "sigmoid")]).fit(X, y, 5, learning_rate=a, progress=False)
            for a in (0.1, 1)
        }
        figure = plots.iteration_cycle(runs)
        assert "rate 0.1" in words(figure)
        assert f"{runs['rate 1'].best()['loss']:.4g}" in words(figure)
        with pytest.raises(ValueError, match="no runs to compare"):
            plots.iteration_cycle({})

    def test_broadcasting_and_erratum_1(self):
        figure = plots.calories()
        assert "104 + 13 + 135 = 252; the notes print 239" in words(figure)
        shares = [t.get_text() for t in figure.axes[2].texts]
        assert shares[1::4] == ["0.4127", "0.05159", "0.5357"]
        ghosts = [p.get_hatch() for p in plots.broadcasting([[1, 2, 3]], [[10], [20]]).axes[0].patches]
        assert ghosts == [""] * 3 + ["////"] * 3
        with pytest.raises(ValueError, match="two sizes must be equal, or one of them 1"):
            plots.broadcasting(np.ones((2, 3)), np.ones((2, 2)))
        with pytest.raises(ValueError, match="the operation is one of"):
            plots.broadcasting([1], [2], "%")
