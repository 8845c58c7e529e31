"""The ONNX files of this folder, as PyTorch, Keras and skl2onnx write them: small networks, made once.

    KERAS_BACKEND=torch python -m tests.made.make_onnx [FOLDER]

Needs torch, onnxscript, keras and skl2onnx.  The tests read the files, and need none of these.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


def from_sklearn(folder: Path) -> None:
    import skl2onnx
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    X, y = load_iris(return_X_y=True)
    words = np.array(["setosa", "versicolor", "virginica"])[y]
    usual: dict[str, Any] = {"max_iter": 30, "random_state": 0}
    small, two = MLPClassifier(hidden_layer_sizes=(5,), **usual), MLPRegressor(hidden_layer_sizes=(4, 3), **usual)
    tanh = MLPClassifier(hidden_layer_sizes=(5,), activation="tanh", **usual)
    made = {
        "skl2onnx_scaled_classes": (make_pipeline(StandardScaler(), small), words),
        "skl2onnx_two_classes": (tanh, np.where(y > 1, "big", "small")),
        "skl2onnx_regression": (make_pipeline(MinMaxScaler(), two), X[:, 0]),
        "skl2onnx_logistic": (LogisticRegression(), y),
        "skl2onnx_logistic_two": (LogisticRegression(), y > 1),
        "skl2onnx_linear": (LinearRegression(), X[:, :2]),
    }
    for name, (estimator, answers) in made.items():
        proto = skl2onnx.to_onnx(estimator.fit(X, answers), X[:1].astype(np.float32))
        (folder / f"{name}.onnx").write_bytes(proto.SerializeToString())


def from_torch(folder: Path) -> None:
    import torch
    from torch import nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.last = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.last(self.lstm(x)[0][:, -1])

    torch.manual_seed(0)
    bends = [nn.LeakyReLU(0.2), nn.GELU(approximate="tanh"), nn.Softplus(), nn.Sigmoid()]
    dense = [layer for bend in bends for layer in (nn.Linear(4, 4), bend)]
    image = [
        nn.Conv2d(1, 2, 3, padding=1),
        nn.BatchNorm2d(2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32, 3),
    ]
    made = {
        "dense": (nn.Sequential(*dense, nn.Dropout(0.2), nn.Linear(4, 3), nn.Softmax(1)), torch.zeros(1, 4)),
        "image": (nn.Sequential(*image), torch.zeros(2, 1, 8, 8)),
        "sequence": (Reader(), torch.zeros(2, 5, 3)),
    }
    for name, (module, example) in made.items():
        for way in ("script", "dynamo"):
            place = folder / f"torch_{way}_{name}.onnx"
            torch.onnx.export(module.eval(), (example,), str(place), dynamo=way == "dynamo", external_data=False)
            slim(place)


def from_keras(folder: Path) -> None:
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    dense = [
        layers.Input((4,)),
        layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 2.0]),
        *(layers.Dense(6, "relu"), layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(5, "tanh")),
        *(layers.LeakyReLU(negative_slope=0.25), layers.Dense(3, "softmax")),
    ]
    image = [
        *(layers.Input((8, 8, 1)), layers.Conv2D(2, 3, activation="relu", padding="same"), layers.MaxPooling2D(2)),
        *(layers.Flatten(), layers.Dense(3, "softmax")),
    ]
    for name, rows in {"dense": dense, "image": image}.items():
        model = keras.Sequential(rows)
        model(np.zeros((1, *model.input_shape[1:]), np.float32))
        place = folder / f"keras_{name}.onnx"
        model.export(str(place), format="onnx", verbose=False)
        slim(place)


def slim(place: Path) -> None:
    """Without the tool's remarks on every node, which are most of the bytes (and hold paths)."""
    import onnx

    proto = onnx.load(place)
    for part in (proto, proto.graph, *proto.graph.node, *proto.graph.initializer, *proto.graph.value_info):
        del part.metadata_props[:]
    for node in proto.graph.node:
        node.doc_string = ""
    place.write_bytes(proto.SerializeToString())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for make in (from_sklearn, from_torch, from_keras):
        make(place)
    for path in sorted(place.glob("*.onnx")):
        print(f"{path.stat().st_size:6,} bytes  {path.name}")
