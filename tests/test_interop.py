"""Interop: every row of the table in every tool, both ways where there are two; and what is refused, by name."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL, LAYERS
from tests.exchanged import close, filled, random_model, rows_for
from workings import interop, layers
from workings.backends import numpy as reference
from workings.interop import agreement, table
from workings.interop.onnx.read import from_onnx
from workings.interop.script import decimal, literal, variables
from workings.interop.table import ROWS, in_rows
from workings.network import Network

CASES = {name: row() for name, row in LAYERS.items()}


def test_every_layer_has_a_row():
    public = {kind for kind in vars(layers).values() if isinstance(kind, type) and not kind.__name__.startswith("_")}
    cells = {layers.RnnCell, layers.GruCell, layers.LstmCell}  # rows of Recurrent
    assert set(ROWS) == public - cells


def model_of(row) -> wk.Model:
    """The layer alone as a model; a join reads X twice, or X and a part of it."""
    reads = ["X"] * len(row.shapes)
    made = wk.Model(Network({"Z1": (row.layer, *reads)}), loss="mse", inputs=row.shapes[0])
    return filled(made, 1)


def ours_and_rows(model: wk.Model) -> tuple[np.ndarray, np.ndarray]:
    """What the layer makes of random examples, and those: both in rows, as the other tools have them."""
    X = rows_for(model) if isinstance(model.network.rows[0].layer, wk.Embedding) else None
    shape = (5, *in_rows(model.shape))
    X = np.random.default_rng(0).standard_normal(shape).astype("float32") if X is None else X
    inside = np.swapaxes(X, 1, 2) if X.ndim == 3 else X
    out = reference.forward(model.network, model.state.params, model.state.memory, inside, "float32")["Z1"]
    out = np.moveaxis(out, -1, 0)
    return (np.swapaxes(out, 1, 2) if out.ndim == 3 else out), X


@pytest.mark.parametrize("row", CASES.values(), ids=CASES)
class TestTable:
    """The layers of tests/cases.py, one by one."""

    def tool(self, row, name):
        model = model_of(row)
        part = interop.parts.parts(model)[0]
        if isinstance(getattr(ROWS[type(row.layer)], name), str):
            with pytest.raises(ValueError, match=f"row 'Z1', {type(row.layer).__name__}, cannot be written for"):
                table.of(part, name)
            pytest.skip("there is none, and the reason is said")
        return model, *ours_and_rows(model)

    def test_pytorch_there_and_back(self, row):
        torch = pytest.importorskip("torch")
        if isinstance(getattr(row.layer, "cell", None), layers.GruCell):
            with pytest.raises(ValueError, match="PyTorch's GRU resets the state after its product"):
                model_of(row).to_torch()
            return
        model, want, X = self.tool(row, "torch")
        module = model.to_torch()
        with torch.no_grad():
            got = module(torch.from_numpy(X)).numpy()
        np.testing.assert_allclose(got, want, atol=2e-6)
        if isinstance(row.layer, layers.Positions):
            return  # a module of its inner layer; whole networks come back in test_interop_torch
        again = interop.from_torch(module, inputs=model.shape, loss="mse")
        assert type(again.network.rows[0].layer) is type(row.layer)
        for symbol, W in model.state.params.get("Z1", {}).items():
            (back,) = again.state.params.values()
            np.testing.assert_array_equal(back[symbol], W)

    def test_onnx_there_and_back(self, row, tmp_path):
        onnx = pytest.importorskip("onnx")
        runtime = pytest.importorskip("onnxruntime")
        model, want, X = self.tool(row, "onnx")
        for opset in (14, 26):
            model.to_onnx(tmp_path / "m.onnx", opset)
            proto = onnx.load(tmp_path / "m.onnx")
            onnx.checker.check_model(proto, full_check=True)
            session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
            np.testing.assert_allclose(session.run(None, {"X": X})[0], want, atol=2e-6)
            if isinstance(row.layer, layers.Attention | layers.Identity):
                with pytest.raises(ValueError, match=r"MatMul|ends in X itself"):
                    from_onnx(tmp_path / "m.onnx")
                continue
            again = from_onnx(tmp_path / "m.onnx")
            back, _ = ours_and_rows_of(again, X)
            np.testing.assert_allclose(back, want, atol=2e-6)

    def test_keras_code(self, row, keras):
        model, want, X = self.tool(row, "keras")
        made = executed(model.to_keras())["model"]
        np.testing.assert_allclose(made.predict(X, verbose=0), keras_rows(want), atol=2e-6)
        assert keras.backend.backend() == "jax"

    def test_numpy_code(self, row):
        model, want, X = self.tool(row, "numpy")
        got = executed(model.to_numpy())["outputs"](X)
        np.testing.assert_allclose(got, want, atol=2e-6)
        assert got.dtype == np.float32


def ours_and_rows_of(model: wk.Model, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.swapaxes(X, 1, 2) if X.ndim == 3 else X
    wires = reference.forward(model.network, model.state.params, model.state.memory, inside, "float32")
    out = np.moveaxis(wires[model.network.output], -1, 0)
    return (np.swapaxes(out, 1, 2) if out.ndim == 3 else out), X


def keras_rows(out: np.ndarray) -> np.ndarray:
    """Channels last."""
    return np.moveaxis(out, 1, -1) if out.ndim == 4 else out


@pytest.fixture
def keras():
    """Keras on JAX, which is strict about ranks in these tests, and in nobody's programs."""
    keras = pytest.importorskip("keras")
    jax = pytest.importorskip("jax")
    with jax.numpy_rank_promotion("allow"):
        yield keras


