"""Sweep: every setting with every other, best first, stopped when asked; and in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.studio_guests import Place, axe, fits, until, visited, wait
from tests.test_studio_play import Post
from workings import Dense, Model
from workings.studio.pages.sweep import Grid, Sweep
from workings.studio.server import Studio

SMALL = {"rate": [0.3, 1.0], "hidden": [[4], []], "activation": ["tanh"], "epochs": 3}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Sweep]:
    found = Sweep(Studio(tmp_path), Post())
    yield found
    found.close()


def test_every_run_is_what_a_model_alone_would_learn(page: Any) -> None:
    page.on_run(Grid(**SMALL, seeds=2))
    until(lambda: not page._running, 60)
    told, arrays = page.post.pictures["moment"]()
    assert (told["done"], told["of"], told["running"]) == (8, 8, False)
    assert told["varied"] == ["rate", "hidden", "seed"]
    assert sorted(row["run"] for row in told["rows"]) == [*range(8)]  # as in Python and in the picture
    losses = [row["validation_loss"] for row in sorted(page.rows, key=lambda row: row["validation_loss"])]
    assert [row["loss"] for row in told["rows"]] == [f"{loss:.4g}" for loss in losses]
    assert np.allclose(arrays["curves"][:, -1], losses)
    row = next(row for row in page.rows if row["hidden"] == [4] and row["rate"] == 1.0 and row["seed"] == 1)
    model, data = Model([Dense(4, "tanh"), Dense(10, "softmax")], seed=1), page.lesson
    test = (data.X_test, data.y_test)
    history = model.fit(data.X, data.y, epochs=3, learning_rate=1.0, validation=test, progress=False)
    assert history[-1]["validation_loss"] == row["validation_loss"]


def test_a_sweep_can_be_stopped(page: Any) -> None:
    page.on_run(Grid(epochs=200, seeds=5))
    until(lambda: len(page.rows) > 0, 60)
    page.on_stop()
    told, _ = page.post.pictures["moment"]()
    assert not told["running"]
    assert 0 < told["done"] < told["of"]


def test_what_cannot_be_run_is_said(page: Any) -> None:
    page.on_run(Grid(rate=[0.1 * i for i in range(1, 11)], seeds=20))
    assert "800 runs; 200 can be seen" in page.post.said[-1][1]
    page.on_run(Grid(optimizer=["luck"]))
    assert "there is no optimizer 'luck'" in page.post.said[-1][1]
    page.on_run(Grid(data="nothing.csv"))
    assert "there is no file" in page.post.said[-1][1]


def test_the_page_runs_compares_and_opens_a_run_in_train(browser: Any, place: Place) -> None:
    with visited(browser, place, "sweep") as page:
        page.get_by_label("Learning rates").fill("0.5 2")
        page.get_by_label("Activations").fill("tanh")
        page.get_by_label("Epochs").fill("2")
        page.get_by_label("Layers").fill("4 0")
        page.get_by_role("button", name="Run").click()
        wait(page, "document.querySelector('main [role=status]').textContent == '4 of 4 runs'")
        page.locator(".multiple").nth(0).click()
        page.locator(".multiple").nth(3).click()
        page.wait_for_selector("text=differ in")
        axe(page)
        page.set_viewport_size({"width": 360, "height": 800})
        fits(page)
        page.get_by_role("link", name="open in Train").first.click()
        page.wait_for_selector("h1:has-text('Train')")
        wait(page, "document.querySelector('#epochs')?.value == '2'")
