"""Preparation: means and categories of the training part only, by name, with workings that can be redone."""

# ruff: noqa: PT017 (random input may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import copy
import doctest
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workings.preparation.fitted
from workings.preparation import CategoryColumn, NumberColumn, Preparation
from workings.preparation.columns import features

HERE = os.environ.get("WORKINGS_DATA", "")
HOUSING = Path(HERE, "housing", "california_housing.csv")

FLATS = {
    "size": [2.0, 4.0, None, 6.0, 8.0],
    "place": ["sea", "town", "sea", None, "hill"],
    "floor": np.array([1, 1, 1, 1, 1]),
}


@pytest.fixture
def flats():
    return Preparation.fit(FLATS)


def test_the_examples_run():
    assert doctest.testmod(workings.preparation.fitted, globs={}).failed == 0


def test_it_knows_nothing_of_the_loaders():
    code = "import sys, workings.preparation; print([m for m in sys.modules if m.startswith('workings.data')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"


def test_known_numbers(flats):
    """Sizes 2 4 (5) 6 8: median 5, mean 5, spread 2, since (9 + 1 + 0 + 1 + 9) / 5 = 4."""
    assert flats.columns == (
        NumberColumn("size", mean=5.0, spread=2.0, median=5.0, missing=1),
        CategoryColumn("place", values=("hill", "sea", "town"), missing=1),
        NumberColumn("floor", mean=1.0, spread=0.0, median=1.0, missing=0),
    )
    assert flats.names == ("size", "size missing", "place=hill", "place=sea", "place=town", "place missing", "floor")
    np.testing.assert_array_equal(
        flats.transform(FLATS),
        [
            [-1.5, 0, 0, 1, 0, 0, 0],
            [-0.5, 0, 0, 0, 1, 0, 0],
            [0, 1, 0, 1, 0, 0, 0],
            [0.5, 0, 0, 0, 0, 1, 0],
            [1.5, 0, 1, 0, 0, 0, 0],
        ],
    )
    assert flats.notes == (
        "'size': 1 of 5 training values missed and became the median 5.0",
        "'place': 1 of 5 training values missed and are a category",
        "'floor' was 1.0 on every training row, says nothing, and is passed as 0",
    )


def test_columns_are_found_by_name_in_any_order(flats):
    X = flats.transform({"floor": [7], "place": ["town"], "size": [5.0]})
    np.testing.assert_array_equal(X, [[0, 0, 0, 0, 1, 0, 0]])
    assert X.dtype == np.float64
    assert flats.transform({"floor": [], "place": [], "size": []}).shape == (0, 7)


def test_a_number_missing_only_later_becomes_the_median():
    prepare = Preparation.fit({"a": [1.0, 2.0, 6.0]})
    assert prepare.names == ("a",)
    np.testing.assert_array_equal(prepare.transform({"a": [math.nan]}), [[(2 - 3) / prepare.columns[0].spread]])


def test_unseen_categories(flats):
    row = {"floor": [1], "size": [2], "place": ["desert"]}
    with pytest.raises(ValueError, match=r"'place', row 0 .* 'desert', .*; known: 'hill', 'sea', 'town'"):
        flats.transform(row)
    prepare = Preparation.fit(FLATS, unseen="ignore")
    np.testing.assert_array_equal(prepare.transform(row)[0, 2:6], [0, 0, 0, 0])
    with pytest.raises(ValueError, match=r"row 1 .* is missing, as none was in training"):
        Preparation.fit({"a": ["x", "y"]}).transform({"a": ["x", None]})


