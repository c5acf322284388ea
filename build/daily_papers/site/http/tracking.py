"""Leaves out of a request what newsletters and networks add to the links that people share.

Such a parameter is no column of a table and no parameter of a query, which refuse what they do not
know; and an answer that is kept is the same with it and without.
"""

import re

from starlette.types import Scope

_TRACKING = re.compile(
    rb"(?:utm_\w+|fbclid|[gdy]clid|[gw]braid|gclsrc|msclkid|twclid|ttclid|igshid|li_fat_id"
    rb"|mc_[ce]id|_hsenc|_hsmi|mkt_tok)(?:=|$)",
    re.IGNORECASE,
)


def without_tracking(scope: Scope) -> Scope:
    """Return a request without the parameters that only tell where a link was shared.

    The SQL of a visitor may have parameters of any name: beside it, all are left.
    """
    pairs = scope["query_string"].split(b"&")
    kept = [pair for pair in pairs if not _TRACKING.match(pair)]
    if len(kept) == len(pairs) or any(pair.startswith(b"sql=") for pair in pairs):
        return scope
    return {**scope, "query_string": b"&".join(kept)}
