"""Search: let the results so far say which settings to try next, and stop early what does not promise.

`space` says which settings there are, `trials` makes one, `study` keeps them where several processes and machines can
work on them at once, and `found` is what comes back: a `Sweep` with pruned runs in it. The choosing is Optuna's.

>>> from workings import Dense, data
>>> X, y = data.moons(120)
>>> layers = [Dense(8, "tanh"), Dense(1, "sigmoid")]
>>> space = {"learning_rate": LogUniform(0.001, 1), "width": [4, 16]}
>>> found = search(layers, X, y, space, trials=4, epochs=10, progress=False)
>>> len(found), sorted(found.varied), found.best()["status"]
(4, ['learning_rate', 'width'], 'done')
"""

from workings.searches.found import Search as Search
from workings.searches.searching import search as search
from workings.searches.space import SPACE as SPACE
from workings.sweeps.space import LogUniform as LogUniform
from workings.sweeps.space import Uniform as Uniform
from workings.sweeps.space import Whole as Whole
