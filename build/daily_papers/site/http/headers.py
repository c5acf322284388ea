"""Security headers: what a browser may do with a page, and what it tells other sites of it."""

import re

# Only what the site itself serves, no inline script or style, no frame of another site.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# Datasette's own pages have inline scripts and styles, and datasette-vega compiles its charts.
LOOSE = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'")
LOOSE = LOOSE.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
# Its tools; the database, a table or a query; the rows of tables for which we have no page.
_DATASETTE = re.compile(
    r"/-/|/papers(?:/[^/]+)?$|/papers/(?!papers/|topics/|entities/|organizations/)[^/]+/"
)

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",  # for browsers that know no frame-ancestors
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "accelerometer=(), browsing-topics=(), camera=(), display-capture=(),"
    " geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(),"
    " xr-spatial-tracking=()",
}


def policy(path: str, content_type: str) -> str:
    """Return the Content-Security-Policy of an answer: strict but for Datasette's pages."""
    is_page = content_type.startswith("text/html")
    return LOOSE if is_page and _DATASETTE.match(path) else STRICT
