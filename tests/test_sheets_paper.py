"""Paper: every sheet is set, fits an A4 page, says what it holds, and is refused in a sentence where it does not."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib

import numpy as np
import pytest

from workings import exercises
from workings.explain import explain
from workings.layers import Dense, Relu, Softmax
from workings.losses import CategoricalCrossEntropy
from workings.network import chain
from workings.sheets import paper
from workings.sheets.export import to_pdf, to_png, to_svg
from workings.sheets.layout import layout

pytest.importorskip("typst", reason="typst is not installed: no paper")
PDFTOTEXT = shutil.which("pdftotext")


def text_of(data, tmp_path):
    (tmp_path / "a.pdf").write_bytes(data)
    done = subprocess.run([PDFTOTEXT, "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def network_of(units, n, m=1):
    network = chain(Dense(units), Relu(), Dense(2), Softmax())
    rng = np.random.default_rng(0)
    Y = np.eye(2)[:, rng.integers(0, 2, m)]
    return explain(network, CategoricalCrossEntropy(), network.init(rng, (n,)), rng.standard_normal((n, m)), Y)


@pytest.mark.skipif(PDFTOTEXT is None, reason="poppler's pdftotext is not installed: a PDF cannot be read back")
def test_the_words_of_exercise_7_are_on_its_pages(tmp_path):
    told = text_of(paper.pdf(exercises.load(7).sheet(key=True)), tmp_path)
    for part in ("Exercise 7: Backpropagation", "dW1 | db1", "mask1", "dW3 | db3, row 1 = 0.5 x [2, 4 | 1]", "1.02"):
        assert part in told
    assert "an exact 0 is impossible" in " ".join(told.split())
    assert "cells are counted from 1" in " ".join(told.split())
    worksheet = text_of(paper.pdf(exercises.load(7).sheet()), tmp_path)
    assert "Name" in worksheet
    assert "1.02" not in worksheet


@pytest.mark.skipif(PDFTOTEXT is None, reason="poppler's pdftotext is not installed: a PDF cannot be read back")
def test_what_a_title_says_is_printed_and_never_run(tmp_path):
    evil = '#panic("run") $x$ *bold* \\ "quoted" <label> @ref'
    told = text_of(paper.pdf(layout(exercises.load(2).explain(), evil, evil, notes=[evil])), tmp_path)
    assert '#panic("run") $x$ *bold*' in told


def test_exercise_7_stands_upright():
    assert not paper.fit(exercises.load(7).sheet(key=True))["flipped"]


def test_the_width_of_a_blank_tells_nothing():
    """-0.5 is longer than 1: all blank cells of exercise 7 are equally wide nevertheless, on paper and on a page."""
    sheet = exercises.load(7).sheet()
    data = paper.data_of(sheet)
    blank = [b for band in data["bands"] for b in band["slots"].values() if b["names"][0][0] in "dm"]
    assert len({block["cell"] for block in blank}) == 1
    assert len(blank) == 10


def test_where_gradients_beside_the_numbers_are_too_wide_they_stand_below():
    sheet = layout(network_of(6, 5, 4))
    with pytest.raises(paper.TooLarge):
        paper.fit(sheet)
    below, _ = paper.placed(sheet)
    assert [[b.title for b in band.slots.values()] for band in below.bands if not band.loose] == [
        *(["X"], ["W1 | b1", "Z1"], ["A1"], ["W2 | b2", "Z2"], ["E2"], ["A2"], ["Y"]),
        *(["dW2 | db2", "dZ2"], ["dA1"], ["dW1 | db1", "dZ1"]),
    ]
    assert {c.name for c in below.cells()} == {c.name for c in sheet.cells()}
    assert paper.pdf(sheet).startswith(b"%PDF")


@pytest.mark.parametrize(("units", "n"), [(3, 40), (60, 3)], ids=["too wide", "too high"])
def test_too_large_for_paper(units, n):
    with pytest.raises(
        paper.TooLarge, match=r"too large for paper: .* alone is \d+ x \d+ cells; take a smaller network"
    ):
        paper.pdf(layout(network_of(units, n)))


def test_pages_as_pictures_keep_patterns_in_black_and_white(tmp_path):
    """The strips of two marks differ in grey values too: the PNG, read as grey, is no plain tint."""
    made = to_png(exercises.load(1).explain(), tmp_path / "a.png", product=("A", "B", "C"), diagram=False)
    pixels = grey(made.read_bytes())
    inside = pixels[:, : pixels.shape[1] // 2]
    assert (inside < 160).sum() > 500
    assert len(np.unique(inside)) > 20


def grey(png):
    """The pixels of an 8-bit RGBA PNG, as grey values."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 4 * width)
    rows, above = [], np.zeros(4 * width, int)
    for line in raw:
        kind, line = line[0], line[1:].astype(int)
        row = np.zeros_like(line)
        for i in range(len(line)) if kind in (1, 3, 4) else ():
            left, corner = (row[i - 4], above[i - 4]) if i >= 4 else (0, 0)
            row[i] = (line[i] + _predicted(kind, left, above[i], corner)) & 255
        row = row if kind in (1, 3, 4) else (line + (above if kind == 2 else 0)) & 255
        rows.append(row)
        above = row
    return np.array(rows).reshape(height, width, 4)[:, :, :3].mean(axis=2).round()


def _predicted(kind, left, up, corner):
    if kind == 1:
        return left
    if kind == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda x: abs(guess - x))


def test_svg_and_several_pages(tmp_path):
    w = exercises.load(7).explain()
    assert to_svg(w, tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (tmp_path / "a-2.svg").exists()
    assert to_pdf(w, tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(ValueError, match=r"should end in \.pdf"):
        to_pdf(w, tmp_path / "a.svg")
    with pytest.raises(ValueError, match=r"is \.pdf, \.svg or \.png, not '\.gif'"):
        paper.write(exercises.load(1).sheet(), tmp_path / "a.gif")
