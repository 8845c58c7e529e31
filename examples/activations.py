"""Sigmoid, tanh and ReLU: how high, how steep, and what the steepness does to learning.

python examples/activations.py
"""

import workings as wk
from workings.slopes import nudged, slope_of

print("   z   sigmoid  slope    tanh  slope    ReLU  slope")
for z in (-10.0, -2.0, -0.5, 0.0, 0.5, 2.0, 10.0):
    told = [slope_of(name, z) for name in ("sigmoid", "tanh", "relu")]
    print(f"{z:5.1f}  " + "  ".join(f"{x.value:7.4f} {x.slope:6.4f}" for x in told))

print("\nIs the slope right?  Nudge z by 0.001 and see how much a moves:")
for name in ("sigmoid", "tanh", "relu"):
    ratio = nudged(lambda z, name=name: slope_of(name, z).value, 0.5, 0.001).slope
    print(f"{name:8} at 0.5: by formula {slope_of(name, 0.5).slope:.4f}, by nudge {ratio:.4f}")

left, right = (nudged(lambda z: slope_of("relu", z).value, 0.0, by).slope for by in (-0.001, 0.001))
print(f"ReLU at 0 has two slopes, {left + 0.0:.0f} from the left and {right:.0f} from the right; here 0 is chosen.\n")

print("A race: six layers of 16 on the digits, same start, same rate, ten epochs.")
X, y = wk.data.digits()
for name in ("sigmoid", "tanh", "relu"):
    model = wk.Model([*[wk.Dense(16, name, "he") for _ in range(5)], wk.Dense(10, "softmax")], seed=0)
    steep = model.explain(X[:200], y[:200])
    first, last = (abs(steep[f"dW{l}"].numbers).mean() for l in (1, 6))
    history = model.fit(X, y, epochs=10, learning_rate=0.1, progress=False)
    print(
        f"{name:8} loss {history[0]['loss']:.3f} -> {history[-1]['loss']:.3f},"
        f" right {100 * history[-1]['accuracy']:.0f} %; before training dW1 was {first / last:.5f} of dW6"
    )
print("A sigmoid's slope is at most 0.25, so every layer takes away three quarters or more of what comes back.")
