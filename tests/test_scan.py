"""scan: the same walk on every machine, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import machine
from workings.scan import len_of, scan, tree_map

XS = np.array([[1.0], [10.0], [100.0]])


def add_up(total, x):
    """Carry the total; say the total before and the doubled x."""
    return total + x, (total, {"twice": 2 * x})


@pytest.mark.parametrize("name", ["numpy", "strict", "jax"])
@pytest.mark.parametrize(("reverse", "before"), [(False, [0, 1, 11]), (True, [110, 100, 0])])
def test_it_walks_and_stacks_in_the_order_of_xs(name, reverse, before):
    xp = machine(name)
    total, (seen, said) = scan(xp, add_up, xp.zeros((1,)), xp.asarray(XS), reverse=reverse)
    assert np.asarray(total).tolist() == [111]
    assert np.asarray(seen)[:, 0].tolist() == before
    assert np.asarray(said["twice"])[:, 0].tolist() == [2, 20, 200]


def test_forwards_unless_asked():
    assert scan(np, add_up, np.zeros(1), XS)[1][0][:, 0].tolist() == [0, 1, 11]


def test_it_walks_trees():
    """carry and xs may be tuples and dicts, as the state and the caches of a cell are."""
    step = lambda carry, x: ((carry[0] + x["a"], carry[1] * x["b"][0]), carry)
    xs = {"a": XS, "b": (XS,)}
    (total, product), (totals, products) = scan(np, step, (np.zeros(1), np.ones(1)), xs)
    assert (total.item(), product.item()) == (111, 1000)
    assert (totals[:, 0].tolist(), products[:, 0].tolist()) == ([0, 1, 11], [1, 1, 10])


def test_tree_map():
    a, b = {"Z1": {"W": 1, "b": (2, 3)}}, {"Z1": {"W": 10, "b": (20, 30)}}
    assert tree_map(lambda x, y: x + y, a, b) == {"Z1": {"W": 11, "b": (22, 33)}}
    with pytest.raises(ValueError, match="shorter"):
        tree_map(lambda x, y: x, (1, 2), (1,))


@pytest.mark.parametrize("tree", [XS, (XS, 0), {"a": XS}, {"a": ({"b": XS}, 0)}])
def test_len_of_asks_the_first_leaf(tree):
    assert len_of(tree) == 3
