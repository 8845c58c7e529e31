"""The command line: one verb per file, each a few lines over the library.

workings demo · train · predict · evaluate · check · explain · sweep · search ·
exercise · practice · mark · check-code · concepts · sheet · studio · data · backends
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from workings.cli.backends import backends
from workings.cli.check import check
from workings.cli.check_code import check_code
from workings.cli.concepts import concepts
from workings.cli.data import data
from workings.cli.demo import demo
from workings.cli.errors import Verbs
from workings.cli.evaluate import evaluate
from workings.cli.exercise import exercise
from workings.cli.explain import explain
from workings.cli.mark import mark
from workings.cli.practice import practice
from workings.cli.predict import predict
from workings.cli.search import search
from workings.cli.sheet import sheet
from workings.cli.studio import studio
from workings.cli.sweep import sweep
from workings.cli.train import train

app = typer.Typer(
    name="workings",
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    epilog="Start with `workings demo`.  Every verb has its own --help, with an example.",
)
for verb in (
    demo,
    train,
    predict,
    evaluate,
    check,
    explain,
    sweep,
    search,
    exercise,
    practice,
    mark,
    concepts,
    check_code,
    sheet,
    studio,
    data,
    backends,
):
    app.command(epilog=verb.__dict__.get("example"))(verb)


def _version(wanted: bool) -> None:
    if wanted:
        from workings import __version__

        typer.echo(f"workings {__version__}")
        raise typer.Exit


@app.callback()
def _workings(
    debug: Annotated[
        bool, typer.Option(envvar="WORKINGS_DEBUG", help="Show the whole traceback of every error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """A neural-network library that shows its workings: train, then open any number down to the pixel."""


def main() -> None:
    """The entry point of the `workings` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  (a console without our letters)
    app()
