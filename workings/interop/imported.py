"""Imported: packages that are needed only here, and what to say where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

INSTALL = {
    "torch": "pip install torch",
    "keras": "pip install keras jax",
    "onnx": "pip install 'workings[exchange]'",
    "onnxruntime": "pip install 'workings[exchange]'",
}


def needs(package: str, spoken: str = "") -> Any:
    """The package.  Raises ImportError that says how to install it."""
    try:
        return import_module(package)
    except ImportError as error:
        if error.name != package:
            raise
        told = f"this needs the package {spoken or package}, which is not installed: {INSTALL[package]}"
        raise ImportError(told, name=package) from None
