"""The contract: what a layer, a loss and an optimizer promise, and the two rules all of them keep.

**The shape rule.**  Axis 0 is the feature, the last axis is the example, everything between is position:

    dense (n, m)      image (c, h, w, m)      sequence (n, T, m)      W (n_out, n_in)      b (n_out, 1)

**The m rule.**  A wire carries m·∂J/∂A; parameter gradients, and only they, are divided by m.  That is what
the textbook's lines mean: dZ = A - Y has no 1/m, and dW = dZ Aᵀ / m has.

Formulas are pure functions of named givens.  They call nothing but `xp`, an array namespace of the Python array
API standard, and so are read three ways: by NumPy or a compiled machine for the numbers, by `workings.ink` for
the working on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Array = Any  # whatever the namespace xp makes: NumPy, JAX, or ink
Namespace = Any  # numpy, jax.numpy, array_api_strict, or workings.ink.namespace
Named = Mapping[str, Array]  # symbols to arrays: parameters, gradients, caches, givens
Shape = tuple[int, ...]  # one example: the last axis, m, is left out
Tree = Any  # row name -> symbol -> array: the parameters, caches or gradients of a whole network


class Layer(Protocol):
    """A frozen description of a formula; it holds sizes and options, never arrays.

        init(rng, *shapes)                              → the starting parameters, by symbol
        out_shape(*shapes)                              → the shape of one example on the way out
        forward(xp, *inputs, **parameters, **givens)    → output, cache
        backward(xp, doutput, **parameters, **cache)    → dinput (a tuple if several), gradients

    The cache holds, by symbol, what backward reads.  Two more methods are optional, for layers with givens:
    `noise(rng, shape)` draws what training passes in at random (dropout's R), and `memory(shape)` with
    `remember(cache, **memory)` is what training keeps for prediction (batch norm's mean and variance).
    """

    @property
    def init(self) -> Callable[..., Named]: ...
    @property
    def out_shape(self) -> Callable[..., Shape]: ...
    @property
    def forward(self) -> Callable[..., tuple[Array, Named]]: ...
    @property
    def backward(self) -> Callable[..., tuple[Any, Named]]: ...


class Loss(Protocol):
    """What a prediction A costs against the target Y.

    each(xp, A, Y)         → L, cache     L (1, m) is the loss of each example
    forward(xp, A, Y)      → J, cache     J is their mean
    backward(xp, **cache)  → dA           m·∂J/∂A, by the m rule without 1/m

    A loss of your own may leave `each` out; its examples then have no weights.
    """

    @property
    def forward(self) -> Callable[..., tuple[Array, Named]]: ...
    @property
    def backward(self) -> Callable[..., Array]: ...


class Optimizer(Protocol):
    """How a gradient becomes a step.

    init(parameters)                                       → state
    update(xp, parameters, gradients, state, alpha)        → parameters, state
    """

    @property
    def init(self) -> Callable[..., Tree]: ...
    @property
    def update(self) -> Callable[..., tuple[Tree, Tree]]: ...
