"""Playground: points in the plane, a small network that learns them, and what every unit of it sees."""

from __future__ import annotations

from math import nan
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from workings.explain.explanation import Explanation
from workings.optimizers import OPTIMIZERS
from workings.studio.advice import advice, plain, stalls
from workings.studio.ground import Ground, Own, Settings, code
from workings.studio.maths import brief
from workings.studio.messages import Real, Text
from workings.studio.page import Page
from workings.studio.phases import ORDER, Phases
from workings.studio.pictures import Pictures
from workings.studio.points import CLASSES, FEATURES, NUMBERS, REACH, features, points_of
from workings.studio.runner import LEAVING, Runner
from workings.studio.shelf import Work
from workings.studio.tenths import in_tenths
from workings.training import History

KEPT = 2000  # epochs of the curve that are remembered
READ = 7  # times a second that what is read changes
SHOWN = 250  # points of it that are drawn
STALLED = 500  # epochs after which a training is looked at for the first time, then twice as many
DIGITS = 4
WATCHABLE = 60.0  # epochs a second: what takes thousands of them would be over before it is seen

Coordinate = Annotated[float, Meta(ge=-REACH, le=REACH)]
NOTHING = "there is nothing to learn yet: put points of both kinds on the picture"


class Playground(Page):
    """The points, the network, the training of one visitor."""

    name = "play"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.rate, self.per_second = 0.1, WATCHABLE
        self.own: Own = []
        self.runner: Runner | None = None
        self._begin(Settings())

    def rest(self) -> None:
        self.on_train(False)

    def close(self) -> None:
        if self.runner:
            with self.runner.held(LEAVING):  # between two epochs; whoever comes back finds it running
                self._put_away()
            self.runner.stop(0)

    def restore(self, work: Work) -> None:
        told = work.about
        settings, curve = msgspec.convert(told["settings"], Settings), work["curve"]
        rate, per_second, epoch, running = (told[name] for name in ("rate", "per_second", "epoch", "running"))
        own = [(float(x), float(y), int(label)) for x, y, label in told["own"]]
        work.fill(Ground(settings, own).model)  # all of it is there
        self.own = own
        self._begin(settings)
        work.fill(self.ground.model)
        self.rate, self.per_second, self.epoch = float(rate), float(per_second), int(epoch)
        self.curve = [(int(n), float(a), float(b)) for n, a, b in curve]
        if running:
            self.on_train(True)

    def _put_away(self) -> None:
        """Keep the work where a server that is started anew finds it."""
        told = {name: getattr(self, name) for name in ("rate", "per_second", "epoch", "own")}
        told["settings"] = msgspec.to_builtins(self.settings)
        told["running"] = bool(self.runner and self.runner.running)
        self.place.put(self.ground.model, told, {"curve": np.array(self.curve, np.float64).reshape(-1, 3)})

    def figure(self) -> Any:
        from workings.plots import network_diagram

        s, at = self.settings, self.at or (tuple(self.ground.X[0].tolist()) if len(self.ground.X) else (0.0, 0.0))
        return network_diagram(self.ground.model, features(np.array([at]), s.features), names={"X": s.features})

    def code(self) -> str:
        return code(self.ground, self.rate, max(self.epoch, 1))

    # What the network is

    def on_start(self, settings: Settings | None = None, rate: Real = 0.1) -> None:
        """The page has opened: with the settings of its link, or going on with what is there."""
        if settings is not None and settings != self.settings:
            try:
                self._begin(settings)
                self.rate = abs(rate)
            except ValueError as error:  # of a link; the page opens with what is there
                self.say("failed", str(error))
        self._all()

    def on_settings(self, settings: Settings) -> None:
        """Other settings: a new network, from its own first weights."""
        try:
            self._begin(settings)
        except ValueError as error:
            return self.say("failed", str(error))
        self.place.clear()  # it begins anew, and so it would without what was kept
        self._all()

    def on_rate(self, rate: Real) -> None:
        """Another learning rate, from the next epoch on; nothing begins anew."""
        self.rate = abs(rate)

    def on_speed(self, per_second: Annotated[float, Meta(ge=0, le=1000)]) -> None:
        """How many epochs a second; 0 as many as there are."""
        self.per_second = per_second
        if self.runner:
            self.runner.per_second = per_second

    def on_point(self, x: Coordinate, y: Coordinate, label: Annotated[int, Meta(ge=0, le=1)]) -> None:
        """A point of one's own."""
        self._own([*self.own, (x, y, label)][-500:])

    def on_table(self, text: Annotated[str, Meta(max_length=200_000)]) -> None:
        """Points of a CSV file: two columns of numbers and a label."""
        try:
            self._own(points_of(text))
        except ValueError as error:
            self.say("failed", str(error))

    def on_forget(self) -> None:
        """Take the points of one's own away."""
        self._own([])

    def on_rewind(self) -> None:
        """The same first weights again."""
        self._begin(self.settings)
        self.place.clear()
        self._all()

    # Training

    def on_train(self, wanted: bool) -> None:
        """Train, or pause."""
        if not wanted:
            if self.runner:
                self.runner.pause()
                self._put_away()
            return self._now()
        if not self.ground.enough:
            return self.say("failed", NOTHING)
        self.phases = None
        if self.runner is None or self.runner.over:
            s = self.settings
            given = {"batch_size": s.batch, "optimizer": s.optimizer, "l1": s.l1, "l2": s.l2}
            g, self.begun = self.ground, self.epoch
            self.runner = Runner(g.model, g.train, given, lambda: self.rate, self._after_epochs, self._ended)
            self.runner.per_second = self.per_second
        self.runner.start()
        self._now()

    def on_step(self) -> None:
        """One step of training, a phase at a time: forward, loss, backward, update."""
        if not self.ground.enough:
            return self.say("failed", NOTHING)
        self._stop()
        s = self.settings
        self.phases = self.phases or Phases(
            self.ground.model, self.ground.train, s.batch, s.optimizer, l1=s.l1, l2=s.l2
        )
        told = self.phases.step(self.rate)
        self.say("phase", told)
        if told["phase"] == ORDER[-1]:
            self._put_away()
            self._now()

    def on_checkup(self) -> None:
        """Why it does not learn, or that nothing is wrong."""
        self._check("Check-up")

    def on_set(self, cell: Text, value: Real) -> None:
        """A weight or a bias set by hand."""
        self._stop()
        parameters = self.ground.model.parameters
        try:
            name = self._worked(self.at).cell(cell).name
            if name.array not in parameters:
                raise ValueError(f"{name.array} is worked out; what can be set is {', '.join(parameters)}")
        except (KeyError, IndexError, ValueError) as error:
            return self.say("failed", str(error))
        parameters[name.array][name.cell] = value
        self.phases = None
        self._put_away()
        self._now()

    def on_look(self, x: Coordinate, y: Coordinate) -> None:
        """The point whose way through the network is shown."""
        self.at, self.phases = (x, y), None
        self._now()

    def explanation(self) -> Explanation | None:
        return self.phases.w if self.phases else self._worked(self.at)

    def _worked(self, at: tuple[float, float] | None) -> Explanation:
        at = at or (tuple(self.ground.X[0].tolist()) if len(self.ground.X) else (0.0, 0.0))
        label, s = self.ground.near(at), self.settings
        X = features(np.array([at]), s.features)
        return self.ground.model.explain(X, None if label is None else [label], l1=s.l1, l2=s.l2)

    # Inside

    def _own(self, points: Own) -> None:
        self.own = points
        self._begin(msgspec.structs.replace(self.settings, data="own"))
        self._put_away()
        self._all()

    def _begin(self, settings: Settings) -> None:
        ground = Ground(settings, self.own)
        self._stop()
        self.settings, self.ground = settings, ground
        self.pictures = Pictures(ground.model, settings.features)
        self.epoch, self.begun, self.look_at = 0, 0, STALLED  # begun: the epoch at which the present run began
        self.curve: list[tuple[int, float, float]] = []
        self.phases: Phases | None = None
        self.at: tuple[float, float] | None = None

    def _stop(self) -> None:
        if self.runner:
            self.runner.stop()
            self.runner = None

    def _after_epochs(self, history: History) -> None:
        row, g = history[-1], self.ground
        self.epoch = self.begun + int(row["epoch"])
        self.curve.append((self.epoch, row["loss"], g.model.evaluate(*g.test)["loss"] if len(g.test[0]) else nan))
        if len(self.curve) > 2 * KEPT:
            self.curve = self.curve[::2]
        if self.epoch >= self.look_at:
            self.look_at *= 2
            if stalls([loss for _, loss, _ in self.curve]):
                self._check("It hardly learns any more")
        if self.place.due:
            self._put_away()
        self._now()

    def _check(self, when: str) -> None:
        s, g = self.settings, self.ground
        if not g.enough:
            return self.say("failed", NOTHING)
        how = {"learning_rate": self.rate or None, "optimizer": s.optimizer, "batch_size": s.batch}
        self.say("checkup", {"when": when, "found": advice(g.model, g.train, g.test, **how)})

    def _ended(self, wrong: str | None) -> None:
        if wrong:
            self.say("failed", plain(wrong))
            self._check("Why it went wrong")
            self._put_away()
        self._now()

    def _all(self) -> None:
        g = self.ground
        told = {
            "settings": self.settings,
            "rate": self.rate,
            "per_second": self.per_second,
            "rows": self.pictures.rows,
            "classes": self.settings.classifies,
            "data": [*CLASSES, *NUMBERS, "own"],
            "features": list(FEATURES),
            "optimizers": list(OPTIMIZERS),
        }
        points = {"points": g.X.astype(np.float32), "labels": g.y.astype(np.float32)}
        self.say("all", told, points | {"learned": g.learned.astype(np.uint8)})
        self._now()

    def _now(self) -> None:
        self.show("moment", self._moment)
        self.show("words", self._words, READ)

    @property
    def _running(self) -> bool:
        return bool(self.runner and self.runner.running)

    def _moment(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What is looked at: what every unit sees, all weights, as they are now."""
        held = {f"held {name}": np.array(W, np.float32) for name, W in self.ground.model.parameters.items()}
        return {"epoch": self.epoch, "running": self._running, "at": self.at}, self.pictures.now() | held

    def _words(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What is read: the epoch, the losses, the numbers of all weights, the curve."""
        told = lambda value: brief(float(value), DIGITS) if value == value else None
        *_, (_, loss, test) = [(0, nan, nan), *self.curve[-1:]]
        texts = {
            name: [[told(v) for v in row] for row in np.array(W)] for name, W in self.ground.model.parameters.items()
        }
        few = [*self.curve[:: max(1, len(self.curve) // SHOWN)], *self.curve[-1:]]
        curve = np.asarray(few, np.float32).reshape(-1, 3)
        read = {"epoch": self.epoch, "loss": told(loss), "test": told(test), "texts": texts}
        return read | {"running": self._running, "tenths": in_tenths(self.ground.model)}, {"curve": curve}
