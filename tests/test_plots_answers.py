"""Pictures of answers and of digits: the numbers in them are the model's, and the pixels are the example's."""

from __future__ import annotations

import numpy as np
import pytest

import workings.plots as plots
from tests.test_plots import digits_and_labels, trained_on_moons, trained_reader, words
from workings import Dense, Model


@pytest.fixture
def digits():
    return digits_and_labels()


@pytest.fixture
def reader() -> Model:
    return trained_reader()


class TestAnswers:
    def test_confusion_counts(self, reader, digits):
        X, y = digits[0][600:900], digits[1][600:900]
        said = reader.predict(X)
        texts = [int(t.get_text()) for t in plots.confusion_matrix(reader, X, y).axes[0].texts]
        counts = [[int(((y == i) & (said == j)).sum()) for j in range(10)] for i in range(10)]
        assert np.array(texts).reshape(10, 10).tolist() == counts

    def test_confusion_of_two_classes_with_one_output(self):
        model, X, y = trained_on_moons()
        texts = [int(t.get_text()) for t in plots.confusion_matrix(model, X, y).axes[0].texts]
        said = model.predict(X)
        assert texts == [int(((y == i) & (said == j)).sum()) for i in (0, 1) for j in (0, 1)]

    def test_the_most_confused_are_wrong_and_sorted(self, reader, digits):
        X, y = digits[0][600:900], digits[1][600:900]
        P, said = reader.predict_proba(X), reader.predict(X)
        wrong = [i for i in np.argsort(-P.max(axis=1), kind="stable") if said[i] != y[i]][:10]
        figure = plots.most_confused(reader, X, y)
        for ax, i in zip(figure.axes, wrong, strict=True):
            assert f"says {said[i]}" in ax.get_title(loc="left")
            assert f"is {y[i]}" in ax.get_xlabel()
            assert ax.get_xlabel().endswith(f"example {i}")
            np.testing.assert_array_equal(ax.images[0].get_array(), X[i].reshape(8, 8))

    def test_nothing_wrong(self):
        X, y = np.eye(4)[:, :4], np.array([0, 1, 0, 1])
        model = Model([Dense(1, "sigmoid")], parameters={"W1": [[-9, 9, -9, 9]], "b1": [0]})
        with pytest.raises(ValueError, match="has not been trained yet"):
            plots.most_confused(model, X, y)
        with pytest.warns(UserWarning, match="exact"):
            model.fit(X, y, epochs=1, progress=False)
        assert "none" in plots.most_confused(model, X, y).get_suptitle()

    def test_outputs_mark_the_winner(self, reader, digits):
        X, y = digits
        P = reader.predict_proba(X[:1])[0]
        figure = plots.outputs(reader, X[0], right=y[0])
        bars = figure.axes[-1].patches
        np.testing.assert_allclose([bar.get_width() for bar in bars], P, rtol=1e-6)
        assert [bar.get_hatch() for bar in bars].count("") == 1
        assert bars[int(np.argmax(P))].get_hatch() == ""
        assert "◂ right" in words(figure)

    def test_a_regression_has_no_confusion(self):
        model = Model([Dense(1)])
        model.fit([[0.0], [1.0]], [0.1, 0.9], epochs=1, progress=False)
        with pytest.raises(ValueError, match="does not choose one class"):
            plots.confusion_matrix(model, [[0.0]], [0.1])


class TestDigits:
    def test_examples(self, digits):
        X, y = digits
        figure = plots.examples(X, y, n=13)
        assert [ax.get_title() for ax in figure.axes] == [str(label) for label in y[:13]]

    def test_index_and_value_of_every_pixel(self, digits):
        texts = [t.get_text() for t in plots.pixels(digits[0][0]).axes[0].texts]
        assert texts[1::2] == [str(i) for i in range(64)]
        assert texts[::2] == [f"{v:.2f}" for v in digits[0][0]]

    def test_a_window_on_a_large_picture(self):
        x = np.zeros(784)
        x[300] = 1  # row 10, column 20
        figure = plots.pixels(x)
        texts = [t.get_text() for t in figure.axes[1].texts]
        assert texts[texts.index("300") - 1] == "1.00"
        assert len(texts) == 2 * 64

    def test_slips(self, digits):
        with pytest.raises(ValueError, match=r"10 pixels are not a picture of \(3, 3\)"):
            plots.pixels(np.zeros(10))
        with pytest.raises(ValueError, match="up to 15: scale it first"):
            plots.pixels(digits[0][0] * 16)
        with pytest.raises(ValueError, match="no pixel 784"):
            plots.pixels(np.zeros(784), around=784)
        with pytest.raises(ValueError, match="examples are rows"):
            plots.examples(digits[0][0])
