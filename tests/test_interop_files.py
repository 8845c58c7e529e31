"""Files from strangers: pickles, bombs, damage, and weights that are said to lie elsewhere (goals G24, G25, G28)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from tests import hostile
from tests.cases import FULL

onnx = pytest.importorskip("onnx")
ROOT = Path(__file__).parent.parent
MADE = Path(__file__).parent / "made"


def small() -> wk.Model:
    return wk.Model([wk.Dense(3, "tanh"), wk.Dense(2, "softmax")], inputs=4)


@pytest.fixture
def warm(tmp_path):
    """One good file of each kind (and the beginnings of others), so that all is imported that ever will be."""
    folder = tmp_path / "warm"
    folder.mkdir()
    small().save(folder / "a.safetensors")
    small().to_onnx(folder / "a.onnx")
    np.save(folder / "a.npy", np.ones((3, 2)))
    np.savez(folder / "a.npz", X=np.ones((3, 2)))
    (folder / "a.csv").write_text("a,b\n1,2\n3,4\n")
    for name, start in (
        ("pt", b"PK\x03\x04"),
        ("h5", b"\x89HDF\r\n\x1a\n"),
        ("ipynb", b"{}"),
        ("pkl", b"none"),
        ("gz", b"\x1f\x8b"),
        ("empty", b""),
    ):
        (folder / f"a.{name}").write_bytes(start)
    return folder


def watched(folder: Path, warm: Path) -> dict:
    """What happens when every loader is given every file of the folder, in a process of its own."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30)); "
    run = f"{limit}from tests.loading import main; main({str(folder)!r}, {str(warm)!r})"
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    strange = [end for end in found["ends"] if end.startswith(("WRONG", "not a sentence"))]
    assert not strange, strange
    return found


