"""Step: wrong updates of the parameters."""

from __future__ import annotations

from collections.abc import Iterator

from workings.exercises.code import reference as r
from workings.exercises.code.faults.rows import Suspect
from workings.exercises.code.reference import Case, Plan


def update(c: Case, _: Plan) -> Iterator[Suspect]:
    p, g, alpha = c["parameters"], c["grads"], c["learning_rate"]
    L = r.depth(p)
    by = lambda f: {name: f(W, g[f"d{name}"]) for name, W in p.items()}
    right = r.updated(p, g, alpha)
    yield "sign", "the step goes up: + stands where - belongs", by(lambda W, d: W + alpha * d)
    yield "missing term", "the learning rate is missing", by(lambda W, d: W - d)
    yield "missing term", "the gradient is missing: only the learning rate is subtracted", by(lambda W, d: W - alpha)
    yield "missing term", "the old value is missing: W = -learning_rate * dW", by(lambda W, d: -alpha * d)
    yield "missing term", "nothing was updated", dict(p)
    yield "wrong cache", "the gradient was put in place of the parameter", by(lambda W, d: d)
    yield "swapped", "parameter and gradient changed places", by(lambda W, d: d - alpha * W)
    yield "factor", "it is divided by the learning rate", by(lambda W, d: W - d / alpha)
    yield "factor", "the step was made twice", by(lambda W, d: W - 2 * alpha * d)
    for s in "Wb":
        one = {name: (p if name[0] == s else right)[name] for name in p}
        yield "missing term", f"{s} was not updated", one
        up = {name: (p[name] + alpha * g[f"d{name}"] if name[0] == s else right[name]) for name in p}
        yield "sign", f"the step of {s} goes up: + stands where - belongs", up
        bare = {name: (p[name] - g[f"d{name}"] if name[0] == s else right[name]) for name in p}
        yield "missing term", f"the learning rate is missing in {s}", bare
    for layer in range(1, L + 1):
        some = {name: (p if int(name[1:]) == layer else right)[name] for name in p}
        yield "wrong layer", f"off by one layer: layer {layer} was not updated", some
        for s in "Wb":
            one = {name: (p if name == f"{s}{layer}" else right)[name] for name in p}
            yield "missing term", f"{s}{layer} was not updated", one
        only = {name: (right if int(name[1:]) == layer else p)[name] for name in p}
        yield "wrong layer", f"off by one layer: only layer {layer} was updated", only
        for other in range(1, L + 1):
            if other != layer:
                swapped = dict(right)
                for s in "Wb":
                    if g[f"d{s}{other}"].shape == p[f"{s}{layer}"].shape:
                        swapped[f"{s}{layer}"] = p[f"{s}{layer}"] - alpha * g[f"d{s}{other}"]
                yield "wrong layer", f"layer {layer} was updated with the gradient of layer {other}", swapped
