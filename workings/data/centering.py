"""Centering: a drawing brought to the place and size that the scans of a data set have.

A network has only seen digits that were centered; drawn in a corner, even a perfect 3 is something it never met.
"""

from __future__ import annotations

import numpy as np

INK = 0.02  # a pixel with less is paper


def like_mnist(image: np.ndarray) -> np.ndarray:
    """A drawing as MNIST's digits are: scaled into 20 x 20, its center of mass in the middle of 28 x 28.

    image  (h, w), ink from 0 to 1; returns (28, 28) float32, 0 everywhere where nothing was drawn
    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86 (1998), section III.

    >>> import numpy as np
    >>> from workings.data import like_mnist
    >>> image = np.zeros((28, 28)); image[2:12, 1:6] = 1
    >>> made = like_mnist(image)
    >>> rows, columns = np.nonzero(made)
    >>> [int(edge) for edge in (rows.min(), rows.max(), columns.min(), columns.max())]
    [4, 23, 9, 18]
    """
    inside = scaled(_cut_out(np.asarray(image, dtype=float)), 20)
    if inside is None:
        return np.zeros((28, 28), dtype=np.float32)
    rows, columns = np.indices(inside.shape)
    mass = inside.sum()
    top = round(13.5 - float((rows * inside).sum() / mass))
    left = round(13.5 - float((columns * inside).sum() / mass))
    return _placed(inside, 28, top, left)


def like_digits(image: np.ndarray) -> np.ndarray:
    """A drawing as the scans of `digits()` are: scaled to fill 32 x 32, then the ink of 4 x 4 pixels as one of 8 x 8.

    image  (h, w), ink from 0 to 1; returns (8, 8) float32 in 0..1
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998).

    >>> import numpy as np
    >>> from workings.data import like_digits
    >>> image = np.zeros((28, 28)); image[4:24, 12:17] = 1        # a stroke, 5 wide and 20 high
    >>> like_digits(image)[0].round(2).tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    """
    return filling(image).reshape(8, 4, 8, 4).mean(axis=(1, 3))


def filling(image: np.ndarray) -> np.ndarray:
    """A drawing scaled to fill 32 x 32 from edge to edge, (32, 32) float32."""
    inside = scaled(_cut_out(np.asarray(image, dtype=float)), 32)
    if inside is None:
        return np.zeros((32, 32), dtype=np.float32)
    h, w = inside.shape
    return _placed(inside, 32, (32 - h) // 2, (32 - w) // 2)


def scaled(image: np.ndarray | None, side: int) -> np.ndarray | None:
    """A picture whose longer side is so many pixels; each new pixel is the mean of what it covers."""
    if image is None:
        return None
    factor = side / max(image.shape)
    h, w = (max(1, round(n * factor)) for n in image.shape)
    return _shares(h, image.shape[0]) @ image @ _shares(w, image.shape[1]).T


def _shares(new: int, old: int) -> np.ndarray:
    """How much of each old pixel a new one covers, (new, old); every row adds up to 1."""
    edges = np.linspace(0, old, new + 1)
    low, high = edges[:-1, None], edges[1:, None]
    pixels = np.arange(old)
    covered = np.clip(np.minimum(high, pixels + 1) - np.maximum(low, pixels), 0, None)
    return covered / covered.sum(axis=1, keepdims=True)


def _cut_out(image: np.ndarray) -> np.ndarray | None:
    rows, columns = np.nonzero(image > INK)
    if not len(rows):
        return None
    return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _placed(inside: np.ndarray, side: int, top: int, left: int) -> np.ndarray:
    """On paper of side x side; what would stand outside is moved in."""
    h, w = inside.shape
    top, left = min(max(top, 0), side - h), min(max(left, 0), side - w)
    paper = np.zeros((side, side), dtype=np.float32)
    paper[top : top + h, left : left + w] = inside
    return paper
