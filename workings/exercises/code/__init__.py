"""Code: a learner's own functions, run on random networks in a process of their own, and compared array by array.

    wk.exercises.check_code("my_network.py")       the first wrong array, its cause, and the right line beside it

The limits on that process hold back mistakes, not a determined attacker: that takes a container.
"""

from workings.exercises.code.check import Report as Report
from workings.exercises.code.check import check_code as check_code
from workings.exercises.code.process import Limits as Limits
