"""ONNX: one format that most tools read and write.

`file` and `external` read bytes as data, with bounds; `wires`, `operators` and their kin say what each
operator is here; `read` follows a graph, `write` makes one.
"""

from workings.interop.onnx.read import from_onnx as from_onnx
from workings.interop.onnx.write import to_onnx as to_onnx
