"""Makes papers from listings: cleans text, identifies papers, merges values, resolves entities."""
