"""Turns what TeX leaves in texts into plain Unicode."""
