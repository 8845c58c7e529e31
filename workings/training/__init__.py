"""Training: batches, epochs, what is watched, what is kept, and how it stops."""

from workings.training.checkpoint import Checkpoint as Checkpoint
from workings.training.early_stopping import EarlyStopping as EarlyStopping
from workings.training.fit import Course as Course
from workings.training.fit import train as train
from workings.training.history import History as History
from workings.training.trouble import DivergenceError as DivergenceError
from workings.training.trouble import TrainingWarning as TrainingWarning
