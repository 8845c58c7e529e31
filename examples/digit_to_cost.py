"""From the pixels of one digit to the cost of the network's answer, with nothing left out.

python examples/digit_to_cost.py
"""

import numpy as np

import workings as wk
from workings.data import index_of, pixel_at
from workings.landscape import Cost

X, y = wk.data.digits()  # 1797 scans of 8 x 8; MNIST's, of 28 x 28, are read in the same way
print(f"An image is {X.shape[1]} numbers from {X.min():.2f} (black) to {X.max():.2f} (white).")
brightest = int(X[0].argmax())
place = pixel_at(brightest, (8, 8))
print(f"The first one shows a {y[0]}; its feature {brightest} is pixel {place}: {X[0, brightest]:.2f}")
print(f"Of a 28 x 28 image, pixel (10, 20) is feature {index_of((10, 20), (28, 28))} of {28 * 28}.\n")

layers = [wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "sigmoid")]
print("How many numbers does 784-16-16-10 learn?")
print(f"{wk.Model(layers, inputs=784).summary().total}\n")

model = wk.Model(layers, loss="squared-error", inputs=64, seed=0)
w = model.explain(X[:1], y[:1])
print("One hidden neuron sums all pixels, each times its weight, and adds its bias; then it is squashed:")
print(f"{w['Z1'][0, 0]}\n{w['A1'][0, 0]}\n")

print("Before training the ten answers are nonsense:")
print("  ".join(f"{digit}: {a:.2f}" for digit, a in enumerate(w["A3"].numbers[:, 0])))
hits = [(wk.Model(layers, inputs=64, seed=s).outputs(X).argmax(axis=1) == y).mean() for s in range(30)]
print(f"Over 30 random starts {100 * np.mean(hits):.1f} % are right: chance.\n")

print(f"The cost of this one answer is ten squared differences:\n{w['L'][0, 0]}\n")
w = model.explain(X[:100], y[:100])
print(f"The cost of a hundred is their average, J = {w['J'].formula} = {float(w['J']):.4f}")
cost = Cost(model, X[:100], y[:100])
print(f"As a function it takes {len(cost):,} numbers and gives one: J(start) = {cost(cost.start):.4f}\n")

model.fit(X[:1400], y[:1400], epochs=60, learning_rate=0.5, progress=False)
bars = model.outputs(X[1400:1401])[0]
print(f"After training, an image it has not seen (a {y[1400]}):")
for digit, a in enumerate(bars):
    print(f"{digit} {'#' * round(40 * float(a)):40} {a:.2f}{'  <- the winner' if digit == bars.argmax() else ''}")
right = (model.outputs(X[1400:]).argmax(axis=1) == y[1400:]).mean()
print(f"Of {len(X) - 1400} unseen images {100 * right:.1f} % are right.")
