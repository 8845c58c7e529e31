"""A deep network in plain NumPy, block by block with its caches, beside the library's.

python examples/deep_network_by_hand.py
"""

import numpy as np

import workings as wk
from workings.shapes import shapes


def forward_block(A_prev, W, b, last):
    """One layer forwards: what it says, and what it keeps for the way back."""
    Z = W @ A_prev + b
    A = 1 / (1 + np.exp(-Z)) if last else np.maximum(Z, 0)
    return A, (A_prev, W, Z, A)


def backward_block(dA, cache, last):
    """One layer backwards: four equations, each with what the cache kept."""
    A_prev, W, Z, A = cache
    m = A.shape[1]
    dZ = dA * (A * (1 - A) if last else Z > 0)  # cell by cell
    dW = dZ @ A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = W.T @ dZ
    return dA_prev, dW, db


sizes, m = (10, 20, 15, 5, 1), 100
model = wk.Model([*[wk.Dense(n, "relu") for n in sizes[1:-1]], wk.Dense(1, "sigmoid")], inputs=10, dtype="float64")
L = shapes(model).L
print(f"n[0] = 10, then {sizes[1:]}: L = {L} layers, three hidden and the output.\n")
print("\n".join(str(shapes(model, m)).splitlines()[:9]) + "\n...\n")

rng = np.random.default_rng(0)
X, y = rng.standard_normal((m, 10)), rng.integers(0, 2, m)
params = model.parameters

A, caches = X.T, []
for l in range(1, L + 1):  # this loop may stay: a layer needs the one before it
    A, cache = forward_block(A, params[f"W{l}"], params[f"b{l}"], last=l == L)
    caches.append(cache)
Y = y.reshape(1, m)
dA = -Y / A + (1 - Y) / (1 - A)  # where backward starts; no 1/m here, it comes with dW and db
w = model.explain(X, y)
print(f"J = {float(w['J']):.6f} by the library, {np.mean(-Y * np.log(A) - (1 - Y) * np.log(1 - A)):.6f} by hand\n")
print("layer  kept forwards               made backwards          from the library's at most")
for l in range(L, 0, -1):
    kept = f"A{l - 1} {caches[l - 1][0].shape}, Z{l} {caches[l - 1][2].shape}"
    dA, dW, db = backward_block(dA, caches[l - 1], last=l == L)
    off = max(np.abs(dW - w[f"dW{l}"].numbers).max(), np.abs(db - w[f"db{l}"].numbers).max())
    print(f"{l:5}  {kept:26}  dW{l} {dW.shape!s:8} db{l} {db.shape!s:8}  {off:.0e}")

print("\nA wrong shape is named with its rule:")
for sentence in shapes(model, m).check({"W2": params["W2"].T, "b3": np.zeros(5), "Z4": np.zeros((1, m))}):
    print(f"  {sentence}")
