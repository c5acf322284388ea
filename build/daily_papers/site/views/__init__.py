"""What the pages of the site show, read from a built database; no HTTP, no HTML."""
