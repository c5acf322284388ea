"""Reads pages that were saved as text or Markdown, line by line."""
