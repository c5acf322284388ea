"""Builds what pages, JSON answers and files show, from a built database.

The routes are in plugins/, the HTML in templates/; `responses` puts the three together.
"""
