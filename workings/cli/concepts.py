"""concepts: questions on ideas, each with a run that proves the answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import emit


def concepts(
    number: Annotated[int | None, typer.Argument(help="Which question; without one, the list.")] = None,
    answer: Annotated[str | None, typer.Option(help="Your answer; else it is asked for here.")] = None,
    prove: Annotated[bool, typer.Option("--prove", help="Only the run that proves the answer.")] = False,
    json: o.Json = False,
) -> None:
    """Ask a question, mark the answer, and run the experiment that proves it, with its numbers."""
    from workings.exercises.concepts import QUESTIONS, load

    if number is None:
        if answer is not None or prove:
            raise ValueError(f"which question? say its number, 1 to {len(QUESTIONS)}, before the option")
        if json:
            emit([{"number": n, **question.to_json()} for n, question in QUESTIONS.items()])
            return
        for n, question in QUESTIONS.items():
            typer.echo(f"{n:>2}  {question.topic}")
        return
    question = load(number)
    if json:
        emit(_told(number, question, answer, prove))
        return
    if not prove:
        _ask(question, answer)
    proof = question.prove()
    if proof is None:
        typer.echo("No run proves this: it is a matter of judgment.")
        return
    typer.echo(f"\n{proof.claim[:1].upper()}{proof.claim[1:]}. The run:")
    for line in proof.lines:
        typer.echo(f"  {line}")
    if not proof.holds:
        raise RuntimeError(f"the run did not bear out that {proof.claim}")


def _ask(question: Any, answer: str | None) -> None:
    """The question; its answer, typed here until it can be read; and what is said to it."""
    from workings.exercises.concepts.question import LETTERS

    typer.echo(question.asks)
    for letter, option in zip(LETTERS, question.shown, strict=False):
        typer.echo(f"  {letter}) {option}")
    while True:
        try:
            said = answer if answer is not None else typer.prompt("your answer", default="", show_default=False)
            if not said.strip():
                typer.echo(f"The answer is {question.key}: {question.why}")
                return
            marked = question.mark(said)
            break
        except ValueError as error:
            if answer is not None:
                raise
            typer.echo(f"    {error}")
    typer.echo(f"{'Right' if marked.right else 'Not right'}: {marked.said}")


def _told(number: int, question: Any, answer: str | None, prove: bool) -> dict[str, Any]:
    told = {"number": number, **question.to_json()}
    if answer is not None:
        marked = question.mark(answer)
        told |= {"right": marked.right, "said": marked.said, "key": question.key}
    if (prove or answer is not None) and (proof := question.prove()) is not None:
        told |= {"claim": proof.claim, "holds": proof.holds, "lines": proof.lines, "figures": dict(proof.figures)}
    return told


concepts.__dict__["example"] = "Example: `workings concepts 14`"
