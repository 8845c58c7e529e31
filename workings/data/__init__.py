"""Data: real digits at once, MNIST when wanted, toys, your own tables and pictures, and fair parts of them.

Every loader gives (X, y) with one example per row, as scikit-learn and pandas have it; `table` gives a `Table`.
A `Model` turns X once, as a view: inside, each column is an example, X is (n_x, m) and Y is (1, m), as in the
course. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

from workings.data.cat_pictures import cats, synthetic_cats
from workings.data.centering import like_digits, like_mnist
from workings.data.idx import read_idx
from workings.data.image_folders import Images, images, read_images
from workings.data.large_files import Converted, converted, large
from workings.data.mnist_family import FASHION_CLASSES, boots, fashion_mnist, mnist
from workings.data.parts import Part, Parts, leaks, split, split_rows
from workings.data.pixels import index_of, pixel_at, unroll
from workings.data.scans import digits
from workings.data.table_files import table
from workings.data.tables import Table
from workings.data.toys import circles, flower, houses, moons, spirals, xor

__all__ = [
    "FASHION_CLASSES",
    "Converted",
    "Images",
    "Part",
    "Parts",
    "Table",
    "boots",
    "cats",
    "circles",
    "converted",
    "digits",
    "fashion_mnist",
    "flower",
    "houses",
    "images",
    "index_of",
    "large",
    "leaks",
    "like_digits",
    "like_mnist",
    "mnist",
    "moons",
    "pixel_at",
    "read_idx",
    "read_images",
    "spirals",
    "split",
    "split_rows",
    "synthetic_cats",
    "table",
    "unroll",
    "xor",
]
