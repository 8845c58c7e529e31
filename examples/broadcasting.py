"""Broadcasting: one row divides a whole table, and the table of calories with its sum put right.

python examples/broadcasting.py
"""

import numpy as np

from workings.broadcasting import broadcast, rank1

print("Tax on every price: a number is stretched over the list.")
prices = np.array([[10.0, 20.0, 50.0]])
print(f"{prices} * 1.2 = {prices * 1.2}\n{broadcast(prices.shape, ())}\n")

# rows: three sources of energy; columns: four foods, as the course notes print them
calories = np.array([[56, 104, 1.2, 12], [1.2, 13, 93, 2], [1.8, 135, 98, 5]])
total = calories.sum(axis=0, keepdims=True)
print(f"Calories of four foods:\n{calories}\nsum of each column: {total}")
print("The notes print 239 for the second; 104 + 13 + 135 is 252.\n")

print(f"To get shares, every row is divided by the sums:\n{broadcast(calories.shape, total.shape)}")
share = 100 * calories / total
print(f"shares in percent:\n{share.round(1)}\neach column adds up to {share.sum(axis=0).round(10)}")
wrong = 100 * calories[:, 1] / 239
print(f"with the misprint, {wrong.round(1)} would add up to {wrong.sum():.1f} %\n")

print("What does not fit is refused:")
try:
    broadcast((3, 4), (3,))
except ValueError as error:
    print(f"{error}\n")

print("The trap: an array with one axis is neither a row nor a column.")
a = np.arange(1.0, 6.0)
print(f"a = {a}, a.shape = {a.shape}, a.T.shape = {a.T.shape}, a @ a.T = {a @ a.T}")
column = a.reshape(5, 1)
print(f"as a column: (column @ column.T).shape = {(column @ column.T).shape}")
print(f"by accident: (a + column).shape = {(a + column).shape}, a table where five numbers were meant")
print(rank1(a=a, column=column)[0])
