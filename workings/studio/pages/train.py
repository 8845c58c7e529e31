"""Train: data of the folder or digits, a network, and everything that can be watched while it learns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from workings.explain.explanation import Explanation
from workings.layers import Dropout
from workings.model import Model
from workings.optimizers import OPTIMIZERS
from workings.schedules import Constant, Cosine
from workings.specs import Dense
from workings.studio.advice import plain
from workings.studio.folder import inside
from workings.studio.ground import Activation, Name
from workings.studio.lessons import Lesson, lesson, names
from workings.studio.maths import number
from workings.studio.messages import Text, Whole
from workings.studio.page import Page
from workings.studio.runner import LEAVING, Runner
from workings.studio.shelf import Work
from workings.training import History

WATCHED = 32  # rows whose gradients are shown
IMAGES = 64  # units whose weights are shown as pictures
KEPT = 2000  # epochs of the curves that are remembered
SHOWN = 500  # points of them that are drawn
DIGITS = 4


class Course(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is learned, by which network, and how; the link carries it."""

    data: Annotated[str, Meta(max_length=80)] = "digits"
    target: Annotated[str, Meta(max_length=80)] = ""
    hidden: Annotated[list[Annotated[int, Meta(ge=1, le=2000)]], Meta(max_length=6)] = msgspec.field(
        default_factory=lambda: [16, 16]
    )
    activation: Activation = "sigmoid"
    optimizer: Name = "gradient-descent"
    rate: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    schedule: Literal["constant", "cosine"] = "constant"
    epochs: Annotated[int, Meta(ge=1, le=100_000)] = 100
    batch: Annotated[int, Meta(ge=1, le=10_000)] = 32
    l2: Annotated[float, Meta(ge=0, le=10)] = 0.0
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    seed: Whole = 0


