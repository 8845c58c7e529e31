"""Exercise 2: a single neuron: multiply, add, add the bias, and let only what is positive through.

python examples/single_neuron_relu.py
"""

import numpy as np

x = np.array([[2], [1], [3]])  # one input, as a column
w = np.array([[1, -1, 1]])  # one neuron, as a row
b = np.array([[-5]])

z = w @ x + b
terms = " + ".join(f"({wk})({xk})" for wk, xk in zip(w[0], x[:, 0], strict=True))
print(f"{terms} + ({b[0, 0]}) = {z[0, 0]}")

a = np.maximum(z, 0)
print(f"{z[0, 0]} -> {a[0, 0]} because {z[0, 0]} is {'negative' if z[0, 0] < 0 else 'not negative'}")

print(f"parameters of this neuron: {w.size} weights + {b.size} bias = {w.size + b.size}")