def test_numbers_as_categories_and_truths_as_numbers():
    prepare = Preparation.fit({"zip": [10, 20, 10.0], "lift": [True, False, True]}, kinds={"zip": "category"})
    assert prepare.names == ("zip=10", "zip=20", "lift")
    np.testing.assert_array_equal(prepare.transform({"zip": np.array([20.0]), "lift": [True]})[0, :2], [0, 1])


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        ([[1, 2]], {}, "columns go by name"),
        ({}, {}, "no columns to prepare"),
        ({"a": []}, {}, "no rows"),
        ({"a": 5}, {}, "'a' is 5, and should be a list"),
        ({"a": "text"}, {}, "'a' is 'text', and should be a list"),
        ({"a": [1, 2], "b": [1]}, {}, "'a' has 2 rows and column 'b' has 1"),
        ({"a": [1, None, "2"]}, {}, "mixes numbers and texts: row 0 is 1 and row 2 is '2'"),
        ({"a": [1, math.inf]}, {}, "'a', row 1 .* infinite"),
        ({"a": [1, 10**400]}, {}, "'a', row 1 .* infinite"),
        ({"a": [None, math.nan]}, {}, "missing on every training row"),
        ({"a": np.array([math.nan])}, {}, "missing on every training row"),
        ({"a": [None]}, {"kinds": {"a": "category"}}, "missing on every training row"),
        ({"a": [1, 1j]}, {}, "a complex, and neither number nor text"),
        ({"a": np.array(["2024-01-31"], "M8[D]")}, {}, "neither number nor text"),
        ({"a": np.zeros((2, 1))}, {}, r"shape \(2, 1\).*values.ravel"),
        ({"a": [1e308, -1e308, 1e308]}, {}, "beyond what 64-bit numbers can average"),
        ({"a": [str(i) for i in range(60)]}, {}, "60 different values in 60 rows: these are names"),
        ({"a": [1]}, {"kinds": {"b": "number"}}, "kinds says 'number' of 'b', .* there are: 'a'"),
        ({"a": [1]}, {"kinds": {"a": "text"}}, "kinds says 'text' of 'a', and it may say 'number' or 'category'"),
        ({"a": ["x"]}, {"kinds": {"a": "number"}}, "holds numbers, but row 0 .* is 'x'"),
        ({"a": [1]}, {"unseen": "drop"}, "'error' or 'ignore'"),
        ({"a=x": [1], "a": ["x"]}, {}, "both be named 'a=x'"),
        ({1: [1]}, {}, "names of columns are texts, and 1 is of type int"),
        ({"a": [1e308, 1.7e308]}, {}, "beyond what 64-bit numbers can average"),
    ],
)
def test_what_cannot_be_fitted_is_said(columns, options, says):
    with pytest.raises(ValueError, match=says):
        Preparation.fit(columns, **options)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": None}, "'size', known from training, is not given; there are: 'place', 'floor'"),
        ({"size": None, "sise": [1]}, "did you mean 'sise'"),
        ({"extra": [1]}, "'extra' was not there in training.*leave it out"),
        ({"size": ["big"]}, "'size' holds numbers, but row 0 .* 'big'"),
        ({"size": [1, 2]}, "has 1 rows|has 2 rows"),
        ({"size": [-math.inf]}, "infinite"),
        ({"size": [[1]]}, "holds numbers, but row 0"),
    ],
)
def test_what_cannot_be_transformed_is_said(flats, change, says):
    columns = {"size": [1], "place": ["sea"], "floor": [1]} | change
    with pytest.raises(ValueError, match=says):
        flats.transform({name: values for name, values in columns.items() if values is not None})


def test_a_value_too_far_away_is_said():
    prepare = Preparation.fit({"a": [0.0, 1e-300, 2e-150]})
    with pytest.raises(ValueError, match="too far from the mean"):
        prepare.transform({"a": [1e300]})


numbers = st.one_of(st.none(), st.floats(-1e9, 1e9), st.integers(-(10**9), 10**9))
texts = st.one_of(st.none(), st.sampled_from(["sea", "town", "hill, low", "מ", "=", "missing"]))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), m=st.integers(2, 30))
def test_scaled_on_training_alone_and_never_changed_by_the_test_part(data, m):
    train = {"n": data.draw(st.lists(numbers, min_size=m, max_size=m)), "c": ["a", "b"] * (m // 2) + ["a"] * (m % 2)}
    if all(n is None for n in train["n"]):
        return
    try:
        prepare = Preparation.fit(train)
    except ValueError as error:
        assert "64-bit" in str(error)
        return
    before, told = copy.deepcopy(prepare), json.dumps(prepare.to_json())
    X = prepare.transform(train)
    column = prepare.columns[0]
    if column.spread > 1e-6 * abs(column.mean):
        np.testing.assert_allclose(X[:, 0].mean(), 0, atol=1e-6)
        np.testing.assert_allclose(X[:, 0].std(), 1, atol=1e-6)
    np.testing.assert_array_equal(X[:, prepare.names.index("c=a")] + X[:, prepare.names.index("c=b")], 1)

    other = {"n": data.draw(st.lists(numbers, min_size=m, max_size=m)), "c": ["b"] * m}
    kept = copy.deepcopy(other)
    for _ in range(2):
        prepare.transform(other)
    assert other == kept
    assert prepare == before
    assert json.dumps(prepare.to_json()) == told
    np.testing.assert_array_equal(prepare.transform(train), X)  # row by row it is the same, too
    for row in range(m):
        one = prepare.transform({name: [values[row]] for name, values in train.items()})
        np.testing.assert_array_equal(one[0], X[row])


def test_it_agrees_with_scikit_learn():
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    rng = np.random.default_rng(0)
    n, c = rng.normal(1000, 30, 200), rng.choice(["x", "y", "z"], 200)
    n[::7] = np.nan
    X = Preparation.fit({"n": n, "c": c}).transform({"n": n, "c": c})
    theirs = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [0]), (OneHotEncoder(), [1])
    ).fit_transform(np.stack([n.astype(object), c.astype(object)], axis=1))
    np.testing.assert_allclose(X[:, [0, 2, 3, 4]], np.asarray(theirs, float), atol=1e-12)
    np.testing.assert_array_equal(X[:, 1], np.isnan(n))


