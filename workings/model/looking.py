"""Looking: the doors of a model to those who look at it as a whole."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import optimizers
from workings.model import arguments
from workings.model.columns import by_name
from workings.model.fitting import learned
from workings.model.reading import set_aside
from workings.summary import Summary

if TYPE_CHECKING:
    from workings.checkup import Report


class Looking:
    """What `Model` can be asked about itself, as a whole."""

    def summary(self: Any) -> Summary:
        """Rows, shapes and parameter counts, with the counts written as arithmetic.

        >>> from workings import Dense, Model
        >>> print(Model([Dense(4, "relu"), Dense(2, "relu")], inputs=3).summary())
        row  layer  reads  shape  parameters
        X                  3
        Z1   Dense  X      4      4 × (3 + 1) = 16
        A1   Relu   Z1     4
        Z2   Dense  A1     2      2 × (4 + 1) = 10
        A2   Relu   Z2     2
        parameters: 4 × (3 + 1) + 2 × (4 + 1) = 16 + 10 = 26
        loss: SquaredError(factor='mean')
        """
        self._must_be_built()
        return Summary.of(self)

    def checkup(
        self: Any,
        X: Any,
        y: Any,
        validation: Any = None,
        *,
        learning_rate: Any = None,
        optimizer: Any = None,
        batch_size: int | None = None,
        try_cures: bool = True,
    ) -> Report:
        """Why this network does not learn, or that nothing is wrong with it.

        `validation`: a share of the rows to set aside (drawn with the seed, as `fit` draws them), or a pair (X, y).
        `learning_rate`, `optimizer`, `batch_size`: how the model is trained; by default as it was trained last (with
        the last epoch's rate), or as `fit` does.
        `try_cures`: whether cures are tried, on copies: a few epochs on at most 1,000 rows each.

        The model and the data stay as they are.  The report is printed (`print(report)`), or read as data
        (`report.findings`).

        >>> from workings import Dense, Model
        >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> model = Model([Dense(3, "tanh", "zeros"), Dense(1, "sigmoid", "zeros")])
        >>> report = model.checkup(X, y, learning_rate=1.0)
        >>> report.kinds, report.findings[0].cure
        (['symmetric units'], "model = wk.checkup.redrawn(model, ['Z1'])")
        """
        from workings.checkup import Habits, checkup

        how, history = self.history.how, self.history
        named = how.get("optimizer") if how.get("optimizer") in optimizers.OPTIMIZERS else "gradient-descent"
        chosen = arguments.optimizer(optimizer or named)
        same = len(history) and (optimizer is None or arguments.name_of(chosen) == how.get("optimizer"))
        rate = history[-1].get("learning_rate") if learning_rate is None and same else learning_rate
        size = arguments.whole("batch_size", how.get("batch_size", 32) if batch_size is None else batch_size)
        habits = Habits(chosen, float(arguments.rate(rate, chosen)(0)), size)
        if validation is not None and not isinstance(validation, tuple | list):
            X, y, validation = self._parted(X, y, validation)
        return checkup(self._prepared_for(X), X, y, validation, habits, try_cures)

    def _prepared_for(self: Any, X: Any) -> Any:
        """The model; or, where `fit` would first learn how to read this table, a copy that has learned it."""
        if (preparation := learned(self, X, None)) is None:
            return self
        asked = deepcopy(self)
        asked.preparation = replace(preparation, unseen="ignore")
        return asked

    def _parted(self: Any, X: Any, y: Any, share: Any) -> tuple[Any, Any, Any]:
        """The rows that `fit` would train on with this share, and those that it would set aside."""
        rest, aside = set_aside(len(y), share, self.seed)
        return _part(X, rest), _part(y, rest), (_part(X, aside), _part(y, aside))


def _part(A: Any, rows: np.ndarray) -> Any:
    """These rows of an array, a DataFrame, a table or a dict of columns."""
    if hasattr(A, "iloc"):
        return A.iloc[rows]
    if not hasattr(A, "shape") and (table := by_name(A)) is not None:
        return {name: np.asarray(column)[rows] for name, column in table.items()}
    return (A if hasattr(A, "shape") else np.asarray(A))[rows]
