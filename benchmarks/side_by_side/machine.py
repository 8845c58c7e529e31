"""Machine: what it is, what is installed, and the most floating-point operations per second it can do."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

PACKAGES = ("numpy", "jax", "torch", "scikit-learn", "keras")
SECONDS = 0.4  # of every measurement

SOURCE = """
#include <chrono>
#include <cstdio>
#include <ctime>
#if defined __AVX512F__
  enum { width = 16 };
#elif defined __AVX__
  enum { width = 8 };
#else
  enum { width = 4 };
#endif
typedef float vec __attribute__((vector_size(4 * width)));
int main() {
  vec x[12];
  for (int i = 0; i < 12; i++) x[i] = vec{} + .1f * i;
  vec a = vec{} + .999f, b = vec{} + .001f;
  const long n = 2000000;
  double best = 0, seconds = 0;
  while (seconds < SECONDS) {
    std::clock_t start = std::clock();
    for (long k = 0; k < n; k++)
      _Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) x[i] = x[i] * a + b;
    double took = double(std::clock() - start) / CLOCKS_PER_SEC;
    seconds += took;
    if (n * 12. * 2 * width / took > best) best = n * 12. * 2 * width / took;
  }
  vec sum = vec{};
  for (int i = 0; i < 12; i++) sum += x[i];
  std::printf("%.0f %f", best, sum[0]);
}
"""


@dataclass(frozen=True)
class Peak:
    """Operations per second of one core and of all, and how that was found."""

    one: float
    all: float
    how: str


def peak() -> Peak:
    """By a loop of multiplications and additions that never leaves the registers; without a compiler, by GEMM."""
    try:
        return _registers()
    except (OSError, subprocess.SubprocessError):
        return _products()


def _registers() -> Peak:
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "peak.cpp"), Path(folder, "peak")
        source.write_text(SOURCE.replace("SECONDS", str(SECONDS)), encoding="utf-8")
        flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffp-contract=fast"]
        command = [os.environ.get("CXX", "c++"), *flags, str(source), "-o", str(program)]
        subprocess.run(command, check=True, capture_output=True)

        def run(_: int) -> float:
            return float(subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()[0])

        with ThreadPoolExecutor(cores()) as pool:
            return Peak(max(run(0), run(1)), sum(pool.map(run, range(cores()))), "a loop of FMA in registers")


def _products() -> Peak:
    from threadpoolctl import threadpool_limits

    A = np.ones((1024, 1024), np.float32)
    rates: list[float] = []
    for threads in (1, cores()):
        with threadpool_limits(threads, user_api="blas"):
            best, end = 1e9, time.perf_counter() + 2 * SECONDS
            while time.perf_counter() < end:
                start = time.perf_counter()
                np.matmul(A, A)
                best = min(best, time.perf_counter() - start)
        rates.append(2 * 1024**3 / best)
    return Peak(rates[0], rates[1], "NumPy's 1024×1024 matrix product, for want of a compiler: a lower bound")


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """Its name, and the cores."""
    told = {}
    if (info := Path("/proc/cpuinfo")).exists():
        lines = [line.partition(":") for line in info.read_text(encoding="utf-8").splitlines()]
        told = {key.strip(): value.strip() for key, _, value in lines}
    name = told.get("model name") or platform.processor() or platform.machine()
    family = f", family {told['cpu family']}, model {told['model']}" if "cpu family" in told else ""
    return f"{name}{family}; {cores()} cores; {platform.system()} {platform.machine()}"


def versions() -> dict[str, str | None]:
    """Of Python and the packages; None for one that is not installed."""
    found: dict[str, str | None] = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def blas() -> str:
    """The kernels that NumPy's BLAS chose, and a warning where they leave half of the processor idle."""
    from threadpoolctl import threadpool_info

    found = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    core, flags = found.get("architecture", ""), Path("/proc/cpuinfo")
    said = f"{found.get('internal_api', 'no')} {found.get('version', 'BLAS')}, core type {core or 'unknown'}"
    wide = flags.exists() and " avx512bw " in flags.read_text(encoding="utf-8")
    return said + " (the processor has AVX-512: see below)" if core == "Haswell" and wide else said


def load() -> float | None:
    """Processes that wanted to run in the last minute, on average."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
