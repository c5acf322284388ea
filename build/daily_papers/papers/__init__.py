"""Makes papers of listings: cleans their text, says which are one paper, and which value wins."""
