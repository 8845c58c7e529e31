"""Ten right programs in other conventions: none of them may be called wrong, and each is told what it does."""

# ruff: noqa: E501  (a program is a row of the table)

from __future__ import annotations

from tests.code_right import RIGHT

ROWS = """
import numpy as np

def initialize_parameters(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_x, n_h) * 0.1, "b1": np.zeros((1, n_h)),
            "W2": np.random.randn(n_h, n_y) * 0.1, "b2": np.zeros((1, n_y))}

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def linear_forward(X, W, b):
    return X @ W + b

def forward_propagation(X, params):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}

def compute_cost(A2, Y):
    m = Y.shape[0]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[0]
    dZ2 = cache["A2"] - Y
    dW2 = cache["A1"].T @ dZ2 / m
    db2 = dZ2.sum(axis=0, keepdims=True) / m
    dZ1 = dZ2 @ parameters["W2"].T * (1 - cache["A1"] ** 2)
    dW1 = X.T @ dZ1 / m
    db1 = dZ1.sum(axis=0, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

def update_parameters(parameters, grads, learning_rate=1.2):
    return {k: parameters[k] - learning_rate * grads["d" + k] for k in parameters}

def train(X, Y, parameters, lr, epochs):
    for _ in range(epochs):
        A2, cache = forward_propagation(X, parameters)
        parameters = update_parameters(parameters, backward_propagation(parameters, cache, X, Y), lr)
    return parameters
"""
FLAT = (
    ROWS.replace("np.zeros((1, n_h))", "np.zeros(n_h)")
    .replace("np.zeros((1, n_y))", "np.zeros(n_y)")
    .replace("axis=0, keepdims=True", "axis=0")
)
TORCH = """
import numpy as np

def linear_forward(x, weight, bias):
    return x @ weight.T + bias, {"x": x, "weight": weight}

def linear_backward(grad, cache):
    x, w = cache["x"], cache["weight"]
    m = x.shape[0]
    return {"dA": grad @ w, "dW": grad.T @ x / m, "db": grad.sum(axis=0) / m}

relu = lambda x: np.where(x > 0, x, 0.0)
"""
DICTS = """
import numpy as np

def linear_forward(A, W, b):
    return W @ A + b, {"inputs": A, "weights": W}

def relu(Z):
    return Z * (Z > 0), {"Z": Z}

def relu_backward(dA, cache):
    return np.where(cache["Z"] > 0, dA, 0)

def linear_backward(dZ, cache):
    A, W = cache["inputs"], cache["weights"]
    m = A.shape[1]
    return dZ @ A.T / m, np.mean(dZ, axis=1, keepdims=True), W.T @ dZ
"""
HALF = """
import numpy as np

def forward_propagation(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.maximum(Z1, 0)
    A2 = parameters["W2"] @ A1 + parameters["b2"]
    return A2, (Z1, A1)

def compute_cost(A2, Y):
    return np.sum((A2 - Y) ** 2) / (2 * Y.shape[1])

def backward_propagation(parameters, cache, X, Y):
    Z1, A1 = cache
    m = Y.shape[1]
    d2 = parameters["W2"] @ A1 + parameters["b2"] - Y
    d1 = (parameters["W2"].T @ d2) * (Z1 > 0)
    return {"W2": d2 @ A1.T / m, "b2": d2.sum(1, keepdims=True) / m, "W1": d1 @ X.T / m, "b1": d1.sum(1, keepdims=True) / m}
"""
SUMS = RIGHT.replace(" / m\n", "\n")
ELSEWHERE = (
    RIGHT.replace("dW = np.dot(dZ, A_prev.T) / m", "dW = np.dot(dZ, A_prev.T)")
    .replace("db = np.sum(dZ, axis=1, keepdims=True) / m", "db = np.sum(dZ, axis=1, keepdims=True)")
    .replace(
        "dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))",
        "dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)) / m",
    )
)
SOFTMAX = """
import numpy as np

def forward_propagation(X, parameters):
    A, caches = X, []
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        caches.append((A, Z))
        if l < L:
            A = np.maximum(0, Z)
        else:
            E = np.exp(Z - Z.max(axis=0, keepdims=True))
            A = E / E.sum(axis=0, keepdims=True)
    return A, caches

def compute_cost(AL, Y):
    return -np.mean(np.sum(Y * np.log(AL + 1e-12), axis=0))

def backward_propagation(AL, Y, caches, parameters):
    m, grads = Y.shape[1], {}
    dZ = AL - Y
    for l in range(len(caches), 0, -1):
        A, _ = caches[l - 1]
        grads[f"dW{l}"] = dZ @ A.T / m
        grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = (parameters[f"W{l}"].T @ dZ) * (caches[l - 2][1] > 0)
    return grads

def predict(parameters, X):
    return np.argmax(forward_propagation(X, parameters)[0], axis=0)
"""
FLOAT32 = RIGHT.replace("Z = np.dot(W, A) + b", "Z = (np.float32(W) @ np.float32(A) + np.float32(b))")
LOOPS = """
import math

def sigmoid(Z):
    return [[1 / (1 + math.exp(-z)) for z in row] for row in Z]

def relu(Z):
    return [[max(0.0, float(z)) for z in row] for row in Z]

def linear_forward(A, W, b):
    return [[sum(W[i][k] * A[k][j] for k in range(len(A))) + float(b[i][0]) for j in range(len(A[0]))]
            for i in range(len(W))]

def compute_loss(A, Y):
    m = len(Y[0])
    return -sum(math.log(a) if y == 1 else math.log(1 - a) for a, y in zip(A[0], Y[0])) / m
"""
CONVENTIONS = {
    "examples in rows, hidden tanh": (ROWS, "examples in rows, W (n_prev, n), b (1, n)"),
    "rows with b of one axis": (FLAT, "examples in rows"),
    "weights as PyTorch keeps them": (TORCH, "W (n, n_prev)"),
    "caches that are dicts, another order": (DICTS, "a cache of its own form"),
    "half the mean of squares": (HALF, "half squared error"),
    "sums where the course has means": (SUMS, "J is the sum over the examples, not their mean"),
    "1/m in the loss": (ELSEWHERE, "the division by m stands elsewhere"),
    "softmax": (SOFTMAX, "softmax at the end"),
    "float32": (FLOAT32, ""),
    "lists and loops": (LOOPS, ""),
}
