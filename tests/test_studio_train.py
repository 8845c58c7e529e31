"""Train and Weights: courses over digits and tables of the folder, what is watched, what is kept; in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.studio_guests import Place, axe, fits, session, until, visited, wait
from tests.test_studio_play import Post
from workings import Model
from workings.studio.folder import inside, listed
from workings.studio.lessons import lesson, names
from workings.studio.networks import Networks
from workings.studio.pages.train import Course, Train
from workings.studio.pages.weights import Weights
from workings.studio.server import Studio

HOUSES = "size,place,price\n" + "".join(
    f"{40 + i},{('sea', 'town')[i % 2]},{2 * i + 40 * (i % 2) + 0.5}\n" for i in range(60)
)
COURSES = [
    Course(epochs=3),
    Course("houses.csv", "price", epochs=3, rate=0.05, activation="relu"),
    Course("houses.csv", "place", [], epochs=3),
    Course(epochs=3, dropout=0.2, schedule="cosine", optimizer="adam", rate=0.01),
]
NAMES = [
    "",
    ".",
    "..",
    "../a.csv",
    "..\\a.csv",
    "a/b.csv",
    "/etc/passwd",
    "C:\\a.csv",
    "\\\\host\\share\\a.csv",
    "~/a.csv",
]
NAMES += [
    "a.csv\0",
    "%2e%2e/a.csv",
    "a.csv/",
    "a.csv.",
    "a.csv ",
    ".a.csv",
    "con.csv",
    "nul.csv",
    "COM1.csv",
    "a.csv:stream",
]
NAMES += [
    "x" * 300 + ".csv",
    "a.exe",
    "csv",
    "a\n.csv",
    "ａ.csv",
    "a．csv",
    "$(touch x).csv",
    "‮vsc.a.csv",
    "..%2fa.csv",
    "....//a.csv",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "houses.csv").write_text(HOUSES)
    return tmp_path


@pytest.fixture
def train(folder: Path) -> Iterator[Train]:
    page = Train(Studio(folder), Post())
    yield page
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused_before_the_disk_is_asked(name: str) -> None:
    class Untouched(type(Path())):
        """A folder whose every look fails the test."""

        def _asked(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("the disk was asked")

        exists = is_file = is_symlink = stat = open = resolve = _asked

    with pytest.raises(ValueError, match="plain file name"):
        inside(Untouched("folder"), name, ("csv", "safetensors"))


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("other") / "secret.csv"
    secret.write_text(HOUSES)
    (folder / "link.csv").symlink_to(secret)
    assert listed(folder, ("csv",)) == ["houses.csv"]
    with pytest.raises(ValueError, match=r"there is no file 'link\.csv'"):
        lesson(folder, "link.csv")


def test_what_there_is_to_learn(folder: Path) -> None:
    assert names(folder) == ["digits", "mnist", "houses.csv"]
    found = lesson(folder, "houses.csv", "price")
    assert (found.classes, len(found.y), len(found.y_test)) == (None, 48, 12)
    assert found.y.mean() == pytest.approx(0, abs=1e-12)
    assert found.y.std() == pytest.approx(1)
    assert lesson(folder, "houses.csv", "place").classes == ["sea", "town"]
    with pytest.raises(ValueError, match="nowhere"):
        lesson(folder, "houses.csv", "nowhere")


@pytest.mark.parametrize("course", COURSES)
def test_a_course_is_trained_watched_and_kept(train: Any, course: Course) -> None:
    train.on_start(course)
    train.on_train(True)
    until(lambda: train.runner.over)
    told, arrays = train.post.pictures["moment"]()
    assert told["epoch"] == 3
    assert arrays["curve"].shape[0] == 4
    assert len(told["gradients"]) == len(course.hidden) + 1
    if train.lesson.classes:
        assert arrays["confusion"].sum() == len(train.lesson.y_test)
        right = np.trace(arrays["confusion"]) / arrays["confusion"].sum()
        assert told["figures"]["validation_accuracy"] == f"{right:.4g}"
    train.on_open("Z1[1,1]")
    assert train.post.said[-1][0] == "opened"
    train.on_save("kept")
    assert train.post.said[-1][0] == "saved"
    again = Model.load(train.studio.folder / "kept.safetensors")
    assert np.array_equal(again.predict(train.lesson.X_test), train.model.predict(train.lesson.X_test))
    train.on_save("kept")
    assert "already" in train.post.said[-1][1]
    train.on_save("../kept")
    assert "plain file name" in train.post.said[-1][1]


def test_a_long_course_keeps_a_thinned_curve(train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workings.studio.pages.train.KEPT", 5)
    train.on_start(Course("houses.csv", "price", [], epochs=40, rate=0.05))
    train.on_train(True)
    until(lambda: train.runner.over)
    told, arrays = train.post.pictures["moment"]()
    epochs = arrays["curve"][:, 0]
    assert (told["epoch"], epochs[0], epochs[-1]) == (40, 1, 40)
    assert len(train.history) <= 10
    assert (np.diff(epochs[:-1]) > 0).all()


def test_the_code_that_is_shown_does_the_same(train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(train.studio.folder)
    for course in (Course(epochs=1, hidden=[4]), Course("houses.csv", "price", [4], epochs=1, rate=0.01)):
        train.on_course(course)
        code = next(data["code"] for kind, data in reversed(train.post.said) if kind == "all")
        made: dict[str, Any] = {}
        exec(code, made)  # the text that the page offers as a file
        assert len(made["model"].history) == 1


def test_a_damaged_table_is_a_sentence(train: Any) -> None:
    (train.studio.folder / "bad.csv").write_text('a,b\n1,"2\n')
    train.on_course(Course("bad.csv"))
    assert train.post.said[-1][0] == "failed"
    train.on_course(msgspec.structs.replace(Course(), optimizer="luck"))
    assert "gradient-descent" in train.post.said[-1][1]


def test_weights_of_a_saved_model(train: Any) -> None:
    train.on_start(Course(epochs=1, hidden=[5]))
    train.on_train(True)
    until(lambda: train.runner.over)
    train.on_save("small")
    page: Any = Weights(train.studio, Post())
    page.studio.networks["small.safetensors"].done.wait(20)
    page.on_start("small.safetensors")
    told = page.post.said[-1][1]
    assert (told["array"], told["shape"], told["side"]) == ("W1", [5, 64], 8)
    figures = dict(told["figures"])
    W = train.model.parameters["W1"].astype(float)
    assert figures["numbers"] == "320"
    assert figures["largest"].replace("−", "-") == f"{W.max():.4g}"
    assert sum(told["counts"]) == 320
    page.on_open("W1[2,9]")
    assert page.post.said[-1][1]["full"] == repr(float(W[1, 8]))
    page.on_table("W2")
    rows = page.post.said[-1][1]["text"].splitlines()
    assert np.allclose([[float(v) for v in row.split(",")] for row in rows], train.model.parameters["W2"])
    page.on_array("nothing")
    assert page.post.said[-1][0] == "failed"


def test_networks_of_the_folder_come_and_go(folder: Path) -> None:
    found = Networks(folder)
    assert [e.name for e in found] == ["digits", "mnist"]
    (folder / "no.safetensors").write_bytes(b"nonsense")
    assert [e.name for e in found] == ["digits", "mnist", "no.safetensors"]
    until(lambda: found["no.safetensors"].failed)
    assert "no.safetensors" in found.known["no.safetensors"].says
    (folder / "no.safetensors").unlink()
    with pytest.raises(ValueError, match="there is no network"):
        found["no.safetensors"]


def test_the_page_trains_and_opens_a_gradient(browser: Any, place: Place) -> None:
    with visited(browser, place, "train?data=digits&epochs=5&hidden=8") as page:
        page.get_by_role("button", name="Train", exact=True).click()
        wait(page, "document.querySelector('main').innerText.includes('epoch 5 of 5')")
        page.wait_for_selector(".confusion")
        assert page.locator(".images canvas").count() == 8
        page.get_by_role("button", name="J", exact=True).click()
        page.wait_for_selector(".value[data-cell=J]")
        w = session(place).pages["train"].explanation()
        until(lambda: page.locator(".value").get_attribute("title") == repr(w["J"][()].value))
        axe(page)
        page.set_viewport_size({"width": 360, "height": 800})
        fits(page)


def test_a_pixel_opens_as_its_weight(browser: Any, place: Place) -> None:
    with visited(browser, place, "weights", color_scheme="dark") as page:
        page.wait_for_selector(".images canvas")
        page.locator(".images canvas").nth(2).focus()
        for key in ("ArrowDown", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        page.wait_for_selector(".value[data-cell='W1[3,10]']")
        axe(page)
        page.set_viewport_size({"width": 360, "height": 800})
        fits(page)
