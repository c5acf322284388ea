"""Search: a query in, ranked papers with facets and highlights out.

At build time `documents`, `index`, `name_index` and `similar` make the rows of the search tables.
At query time `query` parses, `ranking` ranks the papers of the open database (`reader`), `facets`
filters and counts, `spellcheck` corrects, `highlight` explains matches, `suggest` autocompletes,
and `engine` puts these together.
"""
