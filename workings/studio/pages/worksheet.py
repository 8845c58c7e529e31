"""Worksheet: an exercise as a sheet with blanks to type into; every answer is marked, every cell has hints."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from workings.exercises import EXERCISES, KINDS, Marker, generate, load
from workings.exercises.exercise import Exercise
from workings.exercises.hints import rungs
from workings.exercises.marks import Mark
from workings.explain.explanation import Explanation
from workings.model import Model
from workings.sheets.paper import pretty
from workings.sheets.sheet import Block
from workings.studio.ground import Settings
from workings.studio.maths import typeset
from workings.studio.messages import Text, Whole
from workings.studio.networks import Networks
from workings.studio.page import Page
from workings.studio.tenths import Weights, of_model, of_playground

SAVED = "model:"  # before the name of a file in the folder
TRAINED_HERE = ("digits", "mnist")  # too large for any sheet
PATIENCE = 10.0  # seconds for a model to be read
NOTHING = "no exercise is open on this page yet: choose one first"
FORMS = {"pdf": "pdf", "key": "pdf", "xlsx": "xlsx", "html": "html"}


class Network(Settings, frozen=True):
    """A playground's settings, and the weights of its network, to one decimal; without them the first ones."""

    weights: Weights = msgspec.field(default_factory=dict)


