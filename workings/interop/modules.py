"""Modules that PyTorch does not have, of one line each, and a network of several branches.

This file is imported only where PyTorch is asked for.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Turn(nn.Module):
    """(m, T, n) as (m, n, T), and back."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.swapaxes(1, 2)


class Last(nn.Module):
    """The last step of (m, T, n)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, -1]


class Walk(nn.Module):
    """A recurrent module, of which only what it says at every step is wanted."""

    def __init__(self, walker: Any):
        super().__init__()
        self.walker = walker

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.walker(x)[0]


class Select(nn.Module):
    """Some of the features."""

    def __init__(self, features: tuple[int, ...], axis: int):
        super().__init__()
        self.features, self.axis = tuple(features), axis

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.index_select(self.axis, torch.tensor(self.features, device=x.device))


class Add(nn.Module):
    """The sum of two wires."""

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a + b


class Concat(nn.Module):
    """The features of several wires."""

    def __init__(self, axis: int):
        super().__init__()
        self.axis = axis

    def forward(self, *wires: torch.Tensor) -> torch.Tensor:
        return torch.cat(wires, dim=self.axis)


class Table(nn.Module):
    """A network whose rows read more than the row before them; `reads` names the wires of each row."""

    def __init__(self, rows: dict[str, Any], reads: dict[str, tuple[str, ...]]):
        super().__init__()
        self.reads = reads
        for name, module in rows.items():
            self.add_module(name, module)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        wires = {"X": X}
        for name, module in self.named_children():
            wires[name] = X = module(*(wires[read] for read in self.reads[name]))
        return X
