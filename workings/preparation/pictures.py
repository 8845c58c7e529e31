"""Pictures: how an image file becomes pixels of one size, and which pixel a feature is.

    whole number of 0..255 for every pixel       grey: one, colour: red, green, blue
    turned as its EXIF says, see-through parts laid on white, 16 bits cut to 8 (v / 257), of several frames the first
    resized by Pillow (bilinear, which averages where it shrinks) to height x width
        pad        whole and undistorted, the rest black
        crop       undistorted, what stands over is cut off
        stretch    whole, distorted
    unrolled pixel by pixel                      feature = (row * width + column) * channels + channel

A picture that declares more than 50 million pixels is refused before any is unpacked.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

Fit = Literal["pad", "crop", "stretch"]
FITS = ("pad", "crop", "stretch")
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")  # none of these runs a program
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")
MOST_PIXELS = 50_000_000
LARGEST_SIDE = 4096
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class Pictures:
    """How image files become features; saved with a model that learned from such.

    >>> from workings.preparation import Pictures
    >>> small = Pictures(2, 3, grey=False)
    >>> small.names[:4], small.names[-1]
    (('pixel 1,1 red', 'pixel 1,1 green', 'pixel 1,1 blue', 'pixel 1,2 red'), 'pixel 2,3 blue')
    """

    height: int
    width: int
    grey: bool = True
    fit: Fit = "pad"

    def __post_init__(self) -> None:
        for side in (self.height, self.width):
            if type(side) is not int or not 1 <= side <= LARGEST_SIDE:
                raise ValueError(f"a picture's size is (height, width), each 1 to {LARGEST_SIDE}, not {side!r}")
        if self.fit not in FITS or type(self.grey) is not bool:
            raise ValueError(f"fit is {', '.join(FITS)}, and grey True or False; not {self.fit!r}, {self.grey!r}")

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width) of grey pictures, (height, width, 3) of coloured ones."""
        return (self.height, self.width) if self.grey else (self.height, self.width, 3)

    @property
    def names(self) -> tuple[str, ...]:
        """What each feature is: its row and column, counted from 1, and its colour."""
        pixels = [f"pixel {row + 1},{column + 1}" for row in range(self.height) for column in range(self.width)]
        return tuple(pixels) if self.grey else tuple(f"{pixel} {c}" for pixel in pixels for c in CHANNELS)

    def read(self, file: Any) -> np.ndarray:
        """One picture, a path, bytes in a file or a PIL image, as uint8 of this shape.

        Raises ImportError without Pillow, OSError where there is no file, ValueError for what is no picture, is
        damaged or too large.
        """
        from PIL import Image, ImageOps

        with opened(file, whole=True) as found, _quiet():
            name = _name(file)
            try:
                image = _plain(ImageOps.exif_transpose(found), self.grey)
                if image.size != (size := (self.width, self.height)):
                    fits = {"pad": ImageOps.pad, "crop": ImageOps.fit, "stretch": Image.Image.resize}
                    image = fits[self.fit](image, size, Image.Resampling.BILINEAR)
            except Exception as error:  # Pillow's decoders have errors of their own
                raise ValueError(f"{name} is damaged, or no picture that can be read: {_why(error)}") from None
        return np.asarray(image)

    def transform(self, files: Sequence[Any]) -> np.ndarray:
        """(m, features) uint8, one row for each file.  Raises as `read` does."""
        features = int(np.prod(self.shape))
        return np.stack([self.read(file).reshape(features) for file in files])

    def explain(self, feature: int, value: Any) -> str:
        """Which pixel a feature is, and how the network reads its byte.

        >>> from workings.preparation import Pictures
        >>> Pictures(28, 28).explain(300, 217)
        'X[301] = 217 / 255 = 0.8509803921568627: pixel in row 11, column 21, counted from 1'
        """
        row, column, *channel = (int(i) for i in np.unravel_index(feature, self.shape))
        colour = f"{CHANNELS[channel[0]]} of the " if channel else ""
        told = f"X[{feature + 1}] = {int(value)} / 255 = {int(value) / 255!r}"
        return f"{told}: {colour}pixel in row {row + 1}, column {column + 1}, counted from 1"

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known of it, in sentences."""
        channels = "grey" if self.grey else "red, green and blue"
        how = {"pad": "whole, with black beside it", "crop": "cut to its middle", "stretch": "stretched"}[self.fit]
        features = int(np.prod(self.shape))
        return (
            f"every picture is read as {self.height} x {self.width} pixels, {channels}: {features:,} features, row "
            f"by row from the top left; one of another shape is taken {how}",
        )

    def to_json(self) -> dict[str, Any]:
        """As dicts, texts and numbers, for a model's file."""
        return {"kind": "pictures", **asdict(self)}

    @classmethod
    def from_json(cls, told: Any) -> Pictures:
        """What `to_json` told of.  Raises ValueError for anything else."""
        if not isinstance(told, dict) or set(told) != {"kind", "height", "width", "grey", "fit"}:
            raise ValueError("how pictures are read is told by height, width, grey and fit: it is damaged")
        return cls(*(told[name] for name in ("height", "width", "grey", "fit")))


def opened(file: Any, whole: bool = False) -> Any:
    """The picture in a file, its size known and nothing of it unpacked; `whole` compares a PNG with its checksums."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("pictures need Pillow: pip install 'workings[data]'") from error
    if isinstance(file, Image.Image):
        return file.copy()
    name = _name(file)
    try:
        with _quiet():
            image = Image.open(file, formats=FORMATS)
            if whole and image.format == "PNG":
                with image:
                    image.verify()  # which leaves it unusable
                image = Image.open(file, formats=FORMATS)
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Image.DecompressionBombError:
        raise ValueError(f"{name} declares more than {MOST_PIXELS:,} pixels: make it smaller first") from None
    except Exception as error:
        raise ValueError(f"{name} is damaged, or no picture that can be read: {_why(error)}") from None
    if (pixels := image.width * image.height) > MOST_PIXELS:
        image.close()
        raise ValueError(
            f"{name} declares {image.width:,} x {image.height:,} = {pixels:,} pixels; the most is {MOST_PIXELS:,}: "
            "make it smaller first"
        )
    return image


def is_grey(image: Any) -> bool:
    """Whether a picture, opened and not unpacked, has no colours."""
    return image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I")


def _plain(image: Any, grey: bool) -> Any:
    """Eight bits a channel, grey or RGB, nothing see-through."""
    from PIL import Image

    if image.mode.startswith("I"):
        wide = np.asarray(image).astype(np.int64)
        if wide.min() < 0 or wide.max() > 65535:
            raise ValueError(f"its numbers go from {wide.min()} to {wide.max()}, beyond 16 bits")
        image = Image.fromarray(((wide + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("its pixels are decimals, and what is black and white is not said: save it as PNG")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("L" if grey else "RGB")


def _name(file: Any) -> str:
    return repr(str(file)) if isinstance(file, str | Path) else "the picture"


def _why(error: Exception) -> str:
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    return "its first bytes are of no kind of picture" if "cannot identify" in told else told


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Pillow warns of odd EXIF, and of sizes that are checked here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