def executed(code: str, path: object = "script") -> dict:
    """The names that a script makes."""
    names: dict = {"__name__": "script", "__file__": str(path)}
    exec(compile(code, "script", "exec"), names)
    return names


# ─── agreement ───


def test_agreement_says_where():
    model = wk.Model([wk.Dense(2)], parameters={"W1": [[1, 0], [0, 1]], "b1": [0, 0]})
    X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    off = X.copy()
    off[1, 1] += 0.5
    found = agreement(model, lambda X: off, X)
    assert (found.largest, found.row, found.output, found.ours, found.theirs, found.rows) == (0.5, 1, 1, 4.0, 4.5, 3)
    assert str(found) == (
        "Workings and a function differ by at most 5.0e-01 on 3 rows: in row 1, output 1, where they say 4 and 4.5"
    )
    assert "say the same of 3 rows, to the last bit" in str(agreement(model, model, X))
    with pytest.raises(ValueError, match=r"says \(3, 2\) numbers and a function says \(3, 1\)"):
        agreement(model, lambda X: X[:, :1], X)
    with pytest.raises(ValueError, match="a function says NaN"):
        agreement(model, lambda X: X * np.nan, X)
    with pytest.raises(ValueError, match="int cannot be asked"):
        agreement(model, 3, X)


def test_a_check_prints_and_refuses(capsys):
    from sklearn.linear_model import LinearRegression

    X = np.arange(6.0).reshape(3, 2)
    estimator = LinearRegression().fit(X, X[:, 0])
    wk.from_sklearn(estimator, check=X)
    assert capsys.readouterr().out.startswith("Workings and scikit-learn")
    estimator.predict = lambda X: X[:, 0] + 1
    with pytest.raises(ValueError, match="the two are not the same network"):
        wk.from_sklearn(estimator, check=X)


# ─── code ───


def test_numbers_in_scripts_are_bit_identical():
    rng = np.random.default_rng(0)
    for dtype in ("float32", "float64"):
        info = np.finfo(dtype)
        some = [0.0, -0.0, 0.1, info.max, info.tiny, info.smallest_subnormal, -info.eps]
        x = np.concatenate([some, rng.standard_normal(300), 10.0 ** rng.uniform(-30, 30, 300)]).astype(dtype)
        again = np.array(eval(literal(x.reshape(-1, 1))), dtype=dtype)
        np.testing.assert_array_equal(again.view(f"u{again.itemsize}"), x.reshape(-1, 1).view(f"u{x.itemsize}"))
    assert decimal(np.float32(0.1)) == "0.1"


@pytest.mark.parametrize("seed", range(200 if FULL else 12))
def test_numpy_code_of_random_networks(seed, tmp_path):
    model = random_model(seed, "float64" if seed % 2 else "float32")
    X = rows_for(model)
    made = executed(model.to_numpy(tmp_path / "net.py"), tmp_path / "net.py")
    close(made["outputs"](X), model.outputs(X), 1e-12 if seed % 2 else 1e-6)


@pytest.mark.parametrize("seed", range(100 if FULL else 2))
def test_keras_code_of_random_networks(seed, keras, tmp_path):
    model = random_model(seed)
    X = rows_for(model)
    code = model.to_keras(tmp_path / "net.py")
    close(executed(code, tmp_path / "net.py")["model"].predict(X, verbose=0), model.outputs(X), 1e-5)


