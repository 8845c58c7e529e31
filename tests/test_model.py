"""Model: what goes in, what comes out, and what is kept."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workings as wk

RNG = np.random.default_rng(5)
X = RNG.standard_normal((60, 3))
WHICH = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)  # 0, 1, 2
QUIET = {"epochs": 3, "batch_size": 8, "progress": False}


def softmax(k=3, **more):
    return wk.Model([wk.Dense(5, "tanh"), wk.Dense(k, "softmax")], **more)


LABELS = {  # y, outputs, classes
    "list": (WHICH.tolist(), 3, [0, 1, 2]),
    "tuple": (tuple(WHICH.tolist()), 3, [0, 1, 2]),
    "array": (WHICH, 3, [0, 1, 2]),
    "uint8": (WHICH.astype(np.uint8), 3, [0, 1, 2]),
    "whole floats": (WHICH.astype(float), 3, [0, 1, 2]),
    "column": (WHICH.reshape(-1, 1), 3, [0, 1, 2]),
    "series": (pd.Series(WHICH, index=range(100, 160)), 3, [0, 1, 2]),
    "nullable series": (pd.Series(WHICH, dtype="Int64"), 3, [0, 1, 2]),
    "frame": (pd.DataFrame({"y": WHICH}), 3, [0, 1, 2]),
    "objects": (WHICH.astype(object), 3, [0, 1, 2]),
    "texts": (np.array(["cat", "ant", "bee"])[WHICH], 3, ["ant", "bee", "cat"]),
    "texts in a series": (pd.Series(np.array(["cat", "ant", "bee"])[WHICH]), 3, ["ant", "bee", "cat"]),
    "categories": (pd.Series(pd.Categorical(np.array(["cat", "ant", "bee"])[WHICH])), 3, ["ant", "bee", "cat"]),
    "bytes": (np.array([b"cat", b"ant", b"bee"])[WHICH], 3, ["ant", "bee", "cat"]),
    "numbers with gaps": (np.array([30, 10, -20])[WHICH], 3, [-20, 10, 30]),
    "some of ten digits": (WHICH + 4, 10, list(range(10))),
    "one-hot": (np.eye(3)[WHICH], 3, [0, 1, 2]),
    "one-hot of yes and no": (np.eye(3, dtype=bool)[WHICH], 3, [0, 1, 2]),
    "two classes, two outputs": (WHICH > 0, 2, [False, True]),
}


@pytest.mark.parametrize(("y", "k", "classes"), LABELS.values(), ids=LABELS)
def test_labels_of_every_kind(y, k, classes, tmp_path):
    model = softmax(k)
    model.fit(X, y, epochs=60, learning_rate=0.5, progress=False)
    assert model.classes_.tolist() == classes
    said = model.predict(X)
    assert said.shape == (60,)
    assert set(said.tolist()) <= set(classes)
    chances = model.predict_proba(X)
    assert chances.shape == (60, k)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.classes_[chances.argmax(axis=1)], said)
    score = model.evaluate(X, y)
    assert score["accuracy"] > 0.8
    model.save(tmp_path / "m.safetensors")
    again = wk.Model.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict(X), said)
    assert again.predict(X).dtype == said.dtype
    assert again.evaluate(X, y) == score


YES_OR_NO = {
    "bools": ((X[:, 0] > 0), [False, True]),
    "0 and 1": ((X[:, 0] > 0).astype(int), [0, 1]),
    "-1 and 1": (np.where(X[:, 0] > 0, 1, -1), [-1, 1]),
    "texts": (np.where(X[:, 0] > 0, "yes", "no"), ["no", "yes"]),
    "a column": ((X[:, :1] > 0).astype(int), [0, 1]),
}


@pytest.mark.parametrize("loss", ["cross-entropy", "mse", "half-squared-error"])
@pytest.mark.parametrize(("y", "classes"), YES_OR_NO.values(), ids=YES_OR_NO)
def test_one_output_says_yes_or_no(y, classes, loss):
    model = wk.Model([wk.Dense(1, "sigmoid")], loss=loss)
    model.fit(X, y, epochs=100, learning_rate=1.0, progress=False)
    assert model.classes_.tolist() == classes
    assert model.evaluate(X, y)["accuracy"] > 0.9
    assert (model.predict(X) == np.ravel(y)).mean() == model.evaluate(X, y)["accuracy"]
    chances = model.predict_proba(X)
    assert chances.shape == (60, 2)
    np.testing.assert_allclose(chances[:, 1], model.outputs(X)[:, 0])


def test_several_answers_at_once():
    y = (X > 0).astype(int)
    model = wk.Model([wk.Dense(3, "sigmoid")])
    model.fit(X, y, epochs=200, learning_rate=1.0, progress=False)
    said = model.predict(X)
    assert said.shape == (60, 3)
    assert model.predict_proba(X).shape == (60, 3)
    assert model.evaluate(X, y)["accuracy"] == (said == y).all(axis=1).mean() > 0.9
    with pytest.raises(ValueError, match="trained on rows of 3"):
        model.evaluate(X, WHICH)


def test_rows_of_answers_stay_rows_however_many_are_true():
    """A training set that has one answer in each row by chance is no other kind of problem."""
    y = np.eye(3, dtype=int)[WHICH]
    model = wk.Model([wk.Dense(8, "tanh"), wk.Dense(3, "sigmoid")])
    model.fit(X, y, epochs=300, learning_rate=1.0, progress=False)
    assert model.predict(X).shape == (60, 3)
    assert model.evaluate(X, y)["accuracy"] == (model.predict(X) == y).all(axis=1).mean() > 0.8
    assert 0 <= model.evaluate(X, y * 0)["accuracy"] < 0.5
    assert model.evaluate(X, (X > 0).astype(int))["accuracy"] < 1


def test_several_sigmoids_also_choose_a_class():
    """As in Nielsen's book: ten sigmoids, half the squared error, and the largest wins."""
    for loss in ("half-squared-error", "cross-entropy"):
        model = wk.Model([wk.Dense(8, "sigmoid"), wk.Dense(3, "sigmoid")], loss=loss)
        model.fit(X, WHICH, epochs=150, learning_rate=3.0, batch_size=10, progress=False)
        assert model.classes_.tolist() == [0, 1, 2]
        assert model.evaluate(X, WHICH)["accuracy"] == (model.predict(X) == WHICH).mean() > 0.8


