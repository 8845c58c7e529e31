"""Preparation: from columns as they come to the numbers a network takes, learned on the training part only.

    number     (value - mean) / spread            mean 0 and spread 1 on the training part
               a missing value becomes the median, and where training had any, a feature "... missing" says 1
    category   one feature for each value seen in training: 1 where it is that value, 0 elsewhere
               missing cells are a value of their own

Median, then mean and spread of the filled column (spread: the standard deviation, divided by m): so the training
features have mean 0 and spread 1, up to rounding. What was learned is frozen, plain data: transforming a test part
never changes it. Source: as scikit-learn's SimpleImputer, StandardScaler and OneHotEncoder do, kept by name.
"""

from __future__ import annotations

from workings.preparation.columns import CategoryColumn, NumberColumn
from workings.preparation.fitted import Preparation, Prepared
from workings.preparation.pictures import Pictures

__all__ = ["CategoryColumn", "NumberColumn", "Pictures", "Preparation", "Prepared"]
