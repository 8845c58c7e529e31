"""Scans: the 1,797 handwritten digits that scikit-learn carries, so that every machine has real data at once."""

from __future__ import annotations

import numpy as np


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Real handwritten digits, 8 x 8 pixels, offline: X (1797, 64) float32 in 0..1, y (1797,) int64.

    A pixel is its ink, 0 to 16 in the source, divided by 16: 0.0 is paper, 1.0 is full ink.
    Pixel (row, column) is feature 8 * row + column: see `pixel_at`.
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), test part, as
    carried by scikit-learn.

    >>> from workings.data import digits
    >>> X, y = digits()
    >>> X.shape, y[:5].tolist(), float(X[0, 2])     # 5 / 16
    ((1797, 64), [0, 1, 2, 3, 4], 0.3125)
    """
    from sklearn.datasets import load_digits

    ink, y = load_digits(return_X_y=True)
    return np.asarray(ink, dtype=np.float32) / 16, np.asarray(y, dtype=np.int64)
