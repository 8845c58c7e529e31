"""Pixels: from a picture to one long row of numbers, and from a place in the row back to the pixel.

    feature = (row * width + column) * channels + channel           as NumPy's reshape: pixel by pixel
    feature = (channel * height + row) * width + column             planes=True: all red, all green, all blue

A 64 x 64 RGB picture has 64 * 64 * 3 = 12,288 features either way. The course draws the planes and its code
reshapes pixel by pixel; here the second is the default. Everything counts from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

CHANNELS = (1, 3, 4)  # grey, RGB, RGB with transparency


def unroll(image: np.ndarray, planes: bool = False) -> np.ndarray:
    """A picture as one row of features, or many pictures as one row each.

    image   (h, w) grey -> (h * w,);  (h, w, c) -> (h * w * c,);  (m, h, w, c) -> (m, h * w * c)
    planes  False: pixel by pixel (red, green, blue of the first pixel, ...); True: channel by channel

    The type of the numbers stays. A view where NumPy can, never a change of the picture.
    Raises ValueError for other shapes: many grey pictures (m, h, w) would look like one of w channels.
    Source: course notes, week 2, "Image representation".

    >>> import numpy as np
    >>> from workings.data import unroll
    >>> image = np.arange(64 * 64 * 3).reshape(64, 64, 3)
    >>> unroll(image).shape, int(unroll(image)[12287])
    ((12288,), 12287)
    >>> unroll(image, planes=True)[:3].tolist()      # the red of the first three pixels
    [0, 3, 6]
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3, 4):
        raise ValueError(f"a picture is (h, w), (h, w, c) or (m, h, w, c), not {image.shape}")
    if image.ndim > 2 and image.shape[-1] not in CHANNELS:
        raise ValueError(
            f"{image.shape} has {image.shape[-1]} channels on its last axis, and pictures have 1, 3 or 4; "
            "for grey pictures (m, h, w) write images.reshape(len(images), -1)"
        )
    if planes and image.ndim > 2:
        image = np.moveaxis(image, -1, -3)
    many = image.shape[:1] if image.ndim == 4 else ()
    return image.reshape(*many, math.prod(image.shape[len(many) :]))


def pixel_at(index: int, shape: Sequence[int], planes: bool = False) -> tuple[int, ...]:
    """Which pixel a feature is: (row, column) for shape (h, w), (row, column, channel) for (h, w, c).

    Raises IndexError when there is no such feature.

    >>> from workings.data import pixel_at
    >>> pixel_at(12287, (64, 64, 3)), pixel_at(300, (28, 28))
    ((63, 63, 2), (10, 20))
    """
    sizes = _sizes(shape)
    if not 0 <= index < math.prod(sizes):
        raise IndexError(f"a picture of {_product(sizes)} features has no feature {index} (they count from 0)")
    if planes and len(sizes) == 3:
        channel, row, column = np.unravel_index(index, (sizes[2], *sizes[:2]))
        return int(row), int(column), int(channel)
    return tuple(int(i) for i in np.unravel_index(index, sizes))


def index_of(pixel: Sequence[int], shape: Sequence[int], planes: bool = False) -> int:
    """Which feature a pixel is: the other way round from `pixel_at`.

    Raises IndexError when there is no such pixel, ValueError when the pixel has too few or many coordinates.

    >>> from workings.data import index_of
    >>> index_of((63, 63, 2), (64, 64, 3)), index_of((10, 20), (28, 28))
    (12287, 300)
    """
    sizes, place = _sizes(shape), tuple(int(i) for i in pixel)
    if len(place) != len(sizes):
        raise ValueError(f"a pixel of a picture {sizes} has {len(sizes)} coordinates, not {len(place)}: {place}")
    if not all(0 <= i < size for i, size in zip(place, sizes, strict=True)):
        raise IndexError(f"a picture {sizes} has no pixel {place} (rows and columns count from 0)")
    if planes and len(sizes) == 3:
        row, column, channel = place
        return int(np.ravel_multi_index((channel, row, column), (sizes[2], *sizes[:2])))
    return int(np.ravel_multi_index(place, sizes))


def _sizes(shape: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    if len(sizes) not in (2, 3) or min(sizes) < 1:
        raise ValueError(f"the shape of a picture is (height, width) or (height, width, channels), not {sizes}")
    return sizes


def _product(sizes: tuple[int, ...]) -> str:
    return f"{' x '.join(map(str, sizes))} = {math.prod(sizes):,}"