RANKS = {
    "(m,)": (X @ [1.0, 2, 3], (60,)),
    "a list": ((X @ [1.0, 2, 3]).tolist(), (60,)),
    "a series": (pd.Series(X @ [1.0, 2, 3]), (60,)),
    "(m, 1)": ((X @ [1.0, 2, 3])[:, None], (60, 1)),
    "whole numbers": (np.round(X @ [1, 2, 3]).astype(int), (60,)),
    "(m, 2)": (X @ [[1.0, 2], [3, 4], [5, 6]], (60, 2)),
}


@pytest.mark.parametrize(("y", "shape"), RANKS.values(), ids=RANKS)
def test_regression_keeps_the_rank_of_y(y, shape):
    model = wk.Model([wk.Dense(shape[1] if len(shape) > 1 else 1)])
    model.fit(X, y, epochs=50, progress=False)
    assert model.predict(X).shape == shape
    error = np.sqrt(np.mean((model.predict(X) - np.reshape(y, shape)) ** 2))
    assert model.evaluate(X, y)["rmse"] == pytest.approx(error, rel=1e-4, abs=1e-6)


FEATURES = {
    "list": X.tolist(),
    "float32": X.astype(np.float32),
    "float16": X.astype(np.float16).astype(np.float64),
    "frame": pd.DataFrame(X, columns=list("abc")),
    "Fortran": np.asfortranarray(X),
    "strided": np.repeat(X, 2, axis=0)[::2],
    "sparse": sparse.csr_array(X),
    "objects": X.astype(object),
    "texts of numbers": X.astype("U30"),
}


@pytest.mark.parametrize("given", FEATURES.values(), ids=FEATURES)
def test_features_of_every_kind(given):
    model = softmax()
    model.fit(given, WHICH, **QUIET)
    reference = softmax()
    reference.fit(X, WHICH, **QUIET)
    assert model.outputs(X).dtype == np.float32
    np.testing.assert_allclose(model.outputs(given), reference.outputs(X), atol=3e-3)


def test_pixels_stay_bytes_and_count_from_0_to_1():
    pixels = RNG.integers(0, 256, (40, 64), dtype=np.uint8)
    y = pixels[:, 0] > 127
    as_bytes, as_floats = softmax(2), softmax(2)
    as_bytes.fit(pixels, y, **QUIET)
    as_floats.fit(pixels.astype(np.float32) * np.float32(1 / 255), y, **QUIET)
    for name, W in as_bytes.parameters.items():
        np.testing.assert_array_equal(W, as_floats.parameters[name])
    np.testing.assert_allclose(as_bytes.activations(pixels)["X"], pixels / 255, rtol=1e-6)