@settings(max_examples=150, deadline=None)
@given(train=st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=9), value=st.floats(-1e12, 1e12))
def test_the_working_redone_is_the_feature_bit_for_bit(train, value):
    try:
        prepare = Preparation.fit({"size": train})
        told = prepare.explain("size", value)
    except ValueError as error:
        assert "64-bit" in str(error) or "too far" in str(error)
        return
    assert told.after == {"size": prepare.transform({"size": [value]})[0, 0]}
    if prepare.columns[0].spread:
        _, _, working, result = str(told).split(" = ")
        assert eval(working) == float(result) == told.after["size"]


def test_workings_in_words(flats):
    assert (
        str(flats.explain("size", 3))
        == "size = (value - mean) / spread = (3.0 - 5.0) / 2.0 = -1.0\nsize missing = 0.0"
    )
    assert flats.explain("size", None).lines == (
        "size is missing: the median of the training part, 5.0, stands for it",
        "size = (value - mean) / spread = (5.0 - 5.0) / 2.0 = 0.0",
        "size missing = 1.0",
    )
    assert str(flats.explain("floor", 3)) == "floor = 0.0, because it was 1.0 on every training row"
    sea = flats.explain("place", "sea")
    assert str(sea) == "place is 'sea': place=sea = 1 and the other 3 features of place are 0"
    assert sea.after == {"place=hill": 0, "place=sea": 1, "place=town": 0, "place missing": 0}
    assert str(flats.explain("place", None)).startswith("place is missing: place missing = 1")
    lax = Preparation.fit({"place": ["a", "b"]}, unseen="ignore").explain("place", "c")
    assert str(lax) == "place is 'c', which training never had: all 2 features of place are 0"
    lax = Preparation.fit({"place": ["a", "b"]}, unseen="ignore").explain("place", None)
    assert str(lax) == "place is missing, which training never had: all 2 features of place are 0"
    with pytest.raises(ValueError, match="no column 'sizes' was prepared; did you mean 'size'"):
        flats.explain("sizes", 3)
    below = Preparation.fit({"t": [-3.0, -1.0]})
    assert str(below.explain("t", -5)) == "t = (value - mean) / spread = ((-5.0) - (-2.0)) / 1.0 = -3.0"


def test_it_goes_through_json_exactly(flats):
    odd = Preparation.fit({"é=🏠": ["a", "b"], "n": [0.1, 0.2, 0.30000000000000004][:2]}, unseen="ignore")
    for prepare in (flats, odd):
        again = Preparation.from_json(json.loads(json.dumps(prepare.to_json())))
        assert again == prepare
        assert hash(again) == hash(prepare)


def mutants(told):
    """Each field in turn missing, and each value in turn something that it cannot be."""
    yield from (None, 5, [], "text", {}, {"columns": []}, told | {"more": 1})
    wrong = (None, True, -1, 1e999, math.nan, "x", [], {}, [[]], [None], 10**400, 2**70)
    for field in told:
        yield {name: value for name, value in told.items() if name != field}
        for value in wrong:
            yield told | {field: value}
    for i, column in enumerate(told["columns"]):
        for field in column:
            for value in (*wrong, ...):
                one = {k: v for k, v in column.items() if k != field} | ({} if value is ... else {field: value})
                yield told | {"columns": [*told["columns"][:i], one, *told["columns"][i + 1 :]]}


