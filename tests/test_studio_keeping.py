"""What pages offer as files: each form opens, and the Python makes the same thing again."""

from __future__ import annotations

import csv
import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.studio_guests import until
from tests.test_studio_play import Post
from workings.studio.ground import Settings
from workings.studio.pages import PAGES
from workings.studio.pages.sweep import Grid
from workings.studio.pages.train import Course
from workings.studio.pages.worksheet import Chosen
from workings.studio.server import Studio

STARTS = {b"\x89PNG": "png", b"<svg": "svg", b"%PDF": "pdf", b"PK": "xlsx", b"<!doctype html": "html"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    found = Studio(tmp_path_factory.mktemp("folder"))
    found.networks.begin()
    assert found.networks.known["digits"].done.wait(60)
    return found


def _drawn(page: Any) -> None:
    page.on_start()
    page.on_sample()


def _trained(page: Any) -> None:
    page.on_start(Course(epochs=2, hidden=[4]))
    page.on_train(True)
    until(lambda: page.runner.over)


def _swept(page: Any) -> None:
    page.on_run(Grid(rate=[0.5, 1.0], hidden=[[4]], activation=["tanh"], epochs=2))
    until(lambda: not page._running, 60)


def _played(page: Any) -> None:
    page.on_settings(Settings(data="moons", hidden=[3], noise=0.2, seed=2))
    page.on_train(True)
    until(lambda: page.epoch > 3)
    page.on_train(False)


def _calculated(page: Any) -> None:
    page.on_start()
    page.on_descend("J = w^2", [3.0], 0.1, 5)


FILLED: dict[str, Callable[[Any], None]] = {
    "draw": _drawn,
    "play": _played,
    "train": _trained,
    "weights": lambda page: page.on_start(),
    "sweep": _swept,
    "sheet": lambda page: page.on_choose(Chosen("3")),
    "calculus": _calculated,
}
CASES = [
    *(("draw", form) for form in ("png", "svg", "xlsx", "html", "py")),
    *(("play", form) for form in ("png", "svg", "pdf", "xlsx", "html", "py")),
    *((page, form) for page in ("train", "sweep", "sheet", "calculus") for form in ("png", "svg", "py")),
    *(("weights", form) for form in ("png", "svg")),
]


def kept(page: Any, form: str) -> bytes:
    page.on_keep(form)  # type: ignore[arg-type]
    assert page.post.said[-1][0] == "file", page.post.said[-1]
    return page.post.arrays["bytes"].tobytes()


class Full(Post):
    """Keeps the arrays as well."""

    def say(self, page: str, kind: str, data: Any = None, arrays: Any = None) -> None:
        super().say(page, kind, data, arrays)
        self.arrays = arrays or {}


def test_every_page_has_its_case() -> None:
    assert set(FILLED) == set(PAGES)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_page_is_kept(studio: Studio, name: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page: Any = PAGES[name](studio, Full())
    FILLED[name](page)
    content = kept(page, form)
    if form == "py":
        monkeypatch.chdir(studio.folder)
        made: dict[str, Any] = {}
        exec(compile(content, f"{name}.py", "exec"), made)  # the text that the page offers as a file
        if name == "play":
            X = page.ground.train[0]
            assert np.allclose(made["X"][: len(X)], X)
        return
    assert any(content.lower().startswith(start.lower()) and kind == form for start, kind in STARTS.items()), content[
        :40
    ]
    if form == "xlsx":
        assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    page.close()


@pytest.mark.parametrize("name", ["train", "sweep", "weights"])
def test_nothing_to_keep_is_a_sentence(tmp_path: Path, name: str) -> None:
    studio, held = Studio(tmp_path), threading.Event()
    studio.networks.known["digits"].make = lambda entry: held.wait(60)  # else it may be trained by then
    page: Any = PAGES[name](studio, Full())
    page.on_keep("png")
    held.set()
    assert page.post.said[-1] == ("failed", "there is no picture yet")


HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", '"><svg onload=alert(1)>']
HOSTILE += ["javascript:alert(1)", "=cmd|' /C calc'!A0", "{{7*7}}", "\u202eevil"]


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    with (tmp_path / "bad.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "<b onclick=alert(1)>kind</b>", "<script>y</script>"])
        writer.writerows([i, HOSTILE[i % len(HOSTILE)], "ab"[i % 2]] for i in range(40))
    page: Any = PAGES["train"](Studio(tmp_path), Full())
    page.on_start(Course("bad.csv", "<script>y</script>", [3], epochs=1))
    page.on_train(True)
    until(lambda: page.runner.over)
    text = kept(page, "svg").decode()
    assert "<script" not in text
    assert "onclick=" not in text.replace("&lt;b onclick=", "")
