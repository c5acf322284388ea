"""Finds the names in a paper: what it introduces, and the hardware, models, datasets and methods.

`introduced_name` finds the first, `named_entities` the others among the tokens of `name_tokens`;
`comparison` decides their role, and `mentions` makes the records.
"""
