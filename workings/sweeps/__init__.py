"""Sweeps: many networks at once, over rates, seeds, sizes and whatever else `fit` is told, in one table.

`space` says which settings, `shaping` which network that is, `runs` trains one, `pool` trains many, `store` keeps
them in a folder, `table` is what comes back, and `studies` are sweeps with a question of their own.

>>> from workings import Dense
>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]] * 4, [0, 1, 1, 0] * 4
>>> layers = [Dense(8, "tanh"), Dense(1, "sigmoid")]
>>> found = sweep(layers, X, y, grid={"learning_rate": [0.01, 1.0], "seed": [0, 1]}, epochs=50, progress=False)
>>> len(found), found.best()["learning_rate"]
(4, 1.0)
"""

from workings.sweeps.space import LogUniform as LogUniform
from workings.sweeps.space import Uniform as Uniform
from workings.sweeps.space import Whole as Whole
from workings.sweeps.studies import learning_curves as learning_curves
from workings.sweeps.studies import race as race
from workings.sweeps.sweeping import sweep as sweep
from workings.sweeps.table import Sweep as Sweep
