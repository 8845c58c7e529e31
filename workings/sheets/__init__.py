"""Sheets: workings on paper, printed from plain data."""
