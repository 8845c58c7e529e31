"""Exercise 5: a batch of three inputs.  Each is a column, and the same weights meet every column.

python examples/three_input_batch_relu.py
"""

import numpy as np

X = np.array([[2, 1, 0], [1, 1, 1], [3, 0, 1]])  # columns: x1 = (2, 1, 3), x2 = (1, 1, 0), x3 = (0, 1, 1)
W1 = np.array([[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
b1 = np.array([[-5], [0], [1], [-2]])
W2 = np.array([[1, 1, -1, 0], [0, 0, 1, -1]])
b2 = np.array([[0], [1]])


def network(x):
    """The two layers, for one column or for many: b is added to every column."""
    h = np.maximum(W1 @ x + b1, 0)
    return np.maximum(W2 @ h + b2, 0)


print("Z1 =\n", W1 @ X + b1, sep="")
Y = network(X)
print("Y =\n", Y, sep="")

for k in range(X.shape[1]):
    alone = network(X[:, k : k + 1])
    same = (alone == Y[:, k : k + 1]).all()
    print(f"x{k + 1} alone gives {alone.ravel()}: {'the same as' if same else 'not'} column {k + 1} of Y")
