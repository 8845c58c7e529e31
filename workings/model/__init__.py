"""Model: the object that users hold.

`arguments` and `reading` check what it is given, `fitting` trains it, `packing` is how it is kept.
"""

from workings.model.model import Model as Model
