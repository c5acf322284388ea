"""Writes README.md: a dataset card as Hugging Face has them, with front matter for programs."""

from typing import Any

import yaml

from daily_papers.export.content import Dataset
from daily_papers.site.views.text_tables import markdown

_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M")
_TAGS = ("machine-learning", "papers", "abstracts", "information-extraction", "benchmarks")

_TEXT = """
# {title}

{description}

{papers:,} papers from {dumps} sources, in {count} tables. [DICTIONARY.md](DICTIONARY.md) says
what every table and column means.

{tables}
## Load it

DuckDB, with the tables under their names and each ready-made query as a macro:

```sh
duckdb -init duckdb.sql -c "from papers_by_year()"
```

Python:

```python
import pandas
papers = pandas.read_parquet("parquet/papers.parquet")

import mlcroissant
claims = mlcroissant.Dataset("croissant.json").records("claims")
```

Days are dates, flags booleans, and `topics`, `hardware` and `models` of papers lists. The CSV has
the values as the database has them: flags are 1 and 0, lists JSON arrays, an empty cell is null, or
the empty text where a column cannot be null. Texts are as papers have them, so a cell may begin
with `=`: give the CSV to programs, not to a spreadsheet that runs formulas. What only the site's
search reads is left out. `sha256sum -c SHA256SUMS` tells whether all files are whole.

## What it is worth

Claims, topics, types, names and links are extracted from titles and abstracts by rules and small
linear models. They are what an abstract says, not what was verified; the documentation of
daily-papers (docs/facts.md) says how often they are right. Read the sentence before you quote a
number, and do not rank numbers that were measured on different things.

## Licence

{license}. Nothing here grants rights to abstracts, nor to the sentences that are quoted from them.
{source}: <{source_url}>.

## Cite it

Say also where you got it.

```bibtex
{citation}
```

## How it was built

Version {version}: the schema’s, and the hash of the dumps. A breaking change raises its first
number.

{build}"""


def card(dataset: Dataset) -> str:
    """Return README.md."""
    metadata = dataset.metadata
    head = yaml.safe_dump(front_matter(dataset), sort_keys=False, allow_unicode=True, width=1000)
    rows = ((table.name, table.description, table.row_count) for table in dataset.tables)
    return f"---\n{head}---\n" + _TEXT.format(
        title=metadata.title,
        description=metadata.description,
        papers=dataset.paper_count,
        dumps=dataset.build["dump_count"],
        count=len(dataset.tables),
        tables=markdown(("table", "what it has", "rows"), rows),
        license=metadata.license,
        source=metadata.source,
        source_url=metadata.source_url,
        citation=dataset.citation,
        version=dataset.version,
        build=markdown(("name", "value"), dataset.build.items()),
    )


def front_matter(dataset: Dataset) -> dict[str, Any]:
    """Return the card's data for programs: a configuration for each table, read from Parquet."""
    return {
        "pretty_name": dataset.metadata.title,
        "language": ["en"],
        "license": "other",
        "license_name": "abstracts-of-their-authors",
        "license_link": "README.md#licence",
        "size_categories": [_size(dataset.paper_count)],
        "source_datasets": ["original"],
        "tags": list(_TAGS),
        "configs": [
            {
                "config_name": table.name,
                "data_files": table.parquet.path,
                **({"default": True} if table.name == "papers" else {}),
            }
            for table in dataset.tables
        ],
    }


def _size(paper_count: int) -> str:
    """Return the category of a number of papers."""
    return _SIZES[min(max(len(str(paper_count)) - 3, 0), len(_SIZES) - 1)]
