"""Select: some of the features, and no others; so a unit can be linked to exactly what it should see.

A = the rows `features` of X          dX = dA in those rows, 0 in the others
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral

from workings.contract import Array, Named, Namespace, Shape


@dataclass(frozen=True)
class Select:
    """The features with these numbers (from 0, each once), in this order."""

    features: tuple[int, ...]

    def __post_init__(self):
        wanted = self.features
        given = tuple(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else ()
        whole = all(isinstance(i, Integral) and not isinstance(i, bool) for i in given)
        if not given or not whole or len(set(given)) < len(given) or min(given) < 0:
            raise ValueError(
                f"features are different whole numbers from 0, at least one, such as (0, 2), not {wanted!r}"
            )
        object.__setattr__(self, "features", tuple(map(int, given)))  # a saved model gives a list back

    def init(self, rng, shape: Shape) -> Named:
        return {}

    def out_shape(self, shape: Shape) -> Shape:
        if max(self.features) >= shape[0]:
            raise ValueError(f"there is no feature {max(self.features)}: they go from 0 to {shape[0] - 1}")
        return (len(self.features), *shape[1:])

    def forward(self, xp: Namespace, X: Array):
        A = xp.concat([X[i : i + 1, ...] for i in self.features], axis=0)
        return A, {"X": X}

    def backward(self, xp: Namespace, dA: Array, *, X: Array):
        nothing = xp.zeros_like(dA[:1, ...])
        place = {i: dA[k : k + 1, ...] for k, i in enumerate(self.features)}
        dX = xp.concat([place.get(i, nothing) for i in range(X.shape[0])], axis=0)
        return dX, {}