def test_scripts_run_by_themselves_and_know_the_classes(tmp_path):
    X, y = np.random.default_rng(0).standard_normal((20, 4)), np.array(["cat's", 'a "dog"'] * 10)
    model = wk.Model([wk.Dense(3, "tanh"), wk.Dense(2, "softmax")])
    model.fit(X, y, epochs=1, progress=False)
    code = model.to_numpy(tmp_path / "net.py")
    assert (tmp_path / "net.py").read_text() == code
    assert [p.name for p in tmp_path.iterdir()] == ["net.py"]
    ask = "import sys, numpy as np, net; print(*net.predict(np.ones((1, 4))), 'workings' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{model.predict(np.ones((1, 4)))[0]} False"
    single = wk.Model([wk.Dense(1, "sigmoid")])
    single.fit(X, y, epochs=1, progress=False)
    np.testing.assert_array_equal(executed(single.to_numpy())["predict"](X), single.predict(X))


def test_large_networks_have_their_numbers_beside_the_script(tmp_path):
    model = filled(wk.Model([wk.Dense(50, "relu"), wk.Dense(2)], inputs=60), 0)
    for write in (model.to_numpy, model.to_keras):
        with pytest.raises(ValueError, match=r"3,152 numbers, too many to read in a script: give a path"):
            write()
        with pytest.raises(ValueError, match="the path is that of the script"):
            write(tmp_path / "net.npz")
    model.to_numpy(tmp_path / "net.py")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.npz", "net.py"]
    ask = "import numpy as np, net; print(repr(net.outputs(np.ones((1, 60))).tolist()))"
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True)
    np.testing.assert_allclose(eval(done.stdout), model.outputs(np.ones((1, 60))), rtol=1e-6)


def test_names_become_variables():
    made = variables(["A1'", "Z 1", "for", "1", "X", "np", "Z_1", "Ж", "a.b"])
    assert all(word.isidentifier() for word in made.values())
    assert len(set(made.values()) | {"X", "np"}) == len(made) + 2


def test_a_hostile_row_name_stays_a_name():
    net = Network({"Z1\"'; import os; #": (layers.Dense(1), "X"), "X2\\": (layers.Relu(), "Z1\"'; import os; #")})
    model = filled(wk.Model(net, inputs=2), 0)
    for code in (model.to_numpy(), model.to_keras()):
        assert "import os" not in code.replace("import os; # Dense", "").split('"""', 2)[2]
    names = executed(model.to_numpy())
    assert "os" not in names


# ─── what travels ───


def test_a_preparation_stays_behind_and_is_said_to():
    pytest.importorskip("torch")
    model = wk.Model([wk.Dense(1)], inputs=2)
    model.preparation = wk.Preparation.fit({"size": [1.0, 2.0], "age": [3.0, 5.0]})
    for write, tool in ((model.to_torch, "PyTorch"), (model.to_numpy, "NumPy code"), (model.to_keras, "Keras code")):
        with pytest.warns(
            wk.ExchangeWarning, match=f"does not travel to {tool}: give it model.preparation.transform"
        ):
            made = write()
        assert not isinstance(made, str) or "FEATURES = ['size', 'age']" in made


def test_what_is_missing_is_said(monkeypatch):
    for package, ask in (
        ("torch", wk.Model([wk.Dense(1)], inputs=1).to_torch),
        ("onnx", lambda: interop.onnx.write.written(wk.Model([wk.Dense(1)], inputs=1))),
    ):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(ImportError, match=r"which is not installed: pip install"):
            ask()


def test_models_without_inputs_and_layers_of_ones_own():
    with pytest.raises(ValueError, match="the model does not know its inputs yet"):
        wk.Model([wk.Dense(1)]).to_numpy()

    class Twice(layers.Relu):
        pass

    model = wk.Model([wk.Dense(1), Twice()], inputs=1)
    for write in (model.to_torch, model.to_numpy, model.to_keras, lambda: model.to_onnx("never.onnx")):
        with pytest.raises(ValueError, match=r"'A1'|'Twice1'|Twice.* a layer of your own"):
            write()


# ─── scikit-learn ───


