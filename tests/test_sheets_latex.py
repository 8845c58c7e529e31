"""LaTeX: every sheet compiles, where LaTeX is installed, in a document that loads amsmath and nothing else."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from workings import exercises
from workings.sheets.export import to_latex, to_sheet
from workings.sheets.layout import layout
from workings.sheets.tex import tex

LATEX = shutil.which("pdflatex")
DOCUMENT = r"\documentclass{article}\usepackage{amsmath}\usepackage[margin=15mm]{geometry}\begin{document}"
SHEETS = {
    "the worksheet": lambda: exercises.load(7).sheet(),
    "the key": lambda: exercises.load(7).sheet(key=True),
    "crossed out": lambda: exercises.load(6).sheet(key=True),
    "in rows": lambda: to_sheet(exercises.load(7, exact=True).explain().written_as(examples="rows")),
    "signs": lambda: layout(exercises.load(2).explain(), r"50 % of a_1 & \input{x} #1 ~ ^ < > | $", notes=["≈ {}"]),
}


@pytest.mark.skipif(LATEX is None, reason="pdflatex is not installed: no sheet is compiled")
@pytest.mark.parametrize("name", SHEETS)
def test_it_compiles_and_nothing_sticks_out(name, tmp_path):
    (tmp_path / "a.tex").write_text(DOCUMENT + "\n" + tex(SHEETS[name]()) + "\\end{document}", encoding="utf-8")
    command = [LATEX, "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    wide = [line for line in done.stdout.splitlines() if line.startswith("Overfull")]
    assert all(float(line.split("(")[1].split("pt")[0]) < 15 for line in wide), wide


def test_what_is_rounded_says_so():
    told = to_latex(exercises.load(7, exact=True).explain())
    assert r"{\approx}0.4955" in told
    assert r"$\approx$ marks a rounding" in told


def test_a_key_has_its_lines_and_a_worksheet_has_blanks():
    key, worksheet = (tex(exercises.load(2).sheet(key=key)) for key in (True, False))
    assert r"{\footnotesize\ttfamily Z1[1,1] = (1)(2) + (-1)(1) + (1)(3) + (-5) = -1}" in key
    assert "-1}" not in worksheet
    assert worksheet.count(r"\underline{\hspace{1.5em}}") == 2


def test_a_crossed_out_number_needs_no_package():
    told = tex(exercises.load(6).sheet())
    assert r"\cancel{-5}\,0" in told
    assert told.startswith(r"\providecommand{\cancel}")
    assert "cancel" not in tex(exercises.load(2).sheet())
