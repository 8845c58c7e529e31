"""Hand-ins: what learners hand back, a file or the folder of a whole class, marked offline.

marked = mark_folder("handed-in", load("out/class.json"))
marked.write("report")                   marks, mistakes, questions, and a page for each student

Nothing in a file is run, whatever it is; what cannot be read is a sentence for that student, and no one else.
"""

from workings.exercises.hand_ins.folder import mark_file as mark_file
from workings.exercises.hand_ins.folder import mark_folder as mark_folder
from workings.exercises.hand_ins.folder import named_by as named_by
