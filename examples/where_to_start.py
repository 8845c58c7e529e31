"""Where the weights start: zeros never part the units, small random numbers do, large ones saturate.

python examples/where_to_start.py
"""

import numpy as np

import workings as wk

X, y = wk.data.flower(400)
print("Four hidden units on the flower, 200 epochs.  Apart: the widest gap between the units' weights.\n")
print("activation  start   right  apart")
for bends in ("sigmoid", "tanh", "relu"):
    for start in ("zeros", "small", "xavier"):
        model = wk.Model([wk.Dense(4, bends, start), wk.Dense(1, "sigmoid", start)], seed=0)
        model.fit(X, y, epochs=200, learning_rate=0.1, progress=False)
        apart = np.ptp(model.parameters["W1"], axis=0).max()
        print(f"{bends:10}  {start:6}  {model.evaluate(X, y)['accuracy']:.1%}  {apart:.3g}")

print(
    "\nSmall numbers part the units; how soon they then get anywhere is another matter: xavier's are of a good size."
)
print("From zeros all units compute the same, get the same gradient and take the same step, for ever:")
model = wk.Model([wk.Dense(4, "sigmoid", "zeros"), wk.Dense(1, "sigmoid", "zeros")], seed=0)
model.fit(X, y, epochs=200, learning_rate=0.1, progress=False)
print(model.parameters["W1"])
print("Biases may start at zero: the weights already tell the units apart.\n")

print("Large weights: the digits, 16 sigmoid units, W1 times 1, 10 and 100, five epochs.\n")
X, y = wk.data.digits()
layers = [wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")]
W1 = wk.Model(layers, inputs=64, seed=0).parameters["W1"]
print("times  mean slope a(1-a)   loss after 5 epochs")
for scale in (1, 10, 100):
    model = wk.Model(layers, seed=0, parameters={"W1": scale * W1})
    a = model.activations(X)["A1"]
    history = model.fit(X, y, epochs=5, learning_rate=0.5, progress=False)
    print(f"{scale:5}  {float((a * (1 - a)).mean()):17.4f}  {history[-1]['loss']:20.4f}")
print("A slope near 0 lets next to nothing come back to W1: the units stay as they happened to be.")
