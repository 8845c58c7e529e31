"""Workings: a neural-network library that shows its workings."""

__version__ = "0.1.0"
