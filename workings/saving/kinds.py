"""Kinds: what a file is, by its first bytes; its name is never asked."""

from __future__ import annotations

STARTS = {
    b"PK": "a zip file (as .pt, .keras and .npz files are)",
    b"\x80": "a pickle, which is never loaded",
    b"\x89HDF": "an HDF5 file",
    b"{": "a JSON text",
    b"\x93NUMPY": "a NumPy array",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "a picture",
    b"%PDF": "a PDF",
    b"<": "a page of the web",
    b"version https://git-lfs": "a pointer of Git LFS: fetch the file itself by git lfs pull",
}
# Protocol 0 writes pickles as text: a global, a list, a dict, a tuple, an empty one.
TEXT_PICKLES = (
    b"c__",
    b"cos\n",
    b"cposix",
    b"cbuiltins",
    b"cnumpy",
    b"cstudent",
    b"(lp",
    b"(dp",
    b"(tp",
    b"ccopy_reg",
    b"(i",
)


def kind_of(content: bytes) -> str:
    """A few words on what a file seems to be; none where nothing is known of it.

    >>> kind_of(b"PK\\x03\\x04"), kind_of(b"")
    ('a zip file (as .pt, .keras and .npz files are)', 'empty')
    """
    if not content:
        return "empty"
    if content[5:9] == b"\0\0\0{":  # the size of a header, which is less than 2⁴⁰, and the header
        return "a safetensors file"
    if content.startswith(TEXT_PICKLES):
        return "a pickle, which is never loaded"
    told = [word for start, word in STARTS.items() if content.startswith(start)]
    return told[0] if told else "an ONNX file" if is_onnx(content) else ""


def is_onnx(content: bytes) -> bool:
    """Whether it begins as an ONNX file does: with its version, and then one of the fields that follow it."""
    return (
        len(content) > 7
        and content[0] == 0x08
        and 0 < content[1] < 0x40
        and content[2] in b"\x12\x1a\x22\x28\x32\x3a\x42\x72"
    )
