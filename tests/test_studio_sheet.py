"""Worksheet: every sheet opens without its answers, what is typed is marked as the library marks it; in a browser."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.studio_guests import Place, axe, fits, session, visited, wait
from tests.test_studio_play import Post
from workings import Dense, Model
from workings.exercises import EXERCISES, KINDS, load, mark
from workings.studio.ground import Ground, Settings
from workings.studio.pages.worksheet import SAVED, Chosen, Network, Worksheet
from workings.studio.server import Studio
from workings.studio.tenths import in_tenths, of_playground

KINDS_OF_SHEETS = [*(str(n) for n in EXERCISES), *KINDS, "network"]


@pytest.fixture
def page(tmp_path: Path) -> Worksheet:
    return Worksheet(Studio(tmp_path), Post())


def last(page: Any, kind: str) -> Any:
    return next(data for said, data in reversed(page.post.said) if said == kind)


@pytest.mark.parametrize("kind", KINDS_OF_SHEETS)
def test_every_sheet_opens_without_its_answers_and_the_key_fills_it(page: Any, kind: str) -> None:
    page.on_choose(Chosen(kind, seed=3))
    told = last(page, "sheet")
    blanks = [c for b in told["bands"] for x in b["slots"].values() for row in x["cells"] for c in row if c["blank"]]
    assert all(c["text"] == "" for c in blanks)
    asked = page._asked()
    assert asked
    assert {*told["apart"], *(c["name"] for c in blanks)} >= set(asked)
    solution = page.marker.solution
    for cell in asked:
        value = solution.key(solution.place(cell)).value
        page.on_answer(cell, str(value) if isinstance(value, int | Fraction) else repr(float(value)))
    marks = last(page, "marks")
    assert marks["points"] == str(marks["total"])
    assert all(m["good"] for m in marks["marks"])


def test_what_is_typed_is_marked_as_the_library_marks_it(page: Any) -> None:
    page.on_choose(Chosen("3"))
    answers = {"Z1[1,1]": "4", "Z1[2,1]": "3", "A1[1,1]": "4"}
    for cell, text in answers.items():
        page.on_answer(cell, text)
    told = {m["cell"]: m for m in last(page, "marks")["marks"]}
    for cell, of in ((m.cell, m) for m in mark(load(3), answers) if m.verdict != "blank"):
        assert (told[cell]["verdict"], told[cell]["said"]) == (of.verdict, of.said)
    page.on_answer("Z1[1,1]", "")
    assert "Z1[1,1]" not in {m["cell"] for m in last(page, "marks")["marks"]}
    page.on_answer("X[1,1]", "4")
    assert page.post.said[-1] == ("failed", "X[1,1] is no cell of this sheet")


def test_hints_come_rung_by_rung(page: Any) -> None:
    page.on_choose(Chosen("3"))
    for n in range(1, 7):
        page.on_hint("Z1[1,1]")
        told = last(page, "hint")
        assert len(told["rungs"]) == min(5, n)
    assert told["rungs"][-1] == "Z1[1,1] = −1"
    assert not told["more"]


@pytest.mark.parametrize("form", ["pdf", "key", "xlsx", "html"])
def test_the_sheet_is_written_in_every_form(page: Any, form: str) -> None:
    page.on_choose(Chosen("two-layer-network", seed=5))
    page.on_write(form)
    assert last(page, "file")["name"].startswith("two-layer-network-1-5")


def test_a_network_of_ones_own_is_worked_to_one_decimal(page: Any) -> None:
    made = of_playground(Settings(hidden=[2, 2], activation="relu", seed=4))
    assert all(Fraction(v).denominator in (1, 2, 5, 10) for row in made.parameters["W1"] for v in row)
    with pytest.raises(ValueError, match="up to 6 units"):
        of_playground(Settings(hidden=[8]))
    page.on_choose(Chosen("network", network=Network(data="own", hidden=[2])))
    assert last(page, "sheet")["chosen"].network.hidden == [2]
    page.on_choose(Chosen("nothing"))
    assert "there is no kind" in page.post.said[-1][1]
    json.dumps(last(page, "kinds") if any(k == "kinds" for k, _ in page.post.said) else {})


def test_a_trained_network_is_worked_with_the_weights_it_has(page: Any) -> None:
    settings = {"hidden": [2], "activation": "relu", "seed": 4}
    ground = Ground(Settings(**settings), [])
    ground.model.fit(*ground.train, epochs=200, progress=False)
    weights = in_tenths(ground.model)
    assert weights != in_tenths(Ground(ground.settings, []).model)
    page.on_choose(Chosen("network", network=Network(**settings, weights=weights)))
    assert page.marker is not None
    made = page.marker.exercise
    assert {name: [[float(v) for v in row] for row in W] for name, W in made.parameters.items()} == weights
    assert "before any training" not in last(page, "sheet")["lead"]
    told: dict[str, Any] = {}
    exec(page.code().partition("print")[0], told)
    assert told["exercise"].parameters == made.parameters
    ground.model.parameters["W1"][0, 0] = np.nan
    assert in_tenths(ground.model) == {}


OTHERS = {
    "a unit fewer": lambda w: w["W1"].pop(),
    "a number fewer": lambda w: w["W2"][0].pop(),
    "no bias": lambda w: w.pop("b2"),
    "a layer more": lambda w: w.update(W3=[[1.0]]),
}


@pytest.mark.parametrize("fault", OTHERS)
def test_weights_of_another_network_are_refused(page: Any, fault: str) -> None:
    weights = in_tenths(Ground(Settings(hidden=[2]), []).model)
    OTHERS[fault](weights)
    page.on_choose(Chosen("network", network=Network(hidden=[2], weights=weights)))
    assert "not those of this network" in last(page, "failed")


def test_a_saved_model_is_a_sheet_with_its_own_weights(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = page.studio.folder
    Model(
        [Dense(2, "relu"), Dense(1)],
        parameters={"W1": [[1.04, -2], [0.5, 3]], "b1": [0, 1], "W2": [[1, 1]], "b2": [0]},
    ).save(folder / "mine.safetensors")
    Model([Dense(9), Dense(1)], inputs=2).save(folder / "wide.safetensors")
    page.on_start()
    assert {"kind": f"{SAVED}mine.safetensors", "title": "mine.safetensors"} in last(page, "kinds")["own"]
    for seed in (0, 1):
        page.on_choose(Chosen(f"{SAVED}mine.safetensors", seed=seed))
    made = page.marker.exercise
    assert made.parameters["W1"] == [[1, -2], [Fraction(1, 2), 3]]
    assert made.X != Worksheet._exercise(page, Chosen(f"{SAVED}mine.safetensors")).X
    monkeypatch.chdir(folder)
    for chosen in (page.chosen, Chosen("network", network=Network(hidden=[2]))):
        page.on_choose(chosen)
        exec(page.code(), {})  # the text that the page offers as a file
    for kind, said in (("wide.safetensors", "up to 6 units"), ("none.safetensors", "there is no network")):
        page.on_choose(Chosen(f"{SAVED}{kind}"))
        assert said in page.post.said[-1][1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_marks_what_is_typed(browser: Any, place: Place, scheme: str) -> None:
    with visited(browser, place, "sheet?kind=3", color_scheme=scheme) as page:
        page.wait_for_selector("input.blank")
        page.get_by_label("Z1[1,1]", exact=True).fill("4")
        page.keyboard.press("Enter")
        wait(page, "document.querySelector('.by-hand').innerText.includes('4 is not right: the bias was left out.')")
        assert page.locator("input.blank.wrong").count() == 1
        page.get_by_label("Z1[1,1]", exact=True).fill("−1")
        page.keyboard.press("Enter")
        wait(page, "document.querySelectorAll('input.blank.good').length == 1")
        page.keyboard.press("?")
        page.wait_for_selector(".rungs li")
        axe(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="PDF", exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        page.set_viewport_size({"width": 360, "height": 800})
        fits(page)


def test_the_network_of_the_playground_becomes_a_sheet(browser: Any, place: Place) -> None:
    with visited(browser, place, "play?data=moons&hidden=3~2&activation=relu&seed=7") as page:
        page.wait_for_selector(".net-picture")
        page.get_by_role("link", name="Work this network out by hand, on a sheet").click()
        page.wait_for_selector("input.blank")
        chosen = session(place).pages["sheet"].chosen
        weights = in_tenths(session(place).pages["play"].ground.model)
        wanted = Network(data="moons", hidden=[3, 2], activation="relu", seed=7, weights=weights)
        assert (chosen.kind, chosen.network) == ("network", wanted)
        assert page.evaluate("document.querySelector('#kind').value") == "network"
