"""Ink: lazy arrays whose cells are worked numbers, and expressions of one's own."""

from workings.ink.graph import Graph as Graph
from workings.ink.graph import graph as graph
