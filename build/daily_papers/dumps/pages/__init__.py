"""Reads pages that were saved as HTML, or as a single file."""
