"""Folders of pictures: every pixel where it belongs, every file that cannot be read named, and no bombs."""

# ruff: noqa: PT017 (a bomb may be refused or read as what it shows, and both are right)

from __future__ import annotations

import struct
import tracemalloc
import zlib

import numpy as np
import pytest

import workings as wk
from workings.data import images, index_of, pixel_at, read_images
from workings.preparation import Pictures

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path):
    """Two classes of two pictures, 2 x 3, each pixel another grey."""
    for k, name in enumerate(["cat", "cat", "dog", "dog"]):
        (tmp_path / "pets" / name).mkdir(parents=True, exist_ok=True)
        pixels = np.arange(6, dtype=np.uint8).reshape(2, 3) * 10 + k
        Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{k}.png")
    return tmp_path / "pets"


def test_known_pixels(folder):
    X, y = images(folder)
    assert (X.dtype, X.shape, y.tolist()) == (np.uint8, (4, 6), ["cat", "cat", "dog", "dog"])
    assert X[2].tolist() == [2, 12, 22, 32, 42, 52]
    assert X[2, index_of((1, 0), (2, 3))] == 32
    assert pixel_at(3, (2, 3)) == (1, 0)
    found = read_images(folder)
    assert [file.name for file in found.files] == ["0.png", "1.png", "2.png", "3.png"]
    assert found.how == Pictures(2, 3, grey=True)
    assert found.how.names == ("pixel 1,1", "pixel 1,2", "pixel 1,3", "pixel 2,1", "pixel 2,2", "pixel 2,3")
    X, _ = images(folder, grey=False)
    assert X[0].tolist() == np.repeat(np.arange(6) * 10, 3).tolist()


def test_features_and_pixels_go_both_ways():
    for how in (Pictures(3, 5), Pictures(3, 5, grey=False)):
        for feature, name in enumerate(how.names):
            pixel = pixel_at(feature, how.shape)
            assert index_of(pixel, how.shape) == feature
            assert name.startswith(f"pixel {pixel[0] + 1},{pixel[1] + 1}")
            told = how.explain(feature, 51)
            assert f"X[{feature + 1}] = 51 / 255 = 0.2" in told
            assert f"row {pixel[0] + 1}, column {pixel[1] + 1}" in told


def turned(tag, tmp_path):
    """A picture, black at the top left as it is meant, stored with this EXIF orientation."""
    meant = np.full((4, 8), 255, np.uint8)
    meant[:2, :4] = 0
    back = {1: meant, 3: meant[::-1, ::-1], 6: np.rot90(meant), 8: np.rot90(meant, -1)}[tag]
    picture = Image.fromarray(np.ascontiguousarray(back))
    exif = picture.getexif()
    exif[0x0112] = tag
    picture.save(tmp_path / "t.png", exif=exif)
    return meant


@pytest.mark.parametrize("tag", [1, 3, 6, 8])
def test_pictures_are_turned_as_they_say(tag, tmp_path):
    meant = turned(tag, tmp_path)
    found = read_images(tmp_path / "t.png")
    np.testing.assert_array_equal(found.X[0].reshape(4, 8), meant)


