"""The keeper: a process of its own that runs a learner's code inside walls, and clears up behind it.

python -I keeper.py ANSWERS STATUS        the job comes as JSON on standard input; ANSWERS and STATUS are open files

Started by `process.py`, it knows no answer, and nothing of this library is imported here.  On Linux the code gets
name spaces of its own (processes, network, mounts), where it may have them; elsewhere limits alone hold it.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MOUNT_SETATTR, CAPSET = 442, {"x86_64": 126, "aarch64": 91}
DEATH_SIGNAL, NO_NEW_PRIVILEGES, SUBREAPER, DROP_BOUND = 1, 38, 36, 24
KEEP_CAPABILITIES, READ_ALL = 8, 1 << 2
PRIVATE, NOSUID, NODEV = 0x40000 | 0x4000, 2, 4
TICK = 0.05  # seconds between two looks


class Walls:
    """What this platform gives: each wall that stands is named in `told`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.root = os.geteuid() == 0
        self.readable = all(_for_all(sys.modules[name].__file__ or "") for name in ("os", "numpy"))
        self.libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def call(self, name: str, *given: Any) -> None:
        """A function of the C library; OSError where it fails."""
        if getattr(self.libc, name)(*given) != 0:
            raise OSError(ctypes.get_errno(), name)

    def raised(self, folder: str, size: int) -> bool:
        """Whether name spaces stand: no network, a file system that can only be read but for `folder`."""
        if self.libc is None:
            return False
        user, group = os.geteuid(), os.getegid()
        try:
            self.call("unshare", NEWPID | NEWNS | NEWNET | NEWIPC | (0 if self.root else NEWUSER))
            if not self.root:
                Path("/proc/self/setgroups").write_text("deny")
                Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
                Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
            self.call("mount", b"none", b"/", None, PRIVATE, None)
            read_only = (ctypes.c_uint64 * 4)(1, 0, 0, 0)
            self.call("syscall", MOUNT_SETATTR, -100, b"/", 0x8000, read_only, ctypes.sizeof(read_only))
            data = f"size={size},mode=0777,nr_inodes=1000".encode()
            self.call("mount", b"tmpfs", folder.encode(), b"tmpfs", NOSUID | NODEV, data)
        except OSError:
            return False
        self.told += ["processes", "network", "files"]
        return True

    def bound(self, folder: str) -> None:
        """Gives up every privilege, for good."""
        keep = self.root and not self.readable  # Python itself may lie where strangers cannot read
        if keep and self.libc is not None:
            self.libc.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0)
        stranger = 1_000_000_000 + (os.getppid() * 1000 + time.time_ns() // 1000) % 1_000_000_000
        for other in (stranger, 65534) if self.root else ():
            with contextlib.suppress(OSError):
                os.chown(folder, other, other)
                os.setgroups([])
                os.setgid(other)
                os.setuid(other)
                break
        if self.libc is None:
            return
        for capability in range(64):
            self.libc.prctl(DROP_BOUND, capability, 0, 0, 0)
        may = READ_ALL if keep else 0
        head, left = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(may, may, 0, 0, 0, 0)
        if number := CAPSET.get(os.uname().machine):
            self.libc.syscall(number, head, left)
        self.libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def limited(limits: dict[str, Any], others: int) -> None:
    """The limits that every process of the learner's inherits."""
    for kind, most in (
        ("RLIMIT_CPU", limits["cpu"]),
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_FSIZE", limits["file"]),
        ("RLIMIT_NPROC", limits["processes"] + others),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
    ):
        if hasattr(resource, kind):
            key = getattr(resource, kind)
            hard = resource.getrlimit(key)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(key, (most, most))


def tree(root: int) -> list[tuple[int, float, int]]:
    """Every process below `root`: its id, seconds of CPU time, bytes in memory.  Empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    seen: dict[int, tuple[float, int]] = {}
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            words = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            children.setdefault(int(words[1]), []).append(int(entry.name))
            seen[int(entry.name)] = sum(map(int, words[11:15])) / tick, int(words[21]) * page
    found, left = [], list(children.get(root, ()))
    while left:
        process = left.pop()
        found.append((process, *seen[process]))
        left += children.get(process, ())
    return found


def watched(first: int, limits: dict[str, Any], apart: bool) -> dict[str, Any]:
    """Waits for the learner's process; stops everything where a limit is passed.  How it ended."""
    start, why = time.monotonic(), ""
    while True:
        done, state, used = os.wait4(first, os.WNOHANG)
        if done:
            break
        family = tree(os.getpid())
        if time.monotonic() - start > limits["wall"]:
            why = "wall"
        elif len(family) > limits["processes"] + 2:  # with the first of the name space, and one that is ending
            why = "processes"
        elif sum(seconds for _, seconds, _ in family) > limits["cpu"] + 0.5:
            why = "cpu"
        elif sum(size for *_, size in family) > limits["memory"]:
            why = "memory"
        if why:
            stopped(first, apart)
            done, state, used = os.wait4(first, 0)
            break
        time.sleep(TICK)
    stopped(first, apart)
    ended = {"signal": os.WTERMSIG(state)} if os.WIFSIGNALED(state) else {"code": os.WEXITSTATUS(state)}
    if not why and used.ru_utime + used.ru_stime >= limits["cpu"] - 0.2:
        why = "cpu"
    return {"why": why, **ended}


def stopped(first: int, apart: bool) -> None:
    """Kills the first process and all that it left; in a name space of their own they die with the first."""
    with contextlib.suppress(OSError):
        os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 1
    while not apart and time.monotonic() < end and (family := tree(os.getpid())):
        for signed in (signal.SIGSTOP, signal.SIGKILL):  # first stand still, so that none is born meanwhile
            for process, *_ in family:
                with contextlib.suppress(OSError):
                    os.kill(process, signed)
        with contextlib.suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0] not in (0, first):
                pass
        if {process for process, *_ in family} <= {first}:
            return


