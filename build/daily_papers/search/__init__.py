"""Makes the search index at build time; answers a query with ranked papers, facets and highlights.

At build time `documents`, `index`, `name_index` and `similar` make the rows of the search tables.
At query time `query` parses, `ranking` ranks the papers of the open database (`reader`), `facets`
filters and counts, `spellcheck` corrects, `highlight` explains matches, `suggest` autocompletes,
and `engine` puts these together.
"""
