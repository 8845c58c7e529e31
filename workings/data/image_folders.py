"""Image folders: a folder of pictures for every class, as rows of pixels.

    pets/cat/1.png, pets/cat/2.jpg, pets/dog/1.png      X (3, height * width * channels) uint8, y cat cat dog

How one file becomes pixels, `workings.preparation.pictures` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from workings.data.files import listed
from workings.preparation.pictures import SUFFIXES, Fit, Pictures, is_grey, opened

MOST_FEATURES = 64 * 64 * 3  # of pictures whose size nobody named
MOST_BYTES = 1 << 32
ORIENTATION = 0x0112  # the EXIF tag


@dataclass(frozen=True, eq=False)
class Images:
    """Pictures as they were read: X (m, features) uint8, y (m,) the names of their folders, or None without such.

    `how` says how a file became pixels, `files` which file each row is, `notes` what was decided.

    >>> from PIL import Image
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (4, 4), "red").save(file := pathlib.Path(folder, "red.png"))
    ...     found = read_images(file, size=(1, 1))
    >>> found.X.tolist(), found.y, found.how
    ([[255, 0, 0]], None, Pictures(height=1, width=1, grey=False, fit='pad'))
    """

    X: np.ndarray
    y: np.ndarray | None
    files: tuple[Path, ...]
    how: Pictures
    notes: tuple[str, ...] = ()


def images(
    folder: str | PathLike[str], size: tuple[int, int] | None = None, grey: bool | None = None, **how: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of a folder with one folder for each class: X (m, height * width * channels) uint8, y (m,) names.

    size     (height, width); None takes the one that all have, and refuses those that differ
    grey     True: one number a pixel; False: red, green, blue; None: grey where all files are
    fit      "pad", "crop" or "stretch": what becomes of a picture of another shape
    damaged  "error" names the files that cannot be read, "skip" leaves them out

    X[i].reshape(height, width) is a grey picture again, `pixel_at` and `index_of` say which feature is which pixel.
    For convolutions write X.reshape(m, height, width, channels).transpose(0, 3, 1, 2). Needs Pillow, of [data].
    Raises ValueError, naming files, and OSError where the folder cannot be read.

    >>> from workings.data import images
    >>> import tempfile, pathlib
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, brightness in (("day", 250), ("night", 5)):
    ...         pathlib.Path(folder, name).mkdir()
    ...         Image.new("L", (3, 2), brightness).save(pathlib.Path(folder, name, "1.png"))
    ...     X, y = images(folder)
    >>> X.tolist(), y.tolist()
    ([[250, 250, 250, 250, 250, 250], [5, 5, 5, 5, 5, 5]], ['day', 'night'])
    """
    found = read_images(folder, size, grey, **how)
    if found.y is None:
        raise ValueError(f"{str(folder)!r} has pictures but no folders: put those of each class into a folder")
    return found.X, found.y


def read_images(
    place: str | PathLike[str],
    size: tuple[int, int] | None = None,
    grey: bool | None = None,
    fit: Fit = "pad",
    damaged: str = "error",
) -> Images:
    """As `images`, with the files and what was decided; a single picture or a folder without classes has no y.

    >>> read_images("no such folder")
    Traceback (most recent call last):
    FileNotFoundError: 'no such folder' does not exist: give a picture, or a folder with pictures
    """
    if damaged not in ("error", "skip"):
        raise ValueError(f"damaged is 'error' or 'skip', not {damaged!r}")
    files, classes, notes = _files(Path(place))
    kinds = dict(zip(files, classes, strict=True)) if classes else {}
    headers, lost = _headers(files)
    if not headers:
        raise ValueError(_said_of(lost))
    how = _how(str(place), headers, size, grey, fit)
    X, kept = _pixels(str(place), list(headers), how, lost)
    if lost and (damaged == "error" or not kept):
        raise ValueError(_said_of(lost))
    if lost:
        notes.append(f"{len(lost):,} damaged pictures were left out: {listed(map(str, lost))}")
    notes += _resized([headers[file] for file in kept], how)
    return Images(X, np.array([kinds[file] for file in kept]) if kinds else None, tuple(kept), how, tuple(notes))