def main() -> None:
    """Reads the job, raises the walls, runs the worker between them, and says how it ended."""
    answers, status = int(sys.argv[1]), int(sys.argv[2])
    job = json.load(sys.stdin)
    limits, folder = job["limits"], job["folder"]
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    sys.path.append(job["path"])
    place = importlib.util.spec_from_file_location("worker", Path(__file__).parent / "worker.py")
    worker = importlib.util.module_from_spec(place)  # type: ignore[arg-type]  (the file is there)
    place.loader.exec_module(worker)  # type: ignore[union-attr]
    walls = Walls()
    apart = walls.raised(folder, limits["file"])
    if not apart and walls.libc is not None:
        walls.libc.prctl(SUBREAPER, 1, 0, 0, 0)
    os.write(status, json.dumps({"walls": walls.told}).encode() + b"\n")
    first = os.fork()
    if first == 0:
        if walls.libc is not None:
            walls.libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.close(status)
        if apart:  # the first process of the name space waits for the second, and takes all others along
            second = os.fork()
            if second:
                os.close(answers)
                nothing = os.open(os.devnull, os.O_RDWR)
                os.dup2(nothing, 1)
                os.dup2(nothing, 2)
                reaped, state, spent = 0, 0, None
                while reaped != second:
                    reaped, state, spent = os.wait3(0)
                if os.WIFSIGNALED(state):
                    cpu = spent is not None and spent.ru_utime + spent.ru_stime >= limits["cpu"] - 0.2
                    os._exit(200 if cpu else 128 + os.WTERMSIG(state))
                os._exit(min(os.WEXITSTATUS(state), 100))
        try:
            walls.bound(folder)
            limited(limits, 0 if apart or walls.root else _mine())
            os.chdir(folder)
            os.environ.clear()
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            worker.work(job, answers)
        finally:
            os._exit(0)
    os.close(answers)
    for stream in (1, 2):
        os.close(stream)
    ended = watched(first, limits, apart)
    if apart and ended.get("code", 0) > 127:
        ended = {"why": ended["why"], "signal": ended["code"] - 128}
        if ended["signal"] == 72:
            ended = {"why": "cpu", "signal": 9}
    with contextlib.suppress(OSError):
        os.write(status, json.dumps(ended).encode() + b"\n")


def _for_all(file: str) -> bool:
    """Whether anybody may read this file: a stranger needs Python's own."""
    path = Path(file).resolve()
    return bool(path.stat().st_mode & 4) and all(folder.stat().st_mode & 1 for folder in path.parents)


def _mine() -> int:
    """How many threads this user has already: the limit on processes counts them all."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == os.getuid():
                count += len(list((entry / "task").iterdir()))
    return count or 1000


if __name__ == "__main__":
    main()
