"""Finds the numbers that a paper states as its results, and what each measures."""
