"""Sixty faulty programs, each the right one with one line changed: where its first wrong array is, and the cause."""

# ruff: noqa: E501  (a program is a row of the table)

from __future__ import annotations

from typing import NamedTuple

from tests.code_right import RIGHT


class Planted(NamedTuple):
    """In `function`, `old` was changed to `new`; `array` is the first wrong one, for one of these `causes`."""

    function: str
    array: str
    causes: str
    old: str
    new: str

    @property
    def source(self) -> str:
        """The program with the fault."""
        start = RIGHT.index(f"def {self.named}(")
        end = RIGHT.find("\ndef ", start + 1)
        end = len(RIGHT) if end < 0 else end
        body = RIGHT[start:end]
        assert body.count(self.old) == 1, (self.function, self.old, body.count(self.old))
        return RIGHT[:start] + body.replace(self.old, self.new) + RIGHT[end:]

    @property
    def named(self) -> str:
        """What the function is called in the program."""
        return NAMES.get(self.function, self.function)


NAMES = {
    "forward_propagation": "L_model_forward",
    "backward_propagation": "L_model_backward",
    "train": "L_layer_model",
}
DW, DB, DA = (
    "dW = np.dot(dZ, A_prev.T) / m",
    "db = np.sum(dZ, axis=1, keepdims=True) / m",
    "dA_prev = np.dot(W.T, dZ)",
)
LF, LB, UP = "linear_forward", "linear_backward", "update_parameters"
SB, RB, LAB = "sigmoid_backward", "relu_backward", "linear_activation_backward"
FP, BP, CC, IP = "forward_propagation", "backward_propagation", "compute_cost", "initialize_parameters"
LAF = "linear_activation_forward"
COST = "-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m"
PLANTED = [
    # factor
    Planted(LB, "dW", "no 1/m", DW, "dW = np.dot(dZ, A_prev.T)"),
    Planted(LB, "dW", "1/m twice", DW, "dW = np.dot(dZ, A_prev.T) / m / m"),
    Planted(LB, "dW", "factor", DW, "dW = 2 * np.dot(dZ, A_prev.T) / m"),
    Planted(LB, "db", "no 1/m", DB, "db = np.sum(dZ, axis=1, keepdims=True)"),
    Planted(LB, "db", "factor", DB, "db = 0.5 * np.sum(dZ, axis=1, keepdims=True) / m"),
    Planted(LB, "dA_prev", "1/m twice", DA, "dA_prev = np.dot(W.T, dZ) / m"),
    Planted(CC, "J", "factor", COST, "-2 * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m"),
    Planted(RB, "dZ", "factor", "return dZ", "return 2 * dZ"),
    Planted(UP, "W1", "factor", "- learning_rate * grads[\"dW\"", "- 2 * learning_rate * grads[\"dW\""),
    Planted(BP, "dW2", "factor", "np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))", "np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)) / 2"),
    # sign
    Planted(LF, "Z", "sign", "np.dot(W, A) + b", "np.dot(W, A) - b"),
    Planted("sigmoid", "A", "sign", "np.exp(-Z)", "np.exp(Z)"),
    Planted(CC, "J", "sign", COST, COST.lstrip("-")),
    Planted(CC, "J", "sign", "+ (1 - Y) * np.log", "- (1 - Y) * np.log"),
    Planted(SB, "dZ", "sign", "dA * s * (1 - s)", "dA * s * (1 + s)"),
    Planted(UP, "W1", "sign", "- learning_rate * grads[\"dW\"", "+ learning_rate * grads[\"dW\""),
    Planted(UP, "b1", "sign", "- learning_rate * grads[\"db\"", "+ learning_rate * grads[\"db\""),
    Planted(BP, "dW2", "sign", "dAL = -(np", "dAL = (np"),
    # transpose
    Planted(LF, "Z", "transposed", "np.dot(W, A) + b", "np.dot(W.T, A) + b"),
    Planted(LF, "Z", "transposed", "np.dot(W, A) + b", "np.dot(A, W) + b"),
    Planted(LF, "Z", "transposed", "np.dot(W, A) + b", "np.dot(W, A) + b.T"),
    Planted(LB, "dW", "transposed", DW, "dW = np.dot(dZ, A_prev) / m"),
    Planted(LB, "dW", "transposed", DW, "dW = np.dot(A_prev, dZ.T) / m"),
    Planted(LB, "dA_prev", "transposed", DA, "dA_prev = np.dot(W, dZ)"),
    Planted(LB, "dA_prev", "transposed", DA, "dA_prev = np.dot(W.T, dZ).T"),
    Planted(IP, "W1", "transposed", "layer_dims[l], layer_dims[l - 1]", "layer_dims[l - 1], layer_dims[l]"),
    # axis and rank
    Planted(LB, "db", "wrong axis", DB, "db = np.sum(dZ, axis=0, keepdims=True) / m"),
    Planted(LB, "db", "wrong axis", DB, "db = np.sum(dZ) / m"),
    Planted(LB, "db", "rank 1", DB, "db = np.sum(dZ, axis=1) / m"),
    Planted(LB, "db", "missing term", DB, "db = dZ / m"),
    Planted(LB, "dW", "factor", "m = A_prev.shape[1]", "m = A_prev.shape[0]"),
    Planted(IP, "b1", "rank 1", "np.zeros((layer_dims[l], 1))", "np.zeros(layer_dims[l])"),
    Planted("relu", "A", "wrong axis", "np.maximum(0, Z)", "np.max(Z)"),
    # a derivative or a term left out
    Planted(SB, "dZ", "missing derivative", "dZ = dA * s * (1 - s)", "dZ = dA"),
    Planted(SB, "dZ", "missing term", "dA * s * (1 - s)", "dA * (1 - s)"),
    Planted(SB, "dZ", "missing term", "dA * s * (1 - s)", "s * (1 - s)"),
    Planted(RB, "dZ", "mask left out", "dZ[Z <= 0] = 0", "pass"),
    Planted(LAB, "dW", "missing derivative", "dZ = sigmoid_backward(dA, activation_cache)", "dZ = dA"),
    Planted(LAB, "dW", "mask left out", "dZ = relu_backward(dA, activation_cache)", "dZ = dA"),
    Planted(LF, "Z", "missing term", "np.dot(W, A) + b", "np.dot(W, A)"),
    Planted(CC, "J", "missing term", " + (1 - Y) * np.log(1 - AL)", ""),
    Planted(UP, "W1", "missing term", "- learning_rate * grads[\"dW\"", "- grads[\"dW\""),
    Planted(UP, "b1", "missing term", "- learning_rate * grads[\"db\" + str(l + 1)]", ""),
    Planted(LAF, "A", "missing term", "A, activation_cache = relu(Z)", "A, activation_cache = Z, Z"),
    Planted(IP, "W1", "symmetry", "np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01", "np.zeros((layer_dims[l], layer_dims[l - 1]))"),
    # wrong cache
    Planted(LF, "cache", "wrong cache", "cache = (A, W, b)", "cache = (Z, W, b)"),
    Planted("sigmoid", "cache", "wrong cache", "return A, Z", "return A, A"),
    Planted(RB, "dZ", "wrong cache", "dZ[Z <= 0] = 0", "dZ[dA <= 0] = 0"),
    Planted(SB, "dZ", "wrong cache", "s = 1 / (1 + np.exp(-Z))", "s = Z"),
    Planted(LB, "dW", "wrong cache", DW, "dW = np.dot(dZ, W) / m"),
    Planted(LB, "dA_prev", "wrong cache", DA, "dA_prev = np.dot(dW.T, dZ)"),
    Planted(LAF, "cache", "wrong cache", "return A, (linear_cache, activation_cache)", "return A, (linear_cache, A)"),
    # updated weights
    Planted(LB, "dA_prev", "updated weights", DA, "dA_prev = np.dot((W - 0.1 * dW).T, dZ)"),
    Planted(BP, "dW1", "updated weights", "        current = caches[l]\n", "        (a, w, b), z = caches[l + 1]\n        dz = sigmoid_backward(dAL, z) if l == L - 2 else relu_backward(grads[\"dA\" + str(l + 2)], z)\n        grads[\"dA\" + str(l + 1)] = np.dot((w - 0.1 * grads[\"dW\" + str(l + 2)]).T, dz)\n        current = caches[l]\n"),
    # off by one layer
    Planted(FP, "AL", "wrong layer", "for l in range(1, L):", "for l in range(1, L - 1):"),
    Planted(FP, "AL", "wrong layer", "return AL, caches", "return A, caches"),
    Planted(UP, "W2", "wrong layer", "for l in range(L):", "for l in range(L - 1):"),
    Planted(UP, "W1", "wrong layer", "for l in range(L):", "for l in range(1, L):"),
    Planted(BP, "dW1", "missing", "for l in reversed(range(L - 1)):", "for l in reversed(range(1, L - 1)):"),
    Planted(BP, "dW2", "mask left out", "linear_activation_backward(dAL, current, \"sigmoid\")", "linear_activation_backward(dAL, current, \"relu\")"),
]  # fmt: skip
