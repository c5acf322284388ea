"""Makes the table build_info: the versions, hashes and counts of a build.

Machines with the same versions and the same dumps have the same rows.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from platform import python_version
from sqlite3 import sqlite_version

from daily_papers.database import schema
from daily_papers.pipeline.cache import code_hash
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.rows import Tally
from daily_papers.records import Dump

# Packages that determine what is written.
_MADE_WITH = (
    "beautifulsoup4",
    "daily-papers",
    "numpy",
    "onnxruntime",
    "pylatexenc",
    "pystemmer",
    "sqlite-utils",
)


def rows(
    intake: Intake, paper_count: int, tally: Tally, has_vectors: bool
) -> Iterator[schema.BuildInfo]:
    """Return the rows of build_info."""
    dumps = [taken.dump for taken in intake.dumps]
    counts = {
        "dump_count": len(dumps),
        "listing_count": intake.listing_count,
        "paper_count": paper_count,
        "claim_count": tally["facts", "claims"],
        "mention_count": tally["facts", "mentions"],
        "rejected_count": tally["facts", "rejected"],
    }
    info = {
        "schema_version": schema.VERSION,
        "rules_hash": code_hash(),
        "dumps_sha256": dumps_hash(dumps),
        "vectors": _encoder() if has_vectors else "none",  # then search ranks by words alone
        **{name: str(count) for name, count in counts.items()},
        **dict(_versions()),
    }
    return (schema.BuildInfo(name=name, value=info[name]) for name in sorted(info))


def _encoder() -> str:
    from daily_papers.search import encoder  # its library is loaded for vectors only

    return encoder.NAME


def dumps_hash(dumps: Sequence[Dump]) -> str:
    """Return the SHA-256 of what `sha256sum` prints for the files of all dumps, by name."""
    lines = sorted((dump.file, f"{dump.sha256}  {dump.file}\n") for dump in dumps)
    return sha256("".join(line for _, line in lines).encode("utf-8", "surrogateescape")).hexdigest()


def _versions() -> Iterator[tuple[str, str]]:
    yield "python_version", python_version()
    yield "sqlite_version", sqlite_version
    for name in _MADE_WITH:
        yield f"{name.replace('-', '_')}_version", version(name)
