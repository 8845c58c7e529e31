"""Model: a network, its loss, its parameters and its conventions: the object that users hold.

>>> import numpy as np
>>> from workings import Dense
>>> X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
>>> model = Model([Dense(8, "tanh"), Dense(1, "sigmoid")], seed=1)
>>> history = model.fit(X, y, epochs=200, learning_rate=0.1, optimizer="adam", progress=False)
>>> model.predict(X)
array([0, 1, 1, 0])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from workings import optimizers, saving
from workings.backends import numpy as reference
from workings.backends.plan import State
from workings.contract import Shape, Tree
from workings.conventions import Conventions
from workings.labels import Labels
from workings.layers import Sigmoid, Softmax
from workings.model import arguments
from workings.model.columns import Columns
from workings.model.exchange import Exchange
from workings.model.fitting import Asked, fit
from workings.model.looking import Looking
from workings.model.packing import pack, read
from workings.model.reading import Reader, inputs_of, planned
from workings.model.showing import Showing
from workings.model.weighing import weights_of_rows, with_mean_one
from workings.network import Network
from workings.parameters import by_label, exactly, given
from workings.specs import expand, loss_for
from workings.training import EarlyStopping, History
from workings.training.fit import evaluate


class Model(Exchange, Looking, Showing):
    """A network that can be trained, asked and explained.

    `layers`: a list such as [Dense(16, "relu"), Dense(10, "softmax")], or a `Network`.
    `loss`: "cross-entropy", "mse", "squared-error", "half-squared-error" or a loss object; by default cross-entropy
    after sigmoid and softmax, else "mse".
    `inputs`: the number of features, or the shape of one example; found from the first data if left out.
    `parameters`: numbers to start from, by name ({"W1": [[1, -1, 1]], "b1": [[-5]]}); integers and fractions
    ("1/2") stay exact until `fit`.
    `seed`: fixes the starting parameters, the order of the batches and every other random number.
    `dtype`: what is computed in; weights are drawn in float64 and rounded to it.

    Examples are rows everywhere: X (m, n) for tables, (m, h, w) or (m, c, h, w) for images, (m, T, n) for sequences.

    >>> from workings import Dense
    >>> Model([Dense(1, "relu")], parameters={"W1": [[1, -1, 1]], "b1": [[-5]]}).predict([[2, 1, 9]])
    array([[5.]], dtype=float32)
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
        self.dtype = arguments.precision(dtype)
        self.network = layers if isinstance(layers, Network) else expand(layers)
        self.loss = loss_for(self.network, loss)
        self.conventions = conventions or Conventions()
        self.seed = arguments.whole("seed", seed, 0)
        self.rng = np.random.default_rng(self.seed)
        self.history = History()
        self.preparation: Any = None
        self.columns: tuple[str, ...] | None = None
        self.pixels: bool | None = None  # whether it was trained on bytes, read as 0 to 1
        self.labels: Labels | None = None
        self.shape: Shape | None = None
        self.state = State({}, {}, {})
        self.exact: Tree | None = None
        self._given = dict(parameters or {})
        if inputs is None and self._given:
            inputs = inputs_of(self.network, self._given)
        if inputs is not None:
            self.build(arguments.inputs(inputs))

    def build(self, shape: Shape) -> None:
        """Draw the starting parameters for examples of this shape (done by itself when the first data come)."""
        self.network.shapes(shape)  # refuses a shape the layers cannot read, before anything is drawn
        start = self.network.init(self.rng, shape)
        params, self.exact = given(self.network, start, self._given, self.dtype)
        memory = reference.cast(self.network.memory(shape), self.dtype)
        self.state = State(reference.cast(params, self.dtype), memory, {})
        self.shape = shape

    def build_for(self, X: np.ndarray) -> None:
        """`build` for these examples, unless that has been done."""
        if self.shape is None:
            self.build(X.shape[1:])

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """W1 (n_out, n_in), b1 (n_out, 1), …; exact while they are.

        >>> from workings import Dense
        >>> Model([Dense(1)], parameters={"W1": [["1/2", 3]], "b1": [0]}).parameters["W1"]
        array([[Fraction(1, 2), 3]], dtype=object)
        """
        self._must_be_built()
        return by_label(self.network, self.exact or self.state.params)

    @property
    def classes_(self) -> np.ndarray:
        """The labels in the order of the outputs."""
        if self.labels is None or self.labels.kind == "numbers":
            raise AttributeError("this model knows no classes: it has not been trained on any")
        return np.asarray(self.labels.classes)

    def __repr__(self) -> str:
        rows = ", ".join(f"{row.name}: {type(row.layer).__name__}" for row in self.network.rows)
        return f"<Model {rows}; {self.loss}>"

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
        sample_weight: Any = None,
        class_weight: Any = None,
        l1: float = 0.0,
        l2: float = 0.0,
        shuffle: bool = True,
        early_stopping: int | EarlyStopping | None = None,
        checkpoint: Any = None,
        resume: bool = False,
        callbacks: Callable[[Model, History], Any] | Iterable[Callable[[Model, History], Any]] = (),
        progress: bool | None = None,
        backend: str = "auto",
    ) -> History:
        """Train on the rows of X, with the labels or numbers y, and return what every epoch said.

        X may be a table (a DataFrame with texts or gaps, a dict, a `Table`): the model prepares it, and keeps how.
        `learning_rate`: a number or a schedule; by default 0.1, or 0.001 for Adam, AdamW and RMSprop.
        `optimizer`: "gradient-descent", "momentum", "nesterov", "rmsprop", "adam", "adamw" or an optimizer object.
        `validation`: a share of the rows to set aside (drawn with the seed), or a pair (X, y).
        `sample_weight`: how much each row counts, (m,); a row of weight 3 counts as if it stood there three times.
        `class_weight`: {label: weight}, or "balanced": rare classes count as much as common ones.
        `l1`, `l2`: the strength λ of the penalties λ Σ|W| and λ/2 Σ W²; biases are free.
        `early_stopping`: epochs without improvement to wait for, or an `EarlyStopping`.
        `checkpoint`: a path or `Checkpoint(path, every=5)`; with `resume`, training goes on from it if it is there,
        to the same numbers as if it had never stopped.
        `callbacks`: called as f(model, history) after every epoch; one that returns True ends training.  With an
        attribute `patience` it may be called only every so many epochs, which is quicker where an epoch is short.
        `progress`: False for silence.

        Raises ValueError for data that cannot be learned from, with the place and a cure, and DivergenceError where
        the loss becomes NaN.  Ctrl-C ends after the step at hand and keeps what was learned.

        >>> from workings import Dense
        >>> model = Model([Dense(1)])
        >>> history = model.fit([[1], [2], [3]], [2, 4, 6], epochs=200, learning_rate=0.1, progress=False)
        >>> model.predict([[10]]).round(1)
        array([20.], dtype=float32)
        """
        asked = Asked(
            arguments.optimizer(optimizer),
            arguments.penalty(l1, l2),
            arguments.whole("epochs", epochs),
            arguments.whole("batch_size", batch_size),
            learning_rate,
            validation,
            bool(shuffle),
            arguments.stopping(early_stopping),
            arguments.checkpoint(checkpoint),
            bool(resume),
            arguments.called(callbacks),
            progress,
            backend,
            sample_weight,
            class_weight,
        )
        return fit(self, X, y, asked)

    def predict(self, X: Any) -> np.ndarray:
        """The label (or the numbers) for every row of X."""
        A = self.outputs(X)
        labels = self._reader.answers()
        return labels.decode(A) if labels else A

    def predict_proba(self, X: Any) -> np.ndarray:
        """(m, k): for every row the probability of each class.

        >>> from workings import Dense
        >>> either = Model([Dense(1, "sigmoid")], parameters={"W1": [[2, 2]], "b1": [-1]})
        >>> either.predict_proba([[0, 0], [0, 1]]).round(2)
        array([[0.73, 0.27],
               [0.27, 0.73]], dtype=float32)
        """
        if not isinstance(self.network.rows[-1].layer, Sigmoid | Softmax):
            raise ValueError("this network predicts numbers, not probabilities: it ends without sigmoid or softmax")
        A = self.outputs(X)
        labels = self._reader.answers()
        return labels.probabilities(A) if labels else A

    def outputs(self, X: Any) -> np.ndarray:
        """What the last layer says for every row, (m, k)."""
        return np.concatenate([wires[self.network.output] for wires in self._in_chunks(X)])

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Every wire by name (X, Z1, A1, …), one example per row."""
        chunks = list(self._in_chunks(X))
        return {name: np.concatenate([wires[name] for wires in chunks]) for name in chunks[0]}

    def evaluate(self, X: Any, y: Any, *, sample_weight: Any = None) -> dict[str, float]:
        """Mean loss and metric over the rows of X: {"loss": …, "accuracy": …} or {"loss": …, "rmse": …}."""
        X, Y, labels = self._reader.examples_and_targets(X, y)
        weights = with_mean_one(weights_of_rows(sample_weight, len(X)))
        self.build_for(X)
        plan = planned(self, labels, optimizers.GradientDescent())
        seen = evaluate(plan, self.state, X, Y, weights)
        assert seen is not None
        return {
            "loss": seen.mean,
            plan.metric.name: plan.metric.finish(seen.metric / seen.examples),
        }

    def explain(self, X: Any, y: Any = None, *, sample_weight: Any = None, l1: float = 0.0, l2: float = 0.0) -> Any:
        """Every array of one forward and (with y) one backward pass on these rows, each cell with its working.

        `sample_weight` is how much each row counts, `l1` and `l2` are the penalties of J, as in `fit`.

        >>> from workings import Dense
        >>> print(Model([Dense(1)], parameters={"W1": [[2]], "b1": [-5]}).explain([[3]])["Z1"][0, 0])
        Z1[1,1] = W1[1,1] x X[1,1] + b1[1,1]
                = (2)(3) + (-5)
                = 1
        """
        from workings.explain import explain

        origins = self._reader.columns.origins(X)
        X, Y, exact = self._reader.exactly(X, y, self.exact is not None)
        self.build_for(X)
        params = self.exact if exact else self.state.params
        w = weights_of_rows(sample_weight, len(X))
        w = exactly(sample_weight) if exact and w is not None else w
        told = {"conventions": self.conventions, "penalties": arguments.penalty(l1, l2), "weights": w}
        made = explain(self.network, self.loss, params, np.moveaxis(X, 0, -1), Y, self.state.memory, **told)
        made.origins = origins
        return made

    def save(self, path: Any) -> None:
        """Write the model to one safetensors file, whole or not at all.

        Raises OSError with what to do where the file cannot be written; a file that was there stays as it was.
        """
        self._must_be_built()
        saving.write(path, *pack(self))

    @classmethod
    def load(cls, path: Any) -> Model:
        """The model saved in this file.  Raises ValueError with the reason for a file that is none."""
        return read(cls, path)

    @property
    def _reader(self) -> Reader:
        columns = Columns(self.preparation, self.columns, self.pixels)
        return Reader(self.network, self.loss, self.dtype, self.shape, self.labels, columns)

    def _in_chunks(self, X: Any, size: int = 4096) -> Iterable[dict[str, np.ndarray]]:
        X = self._reader.examples(X)
        self.build_for(X)
        for start in range(0, len(X), size):
            part = X[start : start + size]
            wires = reference.forward(self.network, self.state.params, self.state.memory, part, self.dtype)
            yield {name: np.moveaxis(A, -1, 0) for name, A in wires.items()}

    def _must_be_built(self) -> None:
        if self.shape is None:
            raise ValueError("the model does not know its inputs yet: give inputs=… or fit it to data first")
