"""Download: one file from the first mirror that has the right one, kept in the user's cache.

A file counts only when its SHA-256 is the expected one. Pooch writes aside, checks, and moves into place, so
the cache never holds half a file. `MIRRORS` is plain data: put your own mirror first, or only your own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

MIRRORS: dict[str, tuple[str, ...]] = {
    "mnist": (
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    "fashion_mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
}

SHA256 = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
}

SECONDS = 30  # how long a mirror may be silent


def cache_folder(dataset: str) -> Path:
    """Where downloads of a data set are kept: the operating system's cache folder for this user.

    >>> from workings.data.download import cache_folder
    >>> cache_folder("mnist").name
    'mnist'
    """
    import pooch

    return Path(pooch.os_cache("workings")) / dataset


def fetch(dataset: str, names: tuple[str, ...], progress: bool = False) -> list[Path]:
    """The named files of a data set, from the cache or else from the first mirror that has the right file.

    dataset   a key of `MIRRORS` and `SHA256`: "mnist" or "fashion_mnist"
    names     file names, keys of `SHA256[dataset]`
    progress  show a bar while downloading (needs the package tqdm)

    Raises ConnectionError when a file is in no reach: it says what each mirror answered, which files to
    fetch by hand and where to put them.

    >>> from workings.data.download import fetch
    >>> fetch("mnist", ())
    []
    """
    return [_fetch(dataset, name, names, progress) for name in names]


def _fetch(dataset: str, name: str, names: tuple[str, ...], progress: bool) -> Path:
    import pooch

    folder = cache_folder(dataset)
    download: Any = pooch.HTTPDownloader(progressbar=progress, timeout=SECONDS)
    answers: list[str] = []
    pooch.get_logger().setLevel("WARNING")
    for mirror in MIRRORS[dataset]:
        try:
            return Path(
                pooch.retrieve(
                    url=mirror.rstrip("/") + "/" + name,
                    known_hash=f"sha256:{SHA256[dataset][name]}",
                    fname=name,
                    path=folder,
                    downloader=download,
                )
            )
        except (OSError, ValueError) as error:  # unreachable, not found, no space; or not the expected file
            answers.append(f"{mirror} ({_reason(error)})")
    raise ConnectionError(
        f"{name} is not on this machine and could not be downloaded. Tried: {'; '.join(answers) or 'nothing'}. "
        f"Without a network: fetch {', '.join(names)} elsewhere and put them into {str(folder)!r}, or into a "
        f"folder of yours and give it: {dataset}(folder=...), or into {dataset}/ under the folder that the "
        "environment variable WORKINGS_DATA names"
    )


def _reason(error: Exception) -> str:
    """One short line of why a mirror did not help."""
    if isinstance(error, ValueError) and "hash" in str(error).lower():
        return "sent another file: the SHA-256 checksum differs"
    response = getattr(error, "response", None)
    if response is not None:
        return f"answered {response.status_code} {response.reason}"
    return f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else 'no answer'}"
