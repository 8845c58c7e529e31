"""Apart: a sheet that is too wide with its gradients beside the numbers, with the way back below the way forward."""

from __future__ import annotations

from dataclasses import replace

from workings.sheets.sheet import Band, Sheet

BACK = {"left_gradient": "left", "right": "middle"}


def apart(sheet: Sheet) -> Sheet:
    """The same blocks: first forward, from the top; then the gradients, from the output back."""
    forward: list[Band] = []
    back: list[Band] = []
    after: list[Band] = []
    for band in sheet.bands:
        if band.loose:
            (after if any(name.endswith("_new") for name in band.slots) else forward).append(band)
            continue
        ahead = {slot: block for slot, block in band.slots.items() if slot in ("left", "middle")}
        forward.append(replace(band, slots=ahead))
        extra = band.slots.get("beside")
        if extra and extra.names == ("Y",):
            forward.append(Band({"middle": extra}))
            extra = None
        slots = {BACK[slot]: block for slot, block in band.slots.items() if slot in BACK}
        if extra:
            slots["beside"] = extra
        if slots:
            back.insert(0, Band(slots))
    return replace(sheet, bands=(*forward, *back, *after))
