"""Exercise 6: seven layers without biases.  ReLU turns what is negative into 0, but not in the output layer.

python examples/multi_layer_perceptron_relu.py
"""

import numpy as np

from workings.exercises import load

X = np.array([[3, 5], [4, 4], [5, 3]])
weights = [
    [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1]],
    [[1, 1, -1, 0, 0], [0, 0, 1, 1, -1]],
    [[1, 1], [1, -1], [1, 2]],
    [[1, -1, 0], [0, -1, 1]],
    [[0, 1], [1, 0]],
    [[1, -1], [1, 1]],
    [[1, -1]],
]

A = X
for layer, W in enumerate(map(np.array, weights), 1):
    Z = W @ A
    A = np.maximum(Z, 0) if layer < len(weights) else Z
    crossed = [f"{z} -> 0" for z in Z.ravel() if z < 0] if layer < len(weights) else []
    told = f"   crossed out: {', '.join(crossed)}" if crossed else ""
    print(f"layer {layer}: {A[:, 0].tolist()} and {A[:, 1].tolist()}{told}")

print("weights:", sum(np.size(W) for W in weights))

# One missing value in each layer, worked out by the library.
exercise = load(6)
for layer, cell in enumerate(exercise.blanks, 1):
    print(f"Layer {layer}: {exercise.lines(cell)[0].split(' = ', 1)[1]}")
