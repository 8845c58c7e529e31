"""The check-up: each finding in a network made to have it, and silence on a healthy one beside it.

A row of CASES is a finding: its kind, a sick case, a healthy one, and whether its cure can be run as it is printed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import pytest

import workings as wk
from workings.checkup import LOOKS, Habits
from workings.checkup.patient import Patient
from workings.optimizers import GradientDescent


class Case(NamedTuple):
    """Model, X, y and the other arguments of `checkup`."""

    model: wk.Model
    X: Any
    y: Any
    how: dict[str, Any]


class Row(NamedTuple):
    kind: str
    sick: Callable[[], Case]
    healthy: Callable[[], Case]
    where: str = ""
    cured: bool = True  # running the printed cure makes the finding go away
    helped: bool = True  # and the trial shows it


def moons():
    return wk.data.moons(m=200, noise=0.1, seed=0)


def case(layers, X, y, parameters=None, seed=1, fit=None, **how):
    """A model, trained where `fit` says so."""
    model = wk.Model(layers, seed=seed, parameters=parameters)
    if fit:
        model.fit(X, y, progress=False, **fit)
        how = {k: fit[k] for k in ("learning_rate", "optimizer", "batch_size") if k in fit} | how
    return Case(model, X, y, how)


def tanh(**how):
    return case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], *moons(), learning_rate=0.5, **how)


def dead(bias):
    rng = np.random.default_rng(0)
    b = np.where(np.arange(16) < 10, bias, 0.0)
    start = {"W1": rng.standard_normal((16, 2)), "b1": b.reshape(16, 1)}
    return case([wk.Dense(16, "relu"), wk.Dense(1, "sigmoid")], *moons(), start, learning_rate=0.3)


def saturated(size):
    rng = np.random.default_rng(0)
    start = {"W1": size * rng.standard_normal((8, 2)), "b1": size * rng.standard_normal((8, 1))}
    start |= {"W2": size * rng.standard_normal((8, 8)), "b2": size * rng.standard_normal((8, 1))}
    return case(
        [wk.Dense(8, "tanh"), wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], *moons(), start, learning_rate=0.3
    )


def twins(same):
    rng = np.random.default_rng(0)
    W1, W2 = rng.standard_normal((6, 2)), rng.standard_normal((1, 6))
    if same:
        W1[4], W2[0, 4] = W1[1], W2[0, 1]
    return case([wk.Dense(6, "tanh"), wk.Dense(1, "sigmoid")], *moons(), {"W1": W1, "W2": W2}, learning_rate=0.5)


def kernels(initializer):
    X, y = wk.data.digits()
    layers = [
        wk.Convolution(4, 3, "tanh", initializer=initializer),
        wk.Flatten(),
        wk.Dense(10, "softmax", initializer),
    ]
    return case(layers, X[:300].reshape(-1, 8, 8), y[:300], learning_rate=0.1)


def stacked(activation):
    return case([wk.Dense(6, activation), wk.Dense(1, "sigmoid")], *moons(), learning_rate=0.5)


def deep(n, activation, initializer=None, rate=0.1, width=16):
    X, y = moons()
    hidden = [wk.Dense(width, activation, initializer) for _ in range(n)]
    return case([*hidden, wk.Dense(1, "sigmoid", initializer)], X, y, learning_rate=rate)


def over_time(steps, weight):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((100, steps, 2))
    y = (X[:, 0, 0] > 0).astype(int)
    start = {"Waa1": weight * np.eye(8), "Wax1": 0.5 * rng.standard_normal((8, 2))}
    return case([wk.RNN(8), wk.Dense(1, "sigmoid")], X, y, start, learning_rate=0.03, optimizer="adam")


def rate(alpha):
    X, y = wk.data.digits()
    return case([wk.Dense(16, "tanh"), wk.Dense(10, "softmax")], X[:500], y[:500], learning_rate=alpha)


def overflow(weight):
    start = {"W1": weight * np.ones((4, 2)), "W2": weight * np.array([[1.0, -1.0, 1.0, -1.0]])}
    rng = np.random.default_rng(0)
    start["W1"] = start["W1"] * rng.uniform(0.5, 1.5, (4, 2))
    return case([wk.Dense(4, "relu"), wk.Dense(1, "sigmoid")], *moons(), start, learning_rate=0.3)


def column(two_axes):
    X, y = moons()
    made = case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], X, y, fit={"epochs": 40, "learning_rate": 0.5})
    return made._replace(y=y.reshape(-1, 1)) if two_axes else made


def refused(change):
    """A model that knows two features, and data that were changed on the way to it."""
    made = tanh()
    made.model.build((2,))
    X, y = change(made.X, made.y)
    return made._replace(X=X, y=y)


def tumors(scale):
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0) if scale else X
    return case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], X, y, learning_rate=0.1)


def pixels(bytes_):
    X, y = wk.data.digits()
    X = np.round(255 * X[:500] / X.max())
    X = X.astype(np.uint8) if bytes_ else X
    return case([wk.Dense(16, "tanh"), wk.Dense(10, "softmax")], X, y[:500], learning_rate=0.3)


def stars(classes):
    """1 to 5 stars, told by where a point lies on a ring."""
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 300)
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    y = 1 + np.array([2, 0, 4, 1, 3])[(angle / (2 * np.pi) * 5).astype(int)]
    last = wk.Dense(5, "softmax") if classes else wk.Dense(1)
    return case([wk.Dense(16, "tanh"), last], X, y, learning_rate=0.3, seed=3)


def named_rows(k):
    rng = np.random.default_rng(0)
    y = np.array([f"person {i % k}" for i in range(100)])
    X = rng.standard_normal((100, 3)) + np.array([i % k - k / 2 for i in range(100)])[:, None] / k * 5
    return case([wk.Dense(8, "tanh"), wk.Dense(k, "softmax")], X, y, learning_rate=0.1)


def by_heart(by_heart):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((80, 10))
    y = rng.integers(2, size=80) if by_heart else (X[:, 0] > 0).astype(int)
    fit = {"epochs": 300 if by_heart else 20, "learning_rate": 0.3}
    return case([wk.Dense(64, "tanh"), wk.Dense(1, "sigmoid")], X[:50], y[:50], fit=fit, validation=(X[50:], y[50:]))


def rare(share):
    rng = np.random.default_rng(0)
    y = (rng.random(400) < share).astype(int)
    X = rng.standard_normal((400, 2)) + 1.2 * y[:, None]
    return case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], X, y, fit={"epochs": 15, "learning_rate": 0.1})


def shared_rows(n, jitter=0.0):
    X, y = wk.data.moons(m=300, noise=0.2, seed=5)
    aside = (np.concatenate([X[:n] + jitter, X[250:]]), np.concatenate([y[:n], y[250:]]))
    how = {"epochs": 30, "learning_rate": 0.5}
    return case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], X[:250], y[:250], fit=how, validation=aside)


def telling(leaks):
    X, y = moons()
    extra = 2.0 * y - 1 if leaks else np.random.default_rng(0).choice([-1.0, 1.0], len(y))
    return case([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], np.column_stack([X, extra]), y, learning_rate=0.5)


ROWS = {
    "dead": Row("dead ReLUs", lambda: dead(-30.0), lambda: dead(0.0), "A1[1,:]"),
    "saturated": Row("saturated units", lambda: saturated(80.0), lambda: saturated(0.7), "A1["),
    "zeros": Row("symmetric units", lambda: deep(1, "sigmoid", "zeros", 1.0), lambda: deep(1, "sigmoid", None, 1.0)),
    "twins": Row("symmetric units", lambda: twins(True), lambda: twins(False), "Z1[2,:]", helped=False),
    "kernels": Row("symmetric units", lambda: kernels("zeros"), lambda: kernels("xavier"), "Z1[1,:,:,:]"),
    "collapsed": Row("collapsed layers", lambda: stacked(None), lambda: stacked("tanh"), "Z1"),
    "collapsed identity": Row("collapsed layers", lambda: stacked("identity"), lambda: stacked("relu"), "Z1"),
    "vanishing": Row("vanishing gradients", lambda: deep(7, "sigmoid", rate=0.5), lambda: deep(3, "tanh"), "dZ1"),
    "in time": Row("vanishing gradients", lambda: over_time(12, 0.1), lambda: over_time(4, 0.9), "dX[:,1,:]"),
    "exploding": Row(
        "exploding gradients", lambda: deep(8, "relu", "normal", 0.001, 32), lambda: deep(3, "relu"), "dZ1"
    ),
    "too high": Row("learning rate too high", lambda: rate(100.0), lambda: rate(0.1), cured=False),
    "too low": Row("learning rate too low", lambda: rate(1e-4), lambda: rate(0.1), cured=False),
    "overflow": Row("NaN or infinity", lambda: overflow(1e25), lambda: overflow(1.0), "Z2[1,"),
    "a column": Row("silently stretched shapes", lambda: column(True), lambda: column(False), "y"),
    "turned": Row("data that cannot be read", lambda: refused(lambda X, y: (X.T, y)), tanh, "X"),
    "one row": Row("data that cannot be read", lambda: refused(lambda X, y: (X, y.reshape(1, -1))), tanh),
    "rank 1": Row("data that cannot be read", lambda: refused(lambda X, y: (X[0], y[:1])), tanh, "X"),
    "nan": Row(
        "data that cannot be read", lambda: refused(lambda X, y: (np.where(X > 1.5, np.nan, X), y)), tanh, "X"
    ),
    "one-hot twice": Row(
        "one-hot twice", lambda: refused(lambda X, y: (X, np.eye(2)[np.eye(2, dtype=int)[y]])), tanh, cured=False
    ),
    "float classes": Row("float classes", lambda: refused(lambda X, y: (X, y + 1e-5 * X[:, 0])), tanh, "y"),
    "measured": Row("float classes", lambda: refused(lambda X, y: (X, y + 0.3 * X[:, 0])), tanh, "y", False, False),
    "outputs": Row("too few outputs", lambda: refused(lambda X, y: (X, y + 2 * (X[:, 0] > 0.5))), tanh, "y"),
    "raw features": Row("scale of the features", lambda: tumors(False), lambda: tumors(True), "X[4,:]"),
    "pixels": Row("scale of the features", lambda: pixels(False), lambda: pixels(True), "X"),
    "stars": Row("classes as measurements", lambda: stars(False), lambda: stars(True), "y"),
    "names": Row("labels that name rows", lambda: named_rows(90), lambda: named_rows(3), "y", cured=False),
    "by heart": Row("overfitting", lambda: by_heart(True), lambda: by_heart(False), cured=False, helped=False),
    "rare": Row("class imbalance", lambda: rare(0.06), lambda: rare(0.4), "y", cured=False),
    "shared rows": Row("leak", lambda: shared_rows(40), lambda: shared_rows(0), cured=False, helped=False),
    "jittered rows": Row("leak", lambda: shared_rows(40, 1e-7), lambda: shared_rows(0), cured=False, helped=False),
    "the answer": Row("leak", lambda: telling(True), lambda: telling(False), "X[3,:]", helped=False),
}


def state(model):
    """All of a model that a check-up could have changed."""
    params = {f"{r}/{s}": W.copy() for r, named in model.state.params.items() for s, W in named.items()}
    return params, model.rng.bit_generator.state, model.shape, model.labels, len(model.history)


@pytest.fixture(scope="module")
def reports():
    """Every sick case with its report, made once."""
    found = {}

    def report(name):
        if name not in found:
            it = ROWS[name].sick()
            found[name] = it, it.model.checkup(it.X, it.y, **it.how)
        return found[name]

    return report


@pytest.mark.parametrize("name", ROWS)
def test_a_sick_network_is_found_out(name, reports):
    row = ROWS[name]
    _, report = reports(name)
    assert row.kind in report.kinds, str(report)
    finding = next(f for f in report if f.kind == row.kind)
    assert any(where.startswith(row.where) for where in finding.where) or not row.where, finding.where
    assert finding.evidence.said
    assert finding.reason
    assert finding.cure
    assert all(len(line) == len(finding.evidence.head) for line in finding.evidence.rows)


@pytest.mark.parametrize("name", ROWS)
def test_a_healthy_network_is_left_in_peace(name):
    it = ROWS[name].healthy()
    report = it.model.checkup(it.X, it.y, **it.how)
    assert not report, str(report)
    assert len(report.healthy) >= 6


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.helped])
def test_the_cure_was_tried_and_helped(name, reports):
    _, report = reports(name)
    finding = next(f for f in report if f.kind == ROWS[name].kind)
    if finding.kind == "labels that name rows":
        return
    assert finding.tried is not None, str(report)
    assert finding.tried.helped, str(report)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.cured])
def test_the_cure_as_printed_makes_the_finding_go_away(name, reports):
    it, report = reports(name)
    scope = {"wk": wk, "np": np, "model": it.model, "X": it.X, "y": it.y}
    for finding in report:
        if finding.kind == ROWS[name].kind:
            exec(finding.cure, scope)
    again = scope["model"].checkup(scope["X"], scope["y"], **it.how)
    assert ROWS[name].kind not in again.kinds, str(again)


@pytest.mark.parametrize("name", ["dead", "a column", "turned", "too high", "rare", "the answer"])
def test_nothing_is_changed(name):
    it = ROWS[name].sick()
    X, y = deepcopy(it.X), deepcopy(it.y)
    before = deepcopy(state(it.model))
    it.model.checkup(it.X, it.y, **it.how)
    np.testing.assert_equal(state(it.model), before)
    np.testing.assert_array_equal(it.X, X)
    np.testing.assert_array_equal(it.y, y)


SAYING = {"learned"}  # looks that sum up, and find nothing themselves


def test_every_look_has_a_case():
    """Each row of LOOKS finds something in some sick case."""
    first = {row.kind: name for name, row in reversed(ROWS.items())}
    looks = [look.look.__name__ for look in LOOKS]
    assert len(set(looks)) == len(looks)
    found = set()
    for name in first.values():
        it = ROWS[name].sick()
        habits = Habits(GradientDescent(), it.how.get("learning_rate", 0.1))
        p = Patient(it.model, it.X, it.y, it.how.get("validation"), habits)
        for look in LOOKS:
            if (not look.needs_numbers or (not p.refused and p.finite)) and isinstance(look.look(p), list):
                found.add(look.look.__name__)
            if p.refused:
                break
    assert found == set(looks) - SAYING


@pytest.mark.parametrize("name", ROWS)
def test_reports_are_plain_data_and_print(name, reports):
    _, report = reports(name)
    told = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert [f["kind"] for f in told["findings"]] == [f.kind for f in report.findings]
    assert set(told["findings"][0]) == {"kind", "where", "evidence", "reason", "cure", "tried"}
    assert all(len(line) <= 79 or line.lstrip().startswith("Cure:") for line in str(report).splitlines())
    assert str(report).isascii()
    assert report._repr_html_().count("<li>") == len(report.findings) + len(report.healthy)


def test_the_terminal_shows_it_in_colour():
    from rich.console import Console

    it = stacked(None)
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(it.model.checkup(it.X, it.y, **it.how))
    assert "collapsed layers" in console.export_text()


def test_cures_need_not_be_tried():
    it = stacked(None)
    report = it.model.checkup(it.X, it.y, try_cures=False)
    assert report.kinds == ["collapsed layers"]
    assert report.findings[0].tried is None
    assert "Tried" not in str(report)


def test_pairs_are_named_and_stay_alike_for_ever():
    """Row 122: zero weights give identical units, gradients and updates; zero biases alone do no harm."""
    it = ROWS["twins"].sick()
    report = it.model.checkup(it.X, it.y, **it.how)
    (finding,) = report.findings
    assert finding.where == ("Z1[2,:]", "Z1[5,:]")
    assert finding.evidence.rows[0][0] == "W1[2,:] = W1[5,:]"
    it.model.fit(it.X, it.y, epochs=20, learning_rate=0.5, progress=False)
    W = it.model.parameters["W1"]
    np.testing.assert_allclose(W[1], W[4], rtol=1e-5)
    healthy = tanh()
    healthy.model.build((2,))
    assert not healthy.model.parameters["b1"].any()
    assert not healthy.model.checkup(healthy.X, healthy.y, **healthy.how)


def test_the_merged_layer_is_worked_out():
    start = {"W1": [[1, 2], [3, 4]], "b1": [[1], [2]], "W2": [[1, 1]], "b2": [[5]]}
    model = wk.Model([wk.Dense(2), wk.Dense(1)], parameters=start)
    X = np.random.default_rng(0).standard_normal((20, 2))
    (finding,) = (f for f in model.checkup(X, X @ [1.0, -2.0]) if f.kind == "collapsed layers")
    assert finding.evidence.rows == (("W'[1,:]", "4  6", 8.0),)


def test_the_first_lost_number_is_named_with_what_went_in(reports):
    _, report = reports("overflow")
    (finding,) = (f for f in report if f.kind == "NaN or infinity")
    assert "is the first number that is none: " in finding.evidence.said
    assert "W2 @ A1 + b2" in finding.evidence.said
    assert finding.evidence.rows[0][0].startswith(("A1[", "W2["))
    assert abs(finding.evidence.rows[0][1]) > 1e20


def test_the_drop_promised_and_had(reports):
    """Of a short step the gradient promises the drop that comes; of a long one it does not."""
    it = rate(1e-4)
    report = it.model.checkup(it.X, it.y, **it.how)
    (finding,) = report.findings
    promised, had = finding.evidence.rows[0][1:3]
    assert had == pytest.approx(promised, rel=0.02)
    _, report = reports("too high")
    promised, had = next(f for f in report if "too high" in f.kind).evidence.rows[0][1:3]
    assert had < 0 < promised


def test_cells_are_counted_and_turned_as_the_conventions_say():
    it = dead(-30.0)
    it.model.conventions = wk.Conventions(base=0, examples="rows")
    finding = it.model.checkup(it.X, it.y, **it.how).findings[0]
    assert finding.where[0] == "A1[:,0]"


def test_a_model_without_inputs_yet_is_looked_at_and_left_so():
    model = wk.Model([wk.Dense(4, "tanh"), wk.Dense(1, "sigmoid")])
    X, y = moons()
    assert model.checkup(X, y, learning_rate=0.5).healthy
    assert model.shape is None


def test_a_table_that_fit_would_prepare_is_prepared_for_the_check_up_too():
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"size": rng.normal(80, 20, 60), "town": rng.choice(["Ulm", "Bonn"], 60)})
    model = wk.Model([wk.Dense(4, "tanh", "zeros"), wk.Dense(1, "sigmoid", "zeros")])
    report = model.checkup(table, table["size"] > 80, validation=0.2)
    assert report.kinds == ["symmetric units"]
    assert model.preparation is None
    assert model.shape is None


@pytest.mark.parametrize("made", [lambda pd, t: pd.DataFrame(t), lambda pd, t: t])
def test_a_column_that_is_the_answer_is_named_and_its_cure_is_for_tables(made):
    rng = np.random.default_rng(0)
    size = rng.normal(80, 20, 60)
    columns = {"size": rng.permutation(size), "told": np.where(size > 80, "large", "small")}
    X = made(pytest.importorskip("pandas"), columns)
    (finding,) = wk.Model([wk.Dense(4, "tanh"), wk.Dense(1, "sigmoid")], seed=0).checkup(X, size > 80).findings
    assert (finding.kind, finding.where) == ("leak", ("X[2,:]", "X[3,:]"))
    assert "'told'" in finding.evidence.said
    cured: dict[str, Any] = {"X": X}
    exec(finding.cure, cured)
    assert list(cured["X"]) == ["size"]


def test_doubles_that_are_the_nature_of_the_data_are_told():
    X = np.tile(wk.data.xor()[0], (20, 1))
    model = wk.Model([wk.Dense(4, "tanh"), wk.Dense(1, "sigmoid")], seed=0)
    report = model.checkup(X, X[:, 0] != X[:, 1], validation=0.25, try_cures=False)
    assert "leak" not in report.kinds
    assert "take them out" in dict(report.healthy)["leaks"]


FORMS = ("a share", "a pair", "a table")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("noise", [0.0, 1e-6])
def test_rows_that_stood_there_twice_before_they_were_parted(form, noise):
    """Every row twice, shuffled, then a share set aside: most of what is judged by was trained on."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((150, 4))
    rows = rng.permutation(np.repeat(np.arange(150), 2))
    y = (X[:, 0] + rng.standard_normal(150) > 0)[rows]
    X = X[rows] + noise * rng.standard_normal((300, 4))
    model = wk.Model([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], seed=0)
    given = pytest.importorskip("pandas").DataFrame(X, columns=list("abcd")) if form == "a table" else X
    if form == "a pair":
        report = model.checkup(X[:200], y[:200], validation=(X[200:], y[200:]), try_cures=False)
    else:
        report = model.checkup(given, y, validation=0.2, try_cures=False)
    (found,) = [f for f in report.findings if f.kind == "leak"]
    assert "validation rows are training rows too" in found.evidence.said
    assert found.cure.startswith("keep = ~X.duplicated()" if form == "a table" else "first = np.sort(np.unique(X")
    if not noise:
        clean = {"X": given, "y": y, "np": np}
        exec(found.cure, clean)
        assert len(clean["X"]) == len(clean["y"]) == 150
        assert "leak" not in model.checkup(clean["X"], clean["y"], validation=0.2, try_cures=False).kinds