def test_damaged_json_gives_a_sentence_or_a_working_preparation(flats):
    refused = total = 0
    for mutant in mutants(flats.to_json()):
        total += 1
        try:
            prepare = Preparation.from_json(mutant)
        except ValueError as error:
            refused += 1
            assert "preparation" in str(error) or "named" in str(error), mutant
            assert len(str(error)) < 400
        else:  # another number or name may pass, but what passes must work
            assert all(isinstance(name, str) for name in prepare.names), mutant
            assert math.isfinite(prepare.columns[0].mean), mutant
            row = {c.name: [c.values[0] if isinstance(c, CategoryColumn) else c.mean] for c in prepare.columns}
            assert np.isfinite(prepare.transform(row)).all(), mutant
    assert refused > 0.8 * total


@pytest.mark.parametrize(
    ("column", "change"),
    [
        (0, {"spread": -1.0}),
        (0, {"missing": 5}),
        (0, {"missing": -1}),
        (1, {"missing": 5}),
        (1, {"values": []}),
        (1, {"values": ["sea", "sea"]}),
        (1, {"values": ["sea", ""]}),
        (1, {"name": "size"}),
        (0, {"missing": True}),
        (1, {"missing": True}),
        (0, {"mean": None}),
        (0, {"mean": 10**400}),
        (None, {"format": "x"}),
        (None, {"format": None}),
        (None, {"rows": True}),
        (None, {"rows": 0}),
        (None, {"unseen": "maybe"}),
        (None, {"columns": []}),
    ],
)
def test_each_damage_alone_is_refused(flats, column, change):
    told = flats.to_json()
    (told if column is None else told["columns"][column]).update(change)
    with pytest.raises(ValueError, match=r"damaged|both be named 'size'"):
        Preparation.from_json(told)


def test_a_newer_format_is_named(flats):
    with pytest.raises(ValueError, match="format 2, and this version reads 1"):
        Preparation.from_json(flats.to_json() | {"format": 2})


def test_pandas_columns_are_columns():
    pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install 'workings[data]'")
    frame = pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64"), "x": [1.0, 2.0, None], "c": ["a", None, "b"]})
    frame.index = [7, 8, 9]
    prepare = Preparation.fit(frame)
    assert prepare.names == ("n", "n missing", "x", "x missing", "c=a", "c=b", "c missing")
    np.testing.assert_array_equal(
        prepare.transform(frame)[:, [1, 3, 4, 6]], [[0, 0, 1, 0], [1, 0, 0, 1], [0, 1, 0, 0]]
    )
    with pytest.raises(ValueError, match="mixes numbers and texts: row 0 is 1 and row 2 is 'x'"):
        Preparation.fit({"a": pd.Series([1, 2, "x"], index=[7, 8, 9], dtype=object)})


