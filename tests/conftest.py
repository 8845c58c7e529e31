"""What holds for every test: strict JAX (read from the environment, so that nothing here loads it) and Hypothesis."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_NUMPY_RANK_PROMOTION"] = "raise"  # the textbook's rule: no rank-1 arrays

import pytest
from hypothesis import settings

from tests.cases import FULL, LAYERS, LOSSES, Drawn, draw, draw_loss

if TYPE_CHECKING:
    from tests.studio_guests import Place

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a job in the background, whose children would not hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("house", database=None, deadline=None, derandomize=not FULL)
settings.load_profile("house")


@pytest.fixture(params=LAYERS)
def case(request) -> Drawn:
    """One layer with numbers."""
    return draw(LAYERS[request.param]())


@pytest.fixture(params=LOSSES)
def loss_case(request):
    """One loss with numbers: the loss, what it reads, its targets."""
    return draw_loss(LOSSES[request.param])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A studio that is being served, for the tests of a file."""
    from tests.studio_guests import served

    with served(tmp_path_factory.mktemp("folder")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser, for the tests of a file; none of them may start another."""
    from tests.studio_guests import browsing

    with browsing() as found:
        yield found
