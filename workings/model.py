"""Model: a network, its loss, its parameters and its conventions: the object that users hold.

>>> from workings.specs import Dense
>>> X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
>>> model = Model([Dense(8, "tanh"), Dense(1, "sigmoid")], seed=1)
>>> history = model.fit(X, y, epochs=200, learning_rate=0.1, optimizer="adam", progress=False)
>>> model.predict(X)
array([0, 1, 1, 0])
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workings import inputs as door
from workings import losses, metrics, optimizers, penalties, saving
from workings.backends import choose
from workings.backends import numpy as reference
from workings.backends.plan import Plan, State
from workings.contract import Shape, Tree
from workings.conventions import Conventions
from workings.labels import Labels
from workings.layers import Sigmoid, Softmax
from workings.network import Network
from workings.parameters import by_label, exactly, given
from workings.schedules import schedule
from workings.specs import expand, loss_for
from workings.training import Checkpoint, Course, EarlyStopping, History, TrainingWarning, train
from workings.training.checkpoint import Run, fingerprint, resumable
from workings.training.fit import evaluate
from workings.training.interruption import Interrupted


class Model:
    """A network that can be trained, asked and explained.

    `layers`: a list such as [Dense(16, "relu"), Dense(10, "softmax")], or a `Network`.
    `loss`: "cross-entropy", "mse", "squared-error", "half-squared-error" or a loss object; by default cross-entropy
    after sigmoid and softmax, else "mse".
    `inputs`: the number of features, or the shape of one example; found from the first data if left out.
    `parameters`: numbers to start from, by name ({"W1": [[1, -1, 1]], "b1": [[-5]]}); integers and fractions
    ("1/2") stay exact until `fit`.
    `dtype`: what is computed in; weights are drawn in float64 and rounded to it.

    Examples are rows everywhere: X (m, n) for tables, (m, h, w) or (m, c, h, w) for images, (m, T, n) for sequences.
    """

    def __init__(
        self,
        layers: Iterable[Any] | Network,
        loss: Any = None,
        inputs: int | Shape | None = None,
        parameters: Mapping[str, Any] | None = None,
        conventions: Conventions | None = None,
        seed: int = 0,
        dtype: str = "float32",
    ):
        if str(dtype) not in ("float32", "float64"):
            raise ValueError(f'dtype is "float32" or "float64", not {dtype!r}')
        self.network = layers if isinstance(layers, Network) else expand(layers)
        self.loss = loss_for(self.network, loss)
        self.conventions = conventions or Conventions()
        self.seed = seed
        self.dtype = str(dtype)
        self.rng = np.random.default_rng(seed)
        self.history = History()
        self.preparation: Any = None
        self.labels: Labels | None = None
        self.shape: Shape | None = None
        self.state = State({}, {}, {})
        self.exact: Tree | None = None
        self._given = dict(parameters or {})
        if inputs is None and self._given:
            inputs = self._inputs_of(self._given)
        if inputs is not None:
            self.build((inputs,) if isinstance(inputs, int) else tuple(inputs))

    # ------------------------------------------------------------------ making

    def build(self, shape: Shape) -> None:
        """Draw the starting parameters for examples of this shape (done by itself when the first data come)."""
        start = self.network.init(self.rng, shape)
        params, self.exact = given(self.network, start, self._given)
        self.state = State(reference.cast(params, self.dtype), self.network.memory(shape), {})
        self.shape = shape

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """W1 (n_out, n_in), b1 (n_out, 1), …; exact while they are."""
        self._must_be_built()
        return by_label(self.network, self.exact or self.state.params)

    @property
    def classes_(self) -> np.ndarray:
        """The labels in the order of the outputs."""
        if self.labels is None or self.labels.kind == "numbers":
            raise AttributeError("this model knows no classes: it has not been trained on any")
        return np.asarray(self.labels.classes)

    def summary(self) -> Any:
        """Rows, shapes and parameter counts, with the counts written as arithmetic."""
        from workings.summary import Summary

        self._must_be_built()
        return Summary.of(self)

    def __repr__(self) -> str:
        rows = ", ".join(f"{row.name}: {type(row.layer).__name__}" for row in self.network.rows)
        return f"<Model {rows}; {self.loss}>"

    # ------------------------------------------------------------------ training

    def fit(
        self,
        X: Any,
        y: Any,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: Any = None,
        optimizer: Any = "gradient-descent",
        *,
        validation: Any = None,
        l1: float = 0.0,
        l2: float = 0.0,
        shuffle: bool = True,
        early_stopping: int | EarlyStopping | None = None,
        checkpoint: Any = None,
        resume: bool = False,
        callbacks: Iterable[Callable[[Model, History], Any]] = (),
        progress: bool | None = None,
        backend: str = "auto",
    ) -> History:
        """Train on the rows of X, with the labels or numbers y, and return what every epoch said.

        `learning_rate`: a number or a schedule; by default 0.1, or 0.001 for Adam, AdamW and RMSprop.
        `optimizer`: "gradient-descent", "momentum", "nesterov", "rmsprop", "adam", "adamw" or an optimizer object.
        `validation`: a share of the rows to set aside (drawn with the seed), or a pair (X, y).
        `l1`, `l2`: the strength λ of the penalties λ Σ|W| and λ/2 Σ W²; biases are free.
        `early_stopping`: epochs without improvement to wait for, or an `EarlyStopping`.
        `checkpoint`: a path or `Checkpoint(path, every=5)`; with `resume`, training goes on from it if it is there,
        to the same numbers as if it had never stopped.
        `callbacks`: called as f(model, history) after every epoch; one that returns True ends training.
        `progress`: False for silence.

        Raises ValueError for data that cannot be learned from, with the place and a cure, and DivergenceError where
        the loss becomes NaN.  Ctrl-C ends after the step at hand and keeps what was learned.
        """
        X, Y = self._examples_and_targets(X, y, learn=True)
        held_out = None
        if validation is not None:
            X, Y, held_out = self._set_aside(X, Y, validation)
        plan = self._plan(_optimizer(optimizer), _penalties(l1, l2))
        rate = schedule(_default_rate(plan.optimizer) if learning_rate is None else learning_rate)
        chosen = choose(backend, plan)
        course = Course(
            plan,
            chosen,
            rate,
            _whole("epochs", epochs),
            min(_whole("batch_size", batch_size), len(X)),
            shuffle,
            held_out,
            EarlyStopping(early_stopping) if isinstance(early_stopping, int) else early_stopping,
            checkpoint if checkpoint is None or isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint),
            progress,
        )
        if self.exact:
            said = f"the parameters were exact; training goes on with them as {self.dtype}"
            warnings.warn(said, TrainingWarning, stacklevel=2)
            self.exact = None
        state = State(self.state.params, self.state.memory, plan.optimizer.init(self.state.params))
        run = Run(state, self.rng, History(backend=chosen.name))
        settings = self._settings(course, X, Y, held_out)
        if resume and course.checkpoint and Path(course.checkpoint).exists():
            arrays, about = resumable(course.checkpoint, settings)
            self._unpack(arrays, about)
            run.state = self.state
            run.unpack(arrays, about["run"])

        def keep(run: Run) -> None:
            self.state, self.history = State(run.state.params, run.state.memory, {}), run.history

        def save(run: Run) -> None:
            keep(run)
            arrays, about = self._pack()
            more, way = run.pack()
            saving.write(course.checkpoint, arrays | more, {**about, "run": way, "settings": settings})

        def after_epoch(run: Run) -> bool:
            keep(run)
            said = [call(self, run.history) for call in callbacks]
            return any(word is True for word in said)

        try:
            interruption = train(course, run, X, Y, save, after_epoch)
        finally:
            keep(run)
        if interruption and interruption.said != "Ctrl-C":
            raise Interrupted(interruption.signum)
        return self.history

    # ------------------------------------------------------------------ asking

    def predict(self, X: Any) -> np.ndarray:
        """The label (or the numbers) for every row of X."""
        A = self.outputs(X)
        return self.labels.decode(A) if self.labels else A

    def predict_proba(self, X: Any) -> np.ndarray:
        """(m, k): for every row the probability of each class."""
        if not isinstance(self.network.rows[-1].layer, Sigmoid | Softmax):
            raise ValueError("this network predicts numbers, not probabilities: it ends without sigmoid or softmax")
        A = self.outputs(X)
        return self.labels.probabilities(A) if self.labels else A

    def outputs(self, X: Any) -> np.ndarray:
        """What the last layer says for every row, (m, k)."""
        return np.concatenate([wires[self.network.output] for wires in self._in_chunks(X)])

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Every wire by name (X, Z1, A1, …), one example per row."""
        chunks = list(self._in_chunks(X))
        return {name: np.concatenate([wires[name] for wires in chunks]) for name in chunks[0]}

    def evaluate(self, X: Any, y: Any) -> dict[str, float]:
        """Mean loss and metric over the rows of X: {"loss": …, "accuracy": …} or {"loss": …, "rmse": …}."""
        X, Y = self._examples_and_targets(X, y)
        plan = self._plan(optimizers.GradientDescent(), ())
        seen = evaluate(plan, self.state, X, Y)
        return {
            "loss": seen.loss / seen.examples,
            plan.metric.name: plan.metric.finish(seen.metric / seen.examples),
        }

    def explain(self, X: Any, y: Any = None) -> Any:
        """Every array of one forward and (with y) one backward pass on these rows, each cell with its working."""
        from workings.explain import explain

        exact = self.exact is not None and _exact(X)
        X = door.examples(X, door.first_kind(self.network), "float64", exact=exact)
        if self.shape is None:
            self.build(X.shape[1:])
        door.check_shape(X, self.shape)
        if X.dtype == np.uint8 and not exact:
            X = X / 255
        Y = None
        if y is not None:
            door.check_lengths(X, y)
            Y = (self.labels or self._labels_of(y)).encode(y, "int64" if exact and _classes_like(y) else "float64").T
        params = self.exact if exact else reference.cast(self.state.params, "float64")
        A0 = np.moveaxis(X, 0, -1)
        return explain(self.network, self.loss, params, A0, Y, self.state.memory, conventions=self.conventions)

    # ------------------------------------------------------------------ keeping

    def save(self, path: Any) -> None:
        """Write the model to one safetensors file, whole or not at all."""
        self._must_be_built()
        saving.write(path, *self._pack())

    @classmethod
    def load(cls, path: Any) -> Model:
        """The model saved in this file.  Raises ValueError with the reason for a file that is none."""
        arrays, about = saving.read(path)
        try:
            model = cls(
                saving.rebuild_network(about["network"]),
                saving.rebuild(about["loss"]),
                conventions=Conventions(**about["conventions"]),
                seed=about["seed"],
                dtype=about["dtype"],
            )
            model._unpack(arrays, about)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(f"{path} is damaged or was not saved by Workings: {error}") from None
        return model

    def _pack(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        arrays = {f"{row}/{s}": W for row, named in self.state.params.items() for s, W in named.items()}
        arrays |= {f"memory/{row}/{s}": x for row, named in self.state.memory.items() for s, x in named.items()}
        labels = self.labels and {**vars(self.labels), "classes": list(self.labels.classes)}
        exact = self.exact and {row: {s: _texts(W) for s, W in named.items()} for row, named in self.exact.items()}
        return arrays, {
            "network": saving.describe_network(self.network),
            "loss": saving.describe(self.loss),
            "shape": list(self.shape or ()),
            "dtype": self.dtype,
            "seed": self.seed,
            "rng": self.rng.bit_generator.state,
            "conventions": self.conventions.to_json(),
            "labels": labels,
            "preparation": self.preparation and self.preparation.to_json(),
            "exact": exact,
            "epochs": self.history.rows,
        }

    def _unpack(self, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        shape = tuple(about["shape"])
        start, memory = self.network.init(np.random.default_rng(0), shape), self.network.memory(shape)
        params = {row: {s: _held(arrays, f"{row}/{s}", W) for s, W in named.items()} for row, named in start.items()}
        memory = {
            row: {s: _held(arrays, f"memory/{row}/{s}", x) for s, x in named.items()} for row, named in memory.items()
        }
        self.state, self.shape = State(reference.cast(params, self.dtype), memory, {}), shape
        if about["exact"]:
            told = {self.network.label(s, row): W for row, named in about["exact"].items() for s, W in named.items()}
            _, self.exact = given(self.network, start, told)
        if about["labels"]:
            self.labels = Labels(**{**about["labels"], "classes": tuple(about["labels"]["classes"])})
        if about["preparation"]:
            from workings.preparation import Preparation

            self.preparation = Preparation.from_json(about["preparation"])
        self.rng.bit_generator.state = about["rng"]
        self.history = History(about["epochs"])

    # ------------------------------------------------------------------ at the door

    def _examples(self, X: Any) -> np.ndarray:
        X = door.examples(X, door.first_kind(self.network), self.dtype)
        if self.shape is None:
            self.build(X.shape[1:])
        assert self.shape is not None
        door.check_shape(X, self.shape)
        return X

    def _examples_and_targets(self, X: Any, y: Any, learn: bool = False) -> tuple[np.ndarray, np.ndarray]:
        X = self._examples(X)
        door.check_lengths(X, y)
        labels = self.labels or self._labels_of(y)
        if learn:
            self.labels = labels
        return X, labels.encode(y, self.dtype)

    def _labels_of(self, y: Any) -> Labels:
        assert self.shape is not None
        last = self.network.rows[-1].layer
        (outputs, *positions) = self.network.shapes(self.shape)[self.network.output]
        if positions:
            raise ValueError("the network answers at every position; end it with Last() or Flatten() to train it")
        measures = isinstance(self.loss, losses.SquaredError) and not _classes_like(y)
        classifies = isinstance(last, Sigmoid | Softmax) and not measures
        return Labels.learned(y, outputs, classifies, several=isinstance(last, Sigmoid) and outputs > 1)

    def _set_aside(self, X: np.ndarray, Y: np.ndarray, validation: Any) -> tuple[Any, Any, tuple[Any, Any]]:
        if isinstance(validation, tuple | list) and len(validation) == 2:
            return X, Y, self._examples_and_targets(*validation)
        if isinstance(validation, bool) or not isinstance(validation, float) or not 0 < validation < 1:
            raise ValueError(f"validation is a share between 0 and 1, or a pair (X, y), not {validation!r}")
        some = round(len(X) * validation)
        if not 0 < some < len(X):
            raise ValueError(f"{validation} of {len(X)} examples leaves none to train on, or none to validate with")
        mixed = np.random.default_rng((self.seed, len(X))).permutation(len(X))
        rest, aside = np.sort(mixed[some:]), np.sort(mixed[:some])
        return X[rest], Y[rest], (X[aside], Y[aside])

    def _in_chunks(self, X: Any, size: int = 4096) -> Iterable[dict[str, np.ndarray]]:
        X = self._examples(X)
        for start in range(0, len(X), size):
            part = X[start : start + size]
            wires = reference.forward(self.network, self.state.params, self.state.memory, part, self.dtype)
            yield {name: np.moveaxis(A, -1, 0) for name, A in wires.items()}

    def _plan(self, optimizer: Any, penalties_: tuple[Any, ...]) -> Plan:
        assert self.shape is not None
        network, loss = self.network, self.loss
        together = losses.fused(network.rows[-1].layer, loss) if len(network.rows) > 1 else None
        if together:
            network, loss = network.without_last(), together
        metric: Any = metrics.RootMeanSquare()
        if self.labels and self.labels.kind != "numbers":
            logit = isinstance(together, losses.SigmoidCrossEntropy)
            metric = metrics.Accuracy(self.labels.kind == "several", 0.0 if logit else 0.5)
        return Plan(network, loss, optimizer, metric, self.shape, penalties_, self.dtype)

    def _settings(self, course: Course, X: Any, Y: Any, held_out: Any) -> dict[str, Any]:
        return {
            "network": saving.describe_network(self.network),
            "loss": saving.describe(self.loss),
            "optimizer": saving.describe(course.plan.optimizer),
            "penalties": saving.describe_all(course.plan.penalties),
            "learning rate": repr(course.schedule),
            "batch size": course.batch_size,
            "shuffle": course.shuffle,
            "dtype": self.dtype,
            "seed": self.seed,
            "data": fingerprint(X, Y),
            "validation data": held_out and fingerprint(*held_out),
            "early stopping": repr(course.early_stopping),
        }

    def _inputs_of(self, parameters: dict[str, Any]) -> int | None:
        first = self.network.rows[0]
        W = parameters.get(self.network.label("W", first.name))
        return (
            np.asarray(W, dtype=object).shape[-1] if W is not None and type(first.layer).__name__ == "Dense" else None
        )

    def _must_be_built(self) -> None:
        if self.shape is None:
            raise ValueError("the model does not know its inputs yet: give inputs=… or fit it to data first")


def _optimizer(wanted: Any) -> Any:
    if not isinstance(wanted, str):
        return wanted
    try:
        return optimizers.OPTIMIZERS[wanted.lower().replace("_", "-")]
    except KeyError:
        known = ", ".join(optimizers.OPTIMIZERS)
        raise ValueError(f"there is no optimizer {wanted!r}; there are {known}") from None


def _default_rate(optimizer: Any) -> float:
    names = [name for name, known in optimizers.OPTIMIZERS.items() if type(known) is type(optimizer)]
    return optimizers.DEFAULT_RATES.get(names[0] if names else "", 0.1)


def _penalties(l1: float, l2: float) -> tuple[Any, ...]:
    for name, strength in (("l1", l1), ("l2", l2)):
        if isinstance(strength, bool) or not 0 <= strength < np.inf:
            raise ValueError(f"{name} is the strength of a penalty, 0 or more, not {strength!r}")
    return tuple(kind(x) for kind, x in ((penalties.L1, l1), (penalties.L2, l2)) if x)


def _whole(name: str, n: Any) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{name} is a whole number from 1, not {n!r}")
    return int(n)


def _classes_like(y: Any) -> bool:
    y = np.asarray(y)
    return y.dtype.kind != "f" or bool((y == np.floor(y)).all())


def _exact(X: Any) -> bool:
    X = np.asarray(X, None if hasattr(X, "dtype") else object)
    return X.dtype.kind in "iub" or exactly(X) is not None


def _texts(cells: np.ndarray) -> list[Any]:
    return np.vectorize(str, otypes=[object])(cells).tolist()


def _held(arrays: dict[str, np.ndarray], name: str, like: np.ndarray) -> np.ndarray:
    if name not in arrays or arrays[name].shape != like.shape:
        shape = arrays[name].shape if name in arrays else "missing"
        raise ValueError(f"its array {name} is {shape}, but the network needs {like.shape}")
    return arrays[name]
