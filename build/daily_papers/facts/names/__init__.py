"""Finds the names in a paper: what it introduces, and the hardware, models, datasets and methods.

`introduced_name` finds the first; `spans` finds what may be other names, `name_features` describes
it, and `named_entities` decides by models; `mentions` makes the records.
"""
