"""Shows tables in pages that lose and repeat no row; also as JSON and CSV."""

from daily_papers.site import compat

compat.page_tables_without_loss()