BYTES = RNG.integers(0, 256, (40, 100), dtype=np.uint8)
NOT_SURELY = {  # bytes that may be numbers → why
    "few": (BYTES[:, :16], "16 features are few"),
    "no square": (BYTES[:, :70], "70 features are no square"),
    "dark": (BYTES // 4, "none is above 63"),
}


@pytest.mark.parametrize("case", NOT_SURELY.values(), ids=NOT_SURELY)
def test_bytes_are_pixels_only_where_that_is_sure(case):
    X, why = case
    y = X[:, 0] > X[:, 1]
    for act in (lambda m: m.fit(X, y, **QUIET), lambda m: m.predict(X), lambda m: m.explain(X, y)):
        with pytest.raises(ValueError, match=f"X is uint8, .*{why}.*; for numbers write X.astype"):
            act(softmax(2))
    softmax(2).fit(X.astype(float), y, **QUIET)


def test_the_unit_of_training_is_that_of_every_call(tmp_path):
    y = BYTES[:, 0] > 127
    as_bytes, as_numbers, as_shares = softmax(2), softmax(2), softmax(2)
    as_bytes.fit(BYTES, y, **QUIET)
    as_numbers.fit(BYTES.astype(float), y, **QUIET)
    as_shares.fit(BYTES / 255, y, **QUIET)
    as_bytes.save(tmp_path / "m")
    for model in (as_bytes, wk.Model.load(tmp_path / "m")):
        for act in (model.predict, model.explain, lambda X, model=model: model.evaluate(X, y)):
            with pytest.raises(
                ValueError, match="X goes up to 255, and this model was trained on pixels from 0 to 1"
            ):
                act(BYTES.astype(float))
        np.testing.assert_array_equal(model.predict(BYTES / 255), model.predict(BYTES))
    for model in (as_numbers, as_shares):
        for act in (model.predict, model.explain, lambda X, model=model: model.fit(X, y, **QUIET)):
            with pytest.raises(ValueError, match="this model was trained on other numbers"):
                act(BYTES)
    with pytest.raises(ValueError, match="in the validation data: X is uint8"):
        softmax(2).fit(BYTES / 255, y, validation=(BYTES, y), **QUIET)


def test_words_may_be_bytes():
    words = np.array([[0, 1, 2], [2, 1, 0]] * 10, dtype=np.uint8)
    for kind in (np.uint8, np.int64, float):
        model = wk.Model([wk.Embedding(3, 4), wk.RNN(4), wk.Dense(2, "softmax")])
        model.fit(words.astype(kind), [0, 1] * 10, epochs=60, optimizer="adam", learning_rate=0.02, progress=False)
        assert model.evaluate(words, [0, 1] * 10)["accuracy"] == 1
        assert model.activations(words)["E1"].shape == (20, 4, 3)


def test_every_wire_by_name():
    model = softmax(3, inputs=3)
    wires = model.activations(X)
    assert list(wires) == ["X", "Z1", "A1", "Z2", "A2"]
    np.testing.assert_allclose(
        wires["A1"], np.tanh(X @ model.parameters["W1"].T + model.parameters["b1"].T), rtol=1e-5
    )
    np.testing.assert_array_equal(wires["A2"], model.outputs(X))
    many = np.tile(X, (150, 1))  # 9000 rows: more than one chunk
    np.testing.assert_allclose(model.outputs(many)[-60:], wires["A2"], rtol=1e-6)


def test_a_network_by_hand_answers_without_training():
    model = wk.Model([wk.Dense(1, "sigmoid")], parameters={"W1": [[2, 2]], "b1": [-3]})  # AND
    corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert model.predict(corners).tolist() == [0, 0, 0, 1]
    assert model.predict_proba(corners).shape == (4, 2)
    assert model.evaluate(corners, [0, 0, 0, 1])["accuracy"] == 1
    assert softmax(4, inputs=3).predict(X).shape == (60,)
    assert wk.Model([wk.Dense(2)], inputs=3).predict(X).shape == (60, 2)
    several = wk.Model([wk.Dense(2, "sigmoid")], inputs=3)
    np.testing.assert_array_equal(several.predict(X), several.outputs(X))


def test_parameters_by_hand_stay_exact_until_fit():
    given = {"W1": [[1, "1/3"], ["0.1", 2]], "b1": [0, Fraction(1, 2)]}
    model = wk.Model([wk.Dense(2)], parameters=given)
    assert model.parameters["W1"].tolist() == [[1, Fraction(1, 3)], [Fraction(1, 10), 2]]
    assert model.parameters["b1"].tolist() == [[0], [Fraction(1, 2)]]
    assert model.predict([[3, 3]]).tolist() == [[4.0, pytest.approx(6.8)]]
    with pytest.warns(wk.TrainingWarning, match="were exact; training goes on with them as float32"):
        model.fit([[1, 2], [3, 4]], [[1.0, 2], [3, 4]], epochs=1, progress=False)
    assert model.parameters["W1"].dtype == np.float32
    floats = wk.Model([wk.Dense(2)], parameters={"W1": [[1, 0.5], [0, 2]], "b1": [0, 0]})
    assert floats.exact is None
    some = wk.Model([wk.Dense(2)], parameters={"W1": [[1, 1], [0, 2]]})
    assert some.exact is None
    np.testing.assert_array_equal(some.parameters["W1"], [[1, 1], [0, 2]])


def test_inputs_are_found_in_the_weights_or_the_data():
    assert wk.Model([wk.Dense(1)], parameters={"W1": [[1, 2, 3]], "b1": [0]}).shape == (3,)
    assert wk.Model([wk.Dense(1)], inputs=np.int64(4)).shape == (4,)
    assert wk.Model([wk.Flatten(), wk.Dense(1)], inputs=(1, 4, 4)).shape == (1, 4, 4)
    late = wk.Model([wk.Dense(2)], parameters={"b1": [7, 8]})
    assert late.shape is None
    late.predict(X)
    assert late.parameters["b1"].tolist() == [[7], [8]]


def test_a_refused_fit_leaves_no_trace():
    """Wrong data first, right data then: the same numbers as right away."""
    model, clean = softmax(), softmax()
    for bad in ((X.T, WHICH), (X, WHICH + 0.5), (X, [0] * 60), (X[:, :2], WHICH[:5])):
        with pytest.raises(ValueError, match=r"X|y|label"):
            model.fit(*bad, **QUIET)
    model.fit(X, WHICH, **QUIET)
    clean.fit(X, WHICH, **QUIET)
    for name, W in model.parameters.items():
        np.testing.assert_array_equal(W, clean.parameters[name])


def test_images_in_grey_and_in_colour():
    for shape in ((12, 6, 6), (12, 3, 6, 6)):
        images = RNG.random(shape)
        model = wk.Model([wk.Convolution(2, 3, "relu"), wk.MaxPool(2), wk.Flatten(), wk.Dense(2, "softmax")])
        model.fit(images, [0, 1] * 6, **QUIET)
        assert model.predict(images).shape == (12,)
        assert model.activations(images)["Z1"].shape == (12, 2, 4, 4)


def test_a_layer_that_does_not_care_may_come_first():
    wk.Model([wk.BatchNorm(), wk.Convolution(2, 3, "relu"), wk.Flatten(), wk.Dense(2, "softmax")]).fit(
        RNG.random((8, 5, 5)), [0, 1] * 4, **QUIET
    )
    wk.Model([wk.Dropout(0.1), wk.LSTM(3), wk.Dense(2, "softmax")]).fit(RNG.random((8, 5, 2)), [0, 1] * 4, **QUIET)


def test_branches_and_joins():
    table = {
        "Z1": (wk.layers.Dense(3), "X"),
        "A1": (wk.layers.Relu(), "Z1"),
        "S1": (wk.Add(), "A1", "X"),
        "C1": (wk.Concat(), "S1", "A1"),
        "Z2": (wk.layers.Dense(1), "C1"),
    }
    model = wk.Model(wk.Network(table))
    history = model.fit(X, X @ [1.0, -1, 2], epochs=40, progress=False)
    assert history[-1]["rmse"] < 0.5 * history[0]["rmse"]
    assert set(model.parameters) == {"W1", "b1", "W2", "b2"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_are_of_the_type_asked_for(dtype):
    layers = [wk.Dense(4), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(3, "softmax")]
    model = wk.Model(layers, dtype=dtype)
    model.fit(X, WHICH, optimizer="adam", l2=0.01, **QUIET)
    assert {W.dtype for W in model.parameters.values()} == {np.dtype(dtype)}
    assert {x.dtype for named in model.state.memory.values() for x in named.values()} == {np.dtype(dtype)}
    assert {wire.dtype for wire in model.activations(X).values()} == {np.dtype(dtype)}
    assert {W.dtype for W in wk.Model(layers, inputs=3, dtype=np.dtype(dtype)).parameters.values()} == {
        np.dtype(dtype)
    }


def test_weights_are_the_same_digits_in_both_types():
    single, double = softmax(inputs=3), softmax(inputs=3, dtype="float64")
    for name, W in double.parameters.items():
        np.testing.assert_array_equal(single.parameters[name], W.astype(np.float32))


def test_repr_is_one_line():
    assert repr(softmax()) == "<Model Z1: Dense, A1: Tanh, Z2: Dense, A2: Softmax; CategoricalCrossEntropy()>"


def test_evaluate_knows_a_classifier_before_it_is_trained():
    assert set(softmax().evaluate(X, WHICH)) == {"loss", "accuracy"}
    assert set(wk.Model([wk.Dense(1)]).evaluate(X, X[:, 0])) == {"loss", "rmse"}


def test_explaining_keeps_exact_what_is_exact():
    """Whole numbers, fractions and texts of them stay so; floats and shares of 255 become float64."""
    model = wk.Model([wk.Dense(1)], parameters={"W1": [["1/3", 2]], "b1": ["1/2"]})
    for X in ([[3, 1]], np.array([[3, 1]]), [["3", "1"]], [[Fraction(3), 1]]):
        w = model.explain(X, [Fraction(1, 4)])
        assert w["Z1"][0, 0].value == Fraction(7, 2)
        assert w["dZ1"][0, 0].value == 2 * (Fraction(7, 2) - Fraction(1, 4))
    for X in ([[3.0, 1.0]], np.array([[3, 1]], np.float32)):
        assert float(model.explain(X, [0.5])["Z1"][0, 0].value) == pytest.approx(3.5)
    pixels = np.array([[255, 51]], np.uint8) / 255
    assert float(model.explain(pixels, [0.5])["Z1"][0, 0].value) == pytest.approx(1 / 3 + 0.4 + 0.5)
    np.testing.assert_allclose(model.predict(pixels), [[1 / 3 + 0.4 + 0.5]], rtol=1e-6)


def test_explaining_a_trained_model_is_its_own_pass():
    model = softmax()
    model.fit(X, np.array(["a", "b", "c"])[WHICH], **QUIET)
    w = model.explain(X[:4], ["a", "b", "c", "a"])
    np.testing.assert_allclose(np.asarray(w["A2"]).astype(float).T, model.predict_proba(X[:4]), rtol=1e-5)
    with pytest.raises(ValueError, match="never seen"):
        model.explain(X[:1], ["d"])
    with pytest.raises(ValueError, match=r"did you mean X\.T|made for"):
        model.explain(X.T, ["a", "b", "c"])


def test_the_columns_of_a_frame_are_remembered(tmp_path):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = wk.Model([wk.Dense(3, "softmax")], seed=1)
    model.fit(frame, WHICH, epochs=2, validation=(frame, WHICH), progress=False)
    model.save(tmp_path / "m.safetensors")
    again = wk.Model.load(tmp_path / "m.safetensors")
    assert again.columns == ("a", "b", "c")
    for same in (frame, X, pd.DataFrame(X), X.tolist()):
        np.testing.assert_array_equal(again.predict(same), model.predict(X))
    bad = {
        "'b', 'a', 'c', and the model was .* 'a', 'b', 'c': the same in another order": frame[["b", "a", "c"]],
        "lacking 'c', new 'd'": frame.rename(columns={"c": "d"}),
        "new 'd'": frame.assign(d=1.0),
        "lacking 'b', 'c'": frame[["a"]],
        "two columns of X are called 'c'": frame[["a", "b", "c", "c"]],
    }
    for said, other in bad.items():
        for ask in (again.predict, again.explain, again.outputs, lambda x: again.evaluate(x, WHICH)):
            with pytest.raises(ValueError, match=said):
                ask(other)
        with pytest.raises(ValueError, match=said):
            again.fit(other, WHICH, epochs=1, progress=False)
        with pytest.raises(ValueError, match=f"in the validation data: .*{said}"):
            wk.Model([wk.Dense(3, "softmax")]).fit(frame, WHICH, validation=(other, WHICH), progress=False)
    again.fit(X, WHICH, epochs=1, progress=False)
    assert again.columns == ("a", "b", "c")


def test_a_file_that_lies_about_its_columns_is_refused(tmp_path):
    model = wk.Model([wk.Dense(3, "softmax")], inputs=3)
    model.columns = (1, 2, 3)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(ValueError, match="damaged"):
        wk.Model.load(tmp_path / "m.safetensors")
