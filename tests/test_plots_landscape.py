"""Pictures of landscapes: the loss along directions, and the steps of gradient descent."""

from __future__ import annotations

import numpy as np
import pytest

import workings.plots as plots
from workings import Dense, Model
from workings.plots.descent import valleys


class TestLandscape:
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])

    def line(self) -> Model:
        return Model([Dense(1)], parameters={"W1": [[1]], "b1": [0]}, loss="mse", dtype="float64")

    def test_curve_is_the_loss(self):
        model = self.line()
        ax = plots.loss_curve(model, self.X, self.y, "W1[1,1]", steps=5).axes[0]
        w = np.linspace(-1, 3, 5)
        wanted = [np.mean((v * self.X[:, 0] - self.y) ** 2) for v in w]
        np.testing.assert_allclose(ax.lines[0].get_xdata(), w)
        np.testing.assert_allclose(ax.lines[0].get_ydata(), wanted)
        slope = np.diff(ax.lines[1].get_ydata()) / np.diff(ax.lines[1].get_xdata())
        assert slope[0] == pytest.approx(np.mean(2 * (self.X[:, 0] - self.y) * self.X[:, 0]), rel=1e-6)

    def test_surface_has_its_lowest_place_at_the_solution(self):
        model, path = self.line(), plots.Path()
        with pytest.warns(UserWarning, match="exact"):
            model.fit(self.X, self.y, epochs=5, learning_rate=0.05, callbacks=[path], progress=False)
        before = model.parameters["W1"].copy()
        figure = plots.loss_surface(model, self.X, self.y, ("W1[1,1]", "b1[1]"), path=path, steps=9)
        walked = np.array(figure.axes[0].lines[0].get_data()).T
        np.testing.assert_allclose(walked, np.array(path.points), atol=1e-12)
        np.testing.assert_array_equal(model.parameters["W1"], before)
        for along in ("random", "path"):
            plots.to_png(plots.loss_surface(model, self.X, self.y, along, path=path, steps=5))

    def test_looking_teaches_nothing(self):
        model = self.line()
        plots.loss_surface(model, self.X, self.y, steps=3)
        assert model.labels is None

    def test_random_directions_repeat(self):
        model = Model([Dense(3, "tanh"), Dense(1)], inputs=1)
        a, b = (plots.to_png(plots.loss_surface(model, self.X, self.y, steps=5, seed=4)) for _ in range(2))
        assert a == b

    @pytest.mark.parametrize(
        ("along", "said"),
        [
            (("W9[1,1]", "b1[1]"), "there are W1, b1"),
            (("W1[2,1]", "b1[1]"), "outside of W1, which is 1 by 1, counted from 1"),
            (("W1[1,1]", "W1[1,1]"), "two different cells"),
            ("up", "two different cells"),
            ("path", "at least 3 epochs"),
        ],
    )
    def test_unknown_directions(self, along, said):
        with pytest.raises(ValueError, match=said):
            plots.loss_surface(self.line(), self.X, self.y, along)


class TestDescent:
    def test_steps_are_rate_times_slope(self):
        ax = plots.descent_on_curve(lambda w: w**2, 2.0, rates=[0.1], steps=3, slope=lambda w: 2 * w).axes[0]
        np.testing.assert_allclose(ax.lines[1].get_xdata(), [2, 1.6, 1.28, 1.024])

    def test_small_rates_shrink_and_large_ones_overshoot(self):
        titles = [ax.get_title(loc="left") for ax in plots.descent_on_curve().axes]
        assert [t.split(": ")[1] for t in titles] == ["steps shrink", "steps shrink", "overshoots", "climbs out"]

    def test_two_valleys(self):
        ax = plots.descent_on_curve(valleys, (-0.2, 1.2), (0.05,), steps=200).axes[0]
        left, right = (ax.lines[i].get_xdata()[-1] for i in (1, 3))
        assert left < -1.5 < 1.5 < right

    def test_a_surface(self):
        figure = plots.descent_on_surface(rates=(0.1, 0.2), steps=2)
        np.testing.assert_allclose(figure.axes[0].lines[1].get_xdata(), [-4, -3.2, -2.56], rtol=1e-8)
        with pytest.raises(ValueError, match="above 0"):
            plots.descent_on_surface(rates=(0.0,))
