"""Plots: pictures of live objects, each returned as a Matplotlib figure.

    figure = learning_curves(history)      a figure: a notebook shows it by itself
    figure.savefig("curves.pdf")           and a script keeps it

Matplotlib is imported by the first picture, not before; its settings and its windows are left alone.
"""

from __future__ import annotations

from workings.plots.activations import activation_functions, sigmoid_beside_relu
from workings.plots.boundary import decision_boundary
from workings.plots.broadcasting import broadcasting, calories
from workings.plots.confused import most_confused
from workings.plots.confusion import confusion_matrix
from workings.plots.cycle import iteration_cycle
from workings.plots.data_size import performance_against_data, performance_measured
from workings.plots.descent import descent_on_curve, descent_on_surface
from workings.plots.diagram import network_diagram
from workings.plots.digits import examples, outputs, pixels
from workings.plots.directions import Path
from workings.plots.export import to_png, to_svg
from workings.plots.flow import forward_backward_flow
from workings.plots.houses import house_prices
from workings.plots.landscape import loss_curve, loss_surface
from workings.plots.learning_curves import learning_curves
from workings.plots.losses import cross_entropy_curves, squared_error_against_cross_entropy
from workings.plots.searches import search_history, search_importance, search_paths
from workings.plots.sweeps import activation_race, data_curves, sweep_cost, sweep_curves
from workings.plots.walk import tour
from workings.plots.weights import weights_as_images
from workings.plots.wiring import connections

__all__ = [
    "Path",
    "activation_functions",
    "activation_race",
    "broadcasting",
    "calories",
    "confusion_matrix",
    "connections",
    "cross_entropy_curves",
    "data_curves",
    "decision_boundary",
    "descent_on_curve",
    "descent_on_surface",
    "examples",
    "forward_backward_flow",
    "house_prices",
    "iteration_cycle",
    "learning_curves",
    "loss_curve",
    "loss_surface",
    "most_confused",
    "network_diagram",
    "outputs",
    "performance_against_data",
    "performance_measured",
    "pixels",
    "search_history",
    "search_importance",
    "search_paths",
    "sigmoid_beside_relu",
    "squared_error_against_cross_entropy",
    "sweep_cost",
    "sweep_curves",
    "to_png",
    "to_svg",
    "tour",
    "weights_as_images",
]
