"""The shelf: the work of visitors outlives the server, whole, private and bounded."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cases import FULL
from tests.studio_guests import command, tab, until, wait
from workings import saving
from workings.model import Model
from workings.studio import shelf as shelves
from workings.studio.frames import unpack
from workings.studio.ground import Settings
from workings.studio.pages import PAGES
from workings.studio.pages.train import Course
from workings.studio.server import Studio
from workings.studio.session import LOST, Session
from workings.studio.shelf import KIND, Shelf
from workings.training import History

KILLS = 100 if FULL else 2


class Post:
    """Hears nothing."""

    def say(self, *told: Any) -> None: ...

    def show(self, *told: Any) -> None: ...


def opened(shelf: Shelf, tmp_path: Path, name: str) -> Any:
    """A page of a visitor, as a session opens it."""
    page = PAGES[name](Studio(tmp_path), Post())  # type: ignore[arg-type]
    page.place = shelf.place("v" * 20, name)
    if (work := page.place.get()) is not None:
        page.restore(work)
    return page


def play(page: Any) -> None:
    page.on_settings(Settings(data="xor", hidden=[3], optimizer="adam", seed=4))


def train(page: Any) -> None:
    page.on_start(Course(hidden=[5], epochs=100_000, schedule="cosine", seed=3))


@pytest.mark.parametrize("begin", [play, train], ids=["play", "train"])
def test_a_page_finds_its_work_again(tmp_path: Path, begin: Any) -> None:
    name, shelf = begin.__name__, Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, name)
    begin(page)
    page.on_train(True)
    until(lambda: page._moment()[0]["epoch"] > 5)
    page.on_train(False)
    told, arrays = page._moment()
    shelf.close()
    other = opened(Shelf(tmp_path / "shelf"), tmp_path, name)
    told_again, arrays_again = other._moment()
    assert told_again == told
    assert arrays.keys() == arrays_again.keys()
    assert all(np.array_equal(arrays[key], arrays_again[key], equal_nan=True) for key in arrays)
    other.on_train(True)
    until(lambda: other._moment()[0]["epoch"] > told["epoch"])
    page.close()
    other.close()


@pytest.mark.parametrize("begin", [play, train], ids=["play", "train"])
def test_what_ran_when_the_server_ended_runs_again(tmp_path: Path, begin: Any) -> None:
    name, shelf = begin.__name__, Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, name)
    begin(page)
    page.on_train(True)
    until(lambda: page._moment()[0]["epoch"] > 5)
    page.close()
    shelf.close()
    other = opened(Shelf(tmp_path / "shelf"), tmp_path, name)
    assert other.runner.running
    assert other._moment()[0]["epoch"] > 5
    other.close()


@pytest.mark.parametrize("begin", [play, train], ids=["play", "train"])
def test_who_leaves_does_not_wait_for_a_long_epoch(
    tmp_path: Path, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, enough, fit = threading.Event(), threading.Event(), Model.fit

    def long(model: Model, *data: Any, callbacks: Any, **more: Any) -> None:
        fit(model, *data, **{**more, "epochs": 1}, callbacks=callbacks)
        begun.set()
        enough.wait()
        callbacks(model, History([{"epoch": 2, "loss": 1.0}]))

    monkeypatch.setattr(Model, "fit", long)
    name, shelf = begin.__name__, Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, name)
    begin(page)
    monkeypatch.setattr(f"workings.studio.pages.{type(page).__name__.lower()}.LEAVING", 0.01)
    page.on_train(True)
    begun.wait()
    page.close()
    shelf.close()
    assert page.runner.thread.is_alive()
    assert page.place.get().about["epoch"] == 1
    enough.set()
    page.runner.thread.join()
    assert page.epoch == 1


def test_what_was_cut_off_ends_at_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adam's memory, the order of the rows, the noise of dropout and the schedule go on where they were."""
    course = Course(hidden=[8], epochs=12, optimizer="adam", rate=0.01, schedule="cosine", dropout=0.2)
    ended = []
    for cut in (None, 5):
        folder = tmp_path / f"shelf {cut}"
        shelf = Shelf(folder)
        page = opened(shelf, tmp_path, "train")
        page.on_start(course)
        told = page._after_epoch

        def after(history: Any, page: Any = page, told: Any = told, cut: int | None = cut) -> None:
            told(history)
            if len(page.history) == cut:
                page.runner.going.clear()

        monkeypatch.setattr(page, "_after_epoch", after)
        page.on_train(True)
        if cut:
            until(page.runner.idle.is_set)
            page.on_train(False)
            assert page.model.state.optimizer["t"] > 100
            page.close()
            shelf.close()
            page = opened(Shelf(folder), tmp_path, "train")
            page.on_train(True)
        until(lambda page=page: page.runner.over)
        ended.append((page.history, page.model.parameters))
    (history, parameters), (again, same) = ended
    assert [row["loss"] for row in again] == [row["loss"] for row in history]
    assert all(np.array_equal(W, same[name]) for name, W in parameters.items())


def test_another_choice_takes_the_kept_work_away(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, "play")
    page.on_point(1.0, 2.0, 1)
    page.on_settings(Settings(data="moons"))
    shelf.close()
    assert opened(Shelf(tmp_path / "shelf"), tmp_path, "play").settings == Settings()


