"""Keeps the papers to compare in the links of a page: they are in its address and nowhere else."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup, escape

from daily_papers.site.views.request_params import MOST_COMPARED

PARAM = "compare"
# Pages on which papers are added, or that lead to such pages; never files, tables and queries.
_KEEPS = re.compile(
    r"(?:search|results|compare|days(?:/[\w-]+)?"
    r"|papers/(?:papers|topics|metrics|entities|organizations|authors)/[^/.?#]+)$"
)
_LINK = re.compile(r'(<a\s[^<>]*?href=")([^"#]*+)([^"]*+"[^<>]*+>)')


def toggle_urls(query: str, ids: Sequence[str], paper_id: str) -> tuple[str | None, str | None]:
    """Return the query string with a paper added to those to compare, None where it cannot be; and
    the one without it, None where it is not among them. Both lead to the paper's `#paper-ID`."""
    others = [key for key in ids if key != paper_id]
    if len(others) < len(ids):
        return None, _with(query, others) + f"#paper-{paper_id}"
    if len(ids) >= MOST_COMPARED:
        return None, None
    return _with(query, [*ids, paper_id]) + f"#paper-{paper_id}", None


def clear_url(query: str) -> str:
    """Return a query string without papers to compare."""
    return _with(query, ())


def keep(html: str, ids: Sequence[str], root: str, is_comparison: bool = False) -> Markup:
    """Return HTML of ours whose links to pages with papers have the ids, too.

    `root` is the path of the home page. Links that only have a query string lead to the same page;
    those of a comparison name its papers themselves.
    """
    added = str(escape(urlencode([(PARAM, key) for key in ids])))

    def kept(match: re.Match[str]) -> str:
        start, url, end = match.groups()
        path, mark, query = url.partition("?")
        is_page = _KEEPS.match(path.removeprefix(root)) and path.startswith(root)
        if is_comparison and path == f"{root}compare":
            return match.group()
        is_own = not path and mark and not is_comparison
        if not (is_page or is_own) or f"{PARAM}=" in query or "compare-toggle" in start + end:
            return match.group()
        return f"{start}{path}?{query}{'&amp;' if query else ''}{added}{end}"

    return Markup(_LINK.sub(kept, html))


def _with(query: str, ids: Sequence[str]) -> str:
    others = [(name, value) for name, value in parse_qsl(query) if name != PARAM]
    return "?" + urlencode([*others, *((PARAM, key) for key in ids)])
