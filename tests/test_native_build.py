"""Building the kernel: with a compiler, without one, and with the compiler's sanitizers watching."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workings.backends.native.library import NAME

HOME = Path(__file__).parents[1]
COMPILER = os.environ.get("CXX", "c++").split()[0]

needs_compiler = pytest.mark.skipif(not shutil.which(COMPILER), reason=f"there is no C++ compiler {COMPILER}")


def build(to: Path, **environment: str) -> tuple[Path, str]:
    """Build the kernel aside: where it should be, and what was said."""
    into = ("--build-lib", to / "lib", "--build-temp", to / "temp")
    done = subprocess.run(
        [sys.executable, "setup.py", "build_ext", *into],
        cwd=HOME,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return to / "lib/workings/backends/native" / NAME, done.stdout


def ask(code: str, **environment: str) -> str:
    """What a fresh Python says to some code."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=HOME,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


AVAILABLE = "from workings.backends import native; print(native.available())"


def test_without_a_compiler_the_installation_goes_on_and_the_kernel_says_why_it_is_not_there(tmp_path):
    library, said = build(tmp_path, CXX="/bin/false")
    assert not library.exists()
    assert "the native kernel was not built" in said
    assert "C++ compiler" in ask(AVAILABLE, WORKINGS_KERNEL=str(library))


def test_a_damaged_library_is_no_kernel(tmp_path):
    (tmp_path / NAME).write_bytes(b"not a library")
    assert "does not load" in ask(AVAILABLE, WORKINGS_KERNEL=str(tmp_path / NAME))


@needs_compiler
@pytest.mark.slow
def test_with_a_compiler_it_is_built_without_a_warning(tmp_path):
    """And what the linker may merge (weak symbols) is the kernel's own: another's copy may need a newer machine."""
    library, said = build(tmp_path)
    assert "warning" not in said
    assert ask(AVAILABLE, WORKINGS_KERNEL=str(library)) == "None\n"
    for part in (tmp_path / "temp").glob("x86*.o") if shutil.which("nm") else ():  # nm comes with binutils
        symbols = subprocess.run(["nm", "-C", part], capture_output=True, text=True, check=True).stdout.splitlines()
        weak = [line.split(" ", 2)[2] for line in symbols if line[17:18] in "WVu" and line[:1] != " "]
        assert [name for name in weak if part.stem not in name] == []


@needs_compiler
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the sanitizer is put in front of Python by LD_PRELOAD")
def test_the_sanitizers_find_nothing(tmp_path):
    """The address sanitizer and the undefined-behaviour sanitizer, over the kernel's own tests."""
    flags = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
    library, _ = build(tmp_path, CXXFLAGS=flags)
    preload = [
        subprocess.run(
            [COMPILER, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("libasan.so", "libstdc++.so")
    ]
    if not all(map(os.path.isabs, preload)):
        pytest.skip("this compiler comes without its sanitizers")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/test_native.py"],
        cwd=HOME,
        env=os.environ
        | {
            "WORKINGS_KERNEL": str(library),
            "LD_PRELOAD": " ".join(preload),
            "ASAN_OPTIONS": "detect_leaks=0",  # Python's own are not ours
            "PYTHONMALLOC": "malloc",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout or "100%" in done.stdout
