"""The report: one file that fetches nothing and runs nothing, whatever stands in the data."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workings import BatchNorm, Dense, Dropout, Model
from workings.cli.course import build, learn
from workings.cli.sources import load
from workings.cli.task import task
from workings.report import answer, report, told
from workings.report.html import steps
from workings.report.page import STYLE
from workings.report.text import number, percent, pointed

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "$x^{",
    "\\frac",
    "'; DROP",
    "a&b",
    "</style>",
    "𝕏‮",
]


class Outline(HTMLParser):
    """What stands in a page: its tags, their attributes, and whether all of them close."""

    VOID = ("meta", "img", "rect", "line", "br")

    def __init__(self, page):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def trained(name="digits", epochs=2, hidden=(4,), **how):
    source = load(name, **how)
    made = build(source, task(source), hidden, "sigmoid")
    learn(made, epochs=epochs, learning_rate=0.5, progress=False)
    return made


def shown(made, row=0):
    some = made.test.take([row])
    names = made.model.preparation.names if made.model.preparation else ()
    before = {k: v[0] for k, v in some.table.features.items()} if names else None
    return answer(made.model, made.inputs(some)[0], some.y[0], some.where(0), names, before)


def whole(made):
    return report(made, shown(made), made.figures())


@pytest.fixture(scope="module")
def digits():
    return trained()


@pytest.fixture(scope="module")
def page(digits):
    return whole(digits)


def test_the_page_is_whole_and_on_its_own(page):
    outline = Outline(page)
    assert outline.open == []
    tags = [tag for tag, _ in outline.tags]
    assert not {"script", "link", "iframe", "object", "base", "form", "a"} & set(tags)
    for _, attributes in outline.tags:
        assert not {"style", "href", "srcset"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src", "data:").startswith("data:image/svg+xml;base64,") or "src" not in attributes
    assert "http" not in re.sub(r"data:[^\"]*|http-equiv", "", page)
    assert all(attributes["alt"] for tag, attributes in outline.tags if tag == "img")


def test_the_policy_allows_this_style_and_no_other(page):
    own = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert f"style-src 'sha256-{own}'" in page
    assert "default-src 'none'" in page
    assert "unsafe" not in page
    assert f"<style>{STYLE}</style>" in page


def test_the_pictures_inside_fetch_nothing(page):
    for coded in re.findall(r"base64,([^\"]+)", page):
        svg = base64.b64decode(coded).decode()
        assert "<script" not in svg
        assert not re.findall(r"(?:href|src)=\"(?!#|data:)", svg)


def test_hostile_names_stay_text(tmp_path):
    y = np.repeat(HOSTILE, 6)
    rows = "\n".join(f"{i % 7},{len(label)}," + '"' + label.replace('"', '""') + '"' for i, label in enumerate(y))
    (tmp_path / "bad.csv").write_text('"<b onclick=x>$a^{","<script>",label\n' + rows, encoding="utf-8")
    made = trained(str(tmp_path / "bad.csv"), target="label")
    page = whole(made)
    outline = Outline(page)
    assert outline.open == []
    assert not {"script", "b"} & {tag for tag, _ in outline.tags}
    assert [tag for tag, _ in outline.tags].count("style") == 1
    assert all("onerror" not in attributes and "onclick" not in attributes for _, attributes in outline.tags)


@pytest.mark.parametrize("name", ["moons", "houses", "xor"])
def test_every_kind_of_data_has_its_report(name):
    page = whole(trained(name, epochs=3))
    assert Outline(page).open == []
    assert ("What it says where" in page) == (name != "houses")


def test_the_answer_is_the_networks_own(digits):
    found = shown(digits, 5)
    some = digits.test.take([5])
    X = digits.inputs(some)
    assert found.said == digits.model.predict(X)[0]
    np.testing.assert_allclose([s.share for s in found.shares], digits.model.predict_proba(X)[0], rtol=1e-4)
    for step in found.steps:
        if hasattr(step, "terms"):
            parts = [t.value for t in step.terms] + [step.rest, step.bias[1]]
            assert sum(parts) == pytest.approx(step.total)
            assert all(t.w * t.a == pytest.approx(t.value) for t in step.terms)
            assert step.follows.value == max(t.value * np.sign(step.total) for t in step.terms) * np.sign(step.total)


def test_a_shown_answer_reads_alike_in_text_and_html(digits):
    found = shown(digits)
    lines = re.findall(r"-?\d+\.\d+", told(found).split("products", 1)[1])
    page = re.sub(r"<[^>]+>", " ", steps(found)).replace("−", "-")
    assert [n for n in lines if n not in page] == []


def test_dropout_rows_are_passed_on_the_way_down():
    model = Model([Dense(3, "relu"), Dropout(0.5), Dense(2, "softmax")], inputs=4)
    model.fit(np.eye(4), [0, 1, 0, 1], epochs=1, progress=False)
    found = answer(model, np.ones(4), 1)
    assert found.steps[-1].reads == "X"
    assert "nothing is dropped" in told(found)


def test_the_way_down_ends_at_the_number_before_its_scaling():
    from workings import from_sklearn

    X, y = np.array([[1.0, 900.0], [2.0, 100.0], [3.0, 800.0], [4.0, 200.0]]), ["a", "a", "b", "b"]
    theirs = make_pipeline(StandardScaler(), MLPClassifier((3,), solver="lbfgs", random_state=0)).fit(X, y)
    found = answer(from_sklearn(theirs), X[3], "b", names=("size", "price"))
    *_, weighed, scaled = found.steps
    assert (weighed.reads, scaled.kind) == ("N0", "batchnorm")
    place, i = found.place(weighed.follows), weighed.follows.index
    assert scaled.value == pytest.approx(theirs[0].transform(X)[3, i]) == weighed.follows.a
    text = told(found)
    assert f"{place}, opened next." in text
    assert f"{place}: how it was scaled" in text
    assert f"(X[{i + 1},1] - mu0[{i + 1},1]) / s0[{i + 1},1]" in text
    assert "how it was scaled" in steps(found)


def test_batch_norm_between_the_layers_is_passed_and_a_network_without_sums_refused():
    model = Model([Dense(3), BatchNorm(), Dense(2, "softmax")], inputs=4)
    model.fit(np.eye(4), [0, 1, 0, 1], epochs=1, progress=False)
    assert "its sum, scaled (batch norm)" in told(answer(model, np.ones(4), 1))
    with pytest.raises(ValueError, match="no dense layer"):
        answer(Model([BatchNorm()], inputs=4), np.ones(4))


@pytest.mark.parametrize(("outputs", "end"), [(1, "sigmoid"), (3, "softmax")])
def test_a_network_that_knows_no_labels_counts_its_classes(outputs, end):
    """As from_torch gives them: the output that is opened is that of the class that is said."""
    W = np.zeros((outputs, 2))
    W[-1] = [3, 2]
    found = answer(Model([Dense(outputs, end)], parameters={"W1": W}), [1.0, 1.0])
    assert found.said == max(outputs - 1, 1)
    assert found.share > 0.9
    assert found.steps[0].unit == outputs - 1


def test_a_network_that_is_no_chain_is_refused_with_a_reason():
    from workings import Convolution, Flatten

    model = Model([Convolution(2, 3), Flatten(), Dense(2, "softmax")])
    model.fit(np.zeros((4, 5, 5)), [0, 1, 0, 1], epochs=1, progress=False)
    with pytest.raises(ValueError, match="name the cell"):
        answer(model, np.zeros((5, 5)))


def test_numbers_for_the_eye():
    assert number(0.00012345) == "0.0001234"
    assert percent(0.99999) == "> 99.99 %"
    assert percent(1.0) == "100.00 %"
    assert percent(1e-9) == "< 0.01 %"
    assert pointed(["1", "-20.5", "0.25"]) == ["  1   ", "-20.5 ", "  0.25"]


def test_the_networks_inputs_are_called_by_their_columns_and_no_heading_lies_over_a_link():
    from workings import plots

    made = trained("moons", hidden=(12,))
    figure = plots.network_diagram(made.model, names={"X": list(made.model.preparation.names)})
    words = {text.get_text(): text for text in figure.axes[0].texts}
    assert {"x1", "x2"} <= set(words)
    bold = [text for text in words.values() if text.get_fontweight() == "bold"]
    assert bold
    assert all(text.get_bbox_patch() is not None and text.get_zorder() > 2 for text in bold)
    page = report(made, None, made.figures())
    assert "most=" not in base64.b64decode(re.findall(r"svg\+xml;base64,([^\"]+)", page)[-2]).decode()
