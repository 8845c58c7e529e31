"""The mutation pass: one token of a formula file changed at a time; a good test room lets no wrong one live.

    python -m tests.mutate                                  all formula files, two at a time
    python -m tests.mutate --files layers/dense.py --jobs 1
    python -m tests.mutate --only losses.py:118 network.py:124:91
    python -m tests.mutate --list                           the mutants, without running them
    python -m tests.mutate --rooms ink explain printers     the rooms that explain; --sample 100 of each file

Operators are swapped, signs dropped, constants moved by one, `.T` dropped, comparisons turned, yes and no exchanged,
names (max, sum, exp …) exchanged for their neighbours.  Each mutant gets a process of its own, a copy of the tree
and the quick tests that fit its file (NumPy and known digits only: no JAX, no PyTorch, nothing slow); one that
outlives the limit of time has hung, and is dead.

A survivor is tried once more with JAX, array-api-strict and the limits: rank promotion and standard names are caught
there.  What lives on is read by a person.  A wrong one asks for a better test.  A harmless one stands in
HARMLESS with its reason, and is counted apart.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import io
import keyword
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import tokenize
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

HOME = Path(__file__).parent.parent
FORMULAS = ["layers/*.py", "losses.py", "penalties.py", "optimizers.py", "schedules.py", "initializers.py"]
FORMULAS += ["scan.py", "network.py"]
PRINTERS = ("derivation", "lines", "latex", "mathml", "typst", "text", "terminal", "wording", "symbols", "tidy")
ROOMS = {
    "formulas": FORMULAS,
    "ink": ["ink/*.py"],
    "explain": ["explain/*.py"],
    "printers": [f"sheets/{name}.py" for name in (*PRINTERS, "formulas")],
}
LIMIT = {"quick": 120, "thorough": 600}  # seconds
# tests left out, by a part of their name; what ends in a bracket is the last parameter: [dense-paper], not "on paper"
SLOW = ["any_working", "100_000", "every_page_of", "every_formula_of", "one_hundred_thousand", "forty", "never_end"]
SLOW += [
    "in_every_layer",
    "any_cell_of",
    "every_cell_of",
    "the_parts_add_up",
    "in_every_form",
    "stay_on_one",
    "the_verb",
]
SLOW += ["self_contained", "light_and_dark", "printed_page", "ever_run", "in_typst", "too_large", "stay_on_one"]
LEFT_OUT = {"quick": ["jax", "strict]", "paper]", "torch", "compiles_nothing", *SLOW], "thorough": ["torch"]}

# file → the tests that fit it; the first is the likeliest to notice
FITTING = {
    "layers": ["test_layers_known.py", "test_layers.py", "test_gradients.py", "test_limits.py"],
    "losses": ["test_losses.py", "test_gradients.py", "test_limits.py"],
    "penalties": ["test_penalties.py", "test_gradients.py"],
    "optimizers": ["test_optimizers.py"],
    "schedules": ["test_schedules.py"],
    "initializers": ["test_initializers.py", "test_layers.py"],
    "scan": ["test_scan.py", "test_layers.py"],
    "network": ["test_network.py"],
    "ink": ["test_ink.py", "test_ink_derivatives.py", "test_ink_graph.py", "test_narrate.py", "test_text.py"],
    "ink/formula": ["test_ink_graph.py"],
    "ink/graph": ["test_ink_graph.py"],
    "ink/rounding": ["test_printers.py", "test_ink_graph.py"],
    "ink/text": ["test_text.py", "test_ink_graph.py", "test_explain_accuracy.py"],
    "ink/notation": ["test_text.py", "test_printers.py", "test_ink_graph.py"],
    "explain/edges": ["test_explain_ways.py"],
    "explain/ways": ["test_explain_ways.py", "test_explain_paths.py"],
    "explain/accuracy": ["test_explain_accuracy.py"],
    "explain": ["test_explain.py", "test_explain_paths.py", "test_explain_every.py"],
    "sheets": ["test_printers.py", "test_explain.py"],
    "sheets/tidy": ["test_tidy.py", "test_printers.py"],
    "sheets/lines": ["test_lines.py", "test_exercises.py", "test_sheets.py"],
    "sheets/wording": ["test_lines.py", "test_exercises.py", "test_sheets.py"],
    "sheets/symbols": ["test_printers.py"],
    "sheets/latex": ["test_printers.py"],
    "sheets/mathml": ["test_printers.py"],
    "sheets/typst": ["test_printers.py"],
    "sheets/formulas": [
        f"test_spreadsheet.py::test_{name}"
        for name in ("a_working_as_a_formula", "from_twelve_terms_on_a_sum_is_a_range", "long_sums_are_ranges")
    ],
}
# a survivor in one of these rooms meets every test that reads a working
EXPLAINING = FITTING["ink"][:1] + FITTING["explain"] + ["test_explain_accuracy.py", "test_explain_ways.py"]
EXPLAINING += ["test_printers.py", "test_text.py"]

SWAPS = {
    **{"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "**": ["*"], "@": ["*"], "%": ["*"], "//": ["*"], "|": ["&"]},
    **{">": [">=", "<"], ">=": [">", "<="], "<": ["<=", ">"], "<=": ["<", ">="], "==": ["!="], "!=": ["=="]},
    **{"True": ["False"], "False": ["True"], "and": ["or"], "or": ["and"], "is": ["is not"], "in": ["not in"]},
    **{"max": ["min", "sum"], "sum": ["max", "mean"], "mean": ["sum"], "maximum": ["minimum"], "argmax": ["argmin"]},
    **{"exp": ["tanh"], "log": ["log1p"], "log1p": ["log"], "sqrt": ["exp"], "abs": ["negative"], "min": ["max"]},
    **{"zeros_like": ["ones_like"], "zeros": ["ones"], "ones": ["zeros"], "dQ": ["dK"], "mu": ["var"]},
}
BINARY = {"+", "-", "*", "/", "**", "@", "%", "//", "|"}


class Mutant(NamedTuple):
    """One token changed."""

    file: str
    line: int
    at: int
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.at}  {self.was!r} → {self.now!r}"


# (file, the line with the mutant in it) → why no test can or need tell it from the right one
HARMLESS = {
    ("layers/activations.py", "A = xp.where(Z >= 0, Z, self.slope * Z)"): "at 0 both branches are 0",
    (
        "layers/activations.py",
        "A = xp.maximum(Z, xp.zeros_like(Z)) + xp.log1p(xp.exp(xp.where(Z >= 0, -Z, Z)))",
    ): "at 0 both branches are 0",
    (
        "losses.py",
        "L = per_example(xp, xp.maximum(Z, xp.zeros_like(Z)) - Y * Z + xp.log1p(xp.exp(xp.where(Z >= 0, -Z, Z))))",
    ): "at 0 both branches are 0",
    ("layers/cells.py", "return xp.sum(dz, axis=1, keepdims=True) / dz.shape[1]"): "(n, m): axis 1 is the last",
    ("layers/cells.py", "m = da.shape[1]"): "(n, m): axis 1 is the last",
    ("layers/cells.py", "m, n = dc.shape[1], self.n_a"): "(n, m): axis 1 is the last",
    ("layers/dense.py", "m = dZ.shape[1]"): "(n, m): axis 1 is the last",
    ("layers/positions.py", "T = dA.shape[1] // dZ.shape[-1]  # inner divided by T·m, but only m are examples"): (
        "(n, T·m): axis 1 is the last"
    ),
    ("layers/normalization.py", "if var is None:  # a remembered mean does not depend on Z"): (
        "the cache holds both or neither"
    ),
    ("network.py", "read = dict(zip(reads, into, strict=False))"): "as long as each other, two lines above",
    ("network.py", 'told = ", ".join(f"{read} {shape}" for read, shape in zip(reads, into, strict=False))'): (
        "as long as each other, a few lines above"
    ),
    (
        "optimizers.py",
        "W, kept = self.step(xp, W, dW, alpha, t, **dict(zip(self.remembers, memory, strict=False)))",
    ): ("tree_map calls `one` with one memory for each symbol"),
    (
        "ink/narrate.py",
        "return ast.Tuple([_noted(*pair) for pair in zip(symbols, formulas, strict=False)], ast.Load())",
    ): "as long as each other, as the case above says",
    (
        "ink/notation.py",
        '"neg": Binds(4, 4, 5),',
    ): "what holds as tightly begins with a sign, and is bracketed",
    ("ink/number.py", "head, *rest = terms or (Number(1),)"): "of nothing only the kind of its head is looked at",
    ("ink/array.py", 'return {"f": "f", "i": "i", "u": "i"}.get(x.dtype.kind, "") if x.itemsize <= 9 else ""'): (
        "no number has nine bytes"
    ),
    ("ink/array.py", "lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2]) if x.ndim + y.ndim > 3 else ()"): (
        "of two matrices nothing leads"
    ),
    ("ink/lazy.py", "return self.at(tuple(i % n for i, n in zip(index, self.shape, strict=False)))"): (
        "as long as each other, two lines above"
    ),
    (
        "explain/edges.py",
        "values = [self.inside.value(part).ravel()[at] for part, at in zip(node.operands, places, strict=False)]",
    ): "a place for every operand, a few lines above",
    ("explain/ways.py", "return int(count) if count < WHOLE else count"): "2^53 is one number in both kinds",
    (
        "explain/edges.py",
        "if len(other.made) == len(edges.made) and all(map(np.array_equal, other[:3], edges[:3])):",
    ): "what is not added here is added where all edges are united",
    (
        "explain/ledger.py",
        "numbers, leaves = zip(*(self[part] for part in parts), strict=False)",
    ): "pairs, all of them",
    (
        "ink/number.py",
        "if len(digits) > 4 or int(digits or 0) > FARTHEST:",
    ): "any exponent of four digits is beyond 400",
    ("ink/number.py", "if len(digits) > 3 or int(digits or 1) > FARTHEST:"): "neither 0 nor 1 is beyond 400",
    ("ink/number.py", "return x ** int(y) if y > 0 else Fraction(x) ** int(y)"): "x ** 0 is 1 in both kinds",
    (
        "explain/nudges.py",
        "central = (Fraction(up - down) if _exact(up + down) and _exact(both) else up - down) / both",
    ): "a sum and a difference are of one kind",
    (
        "sheets/wording.py",
        r'told = re.sub(r"\b\d+/\d+\b", lambda x: shown(Fraction(x[0]), 3).text, told)',
    ): "what stands there as a fraction is short, and written whole",
    ("explain/accuracy.py", "return math.inf if value >= 0 else -math.inf"): "0 does not overflow",
    ("ink/number.py", "return x ** int(y) if y >= 1 else Fraction(x) ** int(y)"): "x ** 0 is 1 in both kinds",
} | {
    (
        "layers/convolution.py",
        f"placed = [pad(xp, shifts[i * k + j, ...], i, {rows}, j, {columns}) for i in range(k) for j in range(k)]",
    ): "zeros too many below or to the right are cut off on the next line"
    for rows, columns in (
        ("k + 1 - i", "k - 1 - j"),
        ("k - 0 - i", "k - 1 - j"),
        ("k - 1 - i", "k + 1 - j"),
        ("k - 1 - i", "k - 0 - j"),
    )
}


# ─── making them ───


@cache
def source_of(file: str) -> str:
    """The file as it was at the start: others may be writing meanwhile."""
    return (HOME / "workings" / file).read_text(encoding="utf-8")


def mutants(file: str) -> list[Mutant]:
    """Every mutant of a file that still is Python."""
    source = source_of(file)
    found = [m for m in candidates(file, source) if readable(mutated(source, m))]
    return sorted(set(found), key=lambda m: (m.line, m.at, m.now))


def candidates(file: str, source: str):
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    skipped, types = quiet_lines(source), type_hints(source)
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        line, at = token.start
        if line in skipped or before is None or after is None or any(a <= token.start < z for a, z in types):
            continue
        make = lambda *now, w=token.string, line=line, at=at: (Mutant(file, line, at, w, n) for n in now)
        value = before.type == tokenize.NUMBER or before.string in (")", "]") or is_name(before)
        if token.type == tokenize.NUMBER:
            yield from make(*other_numbers(token.string))
        elif token.string in BINARY and value and after.string not in (",", ")", ":"):
            yield from make(*SWAPS[token.string])
        elif token.string == "-" and not value:
            yield from make("")
        elif token.string in SWAPS and token.string not in BINARY:
            yield from make(*SWAPS[token.string])
        elif token.string == "not":
            yield from make("")
        elif token.string in ("T", "mT") and before.string == ".":
            yield Mutant(file, line, before.start[1], f".{token.string}", "")


def is_name(token) -> bool:
    return token.type == tokenize.NAME and not keyword.iskeyword(token.string)


def other_numbers(written: str) -> list[str]:
    """Constants moved by one, or to another size."""
    if written.isdigit():
        n = int(written)
        return [str(n + 1)] + ([str(n - 1)] if n else [])
    return [f"({written} * 2)"] * (float(written) != 0) + [f"(1 - {written})"]


def quiet_lines(source: str) -> set[int]:
    """Lines that hold no formula: imports, decorators, type declarations, the words of errors."""
    quiet: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise):
            quiet |= set(range(node.lineno, node.end_lineno + 1))
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                quiet |= set(range(decorator.lineno, decorator.end_lineno + 1))
        if isinstance(node, ast.AnnAssign) and node.value is None:
            quiet.add(node.lineno)
    return quiet


def type_hints(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where type hints go: nothing is computed there."""
    hints = []
    for node in ast.walk(ast.parse(source)):
        hints += [getattr(node, field, None) for field in ("annotation", "returns")]
    return [((h.lineno, h.col_offset), (h.end_lineno, h.end_col_offset)) for h in hints if h is not None]


