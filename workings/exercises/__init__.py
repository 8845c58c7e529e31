"""Exercises: the seven worked by hand, and any number drawn from a seed; sheet, key, hints and marking.

wk.exercises.load(7).sheet()           the worksheet
wk.exercises.load(7).explain()         every number of it, open
wk.exercises.generate("backprop", 7)   another, drawn
wk.exercises.mark(exercise, answers)   what became of every answer
"""

from workings.exercises.bank import EXERCISES as EXERCISES
from workings.exercises.bank import load as load
from workings.exercises.code import check_code as check_code
from workings.exercises.exercise import Exercise as Exercise
from workings.exercises.faulty import found as found
from workings.exercises.generate import generate as generate
from workings.exercises.hints import hint as hint
from workings.exercises.kinds import KINDS as KINDS
from workings.exercises.marking import Marker as Marker
from workings.exercises.marking import mark as mark
from workings.exercises.product import multiply as multiply
from workings.exercises.sizes import Sizes as Sizes
