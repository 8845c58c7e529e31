"""The house rules, checked rather than remembered."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import workings
from tests import cases, test_layers_known, test_losses, test_optimizers, test_penalties, test_schedules
from workings import layers, losses, optimizers, penalties, schedules

HOUSE = Path(__file__).parent.parent / "workings"
FILES = sorted(HOUSE.rglob("*.py"))
SITTING = 300  # lines
FRONT_DOOR = workings._NAMES  # `from workings import Model` goes to the room `model`

# Each floor may import the floors above it, never its neighbours nor the floors below.  A new room gets a place here.
FLOORS = [
    "contract conventions files",
    "initializers scan broadcasting averaging",
    "layers",
    "losses penalties optimizers schedules metrics",
    "network ink shapes",
    "backends labels inputs specs preparation saving parameters computation_graph",
    "training explain summary landscape slopes",
    "checkup",
    "model",
    "sheets data estimators interop sweeps",
    "searches",
    "plots collapse parity",
    "exercises report",
    "studio",
    "cli",
]
FLOOR = {name: i for i, names in enumerate(FLOORS) for name in names.split()}

# Formulas know xp and no machine; a schedule is plain arithmetic.
FORMULAS = {"averaging", "layers", "losses", "penalties", "optimizers", "schedules", "metrics"}
MACHINES = {"numpy", "jax", "jaxlib", "torch", "scipy"}

# Methods that hand over to a floor below, and so import inside themselves: file → room, and what for.
DOORS = {
    ("explain/cells.py", "sheets"): "Cells._repr_html_ prints the array as a page",
    ("explain/derivation.py", "sheets"): "Derivation prints itself as text, LaTeX and HTML",
    ("explain/explanation.py", "sheets"): "Explanation.to_pdf, to_html, to_spreadsheet … print the pass as a sheet",
    ("model/exchange.py", "interop"): "Model.to_torch, to_onnx, to_keras and to_numpy write it for other tools",
    ("model/showing.py", "studio"): "Model.show puts a page of the studio into a notebook",
    ("training/history.py", "plots"): "History.plot draws the learning curves",
}


def name(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def nodes(tree: ast.AST, inside: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it stands inside a function.  What is imported for type checkers only is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node, inside
        yield from nodes(node, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def imported(source: str, inside: bool) -> set[str]:
    """Full names of what is imported inside functions, or else when the module is loaded."""
    found = set()
    for node, deep in nodes(ast.parse(source)):
        if deep == inside and isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if deep == inside and isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full, from workings"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path, inside: bool) -> set[str]:
    """The rooms of the house that a file imports, its own left out."""
    names = imported(path.read_text(encoding="utf-8"), inside)
    first = {n.split(".")[1] for n in names if n.startswith("workings.")} - {"__version__"}
    return {FRONT_DOOR.get(n, n) for n in first} - {room(path)}


INDOORS = [path for path in FILES if name(path) != "__init__.py"]  # the front door opens every room


@pytest.mark.parametrize("path", INDOORS, ids=name)
def test_imports_only_look_up(path):
    mine = room(path)
    for theirs in sorted({mine} | rooms(path, inside=False) | rooms(path, inside=True)):
        assert theirs in FLOOR, f"the room {theirs!r} has no floor: give it a place in FLOORS of {__name__}"
    for theirs in rooms(path, inside=False):
        assert FLOOR[theirs] < FLOOR[mine], f"{name(path)}: {mine} may not import {theirs}, which is not above it"
    for theirs in rooms(path, inside=True):
        told = (
            f"{name(path)}: a function imports {theirs}, which is not above it: is it a door?  Then add it to DOORS"
        )
        assert FLOOR[theirs] < FLOOR[mine] or (name(path), theirs) in DOORS, told


@pytest.mark.parametrize(("file", "theirs"), DOORS, ids=map(" to ".join, DOORS))
def test_every_door_is_there(file, theirs):
    assert theirs in rooms(HOUSE / file, inside=True), f"{file} has no door to {theirs} (any more)"


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in FORMULAS], ids=name)
def test_formulas_name_no_machine(path):
    source = path.read_text(encoding="utf-8")
    used = {n.split(".")[0] for inside in (False, True) for n in imported(source, inside)}
    assert not used & MACHINES, f"{name(path)} is a formula: it reads xp and imports no {used & MACHINES}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_one_sitting(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= SITTING, f"{name(path)} has {lines} lines: make it a folder of rooms"


HEAVY = ["sklearn", "scipy", "matplotlib", "jax", "pandas", "torch", "typer", "rich"]


def test_the_front_door_is_light():
    """`import workings` in a fresh process loads nothing heavy."""
    script = f"import sys, workings; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=HOUSE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


# ─── the registry: no formula without its row, nor without an example in known digits ───


def public(module) -> set[str]:
    """The classes of a module, or of every file of a package; its own abstract ones left out."""
    inner = [import_module(f"{module.__name__}.{m.name}") for m in iter_modules(getattr(module, "__path__", []))]
    made = [v for room in (module, *inner) for v in vars(room).values() if isinstance(v, type)]
    own = {
        v for v in made if v.__module__.startswith(module.__name__) and not getattr(v, "__abstractmethods__", None)
    }
    return {v.__name__ for v in own if not v.__name__.startswith("_")}


def kinds(things) -> set[str]:
    """The names of their classes; a cell counts through Recurrent, an inner layer through Positions."""
    things = list(things)
    things += [getattr(thing, within) for thing in things for within in ("cell", "inner") if hasattr(thing, within)]
    return {type(thing).__name__ for thing in things}


REGISTRY = {
    "layers": (layers, (row().layer for row in cases.LAYERS.values()), test_layers_known.KNOWN),
    "losses": (losses, (row.loss for row in cases.LOSSES.values()), test_losses.KNOWN),
    "optimizers": (optimizers, cases.OPTIMIZERS.values(), test_optimizers.KNOWN),
    "penalties": (penalties, cases.PENALTIES.values(), test_penalties.KNOWN),
    "schedules": (schedules, cases.SCHEDULES.values(), test_schedules.KNOWN),
}


@pytest.mark.parametrize(("module", "rows", "known"), REGISTRY.values(), ids=REGISTRY)
def test_every_formula_has_a_row_and_known_digits(module, rows, known):
    missing = public(module) - kinds(rows)
    assert not missing, f"{missing} of {module.__name__} lack a row in tests/cases.py"
    missing = public(module) - {type(example[0]).__name__ for example in known.values()}
    assert not missing, f"{missing} of {module.__name__} lack an example in known digits: a row of KNOWN"


def test_the_registry_sees_every_formula():
    """The house has the classes we think it has: a `public` that sees nothing would pass the test above."""
    counts = {name: len(public(module)) for name, (module, _, _) in REGISTRY.items()}
    assert counts == {"layers": 26, "losses": 7, "optimizers": 6, "penalties": 2, "schedules": 6}