def mutated(source: str, mutant: Mutant) -> str:
    lines = source.split("\n")
    line = lines[mutant.line - 1]
    assert line[mutant.at :].startswith(mutant.was)
    lines[mutant.line - 1] = line[: mutant.at] + mutant.now + line[mutant.at + len(mutant.was) :]
    return "\n".join(lines)


def line_of(mutant: Mutant) -> str:
    """The line as the mutant has it."""
    return mutated(source_of(mutant.file), mutant).split("\n")[mutant.line - 1].strip()


def reason(mutant: Mutant) -> str:
    """Why it is harmless, if it is."""
    return HARMLESS.get((mutant.file, line_of(mutant)), "")


def readable(source: str) -> bool:
    try:
        with warnings.catch_warnings(action="error"):
            compile(source, "mutant", "exec")
    except (SyntaxError, SyntaxWarning):
        return False
    return True


def some(found: list[Mutant], most: int | None) -> list[Mutant]:
    """As many as wanted, drawn with one seed for each file."""
    if most is None or len(found) <= most:
        return found
    return sorted(random.Random(found[0].file).sample(found, most), key=lambda m: (m.line, m.at, m.now))


# ─── trying them ───


def tests_for(file: str, how: str) -> list[str]:
    room, stem = file.split("/")[0].removesuffix(".py"), file.removesuffix(".py")
    found = FITTING.get(stem, FITTING[room])
    if how == "thorough" and room in ("ink", "explain", "sheets"):
        found = [*dict.fromkeys([name.split("::")[0] for name in found] + EXPLAINING)]  # whole files
    return [f"tests/{name}" for name in found]


