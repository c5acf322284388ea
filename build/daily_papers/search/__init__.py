"""Search: what a person types → papers in the order of their fit, with facets and reasons.

At build time `documents`, `index`, `name_index` and `similar` make the rows of the tables that
search reads. When somebody asks, `query` reads what was typed, `ranking` weighs it against the open
database of `reader`, `facets` narrows and counts, `spellcheck` corrects, `highlight` says what
matched, `suggest` completes, and `engine` puts these together.
"""