def test_nothing_of_a_hostile_file_is_run(tmp_path, warm):
    """Goal G24: 0 events of unpickling, running, importing or connecting, in any loader, under any name."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name, content in hostile.files(300 if FULL else 72):
        (folder / name).write_bytes(content)
    found = watched(folder, warm)
    assert found["events"] == []
    assert found["ends"].get("ValueError", 0) > 0.9 * 7 * len(list(folder.iterdir()))


def test_the_watch_sees_an_unpickling(tmp_path):
    """The hook of the test above does see what it looks for."""
    run = (
        "import sys, pickle; from tests import hostile, loading; seen = []; good = next(hostile.pickles())\n"
        "sys.addaudithook(lambda event, args: seen.append(event) if event in loading.WATCHED else None)\n"
        "pickle.loads(good); print('pickle.find_class' in seen, 'os.system' in seen)"
    )
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_bombs_are_refused_before_room_is_made(tmp_path, warm):
    """Goal G25: files that declare, or unfold to, up to 40 GB and more."""
    folder = tmp_path / "bombs"
    folder.mkdir()
    every = {**hostile.bombs(), **hostile.onnx_bombs(), **hostile.h5_bombs()}
    assert len(every) >= 100
    for i, (name, content) in enumerate(every.items()):
        if FULL or i % 4 == 0 or name.endswith(("onnx", "h5")):
            (folder / name).write_bytes(content)
    found = watched(folder, warm)
    assert found["events"] == []
    assert found["memory"] < 256
    assert found["longest"][0] < 30, found["longest"]  # not a timing: a limit against hanging


def test_a_pickle_is_refused_with_a_sentence(tmp_path):
    content = next(hostile.pickles())
    for kind, said in (
        ("pkl", "pickle"),
        ("pt", "a zip file"),
        ("h5", "an HDF5 file"),
        ("joblib", "a gzip file"),
        ("npy", "NumPy array"),
    ):
        path = tmp_path / f"model.{kind}"
        path.write_bytes(hostile.dressed(b"\x80" + content if kind == "pkl" else content, kind))
        for load in (wk.Model.load, wk.from_onnx, lambda path: wk.from_torch(path, [wk.Dense(1)])):
            with pytest.raises(ValueError, match=f"{path.name} .*{said}"):
                load(path)


# ─── damage: truncated, and with bits flipped ───


def good_files() -> dict[str, bytes]:
    import io

    model, paper = small(), io.BytesIO()
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"good-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    model.save(folder / "m")
    model.to_onnx(folder / "o")
    with zipfile.ZipFile(paper, "w") as archive:
        archive.writestr("m", (folder / "m").read_bytes())
    made = {"safetensors": (folder / "m").read_bytes(), "onnx": (folder / "o").read_bytes(), "zip": paper.getvalue()}
    made["json"] = json.dumps({"workings": [1, {"layers": ["Dense"] * 40}]}).encode()
    made["keras onnx"] = (MADE / "keras_dense.onnx").read_bytes()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return made


def ended(load, path: Path) -> str:
    """The sentence that loading ends in, or nothing."""
    try:
        with np.errstate(all="ignore"):
            load(path)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", ["safetensors", "onnx", "keras onnx", "zip", "json"])
def test_damage_ends_in_a_sentence(kind, tmp_path):
    """1,000 truncated and 1,000 with bits flipped: a sentence, or a network that is asked and answers."""
    content, rng, path = good_files()[kind], np.random.default_rng(0), tmp_path / "damaged"
    count, read = 1000 if FULL else 60, 0
    for i in range(2 * count):
        if i < count:
            changed = content[: int(rng.integers(0, len(content)))]
        else:
            changed = bytearray(content)
            for _ in range(1 if i % 2 else 5):
                changed[rng.integers(0, len(content))] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(changed)
        for load in (wk.Model.load, wk.from_onnx):
            said = ended(load, path)
            read += not said
            assert not said or (str(path) in said and len(said) < 1000), (i, said)
    if kind in ("safetensors", "zip", "json"):
        assert read == 0


# ─── goal G28: weights in a second file ───

PLACES = [
    *(
        "../secret",
        "../../secret",
        "..",
        ".",
        "",
        "/etc/hostname",
        "//etc/hostname",
        "sub/../../secret",
        "./secret",
        "sub/w",
    ),
    *(
        "..\\secret",
        "sub\\w",
        "C:\\secret",
        "C:secret",
        "\\\\host\\share\\w",
        "\\\\?\\C:\\w",
        "%2e%2e/secret",
        "..%2fsecret",
    ),
    *(
        "%2e%2e%2fsecret",
        "secret\0",
        "w\0.bin",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/environ",
        "link",
        "linked/w",
        "hard",
    ),
    *(
        "pipe",
        "~/secret",
        "$HOME/secret",
        "file:///etc/hostname",
        "w.bin/",
        "w.bin/.",
        " w.bin",
        "w.bin ",
        ".hidden",
        "w..bin",
    ),
    *("folder", "a" * 300, "../model-sibling/w", "w.bin:stream", "..\u2215secret", "\uff0e\uff0e/secret", "w\n.bin"),
]
KEYS = [
    {"offset": "-1"},
    {"offset": "999999999"},
    {"length": "-4"},
    {"length": "1000000000000"},
    {"offset": "0x10"},
    {"offset": "1e3"},
    {"length": "٨"},
    {"basepath": "/etc"},
    {"__class__": "x"},
    {"offset": "9" * 30},
]


def outside(place: str, **more: str) -> bytes:
    """A network whose weights are said to lie in `place`."""
    h, kind = onnx.helper, onnx.TensorProto
    W = kind(name="W", data_type=kind.FLOAT, dims=[2, 2], data_location=kind.EXTERNAL)
    for key, value in {"location": place, **more}.items():
        entry = W.external_data.add()
        entry.key, entry.value = key, value
    graph = h.make_graph(
        [h.make_node("MatMul", ["X", "W"], ["Y"])],
        "g",
        [h.make_tensor_value_info("X", kind.FLOAT, ["m", 2])],
        [h.make_tensor_value_info("Y", kind.FLOAT, ["m", 2])],
        [W],
    )
    return h.make_model(graph, opset_imports=[h.make_opsetid("", 17)]).SerializeToString()


@pytest.fixture
def traps(tmp_path):
    """A folder with everything a name could lead to."""
    secret = np.eye(2, dtype=np.float32).tobytes()
    home = tmp_path / "model"
    (home / "sub").mkdir(parents=True)
    (home / "folder").mkdir()
    (tmp_path / "model-sibling").mkdir()
    for place in (tmp_path / "secret", tmp_path / "model-sibling" / "w", home / "sub" / "w", home / ".hidden"):
        place.write_bytes(secret)
    (home / "link").symlink_to(tmp_path / "secret")
    (home / "linked").symlink_to(tmp_path / "model-sibling")
    (home / "hard").hardlink_to(tmp_path / "secret")
    (home / "w.bin").write_bytes(secret)
    os.mkfifo(home / "pipe")
    return home


OPENS: list[str] = []
LISTENING: list[bool] = [False]


def listen(event: str, args: tuple) -> None:
    if LISTENING[0] and event == "open" and isinstance(args[0], str | bytes | os.PathLike):
        OPENS.append(os.fsdecode(args[0]))


@pytest.fixture(scope="module", autouse=True)
def hook():
    sys.addaudithook(listen)


def opened_by(act) -> list[str]:
    """Every file that is opened on the way."""
    OPENS.clear()
    LISTENING[0] = True
    try:
        act()
    finally:
        LISTENING[0] = False
    return list(OPENS)


def refused(path: Path) -> None:
    with pytest.raises(ValueError, match="array 'W' lies in another file, which is not opened"):
        wk.from_onnx(path)


def test_weights_elsewhere_are_not_opened(traps):
    """Read: 0 opens beyond the file itself, for every name and every key."""
    path = traps / "net.onnx"
    wk.from_onnx(MADE / "keras_dense.onnx")  # all imports done
    for place in PLACES:
        path.write_bytes(outside(place))
        assert opened_by(lambda: refused(path)) == [str(path)], place
    for more in KEYS:
        path.write_bytes(outside("w.bin", **more))
        assert opened_by(lambda: refused(path)) == [str(path)], more
    assert len(PLACES) + len(KEYS) >= 40


def test_weights_beside_the_file_are_read(traps):
    (traps / "w.bin").write_bytes(b"\0" * 8 + np.array([[1, 2], [3, 4]], np.float32).tobytes())
    path = traps / "net.onnx"
    path.write_bytes(outside("w.bin", offset="8", length="16"))
    np.testing.assert_array_equal(wk.from_onnx(path).parameters["W1"], [[1, 3], [2, 4]])
    (traps / "w.bin").unlink()
    with pytest.raises(ValueError, match=r"there is no file 'w.bin' beside it"):
        wk.from_onnx(path)


def test_an_array_of_a_constant_never_lies_elsewhere(traps):
    h, kind = onnx.helper, onnx.TensorProto
    proto = onnx.ModelProto.FromString(outside("w.bin"))
    value = kind.FromString(proto.graph.initializer[0].SerializeToString())
    del proto.graph.initializer[:]
    proto.graph.node.insert(0, h.make_node("Constant", [], ["W"], value=value))
    (traps / "net.onnx").write_bytes(proto.SerializeToString())
    refused(traps / "net.onnx")


def test_writing_opens_one_file_only(traps):
    """Write: whatever the names in a model, nothing is opened but the new file and its folder."""
    path = traps / "net.onnx"
    small().to_onnx(path)  # all imports done
    for place in [*PLACES, *map(str, KEYS)]:
        model = wk.Model([wk.Dense(2, "softmax")])
        model.fit(np.eye(2), [place + "a", "b"], epochs=1, progress=False)
        model.columns = (place, "other")
        before = sorted(p.name for p in traps.iterdir())
        opens = opened_by(lambda model=model: model.to_onnx(path))
        assert all(
            Path(each).parent in (traps, traps.parent) and Path(each).name.startswith(("net.onnx", "model"))
            for each in opens
        ), opens
        assert sorted(p.name for p in traps.iterdir()) == before
        proto = onnx.load(path, load_external_data=False)
        assert all(not tensor.external_data for tensor in proto.graph.initializer)
        assert wk.from_onnx(path).classes_.tolist() == sorted([place + "a", "b"])