class Train(Page):
    """One training of one visitor."""

    name = "train"
    empty = "there is nothing worked out yet: press Train first"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.course = Course()
        self.lesson: Lesson | None = None
        self.runner: Runner | None = None
        self.model: Any = None
        self.history: list[dict[str, float]] = []  # of a long training not every epoch
        self.epoch = 0
        self.begun = 0  # the epoch at which the present run began
        self.halfway = False  # whether that run was cut off, and is to go on

    def close(self) -> None:
        if self.runner:
            with self.runner.held(LEAVING):
                self._put_away()
            self.runner.stop(0)

    def restore(self, work: Work) -> None:
        told = work.about
        course = msgspec.convert(told["course"], Course)
        data = lesson(self.studio.folder, course.data, course.target, course.seed)
        model = _network(course, data)
        work.fill(model)
        rows = [dict(zip(told["columns"], row, strict=True)) for row in work["history"].tolist()]
        epoch, begun, halfway, running = (told[name] for name in ("epoch", "begun", "halfway", "running"))
        self.course, self.lesson, self.model = course, data, model  # all of it is there
        self.history = [{name: value for name, value in row.items() if value == value} for row in rows]
        self.epoch, self.begun, self.halfway = int(epoch), int(begun), bool(halfway)
        if running:
            self.on_train(True)

    def _put_away(self) -> None:
        """Keep the work where a server that is started anew finds it."""
        if self.model is None or self.model.shape is None:
            return
        columns = list(dict.fromkeys(name for row in self.history[-1:] for name in row))
        rows = [[row.get(name, float("nan")) for name in columns] for row in self.history]
        going = self.runner is not None and not self.runner.over
        told = {"course": msgspec.to_builtins(self.course), "columns": columns, "begun": self.begun, "halfway": going}
        told["epoch"] = self.epoch
        told["running"] = bool(self.runner and self.runner.running)
        self.place.put(self.model, told, {"history": np.array(rows, np.float64).reshape(len(rows), len(columns))})

    def on_start(self, course: Course | None = None) -> None:
        """The page has opened: with the course of its link, or going on with what is there."""
        if course is not None and course != self.course:
            self.on_course(course)
            if self.course == course:
                return
        if self.model is None:
            return self.on_course(Course())
        self._all()

    def on_course(self, course: Course) -> None:
        """Another course: the training that was ends, and a new network waits."""
        if course.optimizer not in OPTIMIZERS:
            return self.say("failed", f"the optimizer is one of {', '.join(OPTIMIZERS)}")
        try:
            if self.lesson is None or (course.data, course.target) != (self.course.data, self.course.target):
                self.lesson = lesson(self.studio.folder, course.data, course.target, course.seed)
        except (ValueError, OSError) as error:
            return self.say("failed", str(error))
        if self.runner:
            self.runner.stop(0)
        self.course, self.runner, self.history, self.epoch, self.halfway = course, None, [], 0, False
        self.place.clear()
        self.model = _network(course, self.lesson)
        self._all()

    def on_train(self, wanted: bool) -> None:
        """Train, or pause."""
        if self.model is None or self.lesson is None:
            return
        if not wanted:
            if self.runner:
                self.runner.pause()
                self._put_away()
            return self._now()
        if self.runner is None or self.runner.over:
            c, data = self.course, self.lesson
            rate = Cosine(c.rate, c.epochs) if c.schedule == "cosine" else Constant(c.rate)
            given = {"batch_size": c.batch, "optimizer": c.optimizer, "l2": c.l2}
            given["validation"] = (data.X_test, data.y_test)
            begun = self.begun = self.begun if self.halfway else self.epoch
            self.halfway = False
            self.runner = Runner(
                self.model,
                (data.X, data.y),
                given,
                lambda: rate(max(0, self.epoch - begun)),
                self._after_epoch,
                self._ended,
                max(1, c.epochs - (self.epoch - begun)),
            )
        self.runner.start()
        self._now()

    def on_save(self, name: Text) -> None:
        """Keep the model in the folder, under a new name."""
        if self.model is None or self.model.shape is None:
            return self.say("failed", "there is no trained network to keep yet: press Train first")
        try:
            path = inside(self.studio.folder, name if "." in name else f"{name}.safetensors", ("safetensors",))
            if path.exists() or path.is_symlink():
                raise ValueError(f"there is a {path.name} already; choose another name")
            if self.runner:
                self.runner.pause()
            self.model.save(path)
        except (ValueError, OSError) as error:
            return self.say("failed", str(error))
        self.say("saved", f"saved as {path.name}: model = wk.Model.load({path.name!r})")

    def explanation(self) -> Explanation | None:
        """The first row it learns from."""
        if self.model is None or self.lesson is None or self.model.shape is None:
            return None
        return self.model.explain(*self.lesson.rows(1), l2=self.course.l2)

    def figure(self) -> Any:
        if not self.history:
            return None
        from workings.plots import learning_curves

        return learning_curves(History([dict(row) for row in self.history]))

    def code(self) -> str:
        if self.lesson is None:
            raise ValueError("nothing has been chosen yet")
        return _code(self.course, self.lesson)

    def _after_epoch(self, history: History) -> None:
        self.epoch += 1
        self.history.append({**history[-1], "epoch": self.epoch})
        if len(self.history) > 2 * KEPT:
            self.history = [*self.history[:-1:2], self.history[-1]]
        if self.place.due:
            self._put_away()
        self._now()

    def _ended(self, wrong: str | None) -> None:
        if wrong:
            self.say("failed", plain(wrong))
        self._put_away()
        self._now()

    def _all(self) -> None:
        assert self.lesson is not None
        self.say(
            "all",
            {
                "course": self.course,
                "data": names(self.studio.folder),
                "folder": self.studio.folder.name,
                "columns": self.lesson.columns,
                "target": self.lesson.target,
                "says": self.lesson.says,
                "classes": None if self.lesson.classes is None else [str(c) for c in self.lesson.classes],
                "optimizers": list(OPTIMIZERS),
                "code": _code(self.course, self.lesson),
            },
        )
        self._now()

    def _now(self) -> None:
        self.show("moment", self._moment)

    def _moment(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Curves, the first weights, the gradients of a batch, who is taken for whom: as they are now."""
        data, rows = self.lesson, list(self.history)
        assert data is not None
        metric = "accuracy" if data.classes is not None else "rmse"
        columns = ("loss", "validation_loss", metric, f"validation_{metric}")
        few = [*rows[:: max(1, len(rows) // SHOWN)], *rows[-1:]]
        curve = [[r["epoch"], *(r.get(c, float("nan")) for c in columns)] for r in few]
        arrays = {"curve": np.asarray(curve, np.float32).reshape(-1, 5)}
        told: dict[str, Any] = {"epoch": self.epoch, "of": self.course.epochs, "metric": metric, "gradients": []}
        told["running"] = bool(self.runner and self.runner.running)
        told["figures"] = {c: number(rows[-1][c], DIGITS).text for c in columns if rows and c in rows[-1]}
        if self.model.shape is not None:
            arrays |= self._pictures(data)
            told["gradients"] = self._gradients(data)
        return told, arrays

    def _pictures(self, data: Lesson) -> dict[str, np.ndarray]:
        found = {}
        W = self.model.parameters["W1"][:IMAGES]
        if data.side and W.shape[1] == data.side**2:
            found["weights"] = np.asarray(W, np.float32).reshape(-1, data.side, data.side)
        if data.classes is not None and self.history:
            place = {c: i for i, c in enumerate(data.classes)}
            k = len(place)
            true = np.array([place[c] for c in data.y_test.tolist()])
            said = np.array([place[c] for c in self.model.predict(data.X_test).tolist()])
            found["confusion"] = np.bincount(true * k + said, minlength=k * k).reshape(k, k).astype(np.int32)
        return found

    def _gradients(self, data: Lesson) -> list[dict[str, Any]]:
        """How large the gradient of every layer is: the root mean square over its weights."""
        w = self.model.explain(*data.rows(WATCHED), l2=self.course.l2)
        sizes = {n: float(np.sqrt(np.mean(np.square(w.numbers[n])))) for n in w if n.startswith("dW")}
        return [{"array": n, "size": s, "text": number(s, DIGITS).text} for n, s in sizes.items()]


def _network(course: Course, data: Lesson) -> Model:
    layers: list[Any] = []
    for units in course.hidden:
        layers += [Dense(units, course.activation), *([Dropout(course.dropout)] if course.dropout else [])]
    if data.classes is None:
        layers.append(Dense(1))
    else:
        layers.append(Dense(1, "sigmoid") if len(data.classes) == 2 else Dense(len(data.classes), "softmax"))
    return Model(layers, seed=course.seed)


def _code(c: Course, data: Lesson) -> str:
    """A script that does the same."""
    end = "wk.Dense(1)" if data.classes is None else 'wk.Dense(1, "sigmoid")'
    if data.classes is not None and len(data.classes) > 2:
        end = f'wk.Dense({len(data.classes)}, "softmax")'
    drop = f", wk.Dropout({c.dropout:g})" if c.dropout else ""
    hidden = "".join(f'wk.Dense({n}, "{c.activation}"){drop}, ' for n in c.hidden)
    load = {
        "digits": "X, y = wk.data.digits()",
        "mnist": 'X, y = wk.data.mnist("train")',
    }.get(c.data, f"table = wk.data.table({c.data!r}, {data.target!r})\nX, y = table.features, table.y")
    if data.classes is None:
        load += f"\ny = (y - {data.mean!r}) / {data.spread!r}"
    rate = f"wk.schedules.Cosine({c.rate:g}, {c.epochs})" if c.schedule == "cosine" else f"{c.rate:g}"
    penalty = f", l2={c.l2:g}" if c.l2 else ""
    return (
        f"import workings as wk\n\n{load}\n"
        f"model = wk.Model([{hidden}{end}], seed={c.seed})\n"
        f"model.fit(X, y, epochs={c.epochs}, batch_size={c.batch}, learning_rate={rate}, "
        f'optimizer="{c.optimizer}"{penalty}, validation=0.2)\n'
    )