KINDS = {
    "16 bits": (lambda: Image.fromarray(np.array([[0, 128, 257, 65535]], np.uint16)), [0, 0, 1, 255]),
    "1 bit": (lambda: Image.new("1", (4, 1), 1), [255] * 4),
    "see-through": (lambda: Image.new("LA", (4, 1), (0, 0)), [255] * 4),
    "half see-through": (lambda: Image.new("RGBA", (4, 1), (0, 0, 0, 128)), [127] * 4),
    "a palette": (lambda: Image.new("RGB", (4, 1), "white").convert("P"), [255] * 4),
    "red": (lambda: Image.new("RGB", (4, 1), "red"), [76] * 4),  # 0.299 of 255
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_bytes(kind, tmp_path):
    make, pixels = KINDS[kind]
    make().save(tmp_path / "p.png")
    np.testing.assert_allclose(Pictures(1, 4).read(tmp_path / "p.png").ravel().astype(int), pixels, atol=1)


def test_how_pictures_are_resized():
    wide = Image.fromarray(np.full((2, 4), 200, np.uint8))
    assert Pictures(4, 4, fit="pad").read(wide)[:, 0].tolist() == [0, 200, 200, 0]
    assert Pictures(4, 4, fit="crop").read(wide).tolist() == [[200] * 4] * 4
    assert Pictures(4, 4, fit="stretch").read(wide).tolist() == [[200] * 4] * 4
    checks = Image.fromarray((np.indices((64, 64)).sum(0) % 2 * 200).astype(np.uint8))
    assert abs(int(Pictures(8, 8).read(checks).mean()) - 100) <= 1, "shrinking averages"


def test_sizes_that_differ_and_sizes_that_are_large(folder):
    Image.new("L", (5, 5)).save(folder / "cat" / "other.png")
    with pytest.raises(ValueError, match=r"2 sizes, such as 2 x 3 and 5 x 5: say which .* size=\(28, 28\)"):
        images(folder)
    found = read_images(folder, size=(4, 4))
    assert found.X.shape == (5, 16)
    assert any("5 of 5 pictures were resized" in note for note in found.notes)
    for file in folder.rglob("*.png"):
        Image.new("L", (200, 100)).save(file)
    with pytest.raises(ValueError, match="100 x 200 pixels, a feature for each: say a smaller size"):
        images(folder)
    for wrong in (28, (28,), (0, 3), (2.5, 3), (10**6, 1)):
        with pytest.raises(ValueError, match="size is"):
            images(folder, size=wrong)


def test_damaged_pictures_are_named_or_left_out(folder):
    whole = (folder / "dog" / "3.png").read_bytes()
    (folder / "dog" / "3.png").write_bytes(whole[:50])
    (folder / "cat" / "none.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"none\.jpg' is damaged.* \(and 1 more: .*3\.png'\); .*damaged='skip'"):
        images(folder)
    found = read_images(folder, damaged="skip")
    assert found.y.tolist() == ["cat", "cat", "dog"]
    assert any("2 damaged pictures were left out" in note for note in found.notes)


def test_folders_that_are_none(folder, tmp_path):
    (folder / "readme.txt").write_text("pets")
    (folder / ".DS_Store").write_bytes(b"x")
    assert any("1 files are no pictures by their names: 'readme.txt'" in n for n in read_images(folder).notes)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no pictures"):
        images(tmp_path / "empty")
    with pytest.raises(ValueError, match="has pictures but no folders"):
        images(folder / "cat")
    Image.new("L", (3, 2)).save(folder / "stray.png")
    with pytest.raises(ValueError, match=r"beside them, 'stray\.png': which class is it of"):
        images(folder)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, pixels=b"", more=b""):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


BOMBS = {
    "a header of 60,000 x 60,000": png(60_000, 60_000),
    "a header of 2 x 2 billion": png(2**31 - 1, 2**31 - 1),
    "8,000 x 8,000 that are there": png(8_000, 8_000, bytes(8_001 * 8_000)),
    "a text that unpacks to 200 MB": png(
        4, 4, bytes(20), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000)))
    ),
    "pixels that go on after the picture": png(4, 4, bytes(200_000_000)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_take_no_memory(bomb, tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(BOMBS[bomb])
    tracemalloc.start()
    try:
        found = Pictures(4, 4).read(path)
    except ValueError as error:
        assert "bomb.png" in str(error)
    else:
        assert found.tolist() == np.zeros((4, 4)).tolist(), bomb
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 256e6


def test_a_model_keeps_how_its_pictures_are_read(folder, tmp_path):
    found = read_images(folder)
    model = wk.Model([wk.Dense(1, "sigmoid")])
    model.preparation = found.how
    model.fit(found.X, found.y, epochs=1, progress=False)
    model.save(tmp_path / "pets.safetensors")
    again = wk.Model.load(tmp_path / "pets.safetensors")
    assert again.preparation == found.how
    np.testing.assert_array_equal(again.outputs(list(found.files)), model.outputs(found.X))
    assert again.predict(str(found.files[0])).shape == (1,)
    for told in ({}, {"kind": "pictures"}, found.how.to_json() | {"height": 0}, found.how.to_json() | {"grey": 1}):
        with pytest.raises(ValueError, match=r"damaged|size|grey"):
            Pictures.from_json(told)
