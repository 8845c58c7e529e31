"""Peers: PyTorch as its tutorials have it, with the data in one tensor or through its DataLoader; scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from side_by_side.cases import Case
from side_by_side.problem import Problem, targets


def network(case: Case) -> Any:
    """The network in PyTorch's own layers, down to Z where its loss takes Z."""
    from torch import nn

    if case.kind == "lenet":
        first = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
        then = [nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
        dense = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
        return nn.Sequential(*first, *then, *dense)
    if case.kind == "lstm":

        class Reader(nn.Module):
            def __init__(self):
                super().__init__()
                self.walk, self.answer = nn.LSTM(28, 128, batch_first=True), nn.Linear(128, 10)

            def forward(self, X):
                return self.answer(self.walk(X)[0][:, -1])

        return Reader()
    layers: list[Any] = []
    for a, b in zip(case.sizes, case.sizes[1:], strict=False):
        layers += [nn.Linear(a, b), nn.Sigmoid() if case.activation == "sigmoid" else nn.ReLU()]
    return nn.Sequential(*(layers if case.loss == "mse" and case.activation == "sigmoid" else layers[:-1]))


class Eager:
    """PyTorch, eager, the data already in one tensor."""

    def __init__(self, problem: Problem, settings: str):
        import torch
        from torch import nn

        self.problem, self.torch, self.done, case = problem, torch, 0, problem.case
        torch.set_num_threads(int(settings))
        self.network = network(case)
        if case.kind != "lstm":
            with torch.no_grad():
                for theirs, W in zip(self.network.parameters(), self._theirs(problem.flat()), strict=True):
                    theirs.copy_(torch.from_numpy(W))
        kind = torch.optim.Adam if case.optimizer == "adam" else torch.optim.SGD
        self.optimizer = kind(self.network.parameters(), lr=case.alpha)
        several = case.sizes[-1] > 1
        cross = nn.CrossEntropyLoss() if several else nn.BCEWithLogitsLoss()
        self.loss = nn.MSELoss() if case.loss == "mse" else cross
        self.X = torch.from_numpy(problem.X)
        if several and case.loss == "cross-entropy":
            self.Y = torch.from_numpy(problem.y)
        else:
            self.Y = torch.from_numpy(targets(problem))

    def steps(self, n: int) -> None:
        """The next n batches."""
        places = self.torch.from_numpy(self.problem.places(self.done, n)).split(self.problem.case.batch)
        for batch in places:
            self._step(self.X[batch], self.Y[batch])
        self.done += n

    def _step(self, X: Any, Y: Any) -> None:
        self.optimizer.zero_grad()
        self.loss(self.network(X), Y).backward()
        self.optimizer.step()

    def weights(self) -> list[np.ndarray] | None:
        """W1, b1, W2, … in our shapes."""
        if self.problem.case.kind == "lstm":
            return None
        found = [W.detach().numpy() for W in self.network.parameters()]
        turned = [W.transpose(0, 2, 3, 1).reshape(len(W), -1) if W.ndim == 4 else W for W in found]
        return [W if W.ndim == 2 else W[:, None] for W in turned]

    def _theirs(self, ours: list[np.ndarray]) -> list[np.ndarray]:
        """Our weights in PyTorch's shapes: kernels (n_out, c, k, k), biases of rank 1."""
        made = [W[:, 0] if i % 2 else W for i, W in enumerate(ours)]
        if self.problem.case.kind == "lenet":
            for i in (0, 2):
                made[i] = np.ascontiguousarray(made[i].reshape(len(made[i]), 5, 5, -1).transpose(0, 3, 1, 2))
        return made


class Loader(Eager):
    """PyTorch with its DataLoader."""

    def __init__(self, problem: Problem, settings: str):
        super().__init__(problem, settings)
        data = self.torch.utils.data
        self.loader = data.DataLoader(data.TensorDataset(self.X, self.Y), problem.case.batch, shuffle=True)
        self.batches = iter(self.loader)

    def steps(self, n: int) -> None:
        """The next n batches that it hands out."""
        for _ in range(n):
            if (batch := next(self.batches, None)) is None:
                self.batches = iter(self.loader)
                batch = next(self.batches)
            self._step(*batch)


class ScikitLearn:
    """scikit-learn's MLP, one pass over as many rows as the steps need.

    It knows neither the squared error of several sigmoids (the log-loss of the same network is timed instead) nor
    convolutions.
    """

    def __init__(self, problem: Problem, settings: str):
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        case = problem.case
        if case.kind != "dense":
            raise NotImplementedError("it has dense layers only")
        self.problem, self.done = problem, 0
        kind: Any = MLPClassifier if problem.y.dtype.kind == "i" else MLPRegressor
        self.model = kind(
            hidden_layer_sizes=case.sizes[1:-1],
            activation={"sigmoid": "logistic"}.get(case.activation, case.activation),
            solver="adam" if case.optimizer == "adam" else "sgd",
            alpha=0.0,
            momentum=0.0,
            batch_size=case.batch,
            learning_rate_init=case.alpha,
            random_state=0,
        )
        self.classes = {"classes": np.unique(problem.y)} if kind is MLPClassifier else {}

    def steps(self, n: int) -> None:
        """One pass over n batches of rows, shuffled; another for what an epoch has not room for."""
        p = self.problem
        while n > 0:
            now = min(n, p.steps)
            start = self.done % (p.steps - now + 1) * p.case.batch
            rows = slice(start, start + now * p.case.batch)
            self.model.partial_fit(p.X[rows], p.y[rows], **self.classes)
            self.done, n = self.done + now, n - now
