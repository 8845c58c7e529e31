"""Every message of every page, before the page was started and after, with right fields and with wrong ones.

Whatever comes, the answer is what was asked for, or a sentence: never the name of an error.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.test_studio_play import Post
from workings import Dense, Model
from workings.data import digits
from workings.studio.messages import Refused, call, shapes
from workings.studio.networks import Entry
from workings.studio.page import Page
from workings.studio.pages import PAGES
from workings.studio.server import Studio

ODD = re.compile(r"NoneType|Traceback|Error\b|object has no|not subscriptable|unexpected keyword|^'[^']*'$|^\W*$")
OPEN: dict[str, list[dict[str, Any]]] = {
    "open": [{"cell": "W1[1,1]"}, {"cell": "Q9[1,1]"}, {"cell": "W1[99,99]"}, {"cell": ""}, {"cell": "J["}],
    "terms": [{"cell": "Z1[1,1]"}, {"cell": "Z1[1,1]", "start": 10**9}, {"cell": "nothing"}],
    "paths": [{"cell": "W1[1,1]"}, {"cell": "J"}, {"cell": "nothing"}],
    "nudge": [{"cell": "W1[1,1]"}, {"cell": "W1[1,1]", "size": 0}, {"cell": "Z1[1,1]"}, {"cell": "nothing"}],
    "keep": [{"form": form} for form in ("svg", "html", "py")],
}
SAID: dict[str, dict[str, list[dict[str, Any]]]] = {
    "draw": {
        "start": [{}, {"network": "nothing"}, {"network": "../secret.safetensors"}],
        "ink": [{"pixels": [0] * 784}, {"pixels": [255] * 784}],
        "center": [{"wanted": False}],
        "target": [{}, {"label": "3"}, {"label": "a cat"}],
        "sample": [{}],
        "unit": [
            {"array": "A1", "unit": 0},
            {"array": "X", "unit": 0},
            {"array": "", "unit": 0},
            {"array": "J", "unit": 1},
            {"array": "A1", "unit": 99},
            {"array": "dW1", "unit": 0},
            {"array": "A9", "unit": 0},
        ],
    },
    "play": {
        "start": [{}, {"settings": {"data": "moons"}, "rate": -1}, {"settings": {"data": "cats"}}],
        "settings": [{"settings": {"hidden": [2]}}, {"settings": {"optimizer": "luck"}}],
        "rate": [{"rate": 0}, {"rate": -1e9}],
        "speed": [{"per_second": 0}, {"per_second": 1000}],
        "point": [{"x": 0, "y": 0, "label": 1}],
        "table": [{"text": t} for t in ("", "a,b,c\n1,2,yes\n2,3,no\n", "1,2", "x,y,z\n1,nan,0\n2,1,1")],
        "forget": [{}],
        "rewind": [{}],
        "train": [{"wanted": False}, {"wanted": True}],
        "step": [{}],
        "checkup": [{}],
        "set": [{"cell": cell, "value": 1} for cell in ("W1[1,1]", "Z1[1,1]", "W1", "?")],
        "look": [{"x": 6, "y": -6}],
    },
    "train": {
        "start": [{}, {"course": {"data": "nothing.csv"}}, {"course": {"data": "../../etc/passwd"}}],
        "course": [
            {"course": {"hidden": [2], "epochs": 1}},
            {"course": {"optimizer": "luck"}},
            {"course": {"data": "one.csv", "target": "nothing"}},
            {"course": {"data": "one.csv"}},
        ],
        "train": [{"wanted": False}, {"wanted": True}],
        "save": [{"name": "mine"}, {"name": "../mine"}, {"name": ""}, {"name": "broken.safetensors"}],
    },
    "weights": {
        "start": [{}, {"network": "nothing"}, {"network": "broken.safetensors"}, {"array": "W99"}],
        "array": [{"array": "W1"}, {"array": ""}, {"array": "W99"}],
        "table": [{"array": "W1"}, {"array": "dW1"}],
    },
    "sweep": {
        "start": [{}, {"grid": {"data": "nothing.csv"}}],
        "run": [
            {"grid": {"optimizer": ["luck"]}},
            {"grid": {"data": "nothing.csv"}},
            {"grid": {"rate": [1] * 12, "l2": [0] * 12, "batch": [1] * 12}},
            {"grid": {"rate": [1], "hidden": [[2]], "activation": ["relu"], "epochs": 1}},
        ],
        "stop": [{}],
    },
    "sheet": {
        "start": [{}, {"chosen": {"kind": "8"}}, {"chosen": {"kind": "model:nothing"}}],
        "choose": [
            {"chosen": {"kind": "3"}},
            {"chosen": {"kind": "two-layer-network", "seed": 10**9, "level": 3}},
            {"chosen": {"kind": ""}},
            {"chosen": {"kind": "0"}},
            {"chosen": {"kind": "²"}},
            {"chosen": {"kind": "network", "network": {"data": "cats"}}},
            {"chosen": {"kind": "network", "network": {"hidden": [8]}}},
            {"chosen": {"kind": "network", "network": {"weights": {"W9": [[]]}}}},
            {"chosen": {"kind": "model:broken.safetensors"}},
        ],
        "answer": [{"cell": "Z1[1,1]", "text": t} for t in ("", "1/0", "1e999", "x")] + [{"cell": "Q", "text": "1"}],
        "hint": [{"cell": "Z1[1,1]"}, {"cell": ""}],
        "clear": [{}],
        "write": [{"form": "xlsx"}, {"form": "html"}],
    },
    "calculus": {
        "start": [{}, {"formula": "J = ("}, {"formula": "J = a", "values": {"b": "1"}}],
        "graph": [
            {"formula": "J = a", "values": {"a": "1"}},
            {"formula": "", "values": {}},
            {"formula": "J = a / b", "values": {"a": "1", "b": "0"}},
            {"formula": "J = log(a)", "values": {"a": "-1"}},
            {"formula": "J = a ^ b", "values": {"a": "1e9", "b": "1e9"}},
            {"formula": "J = exp(a)", "values": {"a": "1e9"}},
            {"formula": "J = a", "values": {"a": "one"}},
            {"formula": "J = a", "values": {"a": "1/0"}},
            {"formula": "J = open(a)", "values": {}},
            {"formula": "(" * 400, "values": {}},
        ],
        "move": [{"name": "a", "by": 1}, {"name": "J", "by": 1}, {"name": "?", "by": -1e9}],
        "descend": [
            {"formula": "J = w^2", "start": [1], "rate": 0.1},
            {"formula": "J = w^2", "start": [], "rate": 0.1},
            {"formula": "J = u * v * w", "start": [1, 1, 1], "rate": 0.1},
            {"formula": "J = 1 / w", "start": [0], "rate": 0.1},
            {"formula": "J = exp(exp(w))", "start": [9], "rate": 1e9, "steps": 3},
            {"formula": "J = w", "start": [1e9], "rate": 1e9, "steps": 3},
            {"formula": "J = ", "start": [1], "rate": 1},
        ],
    },
}  # fmt: skip
EACH = [(page, kind) for page, kinds in SAID.items() for kind in [*OPEN, *kinds]]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A folder with a file that is no model and a table of one row; the first network waits until `enough`."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "broken.safetensors").write_bytes(b"nonsense")
    (folder / "one.csv").write_text("a,b\n1,2\n")
    made = Studio(folder)
    X, y = digits()
    enough = made.enough = threading.Event()  # type: ignore[attr-defined]  (for the test alone)

    def learn(entry: Entry) -> None:
        enough.wait(60)
        entry.model = Model([Dense(3, "sigmoid"), Dense(10, "softmax")], seed=0)
        entry.model.fit(X[:200], y[:200], epochs=1, progress=False)
        entry.samples = X[:3], y[:3]

    made.networks.known["digits"].make = learn
    yield made
    enough.set()


def asked(page: Any, kind: str, fields: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the page answers to a message."""
    post: Any = page.post
    post.said.clear()
    call(type(page), kind, json.dumps({"page": page.name, "kind": kind, **fields}))(page)
    for picture in list(post.pictures.values()):
        picture()
    return post.said


