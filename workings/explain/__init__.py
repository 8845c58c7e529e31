"""Explain: one forward and one backward pass in which every cell of every array opens.

w = explain(network, loss, params, X, Y)
w["dW1"]             # the array
w["dW1"][1, 0]       # how that cell was made, counted from 0 as in Python
w.cell("dW1[2,1]")   # the same cell, counted as on the board
"""

from workings.explain.cells import Cells as Cells
from workings.explain.derivation import Derivation as Derivation
from workings.explain.explanation import Explanation as Explanation
from workings.explain.explanation import explain as explain