@pytest.mark.skipif(not HERE or not HOUSING.is_file(), reason="WORKINGS_DATA names no folder with housing/")
def test_the_california_districts():
    from workings.data import split, table

    districts = table(HOUSING, target="median_house_value")
    train, _, test = split(districts, test=0.2, seed=0)
    prepare = Preparation.fit(train.X.features)
    X, X_test = prepare.transform(train.X.features), prepare.transform(test.X.features)
    assert (X.shape, X_test.shape) == ((16512, 14), (4128, 14))
    assert "total_bedrooms missing" in prepare.names
    assert "ocean_proximity=INLAND" in prepare.names
    where = prepare.names.index("total_bedrooms missing")
    assert X[:, where].sum() + X_test[:, where].sum() == 207
    numbers = [i for i, name in enumerate(prepare.names) if name in districts.columns]
    np.testing.assert_allclose(X[:, numbers].mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(X[:, numbers].std(axis=0), 1, atol=1e-10)
    assert abs(X_test[:, numbers].mean(axis=0)).max() > 1e-3  # scaled by the training part, not by its own
    income = train.X.columns["median_income"]
    told = prepare.explain("median_income", income[0])
    assert told.after["median_income"] == X[0, prepare.names.index("median_income")]
    A = np.column_stack([X, np.ones(len(X))])
    line = np.linalg.lstsq(A, train.y, rcond=None)[0]
    error = np.column_stack([X_test, np.ones(len(X_test))]) @ line - test.y
    assert 0.60 < 1 - (error**2).mean() / test.y.var() < 0.70  # what a line is known to reach on these data


# ─── at a model's door ───


@pytest.fixture
def priced(tmp_path):
    """A model that was trained on a table, saved and loaded; the table; what it says of the prepared features."""
    import workings as wk

    table = {"size": [2.0, 4.0, None, 6.0, 8.0], "place": ["sea", "town", "sea", None, "hill"]}
    model = wk.Model([wk.Dense(1, "sigmoid")], seed=1)
    model.preparation = Preparation.fit(table)
    model.fit(table, [0, 1, 0, 1, 1], epochs=3, validation=(table, [0, 1, 0, 1, 1]), progress=False)
    model.save(tmp_path / "m.safetensors")
    return wk.Model.load(tmp_path / "m.safetensors"), table, model.outputs(model.preparation.transform(table))


def test_a_model_prepares_what_it_is_given(priced):
    pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install 'workings[data]'")
    from workings.data import Table

    model, table, want = priced
    turned = pd.DataFrame({"place": table["place"], "size": table["size"]})
    before, y = turned.copy(), [0, 1, 0, 1, 1]
    for given_table in (table, turned, Table.from_pandas(turned, target=False), model.preparation.transform(table)):
        np.testing.assert_array_equal(model.outputs(given_table), want)
        np.testing.assert_array_equal(model.predict(given_table), want[:, 0] > 0.5)
        np.testing.assert_array_equal(model.predict_proba(given_table)[:, 1], want[:, 0])
        assert model.activations(given_table)["X"].shape == (5, 6)
        assert model.evaluate(given_table, y) == model.evaluate(table, y)
        assert model.explain(given_table, y)["Z1"].shape == (1, 5)
        assert len(model.fit(given_table, y, epochs=1, learning_rate=1e-30, progress=False))
    pd.testing.assert_frame_equal(turned, before)


def test_a_model_with_a_preparation_takes_no_raw_numbers(priced):
    model, table, _ = priced
    raw = np.array(list(zip(*table.values(), strict=True)), dtype=object)
    for bad in (raw, raw.tolist(), np.zeros((5, 2))):
        for ask in (model.predict, model.outputs, model.explain, model.activations):
            with pytest.raises(ValueError, match=r"2 columns without names.* makes 6 features: give the DataFrame"):
                ask(bad)
    with pytest.raises(ValueError, match="column 'place', known from training, is not given"):
        model.predict({"size": [1.0]})
    with pytest.raises(ValueError, match=r"examples of shape \(3,\)"):
        model.predict(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="inhomogeneous"):
        model.predict([[1, 2], [3]])


def test_a_row_is_explained_feature_by_feature(flats):
    row = {"size": 9.0, "place": "sea", "floor": 1}
    told = flats.explain(row)
    assert list(told.after.values()) == flats.transform({name: [x] for name, x in row.items()})[0].tolist()
    assert told.lines == (
        "X[1] = (value - mean) / spread = (9.0 - 5.0) / 2.0 = 2.0, column 'size'",
        "X[2] = 0.0, because column 'size' is not missing",
        "X[3] = 0.0, because column 'place' is 'sea', not 'hill'",
        "X[4] = 1.0, because column 'place' is 'sea'",
        "X[5] = 0.0, because column 'place' is 'sea', not 'town'",
        "X[6] = 0.0, because column 'place' is 'sea', not missing",
        "X[7] = 0.0, because column 'floor' was 1.0 on every training row",
    )
    (line,) = flats.explain_feature(0, row | {"size": None}, "line 3 of 'flats.csv'", "X[1,2]").lines
    assert line.endswith("= 0.0, column 'size' of line 3 of 'flats.csv' (missing: the median 5.0 stands for it)")
    assert line.startswith("X[1,2] = ")
    with pytest.raises(IndexError, match="7 features, 0 to 6, and no 7"):
        flats.explain_feature(7, row)
    with pytest.raises(ValueError, match="column 'size' is not given; did you mean 'sise'"):
        flats.explain({"sise": 1, "place": "sea", "floor": 1})


def test_the_explained_number_is_the_feature_for_every_cell_of_a_table(flats):
    """The working, evaluated, is the very number: (value - mean) / spread."""
    rng = np.random.default_rng(0)
    for size in rng.normal(5, 100, 200):
        row = {"size": float(size), "place": "town", "floor": 2}
        sum_, after = flats.explain(row).lines[0].split("spread = ")[1].split(", column")[0].split(" = ")
        assert eval(sum_) == float(after) == flats.transform({n: [x] for n, x in row.items()})[0, 0]


@pytest.mark.parametrize("kind", ["a DataFrame", "an Arrow table", "a dict", "a Table"])
def test_fit_prepares_a_table_by_itself(kind, tmp_path):
    """Means and categories are of the rows that are learned from, not of those set aside."""
    import workings as wk
    from workings.model.reading import set_aside

    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(70, 10, 50), "place": rng.choice(["sea", "town"], 50)})
    frame.loc[3, "size"] = None
    y = (frame["place"] == "sea").to_numpy().astype(int)
    if kind == "an Arrow table":
        X = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    else:
        X = {"a DataFrame": frame, "a dict": dict(frame), "a Table": wk.data.Table.from_frame(frame, target=False)}[
            kind
        ]
    model = wk.Model([wk.Dense(1, "sigmoid")])
    model.fit(X, y, epochs=60, learning_rate=0.5, validation=0.2, progress=False)
    rest, _ = set_aside(50, 0.2, 0)
    assert model.preparation == Preparation.fit({name: frame[name].to_numpy()[rest] for name in frame})
    assert model.evaluate(X, y)["accuracy"] == 1
    model.save(tmp_path / "m.safetensors")
    again = wk.Model.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.outputs(frame[["place", "size"]]), model.outputs(X))  # another order
    for bad, says in (
        (frame.rename(columns={"size": "sise"}), "column 'size', known from training, is not given; did you mean"),
        (frame.assign(floor=1), "column 'floor' was not there in training"),
        (frame.assign(place="hill"), "row 0 .* is 'hill', which never stood there"),
    ):
        with pytest.raises(ValueError, match=says):
            again.predict(bad)


