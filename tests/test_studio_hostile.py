"""Hostile names: what a file, a link or a user calls things stays text, on pages and in kept files.

A class may be called `<img src=x onerror=…>`.  Each of these strings would set `window.pwned` if it were taken for
markup, script or an address anywhere; the pages must stay whole, without a dialog and without a word from the policy
that would have stopped it.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.cases import FULL
from tests.studio_guests import Place, session, tab, until, wait
from workings.data import table
from workings.studio.keeping import kept
from workings.studio.lessons import names

RUN = "window.pwned=1"
BAIT = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<a href='javascript:{RUN}' id=x autofocus onfocus={RUN}>x</a>",
    f"<details open ontoggle={RUN}>",
    f"<style onload={RUN}></style>",
    f"<object data='javascript:{RUN}'>",
    f"<body onpageshow={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<template><script>{RUN}</script></template>",
    f"<foreignObject><body onload={RUN}></foreignObject>",
    f"<use href='data:image/svg+xml,<svg onload={RUN}>'/>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
]
AROUND = [
    "BAIT",
    '">BAIT',
    "'>BAIT",
    "--><!-- -->BAIT",
    "</title></style></textarea></script>BAIT",
    "]]>BAIT",
    '"]};BAIT//',
    "$\\href{BAIT}{x}$",
    "&lt;&#60;\u202eBAIT",
    "\\u003cBAIT\x0b",
]
STRINGS = [around.replace("BAIT", bait) for around, bait in product(AROUND, BAIT)]
assert len(set(STRINGS)) == 200
ROUNDS = range(0, 200, 20) if FULL else (80,)
LISTEN = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
"""


@contextlib.contextmanager
def watched(browser: Any, first: str) -> Iterator[Any]:
    """A page on which nothing may run that is not ours."""
    wrong: list[str] = []
    page = tab(browser)
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(first)
    yield page
    untouched(page)
    page.context.close()
    assert not wrong, wrong


def untouched(page: Any) -> None:
    """Nothing has run here, and nothing was kept from running."""
    for frame in page.frames:
        assert frame.evaluate("window.pwned") is None
        assert frame.evaluate("window.violations") in ([], None)
    assert page.locator("main :is(script, iframe, object, video, style, img)").count() == 0


def written(folder: Path, strings: list[str]) -> str:
    """A table whose headings and classes are these strings."""
    name = f"table {len(list(folder.iterdir()))}.csv"
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow([strings[0], strings[1], strings[2]])
        out.writerows([k, strings[k % 3], strings[k % len(strings)]] for k in range(6 * len(strings)))
    return name


@pytest.mark.parametrize("start", ROUNDS)
def test_nothing_runs_on_any_page_nor_in_a_kept_file(browser: Any, place: Place, tmp_path: Path, start: int) -> None:
    strings = STRINGS[start : start + 20]
    folder = place.studio.folder
    name = written(folder, strings)
    target = table(folder / name, None).names[2]
    with watched(browser, place.link) as page:
        page.wait_for_selector(".pad")

        def go(to: str, wanted: str = "main h1") -> None:
            page.goto(f"{place.address}/#{to}")
            page.wait_for_selector(f"header a[aria-current][data-page={to.partition('?')[0]}]")
            page.wait_for_selector(wanted)

        go(f"train?data={quote(name)}&target={quote(target)}&epochs=2&hidden=3", "#target")
        page.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_selector(".confusion td")
        assert page.locator(".confusion th[scope=row]").count() == len(strings)
        page.get_by_role("button", name="J", exact=True).click()
        page.wait_for_selector(".value")
        model = f"model {start}"
        page.locator("#save-name").fill(model)
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_selector("text=saved as")
        untouched(page)
        files = {form: kept(session(place).pages["train"], form) for form in ("svg", "html")}
        go("weights", "#network")
        page.select_option("#network", f"{model}.safetensors")
        wait(page, "document.querySelector('main canvas') !== null")
        untouched(page)
        for k, text in enumerate(strings):  # typed, and in links
            if k == 0 or FULL:
                go("calculus", ".formula-input")
                page.locator(".formula-input").first.fill(text)
                page.locator(".formula-input").first.press("Enter")
                until(lambda: page.locator(".bad").count() > 0)
                go("sheet", "input.blank")
                page.locator("input.blank").first.fill(text[:60])
                page.locator("input.blank").first.press("Enter")
                wait(page, "document.querySelector('input.blank.wrong, .bad') !== null")
                untouched(page)
        for to in (
            "play?data={}&hidden=2",
            "train?data={}",
            "calculus?formula={}",
            "weights?network={}",
            "draw?network={}",
        ):
            go(to.format(quote(strings[start % 7])))
            go("sweep")
        untouched(page)
        go("play", ".net-picture")
        points = "\n".join(f'{k},{k * k},"{strings[k % 2].replace(chr(10), "")}"' for k in range(20))
        page.locator("#csv").set_input_files(
            {"name": strings[3][:50], "mimeType": "text/csv", "buffer": points.encode()}
        )
        wait(page, "document.querySelector('main .bad') !== null || document.querySelector('#data').value == 'own'")
    for form, content in files.items():
        file = tmp_path / f"kept.{form}"
        file.write_bytes(content)
        with watched(browser, f"file://{file}") as page:
            page.wait_for_load_state("networkidle")


def test_files_with_hostile_names_are_not_listed(tmp_path: Path) -> None:
    for text in STRINGS:
        with contextlib.suppress(OSError, ValueError):
            (tmp_path / f"{text}.csv").write_text("a,b\n1,2\n")
    assert names(tmp_path) == ["digits", "mnist"]