def sentences(said: list[tuple[str, Any]]) -> None:
    """What is told of a failure is for people."""
    for kind, data in said:
        if kind in ("failed", "unopened"):
            why = data if kind == "failed" else data["why"]
            assert isinstance(why, str)
            assert not ODD.search(why), why
            assert len(why.split()) > 3, why


def opened(studio: Studio, name: str) -> Page:
    return PAGES[name](studio, Post())  # type: ignore[arg-type]  (it keeps what is said)


def test_the_table_knows_every_message() -> None:
    for name, page in PAGES.items():
        assert {*OPEN, *SAID[name]} == {*shapes(page)}, name


@pytest.mark.parametrize(("name", "kind"), EACH)
def test_before_the_start_every_message_is_answered(studio: Studio, name: str, kind: str) -> None:
    for fields in {**OPEN, **SAID[name]}[kind]:
        page = opened(studio, name)
        sentences(asked(page, kind, fields))
        page.close()


@pytest.mark.parametrize("name", PAGES)
def test_after_the_start_too(studio: Studio, name: str) -> None:
    studio.enough.set()  # type: ignore[attr-defined]  (put there above)
    studio.networks["digits"].done.wait(60)
    page = opened(studio, name)
    sentences(asked(page, "start", {}))
    for kind, many in {**SAID[name], **OPEN}.items():
        for fields in many:
            sentences(asked(page, kind, fields))
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_wrong_fields_are_refused_with_a_sentence(studio: Studio, name: str) -> None:
    page = opened(studio, name)
    for kind, many in {**OPEN, **SAID[name]}.items():
        right = {"page": name, "kind": kind, **many[0]}
        wrong = [
            {**right, "extra": 1},
            *({**right, field: [[{}]]} for field in right if field not in ("page", "kind")),
        ]
        needed = [f.name for f in msgspec.structs.fields(shapes(type(page))[kind])[2:] if f.required]
        wrong += [{name: value for name, value in right.items() if name != field} for field in needed]
        for message in wrong:
            with pytest.raises(Refused, match=rf"^{name}, {kind}: \w.* \w"):
                call(type(page), kind, json.dumps(message))
    page.close()
