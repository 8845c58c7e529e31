"""Ground: the settings of a playground, and what they make: points, their two parts, a network."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from workings.labels import Labels
from workings.model import Model
from workings.optimizers import OPTIMIZERS
from workings.specs import Dense
from workings.studio.messages import Whole
from workings.studio.points import CLASSES, COUNT, FEATURES, NUMBERS, features

Name = Annotated[str, Meta(max_length=20)]
Activation = Literal["tanh", "relu", "sigmoid", "leaky-relu", "softplus", "identity"]
Own = list[tuple[float, float, int]]


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Everything that makes a playground; the link carries it."""

    data: Name = "circles"
    noise: Annotated[float, Meta(ge=0, le=1)] = 0.1
    split: Annotated[float, Meta(ge=0.1, le=0.9)] = 0.5
    features: Annotated[list[Name], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: ["x1", "x2"]
    )
    hidden: Annotated[list[Annotated[int, Meta(ge=1, le=8)]], Meta(max_length=6)] = msgspec.field(
        default_factory=lambda: [4, 2]
    )
    activation: Activation = "tanh"
    optimizer: Name = "gradient-descent"
    batch: Annotated[int, Meta(ge=1, le=300)] = 10
    l1: Annotated[float, Meta(ge=0, le=10)] = 0.0
    l2: Annotated[float, Meta(ge=0, le=10)] = 0.0
    seed: Whole = 0

    def check(self) -> None:
        """Raises ValueError for a name that there is not."""
        known = {"data": {*CLASSES, *NUMBERS, "own"}, "optimizer": {*OPTIMIZERS}}
        for field, names in known.items():
            if getattr(self, field) not in names:
                raise ValueError(f"{field} is one of {', '.join(sorted(names))}")
        if not set(self.features) <= set(FEATURES) or len(set(self.features)) < len(self.features):
            raise ValueError(f"features are some of {', '.join(FEATURES)}, each once")

    @property
    def classifies(self) -> bool:
        """Whether points have a class, not a number."""
        return self.data not in NUMBERS


class Ground:
    """Points in the plane, which of them are learned from, and a network that has learned nothing yet."""

    def __init__(self, settings: Settings, own: Own):
        settings.check()
        self.settings = settings
        if settings.data == "own":
            X = np.array([[x, y] for x, y, _ in own]).reshape(-1, 2)
            y = np.array([label for *_, label in own], dtype=np.int64)
            many = len(X)
        else:
            X, y = (CLASSES | NUMBERS)[settings.data](COUNT, settings.noise, settings.seed)
            many = max(1, round(settings.split * len(X)))
        order = np.random.default_rng(settings.seed).permutation(len(X))
        self.X, self.y, self.learned = X[order], y[order], np.arange(len(X)) < many
        F = features(self.X, settings.features)
        self.train, self.test = (F[:many], self.y[:many]), (F[many:], self.y[many:])
        self.model = self._network()

    @property
    def enough(self) -> bool:
        """Whether there is something to learn: points, and of two kinds."""
        return len(set(self.train[1].tolist())) > 1

    def near(self, at: tuple[float, float], reach: float = 0.3) -> float | int | None:
        """The label of the point at a place; None where there is none."""
        if not len(self.X):
            return None
        far = np.hypot(*(self.X - at).T)
        k = int(far.argmin())
        return self.y[k].item() if far[k] < reach else None

    def _network(self) -> Model:
        s = self.settings
        hidden = [Dense(n, s.activation) for n in s.hidden]
        model = Model(
            [*hidden, Dense(1, "sigmoid") if s.classifies else Dense(1)], seed=s.seed, inputs=len(s.features)
        )
        if s.classifies:
            model.labels = Labels.learned([0, 1], outputs=1, classifies=True)
        return model


def code(ground: Ground, rate: float, epochs: int) -> str:
    """Python that makes the same points and the same network, and trains it as far."""
    s, many = ground.settings, int(ground.learned.sum())
    last = 'wk.Dense(1, "sigmoid")' if s.classifies else "wk.Dense(1)"
    layers = "".join(f'wk.Dense({n}, "{s.activation}"), ' for n in s.hidden)
    more = "".join(f", {name}={value:g}" for name, value in (("l1", s.l1), ("l2", s.l2)) if value)
    held = ", validation=(X[learned:], y[learned:])" if many < len(ground.X) else ""
    if s.data == "own":
        points = f"points = np.array({ground.X.round(4).tolist()})\ny = np.array({ground.y.tolist()})\n"
    else:
        points = (
            "from workings.studio.ground import Ground, Settings\n\n"
            f"ground = Ground(Settings(data={s.data!r}, noise={s.noise:g}, split={s.split:g}, seed={s.seed}), [])\n"
            "points, y = ground.X, ground.y\n"
        )
    return (
        "import numpy as np\nimport workings as wk\nfrom workings.studio.points import features\n\n"
        f"{points}learned = {many}\nX = features(points, {list(s.features)!r})\n"
        f"model = wk.Model([{layers}{last}], seed={s.seed}, inputs={len(s.features)})\n"
        f"model.fit(X[:learned], y[:learned], epochs={epochs}, batch_size={s.batch}, learning_rate={rate:g}, "
        f'optimizer="{s.optimizer}"{more}{held})\n'
    )
