"""Search: what a person types → papers in the order of their fit, with facets and reasons.

At build time `documents`, `index`, `name_index` and `similar` make the rows of the tables that search reads.
When somebody asks, `query` reads what was typed, `ranking` weighs it against a `corpus` (an open
database), `filters` narrows and counts, `spelling` mends, `shown` says what matched, `suggesting`
completes, and `engine` puts these together.
"""
