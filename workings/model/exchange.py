"""Exchange: the doors of a model to other tools.  What is behind them is in `workings.interop`."""

from __future__ import annotations

from typing import Any


class Exchange:
    """Methods of `Model` that hand it to another tool; see `workings.interop`."""

    def to_torch(self) -> Any:
        """The model as a PyTorch module in evaluation mode, weights bit by bit; see `workings.interop.to_torch`."""
        from workings.interop import to_torch

        return to_torch(self)  # type: ignore[arg-type]

    def to_onnx(self, path: Any, opset: int = 17, *, check: Any = None) -> Any:
        """Write an ONNX file; with rows `check`, ask onnxruntime the same and return the largest difference.

        See `workings.interop.to_onnx`.
        """
        from workings.interop import to_onnx

        return to_onnx(self, path, opset, check=check)  # type: ignore[arg-type]

    def to_keras(self, path: Any = None) -> str:
        """The model as Python code for Keras 3; see `workings.interop.to_keras`."""
        from workings.interop import to_keras

        return to_keras(self, path)  # type: ignore[arg-type]

    def to_numpy(self, path: Any = None) -> str:
        """The model as Python code that needs only NumPy; see `workings.interop.to_numpy`."""
        from workings.interop import to_numpy

        return to_numpy(self, path)  # type: ignore[arg-type]
