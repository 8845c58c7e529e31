"""The simplest network there is: one neuron without a bend is linear regression.

It learns a slope (its weight) and an intercept (its bias).  Both are also known from a formula, so we can look
whether learning found them.

    python examples/linear_regression.py
"""

import numpy as np

import workings as wk

# fifty points about the line 2.5 x - 0.7
rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, (50, 1))
y = 2.5 * x[:, 0] - 0.7 + 0.1 * rng.standard_normal(50)

# the closed form: least squares, in one go
slope, intercept = np.linalg.lstsq(np.column_stack([x, np.ones(50)]), y, rcond=None)[0]

# the network: 1 x (1 + 1) = 2 parameters, mended a little 300 times
model = wk.Model([wk.Dense(1)], loss="mse", dtype="float64", seed=0)
print("epoch      slope  intercept  distance to the closed form")
trained = 0
for epochs in (1, 9, 40, 250):
    model.fit(x, y, epochs=epochs, batch_size=50, learning_rate=0.5, progress=False)
    trained += epochs
    w, b = model.parameters["W1"].item(), model.parameters["b1"].item()
    print(f"{trained:5}  {w:9.6f}  {b:9.6f}  {max(abs(w - slope), abs(b - intercept)):.1e}")
print(f"exact  {slope:9.6f}  {intercept:9.6f}")

# one number of it, opened: why the first point is predicted as it is
print(f"\nThe first point, in the trained network:\n{model.explain(x[:1], y[:1])['Z1'][0, 0]}")
