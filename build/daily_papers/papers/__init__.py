"""Makes papers from listings: cleans text, identifies papers, merges values; and makes entities
from what papers mention."""
