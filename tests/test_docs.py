"""README, docs and docstrings: every example runs, and prints what the page says it prints."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import workings

HOME = Path(__file__).parent.parent
PAGES = [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]
MODULES = sorted(
    found.name for found in pkgutil.walk_packages(workings.__path__, "workings.") if ".lib" not in found.name
)
NEED_DATA = {"workings.data.mnist_family"}  # their examples read MNIST
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    """Examples may write files; they do so in a folder of their own, and print numbers in NumPy's plain way."""
    monkeypatch.chdir(tmp_path)
    with np.printoptions(legacy=False):
        yield


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_prints_what_it_says(page):
    text = re.sub(r"^```\w*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    failed, _ = doctest.DocTestRunner(optionflags=OPTIONS).run(test)
    assert not failed


@pytest.mark.parametrize("name", MODULES)
def test_a_docstring_prints_what_it_says(name):
    if name in NEED_DATA and "WORKINGS_DATA" not in os.environ:
        pytest.skip("needs MNIST: set WORKINGS_DATA to the folder that holds mnist/")
    module = importlib.import_module(name)
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=OPTIONS)
    for test in finder.find(module, extraglobs=module.__dict__ | {"np": np}):
        runner.run(test)
    assert not runner.failures


def test_every_room_has_its_page():
    files = [p for p in (HOME / "workings").iterdir() if p.suffix in ("", ".py") and p.name[0] not in "_."]
    assert sorted({p.stem for p in files} - {p.stem for p in PAGES}) == []


def test_the_stub_names_what_the_package_offers():
    stub = (HOME / "workings" / "__init__.pyi").read_text()
    said = dict(re.findall(r"^from (\S+) import \w+ as (\w+)$", stub, flags=re.MULTILINE))
    names = set(re.findall(r" as (\w+)$", stub, flags=re.MULTILINE))
    assert said
    assert names == set(workings.__all__)
    for name in workings.__all__:
        assert getattr(workings, name) is not None
