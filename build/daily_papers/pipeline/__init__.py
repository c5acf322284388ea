"""Runs a build stage by stage: reads dumps, identifies papers, extracts facts, writes the file."""
