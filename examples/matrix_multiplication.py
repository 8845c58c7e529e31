"""Exercise 1: matrix multiplication.

C has the rows of A and the columns of B; each of its cells is a row of A times a column of B.

    python examples/matrix_multiplication.py
"""

import numpy as np

from workings.exercises import multiply

A = np.array([[1, 1], [-1, 1]])
B = np.array([[1, 5, 2], [2, 4, 2]])

C = A @ B
print("A", A.shape, "times B", B.shape, "gives C", C.shape)
print(C)

# Cell by cell: row i of A meets column j of B.
for i in range(A.shape[0]):
    for j in range(B.shape[1]):
        terms = " + ".join(f"({a})({b})" for a, b in zip(A[i], B[:, j], strict=True))
        print(f"C[{i + 1},{j + 1}] = {terms} = {C[i, j]}")

# Whoever resizes one matrix drags the others: the inner sizes must be equal.
try:
    multiply(A, [[1, 5, 2], [2, 4, 2], [0, 1, 0]])
except ValueError as error:
    print(error)
