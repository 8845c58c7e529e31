"""Loading under watch, in a process of its own: python -m tests.loading FOLDER

Every file of the folder goes through every loader; printed as JSON are the forbidden events (goal G24), how each
loading ended, the longest time and the most memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

WATCHED = ("pickle.find_class", "exec", "compile", "import", "os.system", "subprocess.Popen", "socket.connect")
EXPECTED = (ValueError, OSError, ImportError)


def loaders() -> dict[str, Callable[[Path], Any]]:
    import workings as wk
    from workings.cli.sources import opened

    return {
        "Model.load": wk.Model.load,
        "from_onnx": wk.from_onnx,
        "from_torch": lambda path: wk.from_torch(path, [wk.Dense(1)]),
        "the command line": opened,
        "data.table": lambda path: wk.data.table(path),
        "data.large": lambda path: wk.data.large(path),
        "data.cats": lambda path: wk.data.cats(path),
    }


def main(folder: str, warm: str) -> None:
    warnings.simplefilter("ignore")
    found: list[str] = []
    watching = False

    def hook(event: str, args: Any) -> None:
        if watching and event in WATCHED:
            found.append(f"{event} {args!r:.120}")

    sys.addaudithook(hook)
    every = loaders()
    for path in sorted(Path(warm).iterdir()):  # what is imported when it is first needed is imported now
        for load in every.values():
            run(load, path)
    memory, ends, longest = peak(), {}, (0.0, "")
    for path in sorted(Path(folder).iterdir()):
        for name, load in every.items():
            watching, start = True, time.perf_counter()
            told = run(load, path)
            watching = False
            took = time.perf_counter() - start
            ends[told] = ends.get(told, 0) + 1
            longest = max(longest, (took, f"{name} {path.name}"))
            if found and not found[-1].startswith("at "):
                found.append(f"at {name} {path.name}")
    print(json.dumps({"events": found, "ends": ends, "longest": longest, "memory": peak() - memory}))


def run(load: Callable[[Path], Any], path: Path) -> str:
    """How it ends: "loaded", the class of an expected error, or what must not be."""
    try:
        load(path)
    except EXPECTED as error:
        return type(error).__name__ if "\n" not in str(error)[:400] else f"not a sentence: {error!r:.200}"
    except Exception as error:
        return f"WRONG {type(error).__name__} {error!s:.160} {load} {path.name}"
    return "loaded"


def peak() -> int:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
