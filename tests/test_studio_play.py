"""The playground: settings, training, a step by phases, weights by hand, points of one's own; then in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.studio_guests import Place, axe, fits, session, until, visited, wait
from workings.studio.ground import Ground, Settings
from workings.studio.maths import number
from workings.studio.pages.playground import Playground
from workings.studio.phases import ORDER
from workings.studio.points import CLASSES, FEATURES, NUMBERS, REACH, features, grid, points_of


class Post:
    """Hears what a page says."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []
        self.pictures: dict[str, Any] = {}

    def say(self, page: str, kind: str, data: Any = None, arrays: Any = None) -> None:
        self.said.append((kind, data))

    def show(self, page: str, kind: str, picture: Any, per_second: float = 1) -> None:
        self.pictures[kind] = picture


@pytest.fixture
def play() -> Iterator[Playground]:
    page = Playground(None, Post())  # type: ignore[arg-type]  (it needs no studio)
    yield page
    page.close()


@pytest.mark.parametrize("kind", [*CLASSES, *NUMBERS])
def test_points_fit_the_picture_and_the_same_seed_gives_the_same(kind: str) -> None:
    one, two, other = (Ground(Settings(data=kind, seed=seed), []) for seed in (1, 1, 2))
    assert np.array_equal(one.X, two.X)
    assert not np.array_equal(one.X, other.X)
    assert np.abs(one.X).max() < REACH + 2
    assert one.enough


@pytest.mark.parametrize(
    "wrong", [{"data": "cats"}, {"features": ["x3"]}, {"features": ["x1", "x1"]}, {"optimizer": "luck"}]
)
def test_names_that_there_are_not_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"one of|some of"):
        Ground(Settings(**wrong), [])


def test_features_are_what_their_names_say() -> None:
    made = dict(zip(FEATURES, features(np.array([[3.0, -1.5]]), list(FEATURES))[0].tolist(), strict=True))
    assert made == pytest.approx(
        {"x1": 0.5, "x2": -0.25, "x1²": 0.25, "x2²": 0.0625, "x1·x2": -0.125, "sin x1": 0.14112, "sin x2": -0.997495}
    )
    assert grid(2).tolist() == [[-3, 3], [3, 3], [-3, -3], [3, -3]]


def test_a_step_by_phases_is_a_step_of_training(play: Any) -> None:
    play.on_settings(Settings(data="moons", hidden=[3], batch=150, optimizer="adam", activation="relu"))
    X, y = play.ground.train
    again = Ground(play.settings, []).model
    again.fit(X, y, epochs=2, batch_size=150, learning_rate=0.1, optimizer="adam", shuffle=False, progress=False)
    for _ in range(2 * len(ORDER)):
        play.on_step()
    for name, W in play.ground.model.parameters.items():
        assert np.allclose(W, again.parameters[name], atol=1e-5), name
    said = [data["phase"] for kind, data in play.post.said if kind == "phase"]
    assert said == [*ORDER, *ORDER]
    for kind, data in play.post.said:
        if kind == "phase":
            assert data["cells"]


def test_every_cell_of_a_phase_opens(play: Any) -> None:
    for _ in ORDER:
        play.on_step()
        for cell in play.post.said[-1][1]["cells"]:
            play.on_open(cell)
            assert play.post.said[-1][0] == "opened", play.post.said[-1]
            play.post.said.pop()


def test_training_goes_on_pauses_and_is_shown(play: Any) -> None:
    play.on_train(True)
    until(lambda: play.epoch > 20)
    play.on_train(False)
    until(lambda: not play.runner.running)
    told, arrays = play.post.pictures["moment"]()
    assert told["running"] is False
    assert arrays["whole"].shape == (100, 100)
    assert arrays["A1"].shape == (4, 30, 30)
    W = play.ground.model.parameters["W1"]
    assert np.allclose(arrays["held W1"], W)
    read, arrays = play.post.pictures["words"]()
    assert (read["epoch"], arrays["curve"][-1, 0]) == (play.epoch, play.epoch)
    assert read["texts"]["W1"] == [[number(float(w), 4).text for w in row] for row in W]
    epoch = play.epoch
    play.on_train(True)
    until(lambda: play.epoch > epoch)


def test_pictures_are_the_answers_of_the_network(play: Any) -> None:
    _, arrays = play._moment()
    answers = play.ground.model.predict_proba(features(grid(100), ["x1", "x2"]))[:, 1].reshape(100, 100)
    assert np.abs((arrays["whole"].astype(float) - 128) / 127 - (2 * answers - 1)).max() < 0.01


def test_a_weight_is_set_by_hand_and_rewind_takes_it_back(play: Any) -> None:
    first = play.ground.model.parameters["W1"].copy()
    play.on_set("W1[2,1]", 1.5)
    assert play.ground.model.parameters["W1"][1, 0] == 1.5
    play.on_set("A1[1,1]", 1.0)
    assert play.post.said[-1][0] == "failed"
    play.on_rewind()
    assert np.array_equal(play.ground.model.parameters["W1"], first)


