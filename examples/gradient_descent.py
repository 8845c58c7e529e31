"""Walking downhill: into which valley, how fast, and what a step too long does.

python examples/gradient_descent.py
"""

import numpy as np

import workings as wk
from workings.landscape import descend
from workings.optimizers import GradientDescent


def curve(x):
    return x**4 - 3 * x**2 + x


def slope(x):
    return 4 * x**3 - 6 * x + 1


print("1. x^4 - 3x^2 + x has two valleys.  Where you start decides into which you fall:")
for start in (-2.0, 0.0, 0.3, 2.0):
    path = descend(slope, start, learning_rate=0.05, steps=200)
    print(f"   from {start:4.1f} to {path[-1]:8.5f}, where the height is {curve(path[-1]):8.5f}")
print("   The right valley is a minimum, but not the lowest.\n")

print("2. The same on a surface, height = x^4 - 3x^2 + x + y^2:")
for start in ([0.3, 2.0], [-0.3, 2.0]):
    path = descend(lambda p: np.array([slope(p[0]), 2 * p[1]]), start, 0.05, 200)
    print(f"   from {start} to [{path[-1, 0]:.4f}, {path[-1, 1]:.4f}]")

print("\n3. On x^2 every step multiplies x by 1 - 2 x rate:")
for rate, said in ((0.1, "steps shrink with the slope"), (0.75, "beyond it at every step"), (1.5, "and away")):
    path = descend(lambda x: 2 * x, 1.0, rate, 5)
    print(f"   rate {rate:4}: " + " ".join(f"{x:8.4f}" for x in path) + f"   {said}")
print("   So steps in proportion to the slope do not overshoot only while the rate is small.\n")

print("4. Two different things: back-propagation computes the slopes, gradient descent applies them.")
X, y = wk.data.digits()
model = wk.Model([wk.Dense(16, "relu"), wk.Dense(10, "softmax")], inputs=64, seed=0, dtype="float64")
w = model.explain(X[:100], y[:100])
print(f"   computed: J = {float(w['J']):.4f}, and dW1, db1, dW2, db2; no weight has moved")
before = model.parameters
slopes = {name: w[f"d{name}"].numbers for name in before}
after, _ = GradientDescent().update(np, before, slopes, {"t": 0.0}, alpha=0.1)
expected = -0.1 * sum((d**2).sum() for d in slopes.values())
stepped = wk.Model([wk.Dense(16, "relu"), wk.Dense(10, "softmax")], parameters=after, dtype="float64")
J = stepped.evaluate(X[:100], y[:100])["loss"]
moved = J - float(w["J"])
print(f"   applied:  W <- W - 0.1 dW: J = {J:.4f}, a change of {moved:.4f} (the slope promised {expected:.4f})")