def _pixels(place: str, files: list[Path], how: Pictures, lost: dict[Path, str]) -> tuple[np.ndarray, list[Path]]:
    """A row for each picture that can be read, and which they are; what is wrong with the others goes into `lost`."""
    m, features = len(files), int(np.prod(how.shape))
    if m * features > MOST_BYTES:
        raise ValueError(f"{place!r}: {m:,} pictures of {features:,} bytes are over 4 GiB; say a smaller size")
    X, kept = np.empty((m, features), np.uint8), []
    for file in files:
        try:
            X[len(kept)] = how.read(file).reshape(features)
            kept.append(file)
        except ValueError as error:
            lost[file] = str(error)
    return X[: len(kept)], kept


def _said_of(lost: dict[Path, str]) -> str:
    first, *others = lost
    more = f" (and {len(others):,} more: {listed(map(str, others))})" if others else ""
    return f"{lost[first]}{more}; mend or remove such files, or leave them out with damaged='skip'"


def _files(place: Path) -> tuple[list[Path], list[str], list[str]]:
    """The pictures, the class of each, and what was passed over."""
    if place.is_file():
        return [place], [], []
    if not place.is_dir():
        raise FileNotFoundError(f"{str(place)!r} does not exist: give a picture, or a folder with pictures")
    every = [path for path in sorted(place.rglob("*")) if not _hidden(path.relative_to(place)) and path.is_file()]
    files = [path for path in every if path.suffix.lower() in SUFFIXES]
    if not files:
        raise ValueError(f"the folder {str(place)!r} holds no pictures ({', '.join(SUFFIXES)})")
    others = [path.relative_to(place).as_posix() for path in every if path.suffix.lower() not in SUFFIXES]
    notes = [f"{len(others):,} files are no pictures by their names: {listed(others)}"] if others else []
    classes = [path.relative_to(place).parts[0] if path.parent != place else "" for path in files]
    if not any(classes):
        return files, [], notes
    if "" in classes:
        alone = files[classes.index("")].name
        raise ValueError(f"{str(place)!r} holds folders and, beside them, {alone!r}: which class is it of?  Move it")
    return files, classes, notes


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) or part == "Thumbs.db" for part in path.parts)


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before it is unpacked."""

    height: int
    width: int
    grey: bool
    frames: int


def _headers(files: Sequence[Path]) -> tuple[dict[Path, Header], dict[Path, str]]:
    """The headers of the pictures, and what is wrong with the others."""
    found: dict[Path, Header] = {}
    lost: dict[Path, str] = {}
    for file in files:
        try:
            image = opened(file)
        except ValueError as error:
            lost[file] = str(error)
            continue
        try:
            with image:
                frames = getattr(image, "n_frames", 1) if image.format != "MPO" else 1
                turned = (image.getexif().get(ORIENTATION) or 1) >= 5  # lying on its side
                high, wide = image.size if turned else image.size[::-1]
                found[file] = Header(high, wide, is_grey(image), frames)
        except Exception as error:  # Pillow has errors of its own for each kind of damage
            lost[file] = f"{str(file)!r} is damaged: {error!r}"
    return found, lost


def _how(place: str, headers: dict[Path, Header], size: Any, grey: bool | None, fit: Fit) -> Pictures:
    """The size and the colours, as asked for or as all pictures have them."""
    if grey is None:
        grey = all(header.grey for header in headers.values())
    if size is None:
        sizes = {(header.height, header.width) for header in headers.values()}
        least, most = min(sizes), max(sizes)
        if len(sizes) > 1:
            raise ValueError(
                f"{place!r} holds pictures of {len(sizes)} sizes, such as {least[0]} x {least[1]} and "
                f"{most[0]} x {most[1]}: say which all shall have, such as size=(28, 28)"
            )
        if most[0] * most[1] * (1 if grey else 3) > MOST_FEATURES:
            raise ValueError(
                f"{place!r} holds pictures of {most[0]} x {most[1]} pixels, a feature for each: say a smaller size, "
                "such as size=(28, 28), or this one if you mean it"
            )
        size = most
    try:
        height, width = size
    except (TypeError, ValueError):
        raise ValueError(f"size is (height, width), such as (28, 28), not {size!r}") from None
    return Pictures(height, width, grey, fit)


def _resized(headers: Sequence[Header], how: Pictures) -> list[str]:
    others = [header for header in headers if (header.height, header.width) != (how.height, how.width)]
    several = sum(header.frames > 1 for header in headers)
    notes = list(how.notes)
    if others:
        some = others[0]
        notes.append(
            f"{len(others):,} of {len(headers):,} pictures were resized, such as one of {some.height} x {some.width}"
        )
    if several:
        notes.append(f"{several:,} pictures have several frames or pages, of which the first was taken")
    return notes
