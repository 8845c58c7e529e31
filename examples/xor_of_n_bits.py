"""Is the number of ones odd?  A deep tree of gates, a shallow table, and a layer that counts.

python examples/xor_of_n_bits.py
"""

import workings as wk
from workings import parity
from workings.collapse import collapse
from workings.shapes import shapes

print("One gate is two ReLU units and a sum: a xor b = ReLU(a + b) - 2 ReLU(a + b - 1)\n")
gate = parity.tree(2)
for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
    w = gate.explain([[a, b]], [0])
    print(f"{a} xor {b} = {w['Z2'][0, 0].record} = {w['Z2'][0, 0].value}")

print("\nWeights put in by hand, all 2^n rows of the truth table tried:\n")
print(" n  network   hidden units  layers  parameters  rows right")
for n in (2, 4, 8, 10):
    X, y = wk.data.xor(n)
    networks = {"tree": collapse(parity.tree(n)), "shallow": parity.shallow(n), "counting": parity.counting(n)}
    for told, model in networks.items():
        right = int((model.outputs(X).ravel() == y).sum())
        sizes = model.network.shapes((n,))
        units = sum(sizes[name][0] for name in sizes if name.startswith("A"))
        count = model.summary().parameters
        print(f"{n:2}  {told:8}  {units:12}  {shapes(model).L:6}  {count:10,}  {right:5} of {len(y)}")
gates = parity.gates(8)
print(f"\nThe tree of 8 bits: {' + '.join(map(str, gates))} = {sum(gates)} gates on {len(gates)} levels.")
print("The shallow one has a unit for every odd row, 2^(n-1): the price the course names for having no depth.")
print(
    "It is the price of units that know one row each.  Units that add can count the ones instead, and n are enough."
)
