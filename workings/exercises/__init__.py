"""Exercises: the seven worked by hand, each as data, with sheet, key, spreadsheet and every number open.

wk.exercises.load(7).sheet()           the worksheet
wk.exercises.load(7).explain()         every number of it, open
"""

from workings.exercises.bank import EXERCISES as EXERCISES
from workings.exercises.bank import load as load
from workings.exercises.exercise import Exercise as Exercise
from workings.exercises.faulty import found as found
from workings.exercises.generate import generate as generate
from workings.exercises.kinds import KINDS as KINDS
from workings.exercises.marking import Marker as Marker
from workings.exercises.marking import mark as mark
from workings.exercises.product import multiply as multiply
from workings.exercises.sizes import Sizes as Sizes
