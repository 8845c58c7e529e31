"""Exercise 7: backpropagation through three layers, and one step of gradient descent.

The notes give the prediction as [0.5, 0.5, 0]; softmax gives [0.4955, 0.4955, 0.0091].  Both are worked out here.

    python examples/backpropagation.py
"""

import numpy as np

from workings.exercises import load

x = np.array([[2], [1], [3]])
W1, b1 = np.array([[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]), np.array([[-5], [0], [1], [-2]])
W2, b2 = np.array([[1, -1, 1, 0], [0, 1, -1, 1]]), np.array([[0], [3]])
W3, b3 = np.array([[2, 0], [0, 2], [1, 1]]), np.array([[-1], [-5], [-7]])
target = np.array([[0], [1], [0]])
rate = 0.01

# 1. Forward pass.
z1 = W1 @ x + b1
a1 = np.maximum(z1, 0)
z2 = W2 @ a1 + b2
a2 = np.maximum(z2, 0)
z3 = W3 @ a2 + b3
softmax = np.exp(z3 - z3.max()) / np.exp(z3 - z3.max()).sum()
print("z3 =", z3.ravel(), " softmax =", softmax.ravel().round(4))

# 2. Backpropagation, once from the declared prediction and once from the exact one.
for name, prediction in (("declared", np.array([[0.5], [0.5], [0]])), ("exact", softmax)):
    dz3 = prediction - target  # 3. softmax and cross-entropy together
    dW3, db3 = dz3 @ a2.T, dz3  # 4. times [a2 | 1]
    da2 = W3.T @ dz3  # 5.
    dz2 = da2 * (z2 > 0)  # 6. times 1 for positive, 0 otherwise
    dW2, db2 = dz2 @ a1.T, dz2  # 7. times [a1 | 1]
    da1 = W2.T @ dz2  # 8.
    dz1 = da1 * (z1 > 0)  # 9.
    dW1, db1 = dz1 @ x.T, dz1  # 10. times [x | 1], of the same shape as W1
    print(f"\n{name} prediction: dz3 = {dz3.ravel().round(4)}")
    print("dW3 | db3 =\n", np.hstack([dW3, db3]).round(4), sep="")
    print("dW2 | db2 =\n", np.hstack([dW2, db2]).round(4) + 0.0, sep="")
    print("dW1 | db1 =\n", np.hstack([dW1, db1]).round(4) + 0.0, sep="")

    # 11. Gradient descent: subtract the rate times the gradient.
    h = np.maximum((W1 - rate * dW1) @ x + b1 - rate * db1, 0)
    h = np.maximum((W2 - rate * dW2) @ h + b2 - rate * db2, 0)
    z = (W3 - rate * dW3) @ h + b3 - rate * db3
    after = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    print(f"loss {-np.log(prediction[1, 0]):.5f} -> {-np.log(after[1, 0]):.5f}")

# The library works the same exercise in whole numbers and fractions; any of them opens.
print()
print(load(7).explain().cell("dW1[2,1]"))
for note in load(7).sheet(key=True).notes:
    print("-", note)
