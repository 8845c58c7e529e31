"""Ours and the peers, side by side on the same networks.

cases      the networks, and what each costs
problem    data, starting weights and order, the same for every engine
reference  the textbook in float64: what the weights should be
ours       the library's backends, and `Model.fit` as users call it
peers      PyTorch, its DataLoader, scikit-learn
compiled   raw JAX and Keras on JAX
worker     one process per engine, so that none disturbs another's threads
machine    the processor, the versions, the floating-point peak
cold       what a fresh process takes
table      the figures as Markdown
page       docs/speed.md
"""
