"""Ink: lazy arrays whose cells are worked numbers."""
