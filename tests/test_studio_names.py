"""Names that lead out of the folder, said to every page that takes a name: nothing outside it is opened."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.studio_guests import until
from tests.test_studio_play import Post
from workings.studio.folder import inside
from workings.studio.messages import Refused, call
from workings.studio.pages import PAGES
from workings.studio.pages.train import Course
from workings.studio.server import Studio

SECRET = "x1,x2,y\n1,2,secret\n3,4,secret\n"
UP = ["../", "..\\", "%2e%2e/", "%252e%252e/", "..%2f", "..%5c", "%c0%ae%c0%ae/", "....//", "..;/", "./../", "~/"]
UP += ["\\\\host\\share\\", "C:/", "C:", "file:///", "//", "folder/../../", "folder\\..\\..\\", "\0../"]
UP += ["../folder/../"]
TO = ["secret.csv", "secret.safetensors", "etc/passwd", "proc/self/environ"]
AFTER = ["", "\0.csv", ".", " ", "::$DATA", "/", "#.csv", "?.safetensors"]
ALL = [f"{up * deep}{to}{after}" for up, deep, to, after in product(UP, (1, 4), TO, AFTER)]
ROUTES: dict[str, tuple[str, str, Callable[[str], dict[str, Any]]]] = {
    "draw": ("draw", "start", lambda name: {"network": name}),
    "weights": ("weights", "start", lambda name: {"network": name}),
    "train, by a link": ("train", "start", lambda name: {"course": {"data": name}}),
    "train": ("train", "course", lambda name: {"course": {"data": name}}),
    "save": ("train", "save", lambda name: {"name": name}),
    "sweep": ("sweep", "run", lambda name: {"grid": {"data": name}}),
    "sheet, by a link": ("sheet", "start", lambda name: {"chosen": {"kind": f"model:{name}"}}),
    "sheet": ("sheet", "choose", lambda name: {"chosen": {"kind": f"model:{name}"}}),
}
OPENED: list[str] = []  # by any thread, while somebody listens
LISTENING: list[Path] = []


def listen(event: str, given: tuple) -> None:
    if LISTENING and event in ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove"):
        OPENED.append(str(given[0]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder beside which there are secrets; an audit hook hears what is opened."""
    if not OPENED:
        OPENED.append("")
        sys.addaudithook(listen)
    for name in ("secret.csv", "secret.safetensors"):
        (tmp_path / name).write_text(SECRET)
    made = tmp_path / "folder"
    made.mkdir()
    return made


def test_there_are_five_hundred_and_every_page_that_takes_a_name_is_asked() -> None:
    assert len(set(ALL)) >= 500
    assert {*PAGES} - {page for page, _, _ in ROUTES.values()} == {"play", "calculus"}  # they open no file


def trained(page: Any) -> None:
    """There is something to be saved."""
    page.on_course(Course(epochs=1, hidden=[1]))
    page.on_train(True)
    until(lambda: page.runner.over)


@pytest.mark.parametrize("route", ROUTES)
def test_no_name_leads_out_of_the_folder(folder: Path, route: str) -> None:
    name, kind, fields = ROUTES[route]
    post = Post()
    page: Any = PAGES[name](Studio(folder), post)
    if kind == "save":
        trained(page)
    del OPENED[1:]
    LISTENING.append(folder)
    try:
        for each in ALL:
            post.said.clear()
            try:
                call(PAGES[name], kind, json.dumps({"page": name, "kind": kind, **fields(each)}))(page)
            except Refused:
                continue
            assert [data for said, data in post.said if said == "failed"], each
            assert "secret," not in str(post.said), each
    finally:
        LISTENING.clear()
    page.close()
    outside = [path for path in OPENED[1:] if any(to.rpartition("/")[2] in path for to in TO)]
    assert not outside
    assert [file.name for file in folder.iterdir()] == []


def test_they_are_refused_before_the_disk_is_asked() -> None:
    class Untouched(type(Path())):
        """A folder that fails the test when it is put together with a name."""

        def __truediv__(self, name: Any) -> Any:
            raise AssertionError("a path was made of it")

    for each in ALL:
        with pytest.raises(ValueError, match="plain file name"):
            inside(Untouched("folder"), each, ("csv", "safetensors"))
