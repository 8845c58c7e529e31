"""Why a classifier is not trained with squared error: the valley of one has one bottom, the other's has more.

python examples/cross_entropy.py
"""

import numpy as np

import workings as wk
from workings.landscape import Cost, bend, descend, local_minima

print("What one answer costs, -(y log a + (1 - y) log(1 - a)):")
print("   a      y = 1   y = 0")
for a in (0.01, 0.1, 0.5, 0.9, 0.99):
    print(f"   {a:4}  {-np.log(a):6.3f}  {-np.log(1 - a):6.3f}")
model = wk.Model([wk.Dense(1, "sigmoid")], parameters={"W1": [[1000]], "b1": [0]})
print("Sure and right, a = 1 for y = 1, has the term 0 log 0; it counts as 0, for what did not happen costs nothing:")
right, wrong = (model.evaluate([[1.0], [-1.0]], labels)["loss"] for labels in ([1, 0], [0, 1]))
print(f"   sure and right costs {right}, sure and wrong {wrong}\n")

# six examples of one feature, one weight and no bias: a cost that can be looked at from end to end
x, y = [[-1], [1.5], [-1], [6], [0.5], [1.5]], [1, 0, 1, 1, 1, 0]
w = np.linspace(-4, 4, 321)
for loss in ("cross-entropy", "squared-error"):
    model = wk.Model([wk.Dense(1, "sigmoid")], loss, parameters={"W1": [[0]], "b1": [0]}, dtype="float64")
    cost = Cost(model, x, y)
    J = lambda at, cost=cost: cost([at, 0])
    told = bend(J, w)
    print(f"{loss}: smallest second derivative {told.least:.4f} at w = {told.at:.2f}, so convex: {told.convex}")
    heights = np.array([J(at) for at in w])
    for k in local_minima(heights):
        print(f"   a bottom at w = {w[k]:.2f}, J = {heights[k]:.4f}")
    for start in (-3.0, 1.0):
        slope = lambda at, cost=cost: cost.gradient([at, 0])[0]
        end = float(descend(slope, start, 0.05, 4000)[-1])
        print(f"   started at {start:4.1f}, descent ends at w = {end:.3f} with J = {J(end):.4f}")
