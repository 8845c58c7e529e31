"""Binder: several sheets as one PDF, each from page 1 on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from workings.sheets.paper import data_of, engine
from workings.sheets.sheet import Sheet
from workings.sheets.template import TEMPLATE

OWN = '#set document(title: s.title, author: "Workings")'


def bind(sheets: Iterable[Sheet], title: str = "Worksheets", form: str = "pdf") -> Any:
    """One PDF of all sheets, each beginning on a page of its own; as "png" or "svg", a list of pages."""
    inputs, parts = {}, []
    for i, sheet in enumerate(sheets):
        inputs[f"sheet{i}"] = json.dumps(data_of(sheet))
        parts.append(f"#[\n#counter(page).update(1)\n{_part(i)}\n]")
    source = f'#set document(title: {json.dumps(title)}, author: "Workings")\n' + "\n".join(parts)
    return engine().compile(source.encode(), format=form, sys_inputs=inputs, ignore_system_fonts=True)


def _part(i: int) -> str:
    """The template over the i-th sheet, in a scope of its own; its last page is not the last of all."""
    part = TEMPLATE.replace("sys.inputs.sheet", f"sys.inputs.sheet{i}").replace(OWN, "")
    return re.sub(r'counter\(page\)\.display\("1 / 1", both: true\)', 'counter(page).display("1")', part)
