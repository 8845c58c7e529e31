"""The shared library of the kernel: what it is handed (a `Task`, as in kernel/task.hpp), and what it can do here."""

from __future__ import annotations

import ctypes as c
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import threadpoolctl

NAME = "libworkings_kernel.so"
PATH = Path(os.environ.get("WORKINGS_KERNEL") or Path(__file__).with_name(NAME))  # or another build, to test it
MEMORIES = 2

DONE, DIVERGED, NO_MEMORY, BAD_ORDER, BAD_LABEL, WRONG_MACHINE = range(6)
FLOAT32, FLOAT64, UINT8 = range(3)

pointer = c.c_void_p


class LayerTask(c.Structure):
    """One dense layer, its activation, and the dropout behind it."""

    _fields_ = (
        ("n_in", c.c_int32),
        ("n_out", c.c_int32),
        ("activation", c.c_int32),
        ("slope", c.c_float),
        ("rate", c.c_double),
        ("W", pointer),
        ("b", pointer),
        ("W_memory", pointer * MEMORIES),
        ("b_memory", pointer * MEMORIES),
    )


class Task(c.Structure):
    """One run; kernel/task.hpp says what the fields mean."""

    _fields_ = (
        ("layers", c.POINTER(LayerTask)),
        ("depth", c.c_int32),
        ("input_rate", c.c_double),
        ("loss", c.c_int32),
        ("factor", c.c_float),
        ("metric", c.c_int32),
        ("threshold", c.c_float),
        ("l1", c.c_float),
        ("l2", c.c_float),
        ("l1_shared", c.c_float),
        ("l2_shared", c.c_float),
        ("optimizer", c.c_int32),
        ("alphas", pointer),
        ("epsilon", c.c_float),
        ("decay", c.c_float),
        ("beta1", c.c_double),
        ("beta2", c.c_double),
        ("share", c.c_float),
        ("uncorrected", c.c_int32),
        ("t", c.c_double),
        ("X", pointer),
        ("numbers", c.c_int32),
        ("labels", pointer),
        ("Y", pointer),
        ("weights", pointer),
        ("rows", c.c_int64),
        ("order", pointer),
        ("examples", c.c_int64),
        ("per_epoch", c.c_int64),
        ("batch_size", c.c_int32),
        ("threads", c.c_int32),
        ("best", c.c_double),
        ("tol", c.c_double),
        ("without", c.c_int32),
        ("patience", c.c_int32),
        ("random", c.c_uint64 * 4),
        ("epochs", pointer),
        ("last_loss", c.c_double),
        ("steps", c.c_int64),
    )


class Unavailable(Exception):
    """Why there is no kernel here."""


@cache
def load(path: Path = PATH) -> c.CDLL:
    """The library, its functions declared.  Raises Unavailable with the reason."""
    if not path.exists():
        raise Unavailable(
            "the kernel was not built when Workings was installed, for want of a C++ compiler; "
            "with g++ or clang on the path, install Workings again"
        )
    try:
        library = c.CDLL(str(path))
        library.workings_kernel_name.restype = c.c_char_p
        library.workings_train.argtypes = (c.POINTER(Task), c.c_int)
        library.workings_slices.argtypes = (c.POINTER(Task),)
        library.workings_get_num_threads()
        library.workings_shuffle.argtypes = (pointer, c.c_int64, c.c_int64, pointer, pointer)
        library.workings_shuffle.restype = None
        size = library.workings_size_of_task()
    except (OSError, AttributeError) as error:
        raise Unavailable(f"the kernel does not load: {error}") from None
    if size != c.sizeof(Task) + c.sizeof(LayerTask):
        raise Unavailable("the kernel was built for another version of Workings: install Workings again")
    threadpoolctl.register(Threads)
    return library


class Threads(threadpoolctl.LibController):
    """The kernel among the libraries whose threads `threadpool_limits` of threadpoolctl can limit."""

    user_api = internal_api = "workings"
    filename_prefixes = (NAME.removesuffix(".so"),)

    def get_num_threads(self) -> Any:
        return processors()

    def set_num_threads(self, num_threads: int) -> None:
        self.dynlib.workings_set_num_threads(num_threads)

    def get_version(self) -> None:
        """It is that of Workings."""


def processors() -> int:
    """How many threads a run may have: one for each processor of this process, if nobody wants them fewer.

    That can be said by threadpoolctl's `threadpool_limits`, or by OMP_NUM_THREADS, as joblib does to its workers.
    """
    most = [len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1]
    with suppress(ValueError):
        most.append(int(os.environ.get("OMP_NUM_THREADS", "")))
    most.append(load().workings_get_num_threads())
    return min(n for n in most if n > 0)


@cache
def kernels() -> dict[str, int]:
    """The instruction sets that this machine can run, best first, with the kernel's number for each."""
    library, found, i = load(), {}, 0
    while name := library.workings_kernel_name(i):
        if library.workings_kernel_runs_here(i):
            found[name.decode()] = i
        i += 1
    return found
