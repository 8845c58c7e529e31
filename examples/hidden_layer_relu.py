"""Exercise 4: a hidden layer.  What it says, h, is what the output layer reads; here ReLU follows both.

python examples/hidden_layer_relu.py
"""

import numpy as np

from workings.exercises import load

x = np.array([[2], [1], [3]])
W1 = np.array([[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
b1 = np.array([[-5], [0], [1], [-2]])
W2 = np.array([[1, 1, -1, 0], [0, 0, 1, -1]])
b2 = np.array([[0], [1]])

h = np.maximum(W1 @ x + b1, 0)
z = W2 @ h + b2
y = np.maximum(z, 0)
print("h =", h.ravel())
print("z =", z.ravel())
print("y =", y.ravel())

# A node has as many weights as the layer before it has nodes.
assert W1.shape[1] == len(x)
assert W2.shape[1] == len(h)
(n1, k1), (n2, k2) = W1.shape, W2.shape
first, second = W1.size + b1.size, W2.size + b2.size
print(f"parameters: {n1} x ({k1} + 1) + {n2} x ({k2} + 1) = {first} + {second} = {first + second}")

exercise = load(4)
assert (exercise.explain()["A2"].numbers == y).all()
for line in exercise.lines("Z2") + exercise.lines("A2"):
    print(line)
