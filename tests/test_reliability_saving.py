"""Saving when things go wrong: kills, full disks, racing writers (goals G31, G33, G34).

The full counts: WORKINGS_FULL=1 python -m pytest tests/test_reliability_saving.py
"""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from workings.saving import files

KILLS = 500 if FULL else 30
RACES = 100 if FULL else 20
FAULTS = 20 if FULL else 2
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills and races are tried where there is fork")


def model(number: float, width: int = 300) -> wk.Model:
    """One whose every weight is this number: a mixture would show."""
    weights = {"W1": np.full((width, width), float(number)), "b1": np.full((width, 1), float(number))}
    return wk.Model([wk.Dense(width)], parameters=weights)


def number_in(path) -> float:
    """The number of a saved model, which is whole."""
    numbers = np.unique(np.concatenate([W.ravel() for W in wk.Model.load(path).parameters.values()]))
    assert len(numbers) == 1
    return float(numbers[0])


def leftovers(folder):
    return [path.name for path in Path(folder).iterdir() if path.suffix == ".part"]


# ─── kills: these run in a process of their own, which forks the one to be killed ───


def forked(work) -> int:
    """The process in which this work is done."""
    if child := os.fork():
        return child
    try:
        work()
    finally:
        os._exit(0)


def kill_at_random_times(folder: str, times: int) -> None:
    path, models = Path(folder) / "m", [model(k) for k in range(10)]
    models[0].save(path)
    rng = random.Random(1)
    left, seen = 0, set()

    def save_for_ever():
        for k in range(1, 1000):
            models[k % 10].save(path)

    for _ in range(times):
        child = forked(save_for_ever)
        time.sleep(rng.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(number_in(path))
        left += len(leftovers(folder))
        models[0].save(path)
        assert leftovers(folder) == []
        assert number_in(path) == 0
    print(f"{times} kills; leftovers swept: {left}; versions seen: {len(seen)}")


CALLS = ("open", "write", "fsync", "close", "replace", "unlink")


def kill_before_every_call(folder: str) -> None:
    """Count the system calls of a save, then let it die before and after each of them."""
    path, old, new = Path(folder) / "m", model(1), model(2)
    real = {name: getattr(os, name) for name in CALLS}
    made: list[str] = []

    def counting(name, n, after):
        def call(*given, **more):
            made.append(name)
            if len(made) == n and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real[name](*given, **more)
            if len(made) == n and after:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    def save(n, after):
        made.clear()
        for name in CALLS:
            setattr(os, name, counting(name, n, after))
        os.write = counting("write", n, after)
        new.save(path)

    old.save(path)
    save(0, False)
    calls = list(made)
    for name in CALLS:
        setattr(os, name, real[name])
    assert number_in(path) == 2
    for n in range(1, len(calls) + 1):
        for after in (False, True):
            old.save(path)
            child = forked(lambda n=n, after=after: save(n, after))
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
            replaced = n > calls.index("replace") + 1 or (after and calls[n - 1] == "replace")
            assert number_in(path) == (2 if replaced else 1)
            old.save(path)
            assert leftovers(folder) == []
    print(f"killed before and after each of {calls}")


def race(folder: str, times: int) -> None:
    path, models = Path(folder) / "m", [model(1), model(2)]
    winners = []
    for _ in range(times):
        start, go = os.pipe()
        children = [forked(lambda made=made, start=start: (os.read(start, 1), made.save(path))) for made in models]
        os.write(go, b"!!")
        for child in children:
            assert os.waitpid(child, 0)[1] == 0
        os.close(start), os.close(go)
        winners.append(number_in(path))
        assert leftovers(folder) == []
    print(f"{times} races; the first won {winners.count(1)}")


PROGRAMS = {
    "killed at random times": ("kill_at_random_times", (KILLS,)),
    "killed at every system call": ("kill_before_every_call", ()),
    "two writers": ("race", (RACES,)),
}


@pytest.mark.parametrize(("name", "given"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_file_is_the_whole_old_or_the_whole_new_one(name, given, tmp_path):
    told = ", ".join(map(repr, (str(tmp_path), *given)))
    program = f"from tests.test_reliability_saving import {name}; {name}({told})"
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout)


def test_threads_of_one_process_do_not_mix(tmp_path):
    from threading import Thread

    path, models = tmp_path / "m", [model(k) for k in (1, 2, 3)]
    threads = [Thread(target=lambda made=made: [made.save(path) for _ in range(20)]) for made in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number_in(path) in (1, 2, 3)
    assert leftovers(tmp_path) == []


def test_a_writer_still_at_work_keeps_its_own(tmp_path):
    """Another live process's part stays; a dead one's, and one of an earlier process of our own number, go."""
    path = tmp_path / "m"
    start = files._start(path)
    living, dead, ours, strangers = (
        tmp_path / f"{start}{os.getppid()}-aa.part",
        tmp_path / f"{start}{2**22 + 5}-aa.part",
        tmp_path / f"{start}{os.getpid()}-aa.part",
        tmp_path / f"m.elsewhere-{2**22 + 5}-aa.part",
    )
    for part in (living, dead, ours, strangers):
        part.touch()
    model(1).save(path)
    assert sorted(leftovers(tmp_path)) == sorted([living.name, strangers.name])


# ─── faults: every error a system call may end with ───

ERRORS = {
    "ENOSPC": "the disk is full: free some space",
    "EDQUOT": "your share of the disk is used up",
    "EIO": "the disk or the network behind it fails",
    "EROFS": "the disk is read-only",
    "EACCES": "you may not write there",
    "EPERM": "you may not write there",
    "EMFILE": "too many files open",
    "ENFILE": "too many files open",
    "ENOMEM": "out of memory",
    "EFBIG": "too large for this disk",
    "ENOENT": "the folder is gone",
    "EINTR": "cannot save",
}
STEPS = ("open", "write", "fsync", "close", "replace")


def fails(monkeypatch, call, number, after=0):
    """Let this call of the os module fail (after so many that do not), while a save is on."""
    real, done = getattr(os, call), []

    def broken(*given, **more):
        if len(done) >= after:
            if call == "close":
                real(*given)
            raise OSError(number, os.strerror(number))
        done.append(call)
        return real(*given, **more)

    monkeypatch.setattr(os, call, broken)


@pytest.mark.parametrize("call", STEPS)
@pytest.mark.parametrize(("name", "said"), ERRORS.items(), ids=ERRORS)
def test_every_error_of_every_call(call, name, said, tmp_path):
    path, old, new = tmp_path / "m", model(1, 20), model(2, 20)
    old.save(path)
    before = path.read_bytes(), path.stat().st_ino
    for _ in range(FAULTS):
        with pytest.MonkeyPatch.context() as patch:
            fails(patch, call, getattr(errno, name))
            with pytest.raises(OSError, match=said) as caught:
                new.save(path)
        assert caught.value.errno == getattr(errno, name)
        assert caught.value.filename == str(path)
        assert "as it was" in str(caught.value)
        assert (path.read_bytes(), path.stat().st_ino) == before
        assert [p.name for p in tmp_path.iterdir()] == ["m"]
    new.save(path)
    assert number_in(path) == 2


def test_the_disk_fills_up_half_way(tmp_path, monkeypatch):
    path = tmp_path / "m"
    model(1).save(path)
    real = os.write

    def half(handle, content):
        return real(handle, content[: 1 << 16])

    monkeypatch.setattr(os, "write", half)  # short writes are gone on with
    model(2).save(path)
    assert number_in(path) == 2
    fails(monkeypatch, "write", errno.ENOSPC, after=3)
    with pytest.raises(OSError, match="the disk is full"):
        model(3).save(path)
    monkeypatch.setattr(os, "write", lambda handle, content: 0)
    with pytest.raises(OSError, match="the disk is full"):
        model(3).save(path)
    assert number_in(path) == 2
    assert leftovers(tmp_path) == []


def test_even_removing_the_part_fails(tmp_path, monkeypatch):
    path = tmp_path / "m"
    model(1).save(path)
    with monkeypatch.context() as patch:
        fails(patch, "fsync", errno.EIO)
        fails(patch, "unlink", errno.EIO)
        with pytest.raises(OSError, match="the disk or the network"):
            model(2).save(path)
    assert len(leftovers(tmp_path)) == 1
    model(3).save(path)
    assert leftovers(tmp_path) == []


def test_the_folder_cannot_be_flushed_or_listed(tmp_path, monkeypatch):
    """Where a folder cannot be opened the file is saved all the same."""
    real = os.open

    def no_folders(path, flags, *more):
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *more)

    def unlisted(folder):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", no_folders)
    monkeypatch.setattr(Path, "iterdir", unlisted)
    model(1).save(tmp_path / "m")
    assert number_in(tmp_path / "m") == 1


def test_the_folder_is_removed_meanwhile(tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    real = os.fsync

    def remove(handle):
        real(handle)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    monkeypatch.setattr(os, "fsync", remove)
    with pytest.raises(FileNotFoundError, match="the folder is gone: make it again, or save elsewhere"):
        model(1).save(folder / "m")


def test_the_clock_is_set_back(tmp_path, monkeypatch):
    for now in (2e9, 1.0, -1e9):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        model(now).save(tmp_path / "m")
        assert number_in(tmp_path / "m") == np.float32(now)


def test_a_real_limit_on_the_size_of_files(tmp_path):
    """The system itself refuses: the file may not grow beyond 100 kB."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "m"
    model(1, 20).save(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="the file is too large for this disk"):
            model(2).save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert number_in(path) == 1
    assert leftovers(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a full disk is tried where one may be mounted (as root)")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_real_full_disk(small_disk):
    path = small_disk / "m"
    model(1, 100).save(path)
    with pytest.raises(OSError, match="the disk is full: free some space, or save elsewhere"):
        model(2, 240).save(path)
    assert number_in(path) == 1
    assert leftovers(small_disk) == []
    made = wk.Model([wk.Dense(200)], seed=1)
    with pytest.raises(OSError, match="the disk is full"):
        made.fit(np.ones((4, 400)), np.eye(4, 200), epochs=3, checkpoint=path, progress=False, learning_rate=0.01)
    assert len(made.history) == 1  # what was learned is kept
    assert number_in(path) == 1


def test_a_real_read_only_disk(small_disk):
    path = small_disk / "m"
    model(1, 20).save(path)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OSError, match=r"the disk is read-only|write-protected"):
        model(2, 20).save(path)
    assert number_in(path) == 1
