"""The studio's own JavaScript: its types, and the parts that reckon."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
WEB = HOME / "workings" / "studio" / "web"
FILES = sorted(WEB.rglob("*.js"))
SITTING = 300  # lines
WIDTH = 118  # characters, as in Python


def tool(name: str, package: str) -> str:
    """A program of the system; where WORKINGS_BROWSER says that all must be there, it must be there too."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("WORKINGS_BROWSER"):
            pytest.fail(f"WORKINGS_BROWSER is set, but there is no {name}: apt-get install {package}")
        pytest.skip(f"needs {name}: apt-get install {package}")
    return found


def test_types() -> None:
    options = "--checkJs --allowJs --noEmit --strict --target es2022 --module es2022 --moduleResolution node"
    lib = ["--lib", "es2022,dom,dom.iterable"]
    command = [tool("tsc", "node-typescript"), *options.split(), *lib, *map(str, FILES)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout


def test_what_reckons() -> None:
    command = [tool("node", "nodejs"), "--test", str(HOME / "tests" / "studio")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_fits_one_sitting_and_says_what_it_is(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= SITTING
    assert lines[0].startswith("// ")


@pytest.mark.parametrize("file", [*FILES, WEB / "app.css"], ids=lambda file: file.name)
def test_lines_are_as_wide_as_pythons(file: Path) -> None:
    wide = [n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if len(line) > WIDTH]
    assert not wide