def fitted():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge, SGDClassifier
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

    X, y = load_iris(return_X_y=True)
    words, two = np.array(["c", "a", "b"])[y], y > 1
    often: dict[str, Any] = {"max_iter": 20, "random_state": 0}
    several = (X[:, :2] > X[:, :2].mean(0)).astype(int)
    table = {
        **{
            f"mlp {a}": (MLPClassifier(hidden_layer_sizes=(5, 4), activation=a, **often), y)
            for a in ("identity", "logistic", "tanh", "relu")
        },
        "mlp, words": (MLPClassifier(hidden_layer_sizes=(5,), **often), words),
        "mlp, two classes": (MLPClassifier(hidden_layer_sizes=(5,), **often), two),
        "mlp, several": (MLPClassifier(hidden_layer_sizes=(5,), **often), several),
        "mlp, no hidden layer": (MLPClassifier(hidden_layer_sizes=(), **often), y),
        "mlp regressor": (MLPRegressor(hidden_layer_sizes=(4, 3), **often), X[:, 0]),
        "mlp regressor, two outputs": (MLPRegressor(hidden_layer_sizes=(4,), **often), X[:, :2]),
        "standard scaler": (make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(5,), **often)), words),
        "min-max scaler": (
            make_pipeline(MinMaxScaler((-1, 2)), MLPRegressor(hidden_layer_sizes=(5,), **often)),
            X[:, 0],
        ),
        "two scalers": (make_pipeline(MaxAbsScaler(), RobustScaler(), Ridge()), X[:, 0]),
        "scaler that does nothing": (
            make_pipeline(StandardScaler(with_mean=False, with_std=False), Ridge()),
            X[:, 0],
        ),
        "logistic": (LogisticRegression(max_iter=200), words),
        "logistic, two": (LogisticRegression(), two),
        "sgd, log loss": (SGDClassifier(loss="log_loss", random_state=0, alpha=1), two),
        "linear": (LinearRegression(), X[:, 0]),
        "linear, table of one": (LinearRegression(), X[:, :1]),
        "linear, no intercept": (LinearRegression(fit_intercept=False), X[:, :2]),
        "elastic net": (ElasticNet(0.1), X[:, 0]),
    }
    return X, table


SKLEARN_X, SKLEARN = fitted()


@pytest.mark.parametrize(("estimator", "y"), SKLEARN.values(), ids=SKLEARN)
def test_from_sklearn(estimator, y):
    X = SKLEARN_X
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 20 iterations are few
        estimator.fit(X, y)
    model = wk.from_sklearn(estimator)
    assert agreement(model, estimator, X).largest < 1e-12
    theirs = estimator.predict(X)
    assert model.predict(X).shape == theirs.shape
    if theirs.dtype.kind == "f":
        np.testing.assert_allclose(model.predict(X), theirs, atol=1e-12)
    else:
        np.testing.assert_array_equal(model.predict(X), theirs)
    seen = model.explain(X[:2], y[:2])
    np.testing.assert_allclose(float(seen["J"].numbers), model.evaluate(X[:2], y[:2])["loss"], rtol=1e-6)


def test_columns_come_from_sklearn():
    pd = pytest.importorskip("pandas")
    from sklearn.linear_model import LinearRegression

    table = pd.DataFrame(SKLEARN_X, columns=list("abcd"))
    model = wk.from_sklearn(LinearRegression().fit(table, SKLEARN_X[:, 0]))
    assert model.columns == ("a", "b", "c", "d")
    with pytest.raises(ValueError, match="the same in another order"):
        model.predict(table[list("bacd")])


def test_from_sklearn_refuses_by_name():
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression, PoissonRegressor, SGDClassifier, TweedieRegressor
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler

    X, y = SKLEARN_X, (SKLEARN_X[:, 0] > 5).astype(int)
    line = LinearRegression()
    three = np.arange(150) % 3
    for estimator, answers, said in (
        (RandomForestClassifier(2), y, "RandomForestClassifier is no network of layers"),
        (PoissonRegressor(), y, "PoissonRegressor is no network"),
        (TweedieRegressor(power=1), y, "e to the power of"),
        (SGDClassifier(), y, "its loss 'hinge' gives no probabilities"),
        (SGDClassifier(loss="log_loss"), three, "asks each by itself"),
        (make_pipeline(Normalizer(), line), y, "the step Normalizer of this pipeline is no layer"),
        (make_pipeline(MinMaxScaler(clip=True), line), y, "cuts off what lies outside"),
        (make_pipeline(StandardScaler(), RandomForestClassifier(2)), y, "RandomForestClassifier is no network"),
    ):
        with pytest.raises(ValueError, match=said):
            wk.from_sklearn(estimator.fit(X, answers))
    for new in (MLPClassifier(), LinearRegression(), make_pipeline(StandardScaler(), line)):
        with pytest.raises(ValueError, match="is not fitted yet: call fit"):
            wk.from_sklearn(new)
    with pytest.raises(ValueError, match="dict is no network of layers"):
        wk.from_sklearn({})