def test_a_training_that_diverges_says_so_in_words(play: Any) -> None:
    play.on_settings(Settings(data="plane", activation="identity", hidden=[8, 8]))
    play.on_rate(50.0)
    play.on_train(True)
    until(lambda: any(kind == "failed" for kind, _ in play.post.said))
    (said,) = [data for kind, data in play.post.said if kind == "failed"]
    assert "learning rate 50" in said
    until(lambda: any(kind == "checkup" for kind, _ in play.post.said))
    (report,) = [data for kind, data in play.post.said if kind == "checkup"]
    assert report["when"] == "Why it went wrong"
    assert report["found"]


def test_a_training_that_stalls_is_looked_at(play: Any) -> None:
    play.on_settings(Settings(data="xor", activation="relu", hidden=[2], l2=1.0))
    play.on_train(True)
    until(lambda: any(kind == "checkup" for kind, _ in play.post.said))
    report = next(data for kind, data in play.post.said if kind == "checkup")  # after twice as long comes another
    assert report["when"] == "It hardly learns any more"
    play.on_train(False)


def test_a_check_up_is_given_when_asked_for(play: Any) -> None:
    play.on_checkup()
    kind, data = play.post.said[-1]
    assert (kind, data["when"]) == ("checkup", "Check-up")
    assert all(finding["said"] and finding["reason"] for finding in data["found"])


def test_points_of_ones_own(play: Any) -> None:
    play.on_point(1.0, 2.0, 1)
    play.on_train(True)
    assert play.post.said[-1] == ("failed", "there is nothing to learn yet: put points of both kinds on the picture")
    play.on_point(-1.0, -2.0, 0)
    play.on_train(True)
    until(lambda: play.epoch > 5)
    assert play.settings.data == "own"


def test_a_table_of_points() -> None:
    for text in ("x,y,kind\n0,0,no\n10;4;yes\n", "x;y;kind\n1,5;2;no\n2,5;3,5;yes\n", '"1","2","no"\n"3","4","yes"'):
        assert points_of(text) == [(-5.4, -5.4, 0), (5.4, 5.4, 1)]
    for text, said in [
        ("1,2\n", "line 1 has 2 cells"),
        ("a,b,c\nx,2,no\n", "line 2: 'x' and '2' are not two numbers"),
        ("1,2,a\n3,4,a\n", "1 different labels"),
        ("1,2,a\ninf,4,b\n", "line 2: 'inf' and '4' are not two numbers"),
        ("nan,2,a\n3,4,b\n", "line 1: 'nan' and '2' are not two numbers"),
        ("x,y,label\n", "there are no points in it"),
        ("1,2," + "a" * 2000, "line 1 has 2,004 characters"),
        ("1,2,a\n1,2,b\n" * 300, "600 points are too many"),
    ]:
        with pytest.raises(ValueError, match=said):
            points_of(text)


def test_the_page_trains_steps_and_opens_a_weight(browser: Any, place: Place) -> None:
    with visited(browser, place, "play?data=xor&hidden=3&seed=4&activation=relu&features=x1~x2&noise=0.1") as page:
        page.wait_for_selector(".net-picture")
        until(lambda: session(place).pages["play"].settings.data == "xor")
        page.get_by_role("button", name="Train", exact=True).click()
        wait(page, "parseInt(document.querySelector('.row .number').textContent.slice(6).replace(',', '')) > 20")
        page.get_by_role("button", name="Pause").click()
        wait(page, "document.querySelector('button.primary').textContent == 'Train'")
        page.locator(".net svg line").first.dispatch_event("click")
        page.wait_for_selector(".value[data-cell='W1[1,1]']")
        W = session(place).pages["play"].ground.model.parameters["W1"]
        until(lambda: page.locator(".value").get_attribute("title") == repr(float(W[0, 0])))
        page.get_by_label("new value of W1[1,1]").fill("0.25")
        page.get_by_role("button", name="Set it to").click()
        wait(page, "document.querySelector('.value output').textContent == '0.25'")
        page.get_by_role("button", name="Step", exact=True).click()
        page.wait_for_selector("text=Forward: the next 10 points")
        assert "data=xor" in page.url
        assert place.studio.token not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, place: Place, scheme: str) -> None:
    with visited(browser, place, "play", color_scheme=scheme) as page:
        page.locator(".net-picture").nth(3).click()
        page.wait_for_selector(".value")
        axe(page)


def test_nothing_stands_over_the_edge(browser: Any, place: Place) -> None:
    with visited(browser, place, "play", viewport={"width": 360, "height": 800}) as page:
        page.wait_for_selector(".net-picture")
        fits(page)
