"""ONNX: networks there and back, in every runtime; files of other tools; and the operators' own tests."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from tests.exchanged import close, filled, random_model, rows_for, same_numbers
from tests.test_interop import ours_and_rows_of
from workings.interop import agreement
from workings.interop.onnx.operators import OPERATORS, Node
from workings.interop.onnx.read import attribute, read
from workings.interop.onnx.wires import Rows
from workings.interop.onnx.write import LOWEST, NEWEST, written

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
runtime.set_default_logger_severity(4)
MADE = sorted((Path(__file__).parent / "made").glob("*.onnx"))
KINDS = "table image sequence gru"


def asked(content: bytes, X: np.ndarray) -> np.ndarray:
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, {"X": X})[0]


@pytest.mark.parametrize("seed", range(500 if FULL else 12))
def test_every_runtime_says_the_same(seed):
    """Goal G26: lowest and newest opset; checked, shapes inferred strictly, run by two machines."""
    from onnx.reference import ReferenceEvaluator

    dtype, tolerance = (("float32", 1e-5), ("float64", 1e-12))[seed % 2]
    model = random_model(seed, dtype, KINDS)
    X = rows_for(model)
    for opset in (LOWEST, NEWEST):
        content = written(model, opset)
        proto = onnx.load_from_string(content)
        onnx.checker.check_model(proto, full_check=True)
        onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
        with np.errstate(all="ignore"):  # its LSTM has infinities on the way
            close(ReferenceEvaluator(proto).run(None, {"X": X})[0], model.outputs(X), tolerance)
        missing = any(node.op_type in ("Conv", "RNN", "GRU", "LSTM") for node in proto.graph.node)
        if dtype == "float32" or not missing:  # onnxruntime has these for float32 only
            close(asked(content, X), model.outputs(X), tolerance)


@pytest.mark.parametrize("seed", range(200 if FULL else 15))
def test_random_networks_there_and_back(seed, tmp_path):
    model = random_model(seed, "float64" if seed % 4 == 3 else "float32", KINDS)
    X = rows_for(model)
    model.to_onnx(tmp_path / "m.onnx", opset=LOWEST + seed % (NEWEST - LOWEST + 1))
    again = wk.from_onnx(tmp_path / "m.onnx")
    assert again.dtype == model.dtype
    close(again.outputs(X), model.outputs(X), 1e-6)
    kept = [row.layer for row in model.network.rows if not isinstance(row.layer, wk.layers.Identity)]
    assert [row.layer for row in again.network.rows] == kept
    shifted = model.dtype == "float64" and "BatchNorm" in str(model)  # its ε is a float32 in the file
    if len(kept) == len(model.network.rows) and not shifted:
        same_numbers(model, again)


def test_classes_columns_preparation_and_loss_travel(tmp_path):
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"size": [1.0, 2, 3, 4], "age": [3.0, 1, 4, 1]})
    model = wk.Model([wk.Dense(2, "tanh"), wk.Dense(1, "sigmoid")], loss="mse")
    model.fit(table, ["no", "yes", "no", "yes"], epochs=1, progress=False)
    found = model.to_onnx(tmp_path / "m.onnx", check=table.to_numpy())
    assert found is not None
    assert found.largest < 1e-6
    again = wk.from_onnx(tmp_path / "m.onnx")
    assert (again.labels, again.columns, again.loss) == (model.labels, ("size", "age"), model.loss)
    np.testing.assert_array_equal(again.predict(table), model.predict(table))
    model.preparation = wk.Preparation.fit({"size": [1.0, 2.0], "age": [3.0, 5.0]})
    model.to_onnx(tmp_path / "m.onnx")
    assert wk.from_onnx(tmp_path / "m.onnx").preparation == model.preparation


def test_branches_there_and_back(tmp_path):
    table = {"Z1": (wk.layers.Dense(3, "xavier"), "X"), "S1": (wk.Add(), "Z1", "X"), "C1": (wk.Concat(), "S1", "X")}
    model = filled(wk.Model(wk.Network(table | {"F1": (wk.Select((4, 0, 2)), "C1")}), inputs=3), 0)
    model.to_onnx(tmp_path / "m.onnx")
    again = wk.from_onnx(tmp_path / "m.onnx")
    assert again.network == model.network
    same_numbers(model, again)


# ─── files of other tools, made once by tests/made/make_onnx.py ───


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_networks_of_other_tools_are_explained(path):
    model = wk.from_onnx(path)
    assert path.stat().st_size < 20_000
    size = onnx.load(path).graph.input[0].type.tensor_type.shape.dim[0].dim_value or 4
    X = np.random.default_rng(0).standard_normal((size, *(rows_for(model, 1)[0].shape))).astype("float32")
    found = agreement(model, path, X)
    assert found.largest < 1e-5 * max(1, abs(found.ours))
    seen = model.explain(X, np.asarray(model.predict(X)))
    last = model.network.output
    np.testing.assert_allclose(seen[last].numbers.T, model.outputs(X), atol=1e-5)
    name = next(iter(model.parameters))
    assert f"d{name}[1,1" in str(seen[f"d{name}"][(0,) * model.parameters[name].ndim])


def test_the_made_files_are_all_there():
    tools = {path.stem.split("_")[0] for path in MADE}
    assert tools == {"keras", "torch", "skl2onnx"}
    assert len(MADE) == 14
    classes = {path.stem: wk.from_onnx(path).labels for path in MADE if path.stem.startswith("skl2onnx")}
    assert classes["skl2onnx_scaled_classes"].classes == ("setosa", "versicolor", "virginica")
    assert classes["skl2onnx_two_classes"].classes == ("big", "small")


def test_what_keras_and_others_spell_out_is_recognised():
    """An activation in several operators is told by its values."""
    for name, bend in (("torch_dynamo_dense", "Gelu"), ("keras_dense", "LeakyRelu")):
        path = next(path for path in MADE if path.stem == name)
        assert bend in [type(row.layer).__name__ for row in wk.from_onnx(path).network.rows]


# ─── graphs by hand: what is read, and what is refused by operator and node ───


def graph(*nodes, arrays=None, shape=(None, 3), outputs=("Y",), kind=None, opset=17, domains=()):
    """A small file."""
    h = onnx.helper
    kind = kind or onnx.TensorProto.FLOAT
    proto = h.make_model(
        h.make_graph(
            [h.make_node(op, reads, makes, name=f"the {op}", **how) for op, reads, makes, how in nodes],
            "g",
            [h.make_tensor_value_info("X", kind, list(shape))],
            [h.make_tensor_value_info(name, kind, None) for name in outputs],
            [onnx.numpy_helper.from_array(np.asarray(a), name) for name, a in (arrays or {}).items()],
        ),
        opset_imports=[h.make_opsetid("", opset), *(h.make_opsetid(d, 1) for d in domains)],
    )
    return proto


def net(proto):
    return read(proto, Path("/nowhere"), None, None, None)


W, f4 = np.array([[1.0, 2], [3, 4], [5, 6]], np.float32), np.float32
BENT = {
    "sigmoid by hand": [("Neg", "-"), ("Exp", ""), ("Add", 1), ("Reciprocal", "")],
    "relu as max": [("Max", 0)],
    "softplus by hand": [("Exp", ""), ("Add", 1), ("Log", "")],
    "tanh of twice the half": [("Mul", 0.5), ("Mul", 2), ("Tanh", "")],
    "sigmoid by tanh": [("Mul", 0.5), ("Tanh", ""), ("Mul", 0.5), ("Add", 0.5)],
}
SAME = {
    "sigmoid by hand": "Sigmoid",
    "relu as max": "Relu",
    "softplus by hand": "Softplus",
    "tanh of twice the half": "Tanh",
    "sigmoid by tanh": "Sigmoid",
}


@pytest.mark.parametrize("name", BENT)
def test_activations_spelled_out(name):
    nodes, arrays, wire = [("MatMul", ["X", "W"], ["Z"], {})], {"W": W}, "Z"
    for i, (op, number) in enumerate(BENT[name]):
        reads = [wire]
        if isinstance(number, int | float):
            arrays[f"c{i}"] = np.float32(number)
            reads.append(f"c{i}")
        wire = f"t{i}"
        nodes.append((op, reads, [wire], {}))
    nodes.append(("Identity", [wire], ["Y"], {}))
    assert [type(r.layer).__name__ for r in net(graph(*nodes, arrays=arrays)).network.rows] == ["Dense", SAME[name]]


def test_what_several_read_is_left_as_it_is():
    """A bias, or a scale, that only one of two readers adds is no part of the row they both read."""
    arrays = {"W": W, "b": np.array([100, 200], f4), "a": np.array([1, 2, 3], f4), "c": np.array([4, 5, 6], f4)}
    X = np.array([[1, -2, 1]], f4)
    branch = [("MatMul", ["X", "W"], ["Z"], {}), ("Add", ["Z", "b"], ["A"], {}), ("Relu", ["Z"], ["R"], {})]
    found = net(graph(*branch, ("Concat", ["A", "R"], ["Y"], {"axis": 1}), arrays=arrays)).outputs(X)
    np.testing.assert_allclose(found, [[*(X @ W + arrays["b"])[0], *np.maximum(X @ W, 0)[0]]])
    scaled = [("Sub", ["X", "a"], ["Z"], {}), ("Mul", ["Z", "c"], ["S"], {}), ("MatMul", ["S", "W"], ["R"], {})]
    more = [("MatMul", ["Z", "W"], ["Q"], {}), ("Add", ["R", "Q"], ["Y"], {})]
    found = net(graph(*scaled, *more, arrays=arrays)).outputs(X)
    np.testing.assert_allclose(found, ((X - arrays["a"]) * arrays["c"] + X - arrays["a"]) @ W, rtol=1e-6)
    turned = [("Transpose", ["I"], ["T"], {"perm": [0, 3, 1, 2]}), ("Conv", ["T", "K"], ["C"], {})]
    rest = [("Flatten", ["C"], ["F"], {}), ("Flatten", ["X"], ["G"], {}), ("Concat", ["F", "G"], ["Y"], {"axis": 1})]
    images = graph(
        ("Identity", ["X"], ["I"], {}), *turned, *rest, arrays={"K": np.ones((1, 2, 1, 1), f4)}, shape=(None, 3, 3, 2)
    )
    with pytest.raises(ValueError, match="a convolution reads axes"):
        net(images)


def test_scaling_is_a_row():
    nodes = [
        ("Sub", ["X", "mean"], ["a"], {}),
        ("Div", ["a", "spread"], ["s"], {}),
        ("MatMul", ["s", "W"], ["c"], {}),
    ]
    arrays = {"mean": np.array([1, 2, 3], f4), "spread": np.array([2, 4, 5], f4), "W": W, "b": np.array([1, -1], f4)}
    model = net(graph(*nodes, ("Add", ["c", "b"], ["Y"], {}), arrays=arrays))
    assert [row.name for row in model.network.rows] == ["N0", "Z1"]
    X = np.array([[1, 2, 3], [3, 6, 8]], f4)
    np.testing.assert_allclose(model.activations(X)["N0"], [[0, 0, 0], [1, 1, 1]], atol=1e-7)
    np.testing.assert_allclose(model.outputs(X), [[1, -1], [10, 11]], rtol=1e-6)
    pixels = net(
        graph(("Div", ["X", "c"], ["a"], {}), ("MatMul", ["a", "W"], ["Y"], {}), arrays={"c": f4(255), "W": W})
    )
    np.testing.assert_allclose(pixels.outputs([[255, 0, 255]]), [[6, 8]], rtol=1e-6)


REFUSED = {
    "an unknown operator": (
        [("Einsum", ["X"], ["Y"], {"equation": "ij->ji"})],
        "the operator Einsum .node 'the Einsum'., which no layer",
    ),
    "a curve unknown": (
        [("Elu", ["Z"], ["a"], {}), ("MatMul", ["a", "V"], ["Y"], {})],
        "MatMul.*Elu is a curve that no activation here has",
    ),
    "exact gelu": ([("Erf", ["Z"], ["a"], {}), ("Mul", ["a", "Z"], ["Y"], {})], "Erf, Mul is a curve"),
    "swish at the end": (
        [("Sigmoid", ["Z"], ["a"], {}), ("Mul", ["a", "Z"], ["Y"], {})],
        "ends in what cannot be taken over: Sigmoid, Mul",
    ),
    "a product of wires": (
        [("MatMul", ["X", "V2"], ["a"], {}), ("Mul", ["a", "Z"], ["Y"], {})],
        "combines several wires cell by cell",
    ),
    "softmax over examples": ([("Softmax", ["Z"], ["Y"], {"axis": 0})], "not over another axis"),
    "answers turned over": ([("Transpose", ["Z"], ["Y"], {})], "turns its answers over"),
    "a mean": ([("ReduceMean", ["Z"], ["Y"], {})], "ReduceMean"),
    "rounding": ([("Cast", ["Z"], ["a"], {"to": 7}), ("Cast", ["a"], ["Y"], {"to": 1})], "rounds a wire"),
    "no wire": ([("Identity", ["V"], ["Y"], {})], "a constant stands where"),
    "X itself": ([("Identity", ["X"], ["Y"], {})], "ends in X itself"),
    "nothing makes it": ([("Relu", ["nobody"], ["Y"], {})], "reads 'nobody', and nothing makes that"),
    "a loop": ([("Relu", ["Y"], ["Y"], {})], "reads 'Y', and nothing makes that"),
    "wrong sizes": ([("MatMul", ["X", "V"], ["Y"], {})], "read 2 features, and there are 3"),
    "turned over": ([("Gemm", ["X", "V"], ["Y"], {"transA": 1})], "turns its input over"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_operator_and_node(name):
    nodes, said = REFUSED[name]
    arrays = {"W": W, "V": np.eye(2, dtype=f4), "V2": W}
    with pytest.raises(ValueError, match=said):
        net(graph(("MatMul", ["X", "W"], ["Z"], {}), *nodes, arrays=arrays))


def test_graphs_that_are_no_one_network():
    two = graph(("MatMul", ["X", "W"], ["Y"], {}), ("Relu", ["Y"], ["Z"], {}), arrays={"W": W}, outputs=("Y", "Z"))
    with pytest.raises(ValueError, match=r"several outputs \('Y', 'Z'\): say which"):
        net(two)
    assert len(read(two, Path(), None, "Y", None).network.rows) == 1
    with pytest.raises(ValueError, match="no output 'Q'; it has 'Y', 'Z'"):
        read(two, Path(), None, "Q", None)
    nothing = graph(("MatMul", ["X", "W"], ["Y"], {}), arrays={"W": W})
    del nothing.graph.input[:]
    with pytest.raises(ValueError, match="reads 0 inputs"):
        net(nothing)
    wide = graph(("MatMul", ["X", "W"], ["Y"], {}), arrays={"W": W}, shape=(None, None))
    with pytest.raises(ValueError, match="leaves open how large an example of 'X' is"):
        net(wide)
    assert read(wide, Path(), 3, None, None).shape == (3,)
    with pytest.raises(ValueError, match=r"with 1 axes"):
        net(graph(("MatMul", ["X", "W"], ["Y"], {}), arrays={"W": W}, shape=(3,)))
    with pytest.raises(ValueError, match="opset is a whole number from 14"):
        written(wk.Model([wk.Dense(1)], inputs=1), 7)


# ─── goal G27: the node tests of every operator that is read ───

SURE = {  # operators of which at least one test must be read, not refused
    *(
        "Gemm",
        "MatMul",
        "Conv",
        "MaxPool",
        "BatchNormalization",
        "Softmax",
        "Gather",
        "Concat",
        "Transpose",
        "Flatten",
    ),
    *(
        "Reshape",
        "Squeeze",
        "Unsqueeze",
        "Relu",
        "Sigmoid",
        "Tanh",
        "LeakyRelu",
        "Softplus",
        "Gelu",
        "Add",
        "Identity",
    ),
    *("RNN", "GRU", "LSTM", "Dropout"),
}


STEPS_FIRST = {"RNN", "GRU", "LSTM"}  # the tests have (T, m, n), and a model here examples first


def node_tests():
    """Every node test of an operator that is read, with the inputs after X as constants."""
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = [case for case in load_model_tests(kind="node") if case.model is not None]
    plain = lambda case: all(isinstance(array, np.ndarray) for array in case.data_sets[0][0])
    ours = lambda case: {node.op_type for node in case.model.graph.node} & set(OPERATORS)
    return [case for case in cases if ours(case) and plain(case)]


def with_constants(case):
    """The test as a file that reads one X, that X, and the answer."""
    proto = onnx.ModelProto.FromString(case.model.SerializeToString())
    (given, wanted), graph = case.data_sets[0], proto.graph
    names = [value.name for value in graph.input]
    for name, array in list(zip(names, given, strict=True))[1:]:
        graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(array), name))
    X = np.asarray(given[0])
    if graph.node[0].op_type in STEPS_FIRST and not any(a.name == "layout" for a in graph.node[0].attribute):
        turn = onnx.helper.make_node("Transpose", ["turned"], [names[0]], perm=[1, 0, 2])
        graph.node.insert(0, turn)
        graph.input[0].name = "turned"
        sizes = graph.input[0].type.tensor_type.shape.dim
        X = np.swapaxes(X, 0, 1)
        sizes[0].dim_value, sizes[1].dim_value = X.shape[:2]
    return proto, X, np.asarray(wanted[0])


BY_OPERATOR = (  # how a refusal begins that names an operator
    r"has the operator (\w+) \(node '[^']*'\), which (no layer here does$|cannot be taken over: .{10})",
    r"ends in what cannot be taken over: ([\w, ]+) is a curve that no activation here has$",
    r"answers with labels only, by (\w+): ",
)
NUMBERS = {1, 6, 7, 10, 11}  # float32, int32, int64, float16, float64
BY_INPUT = {  # a refusal of the very X, before any operator → whether the file's X is so
    r"reads '[^']*' with [015-9] axes: ": lambda value, X: X.ndim not in (2, 3, 4),
    r"reads '[^']*', which is no table of numbers$": lambda value, X: value.elem_type not in NUMBERS,
    r"leaves open how large an example of ": lambda value, X: 0 in X.shape,
    r"array '[^']*' is of type \d+, and a network here is made of numbers": lambda value, X: (
        value.elem_type not in NUMBERS
    ),
}


def reason(said, proto, X):
    """What a refusal names: the operators of the node, each in the graph; or what is wrong with X."""
    ops = {node.op_type for node in proto.graph.node}
    for pattern in BY_OPERATOR:
        if found := re.match(pattern, said):
            named = found[1].split(", ")
            assert set(named) <= ops, said
            return ", ".join(dict.fromkeys(named))
    for pattern, holds in BY_INPUT.items():
        if re.match(pattern, said):
            assert holds(proto.graph.input[0].type.tensor_type, X), said
            return "X itself"
    raise AssertionError(f"this refusal names nothing: {said}")


def judged(case):
    """What became of a node test: "read" (and right), "worked out" (and right), or what its refusal names."""
    proto, X, want = with_constants(case)
    try:
        model = read(proto, Path("/nowhere"), None, proto.graph.output[0].name, "mse")
    except (ValueError, NotImplementedError) as error:
        return "worked out" if worked_out(case) else reason(str(error), proto, X)
    got, _ = ours_and_rows_of(model, X if X.dtype.kind in "iu" else X.astype("float32"))
    assert got.size == want.size, case.name
    np.testing.assert_allclose(got.reshape(want.shape), want, rtol=1e-3, atol=1e-5, err_msg=case.name)
    return "read"


def worked_out(case) -> bool:
    """Whether the operator, asked of constants alone, gives the answer that stands there."""
    (node, *others), opset = case.model.graph.node, case.model.opset_import[0].version
    given, wanted = case.data_sets[0]
    held = dict(zip([value.name for value in case.model.graph.input], given, strict=True))
    try:
        how = {a.name: attribute(a) for a in node.attribute}
        inputs = [held[name] if name else None for name in node.input]
        got = OPERATORS[node.op_type](Node(node.op_type, "", inputs, how, Rows(), 1, opset, None))
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
    if others or not isinstance(got, np.ndarray | np.generic):
        return False
    np.testing.assert_allclose(got, wanted[0], rtol=1e-3, atol=1e-5, err_msg=case.name)
    return True


def test_node_tests_of_every_operator():
    """Goal G27: each is read, with the answer that stands there, or refused in a sentence that names it."""
    read_ops: set[str] = set()
    counts: Counter = Counter()
    cases = node_tests()
    for case in cases:
        what = judged(case)
        counts[what] += 1
        if what in ("read", "worked out"):
            read_ops |= {node.op_type for node in case.model.graph.node}
    assert read_ops >= SURE, SURE - read_ops
    assert counts["read"] > 40
    print(f"{len(cases)} node tests: {counts.pop('read')} read, {counts.pop('worked out')} worked out")
    print(f"{counts.total()} refused, naming: " + ", ".join(f"{what} ({n})" for what, n in counts.most_common()))
