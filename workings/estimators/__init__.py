"""Estimators: scikit-learn's multi-layer perceptrons, name for name, on the fast backends, and open to explanation.

>>> from workings.estimators import MLPClassifier
>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]
>>> model = MLPClassifier((8,), activation="tanh", solver="lbfgs", random_state=1).fit(X, y)
>>> model.predict(X).tolist()
['no', 'yes', 'yes', 'no']
>>> print(model.explain(X[:1], y[:1])["Z2"].shape)
(1, 1)
"""

from workings.estimators.classifier import MLPClassifier
from workings.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
