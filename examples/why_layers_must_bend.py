"""Layers without a bend collapse into one; with a bend, four hidden units do what no line can.

python examples/why_layers_must_bend.py
"""

import workings as wk
from workings.collapse import collapse

print("1. Two linear layers, by hand, and the one that they are\n")
given = {"W1": [[1, 2], [3, 4], [0, -1]], "b1": [1, "1/2", 0], "W2": [[1, -1, 2]], "b2": ["1/3"]}
long = wk.Model([wk.Dense(3), wk.Dense(1)], parameters=given)
short = collapse(long)
print(f"W' = W2 W1      = {short.parameters['W1'].tolist()}")
print(f"b' = W2 b1 + b2 = {short.parameters['b1'].item()}")
for x in ([5, 7], [-1, 0]):
    two, one = long.explain([x], [0])["Z2"], short.explain([x], [0])["Z1"]
    print(f"x = {x}: two layers say {two.numbers.item()}, one says {one.numbers.item()}")

print("\n2. A flower of two colours, which no line parts\n")
X, y = wk.data.flower(400)
networks = {
    "logistic regression": [wk.Dense(1, "sigmoid")],
    "three linear layers": [wk.Dense(8), wk.Dense(8), wk.Dense(1, "sigmoid")],
    "4 hidden units, tanh": [wk.Dense(4, "tanh"), wk.Dense(1, "sigmoid")],
}
for told, layers in networks.items():
    model = wk.Model(layers, seed=0)
    model.fit(X, y, epochs=200, learning_rate=0.1, progress=False)
    score = model.evaluate(X, y)
    count = model.summary().parameters
    print(f"{told:20}  {count:3} parameters  J = {score['loss']:.4f}  right {score['accuracy']:.1%}")
    if told == "three linear layers":
        less = collapse(model)
        off = abs(less.predict_proba(X) - model.predict_proba(X)).max()
        print(f"{'  collapsed':20}  {less.summary().parameters:3} parameters  the same answers to {off:.0e}")

print("\n3. A linear last layer is right where a number is asked for, such as a price.")
