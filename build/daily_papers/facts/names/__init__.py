"""Finds what a paper names: what it introduces, and the hardware, models, datasets and methods."""