def test_rows_of_few_values_are_no_copies():
    """Tables of categories, and iris, which has few digits: rows that agree by chance."""
    from sklearn.datasets import load_iris

    rng = np.random.default_rng(0)
    for X, y in (load_iris(return_X_y=True), (rng.integers(0, 3, (400, 5)).astype(float), rng.integers(0, 2, 400))):
        last = wk.Dense(len(np.unique(y)), "softmax")
        report = wk.Model([wk.Dense(4, "tanh"), last], seed=0).checkup(X, y, validation=0.3, try_cures=False)
        assert "leak" not in report.kinds


def test_tables_with_names_and_a_validation_share():
    pd = pytest.importorskip("pandas")
    X, y = moons()
    table = pd.DataFrame(X, columns=["east", "north"])
    model = wk.Model([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], seed=1)
    model.fit(table, y, epochs=30, learning_rate=0.5, validation=0.2, progress=False)
    report = model.checkup(table, y, validation=0.2)
    assert not report, str(report)
    assert "40 validation rows" in dict(report.healthy)["overfitting"]


def test_a_dict_of_columns_that_the_model_prepares():
    X, y = moons()
    columns = {"east": X[:, 0], "side": np.where(X[:, 1] > 0.3, "up", "down")}
    prepare = wk.Preparation.fit(columns, {"east": "number", "side": "category"})
    model = wk.Model([wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")], seed=1)
    model.preparation = prepare
    model.fit(columns, y, epochs=20, learning_rate=0.5, progress=False)
    report = model.checkup(columns, y, validation=0.2)
    assert not report, str(report)


def test_validation_that_cannot_be_read_is_a_finding():
    it = tanh()
    report = it.model.checkup(it.X, it.y, validation=(it.X[:, :1], it.y), learning_rate=0.5)
    assert report.findings[0].where == ("validation",)


def test_cures_refuse_what_is_not_there():
    it = tanh()
    it.model.build((2,))
    with pytest.raises(ValueError, match="there is no row 'Z9'; there are Z1, A1, Z2, A2"):
        wk.checkup.redrawn(it.model, "Z9")
    with pytest.raises(ValueError, match="the network ends in Flatten"):
        wk.checkup.classifying(wk.Model([wk.Convolution(2, 3), wk.Flatten()]), 3)
