"""Reads feeds of daily papers: RSS, Atom, JSON Feed."""
