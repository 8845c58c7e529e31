"""A formula as a graph: left to right for its value, right to left for its derivatives.

python examples/computation_graph.py
python examples/computation_graph.py "J = exp(-x) * (x + 1)" x=2
"""

import sys
from fractions import Fraction

from workings.ink.graph import graph
from workings.slopes import nudged

if len(sys.argv) > 1:
    print(graph(sys.argv[1], **dict(pair.split("=") for pair in sys.argv[2:])))
    raise SystemExit

print("J = 3 (a + b c) in three steps, at a = 5, b = 3, c = 2:\n")
steps = "u = b * c; v = a + u; J = 3 * v"
g = graph(steps, a=5, b=3, c=2)
print(g)

print("\nRead dJ/db: b moves u, u moves v, v moves J, and each takes its share; the shares are multiplied.")
print("Nudge each a little and see:")
for name in "abc":
    at = {"a": Fraction(5), "b": Fraction(3), "c": Fraction(2)}
    J = lambda x, name=name, at=at: graph(steps, **{**at, name: x})["J"].value
    ratio = nudged(J, at[name], Fraction("0.001")).slope
    print(f"   {name}: J changes {ratio} times as much; by the chain rule {g.slope(name)}")