def fate_of(tree: Path, mutant: Mutant, quick: bool) -> str:
    """Quickly first, and the survivors thoroughly."""
    fate = tried(tree, mutant, mutant.file)
    if fate == "lived" and not quick and not reason(mutant):
        fate = tried(tree, mutant, mutant.file, "thorough")
    print(fate, mutant, file=sys.stderr, flush=True)
    return fate


def tried(tree: Path, mutant: Mutant | None, file: str, how: str = "quick") -> str:
    """Whether it "died", "hung" or "lived": the quick tests in a forked process, on a copy of the tree."""
    path, source = tree / "workings" / file, source_of(file)
    path.write_text(mutated(source, mutant) if mutant else source, encoding="utf-8")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run_quietly(tree, tests_for(file, how), how)
        finally:  # whatever happens, a fork must not go on as if it were the parent
            os._exit(code)
    end = time.monotonic() + LIMIT[how]
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            path.write_text(source, encoding="utf-8")
            return "lived" if os.waitstatus_to_exitcode(status) == 0 else "died"
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    path.write_text(source, encoding="utf-8")
    return "hung"


def run_quietly(tree: Path, tests: list[str], how: str) -> int:
    """pytest in this process, on the copied tree.  Nothing is printed and nothing is kept."""
    import pytest
    from hypothesis import Phase, settings

    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None)
    settings.load_profile("mutants")  # the first case that fails is enough
    os.chdir(tree)
    sys.path[:] = [str(tree)] + [p for p in sys.path if Path(p or ".").resolve() != HOME]
    for name in [n for n in sys.modules if n.split(".")[0] in ("workings", "tests")]:
        del sys.modules[name]
    sys.dont_write_bytecode = True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    kept = " and ".join(f"not {part}" for part in LEFT_OUT[how])
    options = ["-x", "-q", "-k", kept, "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return int(pytest.main([*tests, *options]))


def copied(place: str) -> Path:
    tree = Path(place)
    quiet = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("workings", "tests"):
        shutil.copytree(HOME / name, tree / name, ignore=quiet)
    shutil.copy(HOME / "pyproject.toml", tree)
    compileall.compile_dir(tree, quiet=2)  # once, not in every fork; a changed file is compiled anew
    return tree


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__.split("\n")[0])
    parser.add_argument("--files", nargs="+", default=FORMULAS, help="as below workings/: layers/dense.py losses.py")
    parser.add_argument("--rooms", nargs="+", choices=ROOMS, help="all files of these rooms")
    parser.add_argument("--sample", type=int, help="at most so many mutants of a file, always the same ones")
    parser.add_argument("--quick", action="store_true", help="survivors are not tried once more")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="+", help="mutants by where they are: layers/dense.py:40 or with the column")
    parser.add_argument("--list", action="store_true", help="print the mutants and stop")
    asked = parser.parse_args()
    patterns = [pattern for room in asked.rooms for pattern in ROOMS[room]] if asked.rooms else asked.files
    found = [p for pattern in patterns for p in sorted((HOME / "workings").glob(pattern))]
    files = [p.relative_to(HOME / "workings").as_posix() for p in found if p.name != "__init__.py"]
    todo = [mutant for file in files for mutant in some(mutants(file), asked.sample)]
    if asked.only:
        places = {f"{m.file}:{m.line}" for m in todo} | {f"{m.file}:{m.line}:{m.at}" for m in todo}
        if unknown := set(asked.only) - places:
            parser.error(f"no mutant at {unknown}")
        todo = [m for m in todo if {f"{m.file}:{m.line}", f"{m.file}:{m.line}:{m.at}"} & set(asked.only)]
        files = sorted({m.file for m in todo})
    if asked.list:
        print(*todo, sep="\n")
        return 0

    import hypothesis  # noqa: F401  (loaded once, for every fork)
    import numpy  # noqa: F401
    import pytest  # noqa: F401

    with tempfile.TemporaryDirectory() as place:
        trees = [copied(f"{place}/{i}") for i in range(asked.jobs)]
        for file in files:
            if tried(trees[0], None, file) != "lived":
                told = " ".join(tests_for(file, "quick"))
                print(f"the tests of {file} fail before anything is changed: {told}")
                return 2

        def share(i: int) -> list[tuple[Mutant, str]]:
            return [(mutant, fate_of(trees[i], mutant, asked.quick)) for mutant in todo[i :: asked.jobs]]

        with ThreadPoolExecutor(asked.jobs) as pool:
            fates = sorted(pair for part in pool.map(share, range(asked.jobs)) for pair in part)
    return report(fates)


def report(fates: list[tuple[Mutant, str]]) -> int:
    lived = [mutant for mutant, fate in fates if fate == "lived"]
    wrong = []
    for mutant in lived:
        why = reason(mutant)
        wrong += [] if why else [mutant]
        print(f"{mutant}\n    {line_of(mutant)}\n    {'harmless: ' + why if why else 'LIVED'}")
    hung = sum(fate == "hung" for _, fate in fates)
    died = len(fates) - len(lived)
    print(
        f"{died} of {len(fates)} died ({hung} by the clock); {len(lived) - len(wrong)} harmless, {len(wrong)} lived"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
