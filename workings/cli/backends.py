"""backends: where numbers can be computed on this machine, and why not elsewhere."""

from __future__ import annotations

import typer

from workings.cli import options as o
from workings.cli.output import columns, emit


def backends(json: o.Json = False) -> None:
    """List the backends: which are there, and why the others are not."""
    from workings.backends import BACKENDS, PATIENCE, backend

    found = []
    for name in BACKENDS:
        module = backend(name)
        about = (module.__doc__ or "").strip().splitlines()
        found.append({"name": name, "reason": module.available(), "about": about[0] if about else ""})
    if json:
        emit([{"name": f["name"], "available": f["reason"] is None, "reason": f["reason"]} for f in found])
        return
    rows = [(f["name"], "there" if f["reason"] is None else "not there", f["reason"] or f["about"]) for f in found]
    typer.echo(columns(rows))
    typer.echo(
        "\n`train --backend auto` takes the native kernel where it can run the network; else XLA, where it is there\n"
        f"and NumPy would take more than about {PATIENCE:g} s; else NumPy."
    )


backends.__dict__["example"] = "Example: `workings backends --json`"
