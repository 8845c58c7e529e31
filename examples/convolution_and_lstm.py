"""A layer for images and a layer for sequences, so small that every number can be done by hand.

python examples/convolution_and_lstm.py
"""

import numpy as np

import workings as wk

print("1. A 3 x 3 kernel looks for an edge in a 5 x 5 image\n")
image = np.array([[[0, 0, 1, 1, 1]] * 5])  # dark on the left, bright on the right
kernel = [[-1, 0, 1, -1, 0, 1, -1, 0, 1]]  # what is right minus what is left
model = wk.Model([wk.Convolution(1, 3), wk.Flatten()], inputs=(1, 5, 5), parameters={"W1": kernel, "b1": [0]})
w = model.explain(image, np.zeros((1, 9), int))
print(image[0])
print("   becomes")
print(w["Z1"].numbers[0, :, :, 0].astype(int))
print("\n3 where dark meets bright under the kernel, 0 where all is bright.  The first cell:")
print(f"{w.open(w['Z1'][0, 0, 0, 0].made_from[0])}\n")

print("2. One step of an LSTM: what to forget, what to write, what to say\n")
# one unit that reads one number; the weights stand for [what it said before, what it reads now]
weights = {"Wf1": [[1, 0]], "Wi1": [[0, 1]], "Wc1": [[1, 1]], "Wo1": [[-1, 1]]}
biases = {"bf1": [0], "bi1": [1], "bc1": [0], "bo1": [0]}
lstm = wk.Model([wk.LSTM(1)], inputs=(1, 1), parameters=weights | biases)
w = lstm.explain(np.array([[[2.0]]]), [0.0])  # one example, one step, the number 2; before it all is 0
said = {
    "f1": "forget gate: how much of the old memory stays",
    "i1": "input gate: how much of the new is written",
    "g1": "what is new",
    "c1": "the memory: f x old + i x new",
    "o1": "output gate: how much of it is said",
    "a1": "what the unit says",
}
for name, meaning in said.items():
    print(f"{name} = {w[name].numbers.item():.4f}   {meaning}")
print(f"\n{w['c1'][0, 0]}")
