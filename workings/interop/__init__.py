"""Interop: networks in from other tools, and out to them.

in    from_sklearn, from_torch, from_onnx              each gives a `Model`, whose every number can be explained
out   to_torch, to_onnx, to_keras, to_numpy            also methods of `Model`
      agreement(model, other, X)                       the largest difference between the two, on your rows

What each layer is in each tool stands in one table, `workings.interop.table`.
"""

from workings.interop.agreement import Agreement as Agreement
from workings.interop.agreement import agreement as agreement
from workings.interop.keras import to_keras as to_keras
from workings.interop.numpy import to_numpy as to_numpy
from workings.interop.onnx import from_onnx as from_onnx
from workings.interop.onnx import to_onnx as to_onnx
from workings.interop.parts import ExchangeWarning as ExchangeWarning
from workings.interop.sklearn import from_sklearn as from_sklearn
from workings.interop.torch import from_torch as from_torch
from workings.interop.torch import to_torch as to_torch
