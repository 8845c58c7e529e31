"""Pictures: the numbers in them are the numbers of the objects; bad input is answered in a sentence."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from functools import cache

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs, make_moons

import workings.plots as plots
from workings import Dense, History, Model

MODULES = sorted(module.name for module in pkgutil.iter_modules(plots.__path__))


def words(figure) -> str:
    """All that is written in a figure, minus signs as ASCII."""
    from matplotlib.text import Text

    texts = figure.findobj(Text)
    texts += [cell.get_text() for ax in figure.axes for table in ax.tables for cell in table.get_celld().values()]
    return " | ".join(t.get_text() for t in texts if t.get_text()).replace("−", "-").replace("\n", " ")


@cache
def digits_and_labels():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


@cache
def trained_reader() -> Model:
    X, y = digits_and_labels()
    model = Model([Dense(16, "sigmoid"), Dense(10, "softmax")], seed=0)
    model.fit(X[:600], y[:600], epochs=8, learning_rate=2.0, validation=0.2, progress=False)
    return model


@cache
def trained_on_moons():
    X, y = make_moons(120, noise=0.2, random_state=0)
    model = Model([Dense(6, "tanh"), Dense(1, "sigmoid")], seed=0)
    model.fit(X, y, epochs=40, learning_rate=0.03, optimizer="adam", progress=False)
    return model, X, y


@pytest.fixture
def reader() -> Model:
    return trained_reader()


@pytest.fixture
def moons():
    return trained_on_moons()


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_run(module):
    failed, _ = doctest.testmod(importlib.import_module(f"workings.plots.{module}"))
    assert failed == 0


def test_every_public_name_has_a_docstring_with_an_example():
    for name in plots.__all__:
        doc = getattr(plots, name).__doc__ or ""
        assert ">>>" in doc or name in ("to_svg", "to_png"), name


class TestLearningCurves:
    def test_lines_are_the_history(self, reader):
        loss, accuracy = plots.learning_curves(reader.history).axes
        assert loss.lines[0].get_ydata().tolist() == reader.history["loss"]
        assert [line.get_label() for line in loss.lines if line.get_label()[0] != "_"] == ["training", "validation"]
        drawn = {line.get_label(): line for line in accuracy.lines}
        assert drawn["validation"].get_ydata().tolist() == reader.history["validation_accuracy"]
        assert drawn["training"].get_linestyle() != drawn["validation"].get_linestyle()
        assert loss.get_ylim()[0] == 0
        assert accuracy.get_ylim() == (0, 1.02)

    def test_the_best_epoch_is_marked(self, reader):
        figure = plots.learning_curves(reader.history)
        best = reader.history.best()
        verticals = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_linestyle() == ":"]
        assert verticals == [best["epoch"]]
        assert f"epoch {best['epoch']}, the best by validation loss" in words(figure)

    def test_one_epoch_and_loss_alone(self):
        figure = plots.learning_curves(History([{"epoch": 1, "loss": 0.5}]))
        assert len(figure.axes) == 1
        assert figure.axes[0].lines[0].get_marker() == "o"
        plots.to_png(figure)

    def test_no_history(self):
        with pytest.raises(ValueError, match=r"no epoch has been trained yet; call model\.fit"):
            plots.learning_curves(History())

    def test_by_the_history_itself(self, reader):
        assert reader.history.plot().get_suptitle() == "Learning curves: 8 epochs"


class TestWeights:
    def test_images_are_the_weights_on_one_scale_about_zero(self, reader):
        figure = plots.weights_as_images(reader)
        W = reader.parameters["W1"]
        images = [ax.images[0] for ax in figure.axes if ax.images]
        assert len(images) == 16
        for image, w in zip(images, W, strict=True):
            np.testing.assert_allclose(image.get_array(), w.reshape(8, 8))
            assert image.get_clim() == (-np.abs(W).max(), np.abs(W).max())

    def test_negative_cells_carry_a_dash(self, reader):
        figure = plots.weights_as_images(reader)
        w = reader.parameters["W1"][0].reshape(8, 8)
        v = np.abs(reader.parameters["W1"]).max()
        marked = {(int(y), int(x)) for x, y in figure.axes[0].collections[0].get_offsets()}
        assert marked == {(i, j) for (i, j), value in np.ndenumerate(w) if value < -0.15 * v}

    def test_weights_that_read_no_pixels_are_a_matrix_with_numbers(self, reader):
        figure = plots.weights_as_images(reader, "Z2")
        np.testing.assert_allclose(figure.axes[0].images[0].get_array(), reader.parameters["W2"])
        assert f"{reader.parameters['W2'][0, 0]:.2f}" in words(figure)

    def test_some_of_many_and_zeros(self):
        model = Model([Dense(40, "relu", "zeros")], inputs=25)
        figure = plots.weights_as_images(model, most=6)
        assert "The first 6 of 40 units" in words(figure)
        plots.to_png(figure)

    def test_unknown_row_and_shape(self, reader):
        with pytest.raises(ValueError, match="no row 'Z9' with weights; there are Z1, Z2"):
            plots.weights_as_images(reader, "Z9")
        with pytest.raises(ValueError, match=r"64 weights for each unit, which do not fill a picture of \(7, 7\)"):
            plots.weights_as_images(reader, shape=(7, 7))
        with pytest.raises(ValueError, match="does not know its inputs"):
            plots.weights_as_images(Model([Dense(2)]))


class TestBoundary:
    def test_regions_are_the_models_answers(self, moons):
        model, X, y = moons
        figure = plots.decision_boundary(model, X, y, points=30)
        ax = figure.axes[0]
        xs = np.linspace(*ax.get_xlim(), 30)
        ys = np.linspace(*ax.get_ylim(), 30)
        grid = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
        np.testing.assert_array_equal(ax.collections[0].get_array().ravel(), model.predict(grid))
        right = int((model.predict(X) == y).sum())
        assert figure.get_suptitle() == f"Decision boundary: {right} of 120 examples on their side"
        rings = ax.collections[-1].get_offsets()
        assert len(rings) == 120 - right

    def test_three_named_classes(self):
        X, place = make_blobs(90, centers=3, random_state=2)
        y = np.array(["ant", "bee", "cat"])[place]
        model = Model([Dense(3, "softmax")])
        model.fit(X, y, epochs=30, learning_rate=0.05, optimizer="adam", progress=False)
        figure = plots.decision_boundary(model, X, y, points=40)
        assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == ["ant", "bee", "cat"]
        assert set(np.unique(figure.axes[0].collections[0].get_array())) <= {0, 1, 2}

    def test_regression_is_drawn_as_heights(self):
        X = np.random.default_rng(0).random((30, 2))
        model = Model([Dense(1)], parameters={"W1": [[2, -1]], "b1": [3]})
        figure = plots.decision_boundary(model, X, X @ [2, -1] + 3, points=20)
        Z = figure.axes[0].collections[0].get_array()
        assert Z.shape == (20, 20)
        assert Z[0, -1] == Z.max() > 3
        assert "off by" in figure.get_suptitle()

    def test_three_features_and_other_slips(self, moons):
        model, X, y = moons
        with pytest.raises(ValueError, match=r"X has 3 features: choose two columns, such as X\[:, \[0, 1\]\]"):
            plots.decision_boundary(model, np.zeros((5, 3)), np.zeros(5))
        with pytest.raises(ValueError, match="120 examples and y has 3 labels"):
            plots.decision_boundary(model, X, y[:3])
        with pytest.raises(ValueError, match="model reads examples of shape"):
            plots.decision_boundary(Model([Dense(1, "sigmoid")], inputs=5), X, y)


class TestActivations:
    def test_value_and_slope_come_from_the_layers(self):
        axes = plots.activation_functions("sigmoid", "tanh", "relu", "leaky-relu", "gelu", "softplus").axes
        assert len(axes) == 6
        for ax, at_two in zip(axes, (0.880797, 0.964028, 2, 2, 1.954598, 2.126928), strict=True):
            z, a = next(line.get_data() for line in ax.lines if line.get_label() == "value")
            assert np.interp(2, z, a) == pytest.approx(at_two, abs=1e-4)

    def test_the_choice_at_zero_is_shown(self):
        ax = plots.activation_functions("relu").axes[0]
        dots = [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]
        assert [list(d) for d in dots] == [[0, 1], [0]]

    def test_sigmoid_beside_relu(self):
        figure = plots.sigmoid_beside_relu()
        assert "0.25 at most, 0.0066 at z = 5, against 1" in figure.get_suptitle()
        slope = next(line for line in figure.axes[0].lines if line.get_label() == "slope")
        assert slope.get_ydata().max() == 0.25

    def test_what_has_no_curve(self):
        with pytest.raises(ValueError, match="softmax has no curve of one z"):
            plots.activation_functions("softmax")
        with pytest.raises(ValueError, match="no activation 'rulu'; there are identity"):
            plots.activation_functions("rulu")
