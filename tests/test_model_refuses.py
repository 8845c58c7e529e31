"""Bad input: every slip gets a sentence that names it, and leaves the model as it was."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import workings as wk
from workings.optimizers import Adam, Momentum

X = np.arange(12.0).reshape(6, 2) / 12
Y = [0, 1, 0, 1, 0, 1]
NAN = float("nan")


def with_cell(value, place=(2, 1)):
    made = X.astype(object) if not isinstance(value, float) else X.copy()
    made[place] = value
    return made


def classifier(k=2, **more):
    last = wk.Dense(1, "sigmoid") if k == 1 else wk.Dense(k, "softmax")
    return wk.Model([wk.Dense(3, "tanh"), last], **more)


def regression():
    return wk.Model([wk.Dense(1)])


BAD_X = {
    "nan": (with_cell(NAN), "X is nan in row 2, column 1"),
    "infinite": (with_cell(np.inf), "X is inf in row 2, column 1"),
    "nan in an object array": (with_cell(None), "X is nan in row 2, column 1"),
    "text": (with_cell("tall"), "X holds 'tall' in row 2, column 1, which is not a number"),
    "long text": (with_cell("x" * 99), "xxx… in row 2"),
    "masked": (np.ma.array(X, mask=np.arange(X.size).reshape(X.shape) == 2 * X.shape[1]), "X is masked in row 2"),
    "one axis": (X[:, 0], r"one axis only: write X.reshape\(-1, 1\)"),
    "no example": (np.zeros((0, 2)), "no example, or no feature"),
    "no feature": (np.zeros((6, 0)), "no example, or no feature"),
    "an empty list": ([], "no example, or no feature"),
    "nothing": (None, "no example, or no feature|not a number"),
    "a number": (3.0, "X has the shape"),
    "a dict": ({"a": [1, 2]}, "X has 2 examples and y has"),
    "ragged": ([[1, 2], [3]] * 3, "every row needs the same number of features"),
    "complex": (X + 1j, "complex128 values; a network reads real numbers"),
    "dates": (np.array([["2020-01-01", "2020-01-02"]] * 6, "datetime64[D]"), "reads real numbers"),
    "date objects": (with_cell(datetime(2020, 1, 1)), "which is not a number"),
    "a date column": (
        pd.DataFrame({"a": X[:, 0], "day": pd.Timestamp("2020-01-01")}),
        r"column 'day', row 0 .* neither number nor text: make it one \(a date: year, month",
    ),
    "too large for float32": (X * 1e39, "too large for float32: scale the features"),
    "an integer too large": (with_cell(10**400), "which is not a number|too large"),
    "columns for rows": (X.T, r"X has 2 examples and y has 6 labels.*did you mean X\.T"),
    "an image": (X.reshape(6, 1, 2), "put Flatten"),
}


@pytest.mark.parametrize(("bad", "said"), BAD_X.values(), ids=BAD_X)
def test_bad_features(bad, said):
    model = classifier()
    with pytest.raises(ValueError, match=said):
        model.fit(bad, Y, epochs=1, progress=False)
    assert model.shape is None
    assert model.labels is None
    assert model.fit(X, Y, epochs=1, progress=False)["loss"] == fresh_loss(2)
    for ask in (model.predict, model.predict_proba, model.outputs, model.activations):
        with pytest.raises(ValueError, match=r"^X "):
            ask(bad)


def fresh_loss(k):
    return classifier(k).fit(X, Y, epochs=1, progress=False)["loss"]


def test_features_of_another_width():
    model = classifier(inputs=6)
    with pytest.raises(ValueError, match=r"X has the shape \(6, 2\).*reads 6 features.*did you mean X\.T"):
        model.predict(X)
    with pytest.raises(ValueError, match=r"examples of shape \(2,\), but the model was made for \(6,\)"):
        model.predict(X[:3])


BAD_Y = {
    "float labels": (2, np.array(Y) + 0.5, "row 0 has the label 0.5: a classifier takes classes"),
    "huge float labels": (2, [1e300] + [0.0] * 5, "row 0 has the label 1e\\+300"),
    "one class": (2, [1] * 6, "y has one class only, 1"),
    "one class of text": (2, ["cat"] * 6, "y has one class only, 'cat'"),
    "one class, one output": (1, [True] * 6, "y has one class only, True"),
    "one class as a column": (2, np.ones((6, 1)), "y has one class only, 1"),
    "three classes, one output": (1, [0, 1, 2] * 2, r"one output, which tells two.*Dense\(3, \"softmax\"\)"),
    "three classes, two outputs": (2, ["a", "b", "c"] * 2, "y has 3 classes .*2 outputs"),
    "too few classes": (4, ["a", "b", "c"] * 2, "y has 3 classes .*4 outputs"),
    "not one-hot": (2, [[1, 1]] + [[0, 1]] * 5, r"row 0 of y is \[1, 1\].*exactly one 1"),
    "one-hot of halves": (2, [[0.5, 0.5]] * 6, "rows of labels hold 0 and 1 only"),
    "one-hot too wide": (2, np.eye(3)[[0, 1, 2] * 2], r"\(6, 3\), but the network has 2 outputs"),
    "one-hot of text": (2, [["a", "b"]] * 6, "rows of labels hold 0 and 1 only"),
    "too few": (2, Y[:5], "X has 6 examples and y has 5 labels"),
    "one row": (2, [Y], r"y is one row: write y.reshape\(-1\)"),
    "one-hot on its side": (3, np.eye(3)[[0, 1, 2] * 2].T, "X has 6 examples and y has 3 labels"),
    "nothing": (2, None, "y has no examples"),
    "a number": (2, 1, "y has no examples"),
    "empty": (2, [], "y has no examples"),
    "mixed": (2, [0, "0", 1, 1, 0, 0], r"mix text \(row 1\) and numbers \(row 0\)"),
    "mixed in an array": (2, np.array(["1", 1, 0, 1, 0, 1], dtype=object), "mix text"),
    "missing": (2, ["a", None, "b", "a", "b", "a"], "y has no label in row 1"),
    "missing in pandas": (2, pd.Series([1, pd.NA, 0, 1, 0, 1], dtype="Int64"), "y is nan in row 1|no label in row 1"),
    "missing text in pandas": (2, pd.Series(["a", None, "b", "a", "b", "a"]), "y has no label in row 1"),
    "nan": (2, [0.0, NAN, 1.0, 0.0, 1.0, 1.0], "y is nan in row 1|no label in row 1"),
    "nan and text": (2, ["a", NAN, "b", "a", "b", "a"], "y has no label in row 1"),
    "dates": (2, np.array(["2020-01-01"] * 6, "datetime64[D]"), "use numbers or strings"),
    "objects": (2, [object()] * 6, "use numbers or strings"),
    "ragged": (2, [[1], [1, 0]] * 3, "one per example"),
    "three axes": (2, np.zeros((6, 2, 1)), "an answer is a label"),
    "complex": (2, np.ones(6) * 1j, "use numbers or strings"),
}


@pytest.mark.parametrize(("outputs", "bad", "said"), BAD_Y.values(), ids=BAD_Y)
def test_bad_labels(outputs, bad, said):
    model = classifier(outputs)
    with pytest.raises(ValueError, match=said):
        model.fit(X, bad, epochs=1, progress=False)
    assert model.shape is None
    assert model.labels is None


BAD_TARGETS = {
    "text": (["a"] * 6, "y holds 'a', not numbers"),
    "too wide": (np.ones((6, 2)), "2 numbers per example .* answers with 1"),
    "too large": (np.arange(6) * 1e39, "too large for float32"),
    "nan": ([1, 2, NAN, 4, 5, 6], "y has no label in row 2"),
}


@pytest.mark.parametrize(("bad", "said"), BAD_TARGETS.values(), ids=BAD_TARGETS)
def test_bad_targets(bad, said):
    with pytest.raises(ValueError, match=said):
        regression().fit(X, bad, epochs=1, progress=False)


def test_labels_never_seen():
    model = classifier()
    model.fit(X, ["a", "b"] * 3, epochs=1, progress=False)
    with pytest.raises(ValueError, match=r"row 1 has the label 'c', which was never seen in training.*'a', 'b'"):
        model.evaluate(X[:2], ["a", "c"])
    with pytest.raises(ValueError, match="in the validation data: row 0 has the label 'd'"):
        model.fit(X, ["a", "b"] * 3, validation=(X[:1], ["d"]), epochs=1, progress=False)
    with pytest.raises(ValueError, match="never seen"):
        model.evaluate(X, Y)


def test_a_measurement_for_a_classifier_names_the_regression():
    with pytest.raises(ValueError, match='loss="mse"'):
        classifier(2).fit(np.arange(200.0).reshape(100, 2) / 200, range(100), epochs=1, progress=False)


BAD_ARGUMENTS = {
    "epochs 0": ({"epochs": 0}, "epochs is a whole number from 1, not 0"),
    "epochs as text": ({"epochs": "9"}, "epochs is a whole number from 1, not '9'"),
    "epochs and a half": ({"epochs": 1.5}, "epochs is a whole number"),
    "epochs nan": ({"epochs": NAN}, "epochs is a whole number"),
    "batch 0": ({"batch_size": 0}, "batch_size is a whole number from 1"),
    "batch negative": ({"batch_size": -1}, "batch_size is a whole number from 1"),
    "batch True": ({"batch_size": True}, "batch_size is a whole number from 1"),
    "rate 0": ({"learning_rate": 0}, "the learning rate is a positive number or a schedule, not 0"),
    "rate negative": ({"learning_rate": -0.1}, "positive number"),
    "rate nan": ({"learning_rate": NAN}, "positive number"),
    "rate as text": ({"learning_rate": "0.1"}, "positive number"),
    "rate infinite": ({"learning_rate": np.inf}, "positive number"),
    "a schedule's class": ({"learning_rate": wk.schedules.Step}, "Step is a class"),
    "a schedule of nan": ({"learning_rate": lambda k: NAN}, "gives nan for epoch 1"),
    "a schedule that fails": ({"learning_rate": lambda k: 1 / k}, "fails for epoch 1"),
    "a schedule below 0": ({"learning_rate": wk.schedules.Step(-1.0, every=1)}, "gives -1.0 for epoch 1"),
    "l1 negative": ({"l1": -1}, "l1 is the strength of a penalty, 0 or more, not -1"),
    "l2 nan": ({"l2": NAN}, "l2 is the strength of a penalty"),
    "l2 as text": ({"l2": "1"}, "l2 is the strength of a penalty"),
    "optimizer": ({"optimizer": "adamm"}, "there is no optimizer 'adamm'; there are gradient-descent, momentum"),
    "optimizer's class": ({"optimizer": Adam}, r"Adam is a class: write Adam\(\)"),
    "optimizer 5": ({"optimizer": 5}, "or an optimizer object, not 5"),
    "momentum 1": ({"optimizer": Momentum(1.0)}, "mu of Momentum is a share"),
    "momentum negative": ({"optimizer": Momentum(-0.5)}, "mu of Momentum is a number, 0 or more"),
    "momentum as text": ({"optimizer": Momentum("0.9")}, "mu of Momentum is a number"),
    "adam nan": ({"optimizer": Adam(beta2=NAN)}, "beta2 of Adam is a number"),
    "share 0": ({"validation": 0.0}, "validation is a share between 0 and 1"),
    "share 1": ({"validation": 1}, "validation is a share between 0 and 1"),
    "share as text": ({"validation": "0.2"}, "validation is a share"),
    "share nan": ({"validation": NAN}, "validation is a share"),
    "share too small": ({"validation": 0.01}, "leaves none to train on, or none to validate with"),
    "validation nan": ({"validation": (with_cell(NAN), Y)}, "in the validation data: X is nan in row 2"),
    "validation width": ({"validation": (X[:, :1], Y)}, "in the validation data: X has examples of shape"),
    "patience 0": ({"early_stopping": 0}, "early_stopping is a whole number from 1"),
    "patience True": ({"early_stopping": True}, "early_stopping is a whole number"),
    "patience as text": ({"early_stopping": "3"}, "early_stopping is a whole number"),
    "watching what is not there": (
        {"early_stopping": wk.EarlyStopping(3, monitor="validation_loss")},
        "no 'validation_loss' to watch; there are loss, accuracy",
    ),
    "resume from nowhere": ({"resume": True}, "say which, with checkpoint="),
    "checkpoint 5": ({"checkpoint": 5}, "checkpoint is a path"),
    "callback": ({"callbacks": [5]}, r"a callback is a function f\(model, history\), not 5"),
    "backend": ({"backend": "abacus"}, "there is no backend 'abacus'; there are "),
}


@pytest.mark.parametrize(("given", "said"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_bad_arguments_of_fit(given, said):
    model = classifier()
    with pytest.raises(ValueError, match=said):
        model.fit(X, Y, **{"epochs": 1, "progress": False, **given})
    assert model.labels is None
    assert model.shape is None


def test_bad_early_stopping_and_checkpoints():
    for make, said in (
        (lambda: wk.EarlyStopping(0), "patience"),
        (lambda: wk.EarlyStopping(3, least=NAN), "least"),
        (lambda: wk.EarlyStopping(3, least=-1), "least"),
        (lambda: wk.Checkpoint("x", every=0), "every so many epochs"),
        (lambda: wk.Checkpoint("x", every="2"), "every so many epochs"),
    ):
        with pytest.raises(ValueError, match=said):
            make()


BAD_MODELS = {
    "no layers": (lambda: wk.Model([]), "at least one layer"),
    "a class": (lambda: wk.Model([wk.Dense]), r"Dense needs its sizes: write Dense\(…\)"),
    "a number": (lambda: wk.Model([16, 10]), "16 is not a layer"),
    "a word": (lambda: wk.Model("Dense"), "'Dense' is not a layer"),
    "units 0": (lambda: wk.Model([wk.Dense(0)]), "units is a whole number from 1, not 0"),
    "units as text": (lambda: wk.Model([wk.Dense("4")]), "units is a whole number from 1, not '4'"),
    "units nan": (lambda: wk.Model([wk.Dense(NAN)]), "units is a whole number"),
    "activation": (lambda: wk.Model([wk.Dense(4, "relo")]), "no activation 'relo'; there are identity"),
    "activation's class": (lambda: wk.Model([wk.Dense(4, wk.layers.Relu)]), "Relu is a class"),
    "activation 5": (lambda: wk.Model([wk.Dense(4, 5)]), "or a layer, not 5"),
    "initializer": (lambda: wk.Model([wk.Dense(4, initializer="hee")]), "no initializer 'hee'; there are he"),
    "kernel": (lambda: wk.Model([wk.Convolution(2, 0)]), "k is a whole number"),
    "padding": (lambda: wk.Model([wk.Convolution(2, 3, padding=-1)]), "padding is a whole number from 0"),
    "pool": (lambda: wk.Model([wk.MaxPool(0)]), "k of MaxPool is a whole number"),
    "words": (lambda: wk.Model([wk.Embedding(0, 2)]), "words of Embedding"),
    "dropout": (lambda: wk.Model([wk.Dropout(1.0)]), "rate is in 0"),
    "softmax twice": (lambda: wk.Model([wk.Dense(3, "softmax"), wk.layers.Softmax()]), "reads the softmax before it"),
    "sigmoid, then softmax": (lambda: wk.Model([wk.Dense(3, "sigmoid"), wk.layers.Softmax()]), "reads the sigmoid"),
    "softmax of one": (lambda: wk.Model([wk.Dense(1, "softmax")]), "softmax of one output is always 1"),
    "loss": (lambda: classifier(loss="hinge"), "there is no loss 'hinge'; there are cross-entropy, poisson, mse"),
    "loss 5": (lambda: classifier(loss=5), "a loss object, not 5"),
    "loss's class": (lambda: classifier(loss=wk.losses.SquaredError), "SquaredError is a class"),
    "cross-entropy of anything": (lambda: wk.Model([wk.Dense(2)], loss="cross-entropy"), "takes the log of prob"),
    "inputs 0": (lambda: classifier(inputs=0), "inputs is a whole number from 1, not 0"),
    "inputs as text": (lambda: classifier(inputs="four"), "inputs is a whole number from 1, not 'four'"),
    "inputs empty": (lambda: classifier(inputs=()), "inputs is a number of features"),
    "inputs of another kind": (lambda: classifier(inputs=(1, 28, 28)), "unpack|shape|read"),
    "seed": (lambda: classifier(seed=-1), "seed is a whole number from 0"),
    "no seed": (lambda: classifier(seed=None), "seed is a whole number from 0"),
    "dtype": (lambda: classifier(dtype="float16"), 'dtype is "float32" or "float64"'),
    "dtype word": (lambda: classifier(dtype="real"), 'dtype is "float32" or "float64"'),
}


@pytest.mark.parametrize(("make", "said"), BAD_MODELS.values(), ids=BAD_MODELS)
def test_bad_models(make, said):
    with pytest.raises(ValueError, match=said):
        make()


BAD_PARAMETERS = {
    "unknown": ({"W9": [[1]]}, "no parameter 'W9'; it has W1, b1"),
    "transposed": ({"W1": [[1, 1]] * 3}, r"W1 must have the shape \(2, 3\), not \(3, 2\) \(you gave its transpose"),
    "wrong": ({"W1": [[1]]}, r"W1 must have the shape \(2, 3\), not \(1, 1\)"),
    "ragged": ({"W1": [[1, 2, 3], [4]]}, "every row as long"),
    "text": ({"W1": [[1, 2, 3], [4, 5, "six"]]}, "'six' is not a number; write 3, 0.5 or 1/2"),
    "a third of nothing": ({"W1": [[1, 2, 3], [4, 5, "1/0"]]}, "'1/0' is not a number"),
    "nan": ({"W1": [[1, 2, 3], [4, 5, NAN]]}, r"W1 is nan at \[1, 2\]"),
    "none": ({"W1": [[1, 2, 3], [4, 5, None]]}, "W1 is a table of numbers|W1 is nan"),
    "complex": ({"W1": np.ones((2, 3)) * 1j}, "W1 is a table of numbers|complex"),
    "too large": ({"W1": [[1, 2, 3], [4, 5, 1e39]]}, "no number that float32 can hold"),
    "much too large": ({"W1": [[1, 2, 3], [4, 5, 10**400]]}, "W1 is a table of numbers"),
    "biases": ({"b1": [1, 2, 3]}, r"b1 must have the shape \(2, 1\)"),
}


@pytest.mark.parametrize(("given", "said"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS)
def test_bad_parameters(given, said):
    with pytest.raises(ValueError, match=said):
        wk.Model([wk.Dense(2)], inputs=3, parameters=given)


def test_weights_by_hand_without_inputs_must_be_a_table():
    with pytest.raises(ValueError, match="W of Z1 is a table"):
        wk.Model([wk.Dense(1)], parameters={"W1": [1, 2, 3]})


READER = [wk.Embedding(4, 2), wk.RNN(2), wk.Dense(1)]
OTHER_KINDS = {
    "words beyond the embedding": (
        [wk.Embedding(4, 2), wk.RNN(2), wk.Dense(1)],
        [[0, 4]],
        "X has the word 4, but E1",
    ),
    "words below 0": (READER, [[0, -1]], "X is -1 in row 0, column 1: words"),
    "words and a half": (READER, [[0, 0.5]], "words are whole numbers"),
    "a table for a convolution": ([wk.Convolution(2, 2), wk.Flatten(), wk.Dense(1)], X, "cannot read"),
    "an image smaller than the kernel": (
        [wk.Convolution(2, 9), wk.Flatten(), wk.Dense(1)],
        np.ones((1, 3, 3)),
        "fit",
    ),
    "a table for a sequence": ([wk.LSTM(2), wk.Dense(1)], X, r"reads \(m, steps, features\)"),
    "every step": ([wk.LSTM(2, every_step=True)], np.ones((2, 3, 4)), "answers at every position"),
}


@pytest.mark.parametrize(("layers", "bad", "said"), OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_other_kinds_of_input(layers, bad, said):
    with pytest.raises(ValueError, match=said):
        wk.Model(layers).fit(bad, np.arange(len(bad)), epochs=1, progress=False)


def test_what_needs_a_built_or_trained_model_says_so():
    model = classifier()
    for ask in (lambda: model.parameters, model.summary, lambda: model.save("x.safetensors")):
        with pytest.raises(ValueError, match="does not know its inputs yet"):
            ask()
    with pytest.raises(AttributeError, match="knows no classes"):
        _ = model.classes_
    with pytest.raises(ValueError, match="predicts numbers, not probabilities"):
        regression().predict_proba(X)
    with pytest.raises(ValueError, match="nothing to train"):
        wk.Model([wk.layers.Sigmoid()]).fit(X[:, :1], Y, epochs=1, progress=False)


def test_fractions_in_y_are_measured():
    model = regression()
    model.fit(X, [Fraction(k, 2) for k in range(6)], epochs=1, progress=False)
    assert model.predict(X).shape == (6,)


def test_nothing_given_is_changed():
    """Arrays, lists and frames come back as they were, even if they were written in place."""
    given_X, given_y = X.astype(np.float32), np.array(Y)
    W, b = np.ones((3, 2), np.float32), [0, 0, 0]
    before = given_X.copy(), given_y.copy(), W.copy()
    for array in (given_X, given_y, W):
        array.setflags(write=False)
    layers = [wk.Dense(3), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(2, "softmax")]
    model = wk.Model(layers, parameters={"W1": W, "b1": b})
    for optimizer in wk.optimizers.OPTIMIZERS:
        model.fit(
            given_X, given_y, epochs=2, optimizer=optimizer, l1=0.01, validation=(given_X, given_y), progress=False
        )
    model.predict(given_X), model.evaluate(given_X, given_y), model.activations(given_X)
    for array, was in zip((given_X, given_y, W), before, strict=True):
        np.testing.assert_array_equal(array, was)
    assert b == [0, 0, 0]


def test_an_optimizer_of_the_users_own_sees_the_tree():
    class Signs:
        def init(self, params):
            return {"t": 0.0}

        def update(self, xp, params, grads, state, alpha):
            assert set(params) == {"Z1", "Z2"}
            step = {r: {s: params[r][s] - alpha * xp.sign(g) for s, g in named.items()} for r, named in grads.items()}
            return step, {"t": state["t"] + 1}

    model = classifier()
    history = model.fit(X, Y, epochs=30, optimizer=Signs(), learning_rate=0.01, progress=False)
    assert history[-1]["loss"] < history[0]["loss"]