class Chosen(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which sheet; the link carries it.

    kind     a number of the seven, a kind to be drawn, "network", or "model:FILE" of the folder
    network  with the kind "network": the playground's
    """

    kind: Annotated[str, Meta(max_length=100)] = "3"
    seed: Whole = 0
    level: Annotated[int, Meta(ge=1, le=3)] = 1
    network: Network = msgspec.field(default_factory=lambda: Network(hidden=[3], activation="relu"))


class Worksheet(Page):
    """One sheet of one visitor, what was written on it, and how far the hints have gone."""

    name = "sheet"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.chosen = Chosen()
        self.marker: Marker | None = None
        self.answers: dict[str, str] = {}
        self.hints: dict[str, int] = {}

    def on_start(self, chosen: Chosen | None = None) -> None:
        """The sheets there are, and this one."""
        self.say("kinds", _kinds(self.studio.networks))
        if chosen is not None and chosen != self.chosen:
            self.on_choose(chosen)
            if self.chosen == chosen:
                return
        if self.marker is None:
            return self.on_choose(Chosen())
        self._sheet()

    def on_choose(self, chosen: Chosen) -> None:
        """Another sheet; what was written on the last is gone."""
        try:
            self.marker = Marker(self._exercise(chosen))
        except (ValueError, KeyError, RuntimeError) as error:
            return self.say("failed", str(error))
        self.chosen, self.answers, self.hints = chosen, {}, {}
        self._sheet()

    def on_answer(self, cell: Text, text: Annotated[str, Meta(max_length=60)] = "") -> None:
        """A number was written into a cell, or taken out; all that was written is marked anew."""
        if not self._asks(cell):
            return
        self.answers.pop(cell, None)
        if text.strip():
            self.answers[cell] = text
        self._marks()

    def on_hint(self, cell: Text) -> None:
        """One rung of the ladder more: rule, formula, numbers, one term, value."""
        if self.marker is None or not self._asks(cell):
            return
        ladder = rungs(self.marker.solution, self.marker.solution.place(cell), self.answers)
        shown = self.hints[cell] = min(len(ladder), self.hints.get(cell, 0) + 1)
        told = [pretty(rung) if "=" in rung else rung for rung in ladder[:shown]]
        self.say("hint", {"cell": cell, "rungs": told, "more": shown < len(ladder)})

    def on_clear(self) -> None:
        """An empty sheet again."""
        if self.marker is None:
            return self.say("failed", NOTHING)
        self.answers, self.hints = {}, {}
        self._sheet()

    def on_write(self, form: Literal["pdf", "key", "xlsx", "html"]) -> None:
        """The sheet as a file: to be printed, to be filled in, with its key."""
        if self.marker is None:
            return self.say("failed", NOTHING)
        sheet, kind = self.marker.exercise, FORMS[form]
        name = f"{self._file()}{'-key' if form == 'key' else ''}.{kind}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            write = {"pdf": sheet.to_pdf, "xlsx": sheet.to_spreadsheet, "html": sheet.to_html}[kind]
            try:
                write(path, key=form == "key")
            except (ValueError, ImportError) as error:
                return self.say("failed", str(error))
            self.say("file", {"name": name}, {"bytes": np.frombuffer(path.read_bytes(), np.uint8)})

    def figure(self) -> Any:
        if self.marker is None or self.marker.exercise.network is None:
            return None
        from workings.plots import network_diagram

        found = self.marker.exercise
        assert found.network is not None
        return network_diagram(Model(found.network, parameters=found.parameters, inputs=len(found.X)))

    def code(self) -> str:
        c = self.chosen
        if c.kind == "network":
            settings = msgspec.to_builtins(c.network)
            weights = settings.pop("weights")
            made = f"tenths.of_playground(ground.Settings(**{settings!r}), {c.seed}, {weights!r})"
        elif c.kind.startswith(SAVED):
            name = c.kind.removeprefix(SAVED)
            made = f"tenths.of_model(wk.Model.load({name!r}), {name!r}, {c.seed})"
        elif c.kind.isdigit():
            made = f"wk.exercises.load({c.kind})"
        else:
            made = f"wk.exercises.generate({c.kind!r}, seed={c.seed}, level={c.level})"
        more = "from workings.studio import ground, tenths\n" if made.startswith("tenths") else ""
        return (
            f"import workings as wk\n{more}\nexercise = {made}\nprint(exercise.to_text())\n"
            f"print(wk.exercises.mark(exercise, {self.answers!r}))\n"
        )

    def _exercise(self, chosen: Chosen) -> Exercise:
        """The exercise that was chosen.  Raises ValueError where there is none."""
        kind, seed = chosen.kind, chosen.seed
        if kind.startswith(SAVED):
            entry = self.studio.networks[kind.removeprefix(SAVED)]
            if not entry.ready(PATIENCE):
                raise ValueError(entry.says or f"{entry.name} is still being read")
            return of_model(entry.model, entry.name, seed)
        if kind == "network":
            return of_playground(chosen.network, seed, chosen.network.weights)
        return load(int(kind)) if kind.isdigit() else generate(kind, seed, chosen.level)

    def explanation(self) -> Explanation | None:
        return self.marker.exercise.explain() if self.marker else None

    def _asks(self, cell: str) -> bool:
        """Whether the sheet asks for this cell; where it does not, the page says why."""
        asks = self.marker is not None and cell in self._asked()
        if not asks:
            self.say("failed", f"{cell} is no cell of this sheet" if self.marker else NOTHING)
        return asks

    def _asked(self) -> list[str]:
        assert self.marker is not None
        return [self.marker.solution.called(name) for name in self.marker.solution.asked]

    def _sheet(self) -> None:
        assert self.marker is not None
        found = self.marker.exercise
        sheet = found.sheet()
        bands = [
            {"loose": band.loose, "slots": {slot: _block(block) for slot, block in band.slots.items()}}
            for band in sheet.bands
        ]
        shown = {
            cell["name"]
            for band in bands
            for block in band["slots"].values()
            for row in block["cells"]
            for cell in row
        }
        self.say(
            "sheet",
            {
                "chosen": self.chosen,
                "title": sheet.title,
                "lead": sheet.lead,
                "bands": bands,
                "steps": [
                    {"number": s.number, "title": s.title, "what": s.what.replace(" - ", " − ")} for s in sheet.steps
                ],
                "conventions": list(sheet.conventions),
                "apart": [cell for cell in self._asked() if cell not in shown],
                "asked": self._asked(),
                "answers": self.answers,
            },
        )
        self._marks()

    def _marks(self) -> None:
        """What became of all that was written."""
        assert self.marker is not None
        marking = self.marker.mark(self.answers)
        told = [_told(mark) for mark in marking if mark.verdict != "blank"]
        self.say(
            "marks",
            {
                "marks": told,
                "points": f"{float(marking.points):g}",
                "total": marking.total,
                "practice": marking.practice if told else "",
            },
        )

    def _file(self) -> str:
        c = self.chosen
        if c.kind.startswith(SAVED):
            return f"{Path(c.kind.removeprefix(SAVED)).stem}-{c.seed}"
        return f"exercise-{c.kind}" if c.kind.isdigit() else f"{c.kind}-{c.level}-{c.seed}"


def _kinds(networks: Networks) -> dict[str, Any]:
    seven = [{"kind": str(n), "title": f"{n}. {load(n).title}"} for n in EXERCISES]
    drawn = [{"kind": name, "title": kind.title} for name, kind in KINDS.items()]
    own = [{"kind": "network", "title": "A network of the playground"}]
    own += [{"kind": f"{SAVED}{e.name}", "title": e.name} for e in networks if e.name not in TRAINED_HERE]
    return {"seven": seven, "drawn": drawn, "own": own}


def _block(block: Block) -> dict[str, Any]:
    """One matrix; a blank is sent without its number."""
    cells = [
        [
            {"name": c.name, "text": "" if c.blank else typeset(c.text), "blank": c.blank, "met": not c.name}
            for c in row
        ]
        for row in block.cells
    ]
    return {
        "title": block.title,
        "formula": pretty(block.formula),
        "reading": block.reading,
        "cells": cells,
        "split": block.split,
        "turned": block.turned,
        "tops": list(block.tops),
        "sides": list(block.sides),
    }


def _told(mark: Mark) -> dict[str, Any]:
    """A mark for the page; the right working is kept for those who have it or ask for it."""
    good = mark.verdict in ("right", "follows")
    yours = [pretty(line) for line in mark.yours]
    return {"cell": mark.cell, "verdict": mark.verdict, "good": good, "said": mark.said, "yours": yours}
