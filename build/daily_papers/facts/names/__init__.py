"""Finds the names in a paper: what it introduces, and the hardware, models, datasets and methods.

`introduced_name` finds the first, `named_entities` the others among the tokens of `name_tokens`;
`mentions` decides their role and makes the records.
"""