def test_files_are_private_and_what_is_damaged_or_open_to_others_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    shelf = Shelf(folder)
    page = opened(shelf, tmp_path, "play")
    play(page)
    page._put_away()
    shelf.close()
    (file,) = folder.iterdir()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        file.chmod(0o644)
        with pytest.raises(ValueError, match="open to others"):
            Shelf(folder).place("v" * 20, "play").get()
        file.chmod(0o600)
    whole = file.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"^its file is (not|damaged)"):
            Shelf(folder).place("v" * 20, "play").get()
    file.write_bytes(whole)
    assert Shelf(folder).place("v" * 20, "play").get().about["settings"]["data"] == "xor"


def shorter(name: str, about: dict[str, Any]) -> None:
    """A form of long ago: less was kept."""
    del about["running"]


def longer(name: str, about: dict[str, Any]) -> None:
    """A form that is still to come: there is a setting that this version does not know."""
    about["settings" if name == "play" else "course"]["warmth"] = 3


def another(name: str, about: dict[str, Any]) -> None:
    """The network that these settings make has changed."""
    about["settings" if name == "play" else "course"]["hidden"] = [4]


@pytest.mark.parametrize("older", [shorter, longer, another, None], ids=lambda f: getattr(f, "__name__", "damaged"))
@pytest.mark.parametrize("begin", [play, train], ids=["play", "train"])
def test_what_cannot_be_taken_up_again_is_told(tmp_path: Path, begin: Any, older: Any) -> None:
    name, shelf = begin.__name__, Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, name)
    begin(page)
    page.on_train(True)
    until(lambda: page.epoch > 0)
    page.close()
    shelf.close()
    (file,) = (tmp_path / "shelf").iterdir()
    if older:
        arrays, told = saving.read(file)
        older(name, told["page"])
        saving.write(file, arrays, told)
    else:
        file.write_bytes(file.read_bytes()[:-1])
    loop = asyncio.new_event_loop()
    visitor = Session(Studio(tmp_path, shelf=tmp_path / "shelf"), "v" * 20, "l" * 20, loop)
    page: Any = visitor.page(name)
    (said,) = (unpack(frame)[0] for frame in visitor.outbox.words)
    assert (said["page"], said["kind"]) == (name, "failed")
    assert said["data"].startswith(LOST)
    assert str(tmp_path) not in said["data"]
    page.on_start()  # and the page is whole
    assert page._moment()[0]["epoch"] == 0
    assert (page.settings.data, page.own) == ("circles", []) if name == "play" else page.course == Course()
    loop.close()


def test_the_oldest_make_room_and_what_is_too_large_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MOST", 3)
    folder = tmp_path / "shelf"
    shelf = Shelf(folder)
    page = opened(shelf, tmp_path, "play")
    for k in range(6):
        page.place = shelf.place(f"{k}" * 20, "play")
        page._put_away()
        file = folder / f"{'0123456789'[k] * 20}.play{KIND}"
        until(lambda file=file: file.exists() and file.stat().st_size)
        os.utime(file, (time.time() - 100 + k, time.time() - 100 + k))
    assert sorted(file.name[0] for file in folder.iterdir()) == ["3", "4", "5"]
    monkeypatch.setattr(shelves, "LARGEST", 10)
    page._put_away()
    shelf.close()
    assert sorted(file.name[0] for file in folder.iterdir()) == ["3", "4"]


def test_a_shelf_that_cannot_be_written_to_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("a file where the folder should be")
    shelf = Shelf(tmp_path / "shelf")
    page = opened(shelf, tmp_path, "play")
    page.on_train(True)
    until(lambda: page.epoch > 5)
    page.close()
    shelf.close()


def shown(page: Any) -> int:
    """The epoch on the page."""
    text = page.locator(".row > .number").first.inner_text().removeprefix("epoch ")
    return int(text.split(", ")[0].split(" of ")[0].replace(",", ""))


NEW = "!/^(epoch 0)?$/.test(document.querySelector('.row > .number:not(.old)')?.textContent ?? '')"


def kept(folder: Path) -> int:
    """The epoch that lies on the disk."""
    file = next(folder.glob(f"*.play{KIND}"), None)
    work = Shelf(folder).place(file.name.removesuffix(f".play{KIND}"), "play").get() if file else None
    return work.about["epoch"] if work else -1


def test_a_server_that_is_killed_again_and_again_loses_no_training(browser: Any, tmp_path: Path) -> None:
    waited, page, port, before = [], tab(browser), 0, 0
    for k in range(KILLS + 1):
        with command(tmp_path, port) as running:
            began, port = time.monotonic(), running.port
            if k == 0:
                page.goto(running.link)
                page.wait_for_selector("main h1")
                page.goto(f"{running.address}/#play")
                page.wait_for_selector(".net-picture")
                page.get_by_label("Epochs a second").select_option("60")
                page.get_by_role("button", name="Train", exact=True).click()
            else:  # another server: the page comes back by itself, and so does the training
                wait(page, "document.querySelector('.status').innerText.includes('connected')")
                waited.append(time.monotonic() - began)
                wait(page, NEW)
                assert shown(page) >= before
            before = shown(page)
            until(lambda before=before: shown(page) > before + 60)  # it goes on
            until(lambda before=before: kept(tmp_path / "state" / "studio-work") >= before)  # once a second
            page.evaluate("document.querySelector('.row > .number').classList.add('old')")
            running.process.kill()
        wait(page, "document.querySelector('.status').innerText.includes('trying again')")
    page.context.close()
    told = f"back after {sorted(waited)[len(waited) // 2]:.2f} s, at most {max(waited):.2f} s"
    print(f"{KILLS} kills: {told}")
