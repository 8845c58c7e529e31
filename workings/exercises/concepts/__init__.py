"""Concepts: questions on ideas, each answered by a run that proves it.

from workings.exercises import concepts
concepts.load(13).asks       the question
concepts.load(13).mark("b")  right, or not, and why
concepts.load(13).prove()    the experiment: its claim, and the numbers that bear it out

Adding a question is adding a row to one of the tables.
"""

from workings.exercises.concepts import deep, ground, logistic, shallow, start
from workings.exercises.concepts.question import Answered as Answered
from workings.exercises.concepts.question import Proof as Proof
from workings.exercises.concepts.question import Question as Question

TABLES = (ground.QUESTIONS, logistic.QUESTIONS, shallow.QUESTIONS, deep.QUESTIONS, start.QUESTIONS)
QUESTIONS = dict(enumerate((question for table in TABLES for question in table), 1))


def load(number: int) -> Question:
    """The question of this number.  Raises ValueError where there is none.

    >>> load(13).topic
    'linear layers'
    """
    if number not in QUESTIONS:
        raise ValueError(f"there is no question {number!r}; they go from 1 to {len(QUESTIONS)}")
    return QUESTIONS[number]
