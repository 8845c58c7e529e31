"""practice: a generated exercise, asked cell by cell in the terminal, with hints and a mark for every answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import emit

Seed = Annotated[int | None, typer.Option(help="Fixes all numbers; the same seed is the same exercise.")]
Level = Annotated[int | None, typer.Option(help="1 to 3.")]
Ask = Annotated[str | None, typer.Option(help="Only some of forward, loss, backward, update; commas between.")]
Sizes = Annotated[str | None, typer.Option(help="Inputs and nodes of each layer, such as 3,4,2.")]
HELP = "Type a number (12, -0.5, 2/3), ? for a hint, Enter to leave it empty, q to stop."


def practice(
    kind: Annotated[str | None, typer.Argument(help="What to practice; without one, the list.")] = None,
    seed: Seed = None,
    level: Level = None,
    ask: Ask = None,
    sizes: Sizes = None,
    json: o.Json = False,
) -> None:
    """Practice: numbers are drawn, every cell is asked, ? gives a hint, and a wrong answer is explained at once."""
    from workings.exercises.kinds import KINDS

    if kind is None:
        if json:
            emit([{"kind": name, "title": known.title, "skills": known.skills} for name, known in KINDS.items()])
            return
        for name, known in KINDS.items():
            typer.echo(f"{name:<20} {known.title} ({known.skills})")
        return
    exercise = asked_for(kind, seed, level, ask, sizes)
    if json:
        emit(exercise.sheet().to_json())
        return
    from workings.sheets.terminal_sheet import sheet_text

    typer.echo(sheet_text(exercise.sheet()))
    typer.echo(f"\n{HELP}\n")
    typer.echo(f"\n{Session(exercise).run()}")


def asked_for(kind: str, seed: int | None, level: int | None, ask: str | None, sizes: str | None) -> Any:
    """The exercise of this kind; without a seed, the first."""
    from workings.exercises import generate

    skills, counts = split(ask, sizes)
    return generate(kind, 0 if seed is None else seed, 1 if level is None else level, skills, counts)


def split(ask: str | None, sizes: str | None) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Skills and sizes, as they were typed with commas."""
    skills = tuple(part.strip() for part in (ask or "").split(",") if part.strip())
    try:
        counts = tuple(int(part) for part in (sizes or "").split(",") if part.strip())
    except ValueError:
        raise ValueError(f"--sizes {sizes!r}: write whole numbers with commas, such as 3,4,2") from None
    return skills, counts


class Session:
    """One learner at one exercise."""

    def __init__(self, exercise: Any):
        from workings.exercises import Marker

        self.marker = Marker(exercise)
        self.answers: dict[str, str] = {}
        self.hints = 0

    def run(self) -> str:
        """Ask every cell, and say what became of it all."""
        solution = self.marker.solution
        for name in solution.asked:
            if not self.ask(name):
                break
        told = self.marker.mark(self.answers).to_text()
        return (
            f"{told}\n{self.hints} {'hint was' if self.hints == 1 else 'hints were'} taken." if self.hints else told
        )

    def ask(self, name: Any) -> bool:
        """One cell, until it is right, was tried twice or is left empty; False where the learner stops."""
        from workings.exercises.hints import rungs

        cell, rung, tried = self.marker.solution.called(name), 0, 0
        while tried < 2:
            try:
                said = typer.prompt(cell, default="", show_default=False, prompt_suffix=" = ").strip()
            except typer.Abort:
                return False
            if said.lower() in ("q", "quit"):
                return False
            if said in ("?", "h", "help"):
                ladder = rungs(self.marker.solution, name, self.answers)
                typer.echo(f"    {ladder[min(rung, len(ladder) - 1)]}")
                rung, self.hints = rung + 1, self.hints + 1
                continue
            if not said:
                return True
            mark = self.marker.mark(self.answers | {cell: said})[cell]
            if mark.verdict == "unreadable":
                typer.echo(f"    {mark.said}")
                continue
            self.answers[cell] = said
            tried += 1
            good = mark.verdict in ("right", "follows")
            typer.echo(f"    {mark.said}" if good or tried < 2 else f"    {mark.said}\n    {cell} = {mark.working}")
            if good:
                return True
        return True


practice.__dict__["example"] = "Example: `workings practice two-layer-network --seed 7`"
