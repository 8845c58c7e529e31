"""studio: the library in a browser, on this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workings.cli.output import Voice


def studio(
    folder: Annotated[Path, typer.Argument(help="Models and data are read from here, and saved here.")] = Path(),
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Listen here; else where it listened last time.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Another address than this machine's own; needs --let-others-in.")
    ] = "127.0.0.1",
    let_others_in: Annotated[
        bool, typer.Option("--let-others-in", help="Yes, other machines may reach it (they need the token).")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Another name under which a browser may reach it, as host:port.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open the studio: draw, play, train, and click any number to see its working.  Offline, and only for you."""
    voice = Voice(False)
    try:
        from workings.studio import serve
        from workings.studio.server import LOOPBACK
    except ModuleNotFoundError as error:
        raise ImportError(f"the studio needs {error.name}: pip install 'workings[studio]'") from None
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder; the studio reads and saves models in one")
    if host not in LOOPBACK:
        if not let_others_in:
            raise ValueError(
                f"--host {host} would let other machines reach the studio; if that is what you want, "
                "add --let-others-in"
            )
        voice.note(
            f"warning: the studio listens on {host}, where other machines reach it; the token is all that guards it"
        )
    try:
        serve(folder, port, host, allow_host or (), browser, tell=typer.echo)
    except OSError as error:
        raise ValueError(
            f"port {port} is taken: choose another with --port, or leave it out ({error.strerror})"
        ) from None


studio.__dict__["example"] = "Example: `workings studio --no-browser --port 8000`"
