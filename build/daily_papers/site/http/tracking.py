"""Leaves out of a request what newsletters and networks add to the links that people share.

Such a parameter is no column of a table and no parameter of a query, which refuse what they do not
know; and an answer that is kept is the same with it and without.
"""

import re
from collections.abc import Collection

from starlette.types import Scope

_TRACKING = re.compile(
    r"(?:ref|utm_\w+|fbclid|[gdy]clid|[gw]braid|gclsrc|msclkid|twclid|ttclid|igshid|li_fat_id"
    r"|mc_[ce]id|_hsenc|_hsmi|mkt_tok)",
    re.IGNORECASE,
)


def without_tracking(scope: Scope, own_names: Collection[str]) -> Scope:
    """Return a request without the parameters that only tell where a link was shared.

    Those that a table has a column, or a query a parameter of, are left. The SQL of a visitor may
    have parameters of any name: beside it, all are left.
    """
    pairs = scope["query_string"].split(b"&")
    kept = [pair for pair in pairs if not _is_tracking(pair, own_names)]
    if len(kept) == len(pairs) or any(pair.startswith(b"sql=") for pair in pairs):
        return scope
    return {**scope, "query_string": b"&".join(kept)}


def _is_tracking(pair: bytes, own_names: Collection[str]) -> bool:
    name = pair.partition(b"=")[0].decode("latin-1")
    return bool(_TRACKING.fullmatch(name)) and name not in own_names
