"""The one thing that is compiled: the native kernel, from workings/backends/kernel into one shared library.

It is plain C at the border and knows nothing of Python, so that one library does for every version of Python.
Without a C++ compiler (GCC or clang) the installation goes on, and Workings trains with NumPy.
`python setup.py build_ext --inplace` builds it beside the sources.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

KERNEL = "workings/backends/kernel"
LIBRARY = "workings.backends.native.libworkings_kernel"

# What -ffast-math would add (to deal with sums and NaN as if they were exact numbers) breaks formulas: never that.
FLAGS = "-std=c++17 -O3 -fPIC -fno-math-errno -fno-trapping-math -ffp-contract=fast -fvisibility=hidden"
QUIET = "-Wall -Wextra -Wno-psabi -Wno-ignored-attributes -Wno-unknown-warning-option"

X86 = {  # the kernel once for each instruction set; the best that the machine has is chosen when it is loaded
    "x86_64_v4": "-march=x86-64-v4 -mprefer-vector-width=512",
    "x86_64_v3": "-march=x86-64-v3",
    "x86_64_v2": "-march=x86-64-v2",
}
OTHERS = {"plain": ""}


def machine() -> str:
    """What is compiled for: on macOS ARCHFLAGS says so when it is another machine than this one."""
    return "x86_64" if "x86_64" in os.environ.get("ARCHFLAGS", platform.machine()) else platform.machine()


class BuildKernel(build_ext):
    """Compiles each part by itself, all at once, and links them."""

    def get_ext_filename(self, fullname: str) -> str:
        return fullname.replace(".", "/") + ".so"  # on every system: it is loaded by ctypes

    def build_extension(self, ext: Extension) -> None:
        to = Path(self.build_temp)
        to.mkdir(parents=True, exist_ok=True)
        library = Path(self.get_ext_fullpath(ext.name)).absolute()
        library.parent.mkdir(parents=True, exist_ok=True)

        compiler = shlex.split(os.environ.get("CXX", "c++"))
        flags = shlex.split(f"{FLAGS} {QUIET} {os.environ.get('ARCHFLAGS', '')} {os.environ.get('CXXFLAGS', '')}")
        sets = X86 if machine() in ("x86_64", "AMD64") else OTHERS
        parts = {f"{KERNEL}/kernel.cpp -DKERNEL={name} {march}": to / f"{name}.o" for name, march in sets.items()}
        parts |= {f"{KERNEL}/{name}.cpp": to / f"{name}.o" for name in ("crew", "interface")}

        def compile_part(source: str) -> None:
            call([*compiler, *flags, "-c", *shlex.split(source), "-o", str(parts[source])])

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(compile_part, parts))
        call([*compiler, *flags, "-shared", "-pthread", *map(str, parts.values()), "-o", str(library)])


def call(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CompileError(f"the native kernel was not built, and Workings does without: {error}") from None


class AnyPython(bdist_wheel):
    """A wheel for this system, but for every Python."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


parts = sorted(map(str, Path(KERNEL).glob("*.[ch]pp")))
unix = sys.platform != "win32"  # the vector extensions are GCC's and clang's
setup(
    ext_modules=[Extension(LIBRARY, parts, optional=True)] if unix else [],
    cmdclass={"build_ext": BuildKernel, "bdist_wheel": AnyPython},
)
