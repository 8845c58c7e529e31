"""Cells: one textbook time step each.  A cell is a layer whose first wires are its state.

    RNN    a = tanh(z)      z = Waa a_prev + Wax x + ba                                 (Elman 1990)

           dz  = da (1 - a²)
           dWaa = dz a_prevᵀ / m        dWax = dz xᵀ / m        dba = Σ dz / m
           da_prev = Waaᵀ dz            dx = Waxᵀ dz

    GRU    u = σ(Wu v + bu)       r = σ(Wr v + br)       v = [c_prev; x]                (Cho et al. 2014, with u
           g = tanh(Wc w + bc)    w = [r · c_prev; x]                                    turned as in Chung et al.
           c = u · g + (1 - u) · c_prev                                                  2014: u takes the new)

           dzc = dc u (1 - g²)                       dw = Wcᵀ dzc
           dzu = dc (g - c_prev) u (1 - u)           dzr = dw₁ c_prev r (1 - r)
           dv  = Wuᵀ dzu + Wrᵀ dzr
           dc_prev = dc (1 - u) + dw₁ r + dv₁        dx = dw₂ + dv₂
           dWu = dzu vᵀ / m      dWr = dzr vᵀ / m      dWc = dzc wᵀ / m      db = Σ dz / m

    LSTM   f = σ(Wf v + bf)       i and o likewise       v = [a_prev; x]                (Hochreiter and
           g = tanh(Wc v + bc)                                                           Schmidhuber 1997; f: Gers,
           c = f · c_prev + i · g                                                        Schmidhuber and
           a = o · tanh(c)                                                               Cummins 2000)

           dc  = dc + da o (1 - tanh²(c))            c is read by the next step and by a
           dzf = dc c_prev f (1 - f)                 dzi = dc g i (1 - i)
           dzc = dc i (1 - g²)                       dzo = da tanh(c) o (1 - o)
           dv  = Wfᵀ dzf + Wiᵀ dzi + Wcᵀ dzc + Woᵀ dzo
           da_prev = dv₁         dx = dv₂              dc_prev = dc f
           dWf = dzf vᵀ / m, dWi, dWc and dWo likewise      db = Σ dz / m

States and inputs are (n, m); every W has one row per unit.  In v and w the state stands above the input: dv₁ and dw₁
are the rows of the state, dv₂ and dw₂ those of x.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.activations import Sigmoid
from workings.layers.sizes import _Sized


def sigmoid(xp: Namespace, z: Array) -> Array:
    return Sigmoid().forward(xp, z)[0]


def bias_gradient(xp: Namespace, dz: Array) -> Array:
    return xp.sum(dz, axis=1, keepdims=True) / dz.shape[-1]


@dataclass(frozen=True)
class RnnCell(_Sized):
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
class GruCell(_Sized):
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
        dWu = dzu @ v.T / m
        dWr = dzr @ v.T / m
        dWc = dzc @ w.T / m
        dbu, dbr, dbc = bias_gradient(xp, dzu), bias_gradient(xp, dzr), bias_gradient(xp, dzc)
        return (dc_prev, dx), {"Wu": dWu, "Wr": dWr, "Wc": dWc, "bu": dbu, "br": dbr, "bc": dbc}


@dataclass(frozen=True)
class LstmCell(_Sized):
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
        da_prev, dx = dv[: self.n_a, :], dv[self.n_a :, :]
        dWf = dzf @ v.T / m
        dWi = dzi @ v.T / m
        dWc = dzc @ v.T / m
        dWo = dzo @ v.T / m
        dbf, dbi = bias_gradient(xp, dzf), bias_gradient(xp, dzi)
        dbc, dbo = bias_gradient(xp, dzc), bias_gradient(xp, dzo)
        grads = {"Wf": dWf, "Wi": dWi, "Wc": dWc, "Wo": dWo, "bf": dbf, "bi": dbi, "bc": dbc, "bo": dbo}
        return (da_prev, dc_prev, dx), grads