def test_a_frame_of_numbers_is_read_as_it_is():
    import workings as wk

    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.array([1, 200] * 8, np.uint8), "b": np.array([3, 4] * 8, np.uint8)})
    model = wk.Model([wk.Dense(1, "sigmoid")])
    model.fit(frame, [0, 1] * 8, epochs=1, progress=False)
    assert model.preparation is None
    assert model.columns == ("a", "b")
    assert model.activations(frame)["X"][:2].tolist() == [[1, 3], [200, 4]], "named columns are no pixels"
    with pytest.raises(ValueError, match=r"uint8, which is read as pixels .* 2 features are few"):
        wk.Model([wk.Dense(1, "sigmoid")]).fit(frame.to_numpy(), [0, 1] * 8)
    with pytest.raises(ValueError, match=r"none is above 5|20 features are few"):
        wk.Model([wk.Dense(1, "sigmoid")]).fit(np.full((4, 20), 5, np.uint8), [0, 1] * 2)


@pytest.mark.slow
def test_very_wide_and_very_small_tables():
    wide = {f"c{i}": [0.5, 1.5] for i in range(100_000)}
    ready = Preparation.fit(wide)
    assert len(ready.names) == 100_000
    with pytest.raises(ValueError, match=r"column 'c7', known from training, is not given"):
        ready.transform({name: x for name, x in wide.items() if name != "c7"})
    one = Preparation.fit({"a": [3.0]})
    assert one.transform({"a": [3.0]}).tolist() == [[0.0]]
    assert any("says nothing" in note for note in one.notes)


def test_an_explanation_says_where_its_inputs_came_from(flats):
    import workings as wk

    model = wk.Model([wk.Dense(1)], inputs=7)
    model.preparation = flats
    w = model.explain(FLATS)
    told = w["X"][0, 0].to_text()
    assert "X[1,1] = (value - mean) / spread = (2.0 - 5.0) / 2.0 = -1.5, column 'size' of row 1" in told
    assert "X[6,4] = 1.0, because column 'place' of row 4 is missing" in w["X"][5, 3].to_text()
    assert "column 'size'" not in model.explain(flats.transform(FLATS))["X"][0, 0].to_text()


def test_complete_numbers_are_scaled_all_at_once_as_one_by_one():
    rng = np.random.default_rng(0)
    columns = {f"c{i}": rng.normal(size=30) * 10.0**i for i in range(-3, 4)} | {"still": np.full(30, 2)}
    columns |= {"whole": rng.integers(0, 9, 30), "holes": np.where(rng.random(30) > 0.5, rng.normal(size=30), np.nan)}
    prepare = Preparation.fit(columns | {"place": ["sea", "town", "hill"] * 10})
    later = columns | {"place": ["town"] * 30, "c0": np.where(rng.random(30) > 0.5, columns["c0"], np.nan)}
    one_by_one = [features(column, later[column.name], "error") for column in prepare.columns]
    np.testing.assert_array_equal(prepare.transform(later), np.concatenate(one_by_one, axis=1))
    with pytest.raises(ValueError, match=r"'c0', row 3 .*infinite"):
        prepare.transform(later | {"c0": np.where(np.arange(30) == 3, np.inf, 0.0)})
