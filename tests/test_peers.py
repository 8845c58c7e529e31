"""The same gradients as PyTorch and JAX (G9): every layer, and whole networks put together at random.

PyTorch's side is its own functions (`conv2d`, `lstm_cell`, `scaled_dot_product_attention`), differentiated by its
autograd; JAX's side is our forward differentiated by `jax.vjp`.  "Relative" is to the largest cell of the array; what
is 0 but for rounding (a bias under batch norm) is measured against all arrays together, and so is float32: of a sum
of terms that nearly cancel, seven digits keep too few for more.

The everyday count is 2 cases a layer (JAX: 1) and 5 networks.  The full count of reliability.md, 100 and 500:

    WORKINGS_FULL=1 python -m pytest tests/test_peers.py
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.cases import FULL, LAYERS, draw, machine, numbers, there_and_back
from workings import layers as wl
from workings.layers import Convolution, Dense, Dropout, Embedding, Flatten, Last, MaxPool, Recurrent
from workings.layers.select import Select
from workings.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError
from workings.network import Network

CASES, NETWORKS = (100, 500) if FULL else (2, 5)


def same(got, want, relative, shared=1e-2):
    """Within `relative` of the largest cell of the array, and `shared` of that of the largest of all."""
    assert got.keys() == want.keys()
    largest = max(np.max(np.abs(value)) for value in want.values())
    for name, value in want.items():
        atol = relative * max(np.max(np.abs(value)), shared * largest)
        np.testing.assert_allclose(got[name], value, atol=atol, rtol=0, err_msg=name)


# ─── PyTorch's layers, with the example axis where PyTorch has it ───


def torch_layers(torch):
    F = torch.nn.functional
    first = lambda x: x.movedim(-1, 0)
    last = lambda x: x.movedim(0, -1)

    def convolution(o, x, W, b):
        kernels = W.reshape(o.n_out, o.k, o.k, -1).permute(0, 3, 1, 2)
        return last(F.conv2d(first(x), kernels, b.flatten(), padding=o.padding))

    def batch_norm(o, x, gamma, beta, mu=None, var=None):
        known = (mu.flatten(), var.flatten()) if mu is not None else (None, None)
        return last(F.batch_norm(first(x), *known, gamma.flatten(), beta.flatten(), mu is None, eps=o.eps))

    def attention(o, x, Wq, Wk, Wv):
        x = x.permute(2, 1, 0)
        return F.scaled_dot_product_attention(x @ Wq.T, x @ Wk.T, x @ Wv.T).permute(2, 1, 0)

    def embedding(o, x, W):
        return F.embedding(x.T, W.T).permute(2, 1, 0)

    def positions(o, x, **params):
        columns = x.movedim(-1, 1).reshape(x.shape[0], -1)
        out = table[type(o.inner)](o.inner, columns, **params)
        return out.reshape(-1, x.shape[2], x.shape[1]).movedim(1, -1)

    def rnn(n, x, a, W):
        return (torch.rnn_tanh_cell(x.T, a.T, W["Wax"], W["Waa"], W["ba"].flatten()).T,)

    def lstm(n, x, a, c, W):
        Ws = torch.cat([W["Wi"], W["Wf"], W["Wc"], W["Wo"]])
        bs = torch.cat([W["bi"], W["bf"], W["bc"], W["bo"]]).flatten()
        a, c = torch.lstm_cell(x.T, (a.T, c.T), Ws[:, n:], Ws[:, :n], bs, torch.zeros_like(bs))
        return a.T, c.T

    def gru(n, x, c, W):  # PyTorch's own resets after the product, Cho et al. before
        u = torch.sigmoid(W["Wu"][:, :n] @ c + W["Wu"][:, n:] @ x + W["bu"])
        r = torch.sigmoid(W["Wr"][:, :n] @ c + W["Wr"][:, n:] @ x + W["br"])
        g = torch.tanh(W["Wc"][:, :n] @ (r * c) + W["Wc"][:, n:] @ x + W["bc"])
        return (torch.lerp(c, g, u),)

    def recurrent(o, x, **W):
        step = {wl.RnnCell: rnn, wl.LstmCell: lstm, wl.GruCell: gru}[type(o.cell)]
        state, said = [x.new_zeros(n, x.shape[-1]) for n in o.cell.state], []
        for x_t in x.unbind(1):
            state = step(o.cell.n_a, x_t, *state, W)
            said.append(state[0])
        return torch.stack(said, 1)

    table = {
        wl.Identity: lambda o, z: z,
        wl.Sigmoid: lambda o, z: torch.sigmoid(z),
        wl.Tanh: lambda o, z: torch.tanh(z),
        wl.Relu: lambda o, z: F.relu(z),
        wl.LeakyRelu: lambda o, z: F.leaky_relu(z, o.slope),
        wl.Gelu: lambda o, z: F.gelu(z, approximate="tanh"),
        wl.Softplus: lambda o, z: F.softplus(z, threshold=1000),
        wl.Exp: lambda o, z: torch.exp(z),
        wl.Softmax: lambda o, z: torch.softmax(z, 0),
        wl.Dense: lambda o, a, W, b: last(F.linear(first(a), W, b.flatten())),
        wl.Add: lambda o, a, b: a + b,
        wl.Concat: lambda o, a, b: torch.cat([a, b]),
        wl.Dropout: lambda o, a, R=None: a if R is None else a * (o.rate <= R) / (1 - o.rate),
        wl.BatchNorm: batch_norm,
        wl.Convolution: convolution,
        wl.MaxPool: lambda o, x: last(F.max_pool2d(first(x), o.k)),
        wl.Flatten: lambda o, x: last(torch.flatten(first(x), 1)),
        Select: lambda o, x: x[list(o.features)],
        wl.Last: lambda o, x: x.select(1, -1),
        wl.Embedding: embedding,
        wl.Positions: positions,
        wl.Attention: attention,
        wl.Recurrent: recurrent,
    }
    return table


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip(
        "torch", reason="torch is not installed: pip install torch to compare gradients with it"
    )


# ─── every layer ───


def random_case(name, seed, dtype=np.float64):
    sizes = np.random.default_rng(seed % 10)  # ten sets of sizes, so that JAX compiles no oftener
    case = draw(LAYERS[name](*map(int, sizes.integers(1, 4, 3))), int(sizes.integers(3, 6)), seed)
    narrow = lambda x: x.astype(dtype) if x.dtype.kind == "f" else x
    params, givens = ({k: narrow(v) for k, v in named.items()} for named in case[1:3])
    return case.layer, params, givens, list(map(narrow, case.into)), narrow(case.dout)


def wires(case):
    """The names of the wires that carry a gradient: whole numbers have none."""
    return [f"d{i}" for i, x in enumerate(case[3]) if x.dtype.kind == "f"]


def ours(case):
    got = there_and_back(np, *case)
    return {k: got[k] for k in ["out", *wires(case), *(f"d{k}" for k in case[1])]}


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("name", LAYERS)
def test_layers_against_torch(name, dtype, torch):
    for seed in range(CASES):
        case = random_case(name, seed, dtype)
        layer, params, givens, into, dout = case
        leaf = lambda x: torch.tensor(x.copy(), requires_grad=x.dtype.kind == "f")
        tensors, W = list(map(leaf, into)), {k: leaf(v) for k, v in params.items()}
        known = {k: torch.tensor(v) for k, v in givens.items()}
        out = torch_layers(torch)[type(layer)](layer, *tensors, **W, **known)
        m = dout.shape[-1]
        want = {"out": out.detach().numpy()}
        names = wires(case) + [f"d{k}" for k in W]
        leaves = [x for x in tensors if x.requires_grad] + list(W.values())
        slopes = torch.autograd.grad(out, leaves, torch.tensor(dout.copy()))
        for d, slope in zip(names, slopes, strict=True):
            want[d] = slope.numpy() / (1 if d in wires(case) else m)
        same(
            ours(case), want, **{np.float64: {"relative": 1e-10}, np.float32: {"relative": 1e-5, "shared": 1}}[dtype]
        )


@pytest.mark.parametrize("name", LAYERS)
def test_layers_against_jax(name):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")

    @partial(jax.jit, static_argnums=0)
    def there_and_slopes(layer, params, givens, into, dout):
        whole = [x for x in into if x.dtype.kind != "f"]  # numbers of words have no slope
        forward = lambda into, params: layer.forward(jnp, *(into or whole), **params, **givens)[0]
        out, back = jax.vjp(forward, [] if whole else into, params)
        return out, *back(dout)

    for seed in range(CASES if FULL else 1):  # compiling takes its time
        case = random_case(name, seed)
        out, dinto, dparams = there_and_slopes(*case)
        want = {"out": out, **{f"d{i}": d for i, d in enumerate(dinto)}}
        want |= {f"d{k}": d / case[-1].shape[-1] for k, d in dparams.items()}
        same(ours(case), want, relative=1e-10)


# ─── networks put together at random ───

ACTIVATIONS = [wl.Relu, wl.LeakyRelu, wl.Tanh, wl.Sigmoid, wl.Gelu, wl.Softplus, wl.Softmax, wl.Identity]
CELLS = [wl.RnnCell, wl.GruCell, wl.LstmCell]


class Builder:
    """A table of wires that grows downwards, and the generator that decides."""

    def __init__(self, rng, shape):
        self.rng, self.shape, self.rows, self.wire = rng, shape, {}, "X"

    def then(self, layer, *reads):
        reads = reads or (self.wire,)
        self.wire = f"{type(layer).__name__}{len(self.rows)}"
        self.rows[self.wire] = (layer, *reads)

    def size(self, low=1, high=5):
        return int(self.rng.integers(low, high))

    def perhaps(self):
        return self.rng.random() < 0.4

    def activation(self):
        self.then(self.rng.choice(ACTIVATIONS)())

    def dense_part(self):
        for _ in range(self.size(1, 4)):
            before, n = self.wire, self.size(2)
            self.then(Dense(n))
            if self.perhaps():
                self.then(wl.BatchNorm())
            self.activation()
            if self.perhaps():
                self.then(Dropout(0.3))
            if self.perhaps():  # a residual connection round another dense layer
                above = self.wire
                self.then(Dense(n))
                self.then(wl.Add(), self.wire, above)
            if self.perhaps():
                self.then(wl.Concat(), self.wire, before)

    def image_part(self):
        self.then(Convolution(self.size(), k=self.size(1, 4), padding=1))
        if self.perhaps():
            self.then(wl.BatchNorm())
        self.activation()
        if self.perhaps():
            self.then(MaxPool(2))
        if self.perhaps():
            self.then(Convolution(self.size(), k=1))
        self.then(Flatten())

    def words_part(self):
        self.then(Embedding(words=6, n_out=self.size(2)))

    def recurrent_part(self):
        for _ in range(self.size(1, 3)):
            self.then(Recurrent(self.rng.choice(CELLS)(self.size())))
        self.then(Last())

    def attention_part(self):
        above, d = self.wire, Network(self.rows).shapes(self.shape)[self.wire][0] if self.rows else self.shape[0]
        self.then(wl.Attention(self.size(), d))
        self.then(wl.Add(), self.wire, above)
        self.then(wl.Positions(Dense(self.size(2))))
        self.then(Flatten() if self.perhaps() else Last())


def random_network(seed):
    """A network, its parameters and givens, its loss, and the examples."""
    rng = np.random.default_rng(seed)
    kind, m = rng.choice(["table", "image", "words", "sequence", "tokens"]), int(rng.integers(3, 6))
    shape = {"table": (4,), "image": (2, 4, 5), "words": (3,)}.get(kind, (3, 4))
    build = Builder(rng, shape)
    X = rng.integers(6, size=(3, m)) if kind == "words" else numbers(rng, (*shape, m))
    if kind == "image":
        build.image_part()
    if kind == "words":
        build.words_part()
    if kind == "sequence" or (kind == "words" and build.perhaps()):
        build.recurrent_part()
    elif kind in ("tokens", "words"):
        build.attention_part()
    build.dense_part()
    build.then(Dense(3))
    network = Network(build.rows)
    params = network.init(rng, shape)
    for named in params.values():  # no bias is 0: where all inputs are dropped, two outputs alike would be at a kink
        named.update({s: v + numbers(rng, v.shape) / 10 for s, v in named.items() if not s.startswith("W")})
    loss = rng.choice([SigmoidCrossEntropy(), SoftmaxCrossEntropy(), SquaredError()])
    Y = np.eye(3)[rng.integers(3, size=m)].T
    return network, params, network.noise(rng, shape, m), loss, X, Y


def cost(xp, network, loss, params, givens, X, Y):
    made, caches = network.forward(xp, params, X, givens)
    J, cache = loss.forward(xp, made[network.output], Y)
    return J, caches, cache


def flat(grads):
    return {f"{row} {symbol}": np.asarray(d) for row, named in grads.items() for symbol, d in named.items()}


def our_slopes(network, params, givens, loss, X, Y):
    J, caches, cache = cost(np, network, loss, params, givens, X, Y)
    dwires, grads = network.backward(np, params, caches, loss.backward(np, **cache))
    wire = {"X": dwires["X"] / X.shape[-1]} if X.dtype.kind == "f" else {}
    return {"J": np.asarray(J)} | wire | flat(grads)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_networks_against_torch(seed, torch):
    network, params, givens, loss, X, Y = random_network(seed)
    F, table = torch.nn.functional, torch_layers(torch)
    leaf = lambda x: torch.tensor(x, requires_grad=x.dtype.kind == "f")
    made = {"X": leaf(X)}
    W = {row: {s: leaf(v) for s, v in named.items()} for row, named in params.items()}
    for name, layer, reads in network.rows:
        known = {s: torch.tensor(v) for s, v in givens.get(name, {}).items()}
        made[name] = table[type(layer)](layer, *(made[read] for read in reads), **W.get(name, {}), **known)
    Z, T = made[network.output].T, torch.tensor(Y.T.copy())
    J = {
        SquaredError: lambda: F.mse_loss(Z, T),
        SigmoidCrossEntropy: lambda: F.binary_cross_entropy_with_logits(Z, T, reduction="sum") / len(Z),
        SoftmaxCrossEntropy: lambda: F.cross_entropy(Z, T),
    }[type(loss)]()
    J.backward()
    slope = lambda x: np.zeros(x.shape) if x.grad is None else x.grad.numpy()
    wire = {"X": slope(made["X"])} if made["X"].requires_grad else {}
    want = flat({row: {s: slope(x) for s, x in named.items()} for row, named in W.items()})
    same(our_slopes(network, params, givens, loss, X, Y), {"J": J.detach().numpy()} | wire | want, relative=1e-10)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_networks_against_jax(seed):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    network, params, givens, loss, X, Y = random_network(seed)
    floats = X.dtype.kind == "f"
    J = partial(cost, jnp, network, loss)
    slopes = jax.jit(jax.value_and_grad(lambda p, X: J(p, givens, X, Y)[0], argnums=(0, 1) if floats else (0,)))
    value, (grads, *dX) = slopes(params, X)
    wire = {"X": np.asarray(dX[0])} if floats else {}
    want = {"J": np.asarray(value)} | wire | flat(grads)
    same(our_slopes(network, params, givens, loss, X, Y), want, relative=1e-10)
