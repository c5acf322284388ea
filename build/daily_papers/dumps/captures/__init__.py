"""Reads captures: pages that were saved as plain text or Markdown, line by line."""
