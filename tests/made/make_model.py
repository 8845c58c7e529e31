"""The model file that a release leaves for the tests of later ones: python -m tests.made.make_model"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

import workings as wk

HERE = Path(__file__).parent

if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 4)), np.array(["cat", "dog", "eel"] * 10)
    model = wk.Model([wk.Dense(5, "gelu"), wk.BatchNorm(), wk.Dropout(0.1), wk.Dense(3, "softmax")], seed=7)
    model.fit(X, y, epochs=3, learning_rate=0.01, optimizer="adam", progress=False)
    place = HERE / f"model-{wk.__version__}.safetensors"
    model.save(place)
    told = {"X": X[:5].tolist(), "outputs": model.outputs(X[:5]).tolist(), "predict": model.predict(X[:5]).tolist()}
    place.with_suffix(".json").write_text(json.dumps(told))
