"""Files: the questions every loader asks before it opens anything.

Is it there, is it a file, may it be read? A pipe or a device would never end, so only plain files pass.
"""

from __future__ import annotations

from difflib import get_close_matches
from os import R_OK as MAY_READ
from os import PathLike, access
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


MANY_NAMES = 1000


def plain_file(path: str | PathLike[str]) -> Path:
    """The path as a `Path`, once it is known to be a plain file that may be read.

    Raises FileNotFoundError, IsADirectoryError, PermissionError or ValueError, each with a sentence.

    >>> from workings.data.files import plain_file
    >>> plain_file("no such file.csv")
    Traceback (most recent call last):
    FileNotFoundError: 'no such file.csv' does not exist; check the spelling and the folder it is in
    """
    text = str(path)
    if not text or "\0" in text:
        raise ValueError(f"{text!r} is no file name: give the path of a file")
    place = Path(text)
    try:
        there = place.exists()
    except OSError as error:  # a name that is too long, a loop of links, a folder that may not be entered
        raise OSError(f"{text!r} cannot be looked up: {error.strerror or error}") from error
    if not there:
        raise FileNotFoundError(f"{text!r} does not exist{_meant(place)}")
    if place.is_dir():
        raise IsADirectoryError(f"{text!r} is a folder; give the file inside it")
    if not place.is_file():
        raise ValueError(f"{text!r} is a pipe or a device, not a plain file; save it as a file first")
    if not access(place, MAY_READ):
        raise PermissionError(f"{text!r} may not be read by this user; change its permissions or copy it")
    return place


def nearest(name: str, names: Iterable[str]) -> str:
    """What to say after a name that is not there: the names nearest to it, or all of a short list.

    >>> from workings.data.files import nearest
    >>> nearest("prise", ["price", "size"])
    "did you mean 'price'?"
    >>> nearest("colour", ["price", "size"])
    "there are: 'price', 'size'"
    """
    names = list(names)
    among = names
    if len(names) > MANY_NAMES:  # comparing takes long: only with those of about its length that begin alike
        among = [other for other in names if other[:1] == name[:1] and abs(len(other) - len(name)) < 2]
    close = get_close_matches(name, among[:MANY_NAMES], n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    return f"there are: {listed(names)}"


def listed(items: Iterable[object], most: int = 8) -> str:
    """The items quoted and parted by commas; after the first `most` only their number.

    >>> from workings.data.files import listed
    >>> listed("abc", most=2)
    "'a', 'b' and 1 more"
    """
    quoted = [repr(item) for item in items]
    rest = f" and {len(quoted) - most} more" if len(quoted) > most else ""
    return ", ".join(quoted[:most]) + rest


def _meant(place: Path) -> str:
    """A hint for a missing file: files of a similar name in the same folder, if the folder is there."""
    if place.parent.is_dir() and access(place.parent, MAY_READ):
        close = get_close_matches(place.name, [p.name for p in place.parent.iterdir()], n=3, cutoff=0.8)
        if close:
            return f"; in that folder there is {' or '.join(map(repr, close))}"
        return "; check the spelling and the folder it is in"
    return f"; the folder {str(place.parent)!r} is not there either"
