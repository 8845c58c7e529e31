"""The documentation: built strictly by `sphinx-build -W docs build/docs`; tests/test_docs.py runs its examples."""

from workings import __version__

project = "Workings"
author = "The Workings authors"
copyright = "2026, the Workings authors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": False}
nitpicky = False
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Workings"
html_static_path = ["_static"]
html_css_files = ["docs.css"]


def laid_out(app, what, name, obj, options, lines):
    """Docstrings are plain text: what is indented is shown as it stands, and names in backticks are code."""
    made, literal, example = [], False, False
    for line in lines:
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        indented = line.startswith("  ") and not example
        after_a_gap = not made or not made[-1].strip()
        if indented and not literal and after_a_gap:
            made += ["::", ""]
            literal = True
        elif line.strip() and not indented:
            literal = False
        if literal or example:
            made.append(line)
        else:  # what hangs under a line of text belongs to its paragraph
            made.append(prose(line.strip() if indented else line))
    lines[:] = made


def prose(line):
    """Single backticks are code; what else reST would read as markup is text."""
    import re

    if line.count("`") % 2:  # a name broken over two lines
        line = line.replace("`", "")
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(
        f"`{part}`\\ " if i % 2 else re.sub(r"([*|\\]|_(?=\W|$))", r"\\\1", part) for i, part in enumerate(parts)
    )


def left_out(app, what, name, obj, skip, options):
    """`set_fit_request` and its like are scikit-learn's own, made for each class, with its own docstrings."""
    return True if name.startswith("set_") and name.endswith("_request") else None


def setup(app):
    app.connect("autodoc-process-docstring", laid_out)
    app.connect("autodoc-skip-member", left_out)
