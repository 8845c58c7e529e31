"""demo: train on real digits, say how well, explain one answer to the last pixel, write a report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from workings.cli.options import Json
from workings.cli.output import Voice, emit, our_report, safe

HIDDEN = (16, 16)
EPOCHS, RATE, L2 = 100, 3.0, 2e-4


def demo(
    seed: Annotated[int, typer.Option(min=0, help="Fixes the held-out part and the starting weights.")] = 0,
    out: Annotated[
        Path, typer.Option(help="Where the report goes; only a report that workings wrote is ever replaced.")
    ] = Path("workings-demo.html"),
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write the HTML report.")] = True,
    json: Json = False,
) -> None:
    """Train on real digits, say how well, explain one answer down to the pixels, and write a report.

    A network of 64-16-16-10 learns from four fifths of scikit-learn's 1,797 scanned digits and is asked about the
    rest, which it has never seen.  Nothing is downloaded.
    """
    began = time.perf_counter()
    voice = Voice(json)
    page = safe(out if report else None, our_report, "a report", "--out")

    from workings.cli.course import build, learn, weights
    from workings.cli.sources import load
    from workings.cli.task import task
    from workings.report import answer, told
    from workings.schedules import Cosine

    source = load("digits")
    trained = build(source, task(source), HIDDEN, "sigmoid", seed=seed)
    watched = trained.inputs(trained.test), trained.test.y  # for the curves only: nothing is chosen by it
    learn(trained, epochs=EPOCHS, learning_rate=Cosine(RATE, EPOCHS), l2=L2, validation=watched, progress=False)
    if trained.code:
        voice.note("stopped; nothing was written")
        raise typer.Exit(trained.code)
    model, test = trained.model, trained.test
    X = trained.inputs(test)
    figures = trained.figures()
    right = model.predict(X) == test.y
    row = int(right.argmax())
    shown = answer(model, X[row], test.y[row], f"digit {row + 1} of the {len(test)} held out")
    voice.say(
        f"Trained {trained.network} ({weights(model):,} parameters) on {len(trained.train):,} scanned digits, "
        f"{EPOCHS} epochs."
    )
    voice.say(
        f"On {len(test)} digits it has not seen, it is right {100 * figures['accuracy']:.1f} % of the time "
        f"({int(right.sum())} of {len(test)}).",
        bold=True,
    )
    voice.say(f"\nOne answer, worked out: {shown.where} (~: cut to 4 digits).\n\n{told(shown)}\n")
    if page:
        from workings.report import write_report

        write_report(page, trained, shown, figures)
        voice.say(f"The report with all pictures: {page}")
    took = time.perf_counter() - began
    voice.say(f"({took:.1f} s)")
    if json:
        emit(
            figures
            | {
                "right": int(right.sum()),
                "held_out": len(test),
                "trained_on": len(trained.train),
                "network": trained.network,
                "parameters": weights(model),
                "epochs": EPOCHS,
                "seed": seed,
                "backend": trained.history.backend,
                "seconds": round(took, 3),
                "explained": {"row": row + 1, "says": shown.said, "right": shown.right, "share": shown.share},
                "report": str(page) if page else None,
            }
        )


demo.__dict__["example"] = "Example: `workings demo --seed 3 --out digits.html`"
