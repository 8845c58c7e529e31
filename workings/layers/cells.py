"""Cells: one textbook time step each.  A cell is a layer whose first wires are its state.

    RNN    a = tanh(Waa a_prev + Wax x + ba)                                            (Elman 1990)

    GRU    u = σ(Wu [c_prev; x] + bu)          r = σ(Wr [c_prev; x] + br)               (Cho et al. 2014)
           g = tanh(Wc [r · c_prev; x] + bc)   c = u · g + (1 - u) · c_prev

    LSTM   f = σ(Wf [a_prev; x] + bf)          i and o likewise                         (Hochreiter and
           g = tanh(Wc [a_prev; x] + bc)                                                 Schmidhuber 1997)
           c = f · c_prev + i · g              a = o · tanh(c)

States and inputs are (n, m); every W has one row per unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.activations import Sigmoid


def sigmoid(xp: Namespace, z: Array) -> Array:
    return Sigmoid().forward(xp, z)[0]


def bias_gradient(xp: Namespace, dz: Array) -> Array:
    return xp.sum(dz, axis=1, keepdims=True) / dz.shape[-1]


@dataclass(frozen=True)
class RnnCell:
    """`n_a` units that read the input and what they said one step before."""

    n_a: int
    initializer: str = "xavier"

    @property
    def state(self) -> Shape:
        return (self.n_a,)

    def init(self, rng, shape: Shape) -> Named:
        (n_x,) = shape
        return {
            "Waa": initial(self.initializer, rng, (self.n_a, self.n_a)),
            "Wax": initial(self.initializer, rng, (self.n_a, n_x)),
            "ba": initial("zeros", rng, (self.n_a, 1)),
        }

    def forward(self, xp: Namespace, a_prev: Array, x: Array, *, Waa: Array, Wax: Array, ba: Array):
        z = Waa @ a_prev + Wax @ x + ba
        a = xp.tanh(z)
        return (a,), {"a_prev": a_prev, "x": x, "a": a}

    def backward(self, xp: Namespace, da: Array, *, Waa, Wax, ba, a_prev, x, a):
        m = da.shape[-1]
        dz = da * (1 - a**2)
        dWaa = dz @ a_prev.T / m
        dWax = dz @ x.T / m
        dba = bias_gradient(xp, dz)
        da_prev, dx = Waa.T @ dz, Wax.T @ dz
        return (da_prev, dx), {"Waa": dWaa, "Wax": dWax, "ba": dba}


@dataclass(frozen=True)
class GruCell:
    """`n_a` units with an update gate u and a reset gate r."""

    n_a: int
    initializer: str = "xavier"

    @property
    def state(self) -> Shape:
        return (self.n_a,)

    def init(self, rng, shape: Shape) -> Named:
        n_in = self.n_a + shape[0]
        W = {f"W{g}": initial(self.initializer, rng, (self.n_a, n_in)) for g in "urc"}
        return W | {f"b{g}": initial("zeros", rng, (self.n_a, 1)) for g in "urc"}

    def forward(self, xp: Namespace, c_prev: Array, x: Array, *, Wu, Wr, Wc, bu, br, bc):
        v = xp.concat([c_prev, x], axis=0)
        u = sigmoid(xp, Wu @ v + bu)
        r = sigmoid(xp, Wr @ v + br)
        w = xp.concat([r * c_prev, x], axis=0)
        g = xp.tanh(Wc @ w + bc)
        c = u * g + (1 - u) * c_prev
        return (c,), {"c_prev": c_prev, "v": v, "w": w, "u": u, "r": r, "g": g}

    def backward(self, xp: Namespace, dc: Array, *, Wu, Wr, Wc, bu, br, bc, c_prev, v, w, u, r, g):
        m, n = dc.shape[-1], self.n_a
        dzc = dc * u * (1 - g**2)
        dzu = dc * (g - c_prev) * u * (1 - u)
        dw = Wc.T @ dzc
        dzr = dw[:n, :] * c_prev * r * (1 - r)
        dv = Wu.T @ dzu + Wr.T @ dzr
        dc_prev = dc * (1 - u) + dw[:n, :] * r + dv[:n, :]
        dx = dw[n:, :] + dv[n:, :]
        grads = {"Wu": dzu @ v.T / m, "Wr": dzr @ v.T / m, "Wc": dzc @ w.T / m}
        grads |= {f"b{k}": bias_gradient(xp, dz) for k, dz in {"u": dzu, "r": dzr, "c": dzc}.items()}
        return (dc_prev, dx), grads


@dataclass(frozen=True)
class LstmCell:
    """`n_a` units with a memory c behind forget, input and output gates."""

    n_a: int
    initializer: str = "xavier"

    @property
    def state(self) -> Shape:
        return (self.n_a, self.n_a)

    def init(self, rng, shape: Shape) -> Named:
        n_in = self.n_a + shape[0]
        W = {f"W{g}": initial(self.initializer, rng, (self.n_a, n_in)) for g in "fico"}
        return W | {f"b{g}": initial("zeros", rng, (self.n_a, 1)) for g in "fico"}

    def forward(self, xp: Namespace, a_prev: Array, c_prev: Array, x: Array, *, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
        v = xp.concat([a_prev, x], axis=0)
        f = sigmoid(xp, Wf @ v + bf)
        i = sigmoid(xp, Wi @ v + bi)
        o = sigmoid(xp, Wo @ v + bo)
        g = xp.tanh(Wc @ v + bc)
        c = f * c_prev + i * g
        a = o * xp.tanh(c)
        return (a, c), {"v": v, "f": f, "i": i, "o": o, "g": g, "c_prev": c_prev, "c": c}

    def backward(self, xp: Namespace, da, dc, *, Wf, Wi, Wc, Wo, bf, bi, bc, bo, v, f, i, o, g, c_prev, c):
        m = da.shape[-1]
        tanh_c = xp.tanh(c)
        dc = dc + da * o * (1 - tanh_c**2)
        dzf = dc * c_prev * f * (1 - f)
        dzi = dc * g * i * (1 - i)
        dzc = dc * i * (1 - g**2)
        dzo = da * tanh_c * o * (1 - o)
        dc_prev = dc * f
        dv = Wf.T @ dzf + Wi.T @ dzi + Wc.T @ dzc + Wo.T @ dzo
        dz = {"f": dzf, "i": dzi, "c": dzc, "o": dzo}
        grads = {f"W{k}": d @ v.T / m for k, d in dz.items()}
        grads |= {f"b{k}": bias_gradient(xp, d) for k, d in dz.items()}
        return (dv[: self.n_a, :], dc_prev, dv[self.n_a :, :]), grads
