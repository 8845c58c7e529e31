"""Exercise 3: four neurons that see the same input: one row of weights, and one bias, for each.

python examples/four_neurons_relu.py
"""

import numpy as np

from workings.exercises import load

x = np.array([[2], [1], [3]])
W = np.array([[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
b = np.array([[-5], [0], [1], [-2]])

z = W @ x + b
a = np.maximum(z, 0)
for i in range(len(W)):
    terms = " + ".join(f"({w})({xk})" for w, xk in zip(W[i], x[:, 0], strict=True))
    print(f"z{i + 1} = {terms} + ({b[i, 0]}) = {z[i, 0]}, and after ReLU {a[i, 0]}")

nodes, inputs = W.shape
print(f"parameters of a node: {inputs} + 1")
print(f"parameters of the layer: {nodes} x ({inputs} + 1) = {W.size + b.size}")

# The library works the same exercise, and every number of it opens.
worked = load(3).explain()
assert (worked["A1"].numbers == a).all()
print(worked.cell("Z1[3,1]"))
