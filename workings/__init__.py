"""Workings: a neural-network library that shows its workings.

    import workings as wk

    X, y = wk.data.digits()
    model = wk.Model([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
    model.fit(X, y, epochs=20, learning_rate=2.0, validation=0.2)

The names below are imported when they are first used, so that `import workings` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS = (
    *("data", "sweeps", "searches", "plots", "explain", "ink", "sheets", "exercises"),
    *("layers", "losses", "penalties", "optimizers", "schedules", "metrics", "backends"),
    *("estimators", "shapes", "slopes", "landscape", "broadcasting", "collapse", "parity", "interop", "checkup"),
)
_NAMES = {
    "Model": "model",
    "Network": "network",
    "chain": "network",
    "Conventions": "conventions",
    "Dense": "specs",
    "Convolution": "specs",
    "RNN": "specs",
    "GRU": "specs",
    "LSTM": "specs",
    "Attention": "specs",
    "Embedding": "layers",
    "MaxPool": "layers",
    "Flatten": "layers",
    "Dropout": "layers",
    "BatchNorm": "layers",
    "Add": "layers",
    "Concat": "layers",
    "Select": "layers",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "Preparation": "preparation",
    "sweep": "sweeps",
    "Sweep": "sweeps",
    "search": "searches",
    "Search": "searches",
    "History": "training",
    "EarlyStopping": "training",
    "Checkpoint": "training",
    "DivergenceError": "training",
    "TrainingWarning": "training",
    "from_sklearn": "interop",
    "from_torch": "interop",
    "from_onnx": "interop",
    "ExchangeWarning": "interop",
}
_ELSEWHERE = {  # names from other libraries, in small letters
    "linear": "a dense layer is wk.Dense(16)",
    "sequential": "a list is enough: wk.Model([wk.Dense(16, 'relu'), wk.Dense(10, 'softmax')])",
    "conv2d": "images are read by wk.Convolution",
    **dict.fromkeys(
        ("relu", "sigmoid", "tanh", "softmax"), "an activation goes with its layer: wk.Dense(16, 'relu')"
    ),
}
__all__ = [*_ROOMS, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"workings.{name}")
    if name in _NAMES:
        return getattr(import_module(f"workings.{_NAMES[name]}"), name)
    told = f": {_ELSEWHERE[name.lower()]}" if name.lower() in _ELSEWHERE else ""
    raise AttributeError(f"workings has no {name!r}{told}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
