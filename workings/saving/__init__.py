"""Saving: one safetensors file per model, whole or not at all, and never a pickle.

`plain` says what a model is in words and paths, `model_file` what is in its file, `tensors` reads any safetensors
file with bounds, `kinds` tells files by their first bytes, `files` is how the bytes reach the disk.
"""

from workings.saving.files import read_whole as read_whole
from workings.saving.files import writable as writable
from workings.saving.files import write_whole as write_whole
from workings.saving.kinds import kind_of as kind_of
from workings.saving.model_file import read as read
from workings.saving.model_file import write as write
from workings.saving.plain import describe as describe
from workings.saving.plain import describe_network as describe_network
from workings.saving.plain import flat as flat
from workings.saving.plain import nested as nested
from workings.saving.plain import ordered as ordered
from workings.saving.plain import rebuild as rebuild
from workings.saving.plain import rebuild_network as rebuild_network
from workings.saving.tensors import arrays as arrays
