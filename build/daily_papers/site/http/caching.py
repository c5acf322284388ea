"""What browsers and caches may keep: the data never changes while it is served, so that a response
depends on the versions of data and code, and on its address."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs

HASH_PARAM = "_hash"  # the parameter that names a version of the response
FOREVER = "public, max-age=31536000, immutable"
# A new database shows after five minutes; caches may show the old page while they ask, and for a
# day while nobody answers.
PAGES = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
NEVER = "no-store"
ANY = "*"  # as a condition: whatever the tag is
_TAG = re.compile(r'(W/)?("[^"]*")')
_ASSETS = re.compile(r"/(?:static|-/static|-/static-plugins)/")
HASH_LETTERS = 16  # of a hash, enough to tell versions apart


def short_hash(*parts: bytes) -> str:
    """Return a short hash of parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:HASH_LETTERS]


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder, by its path relative to the folder, in order."""
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*")}
    kept = sorted(path for path in files if "__pycache__" not in path and files[path].is_file())
    return {path: short_hash(files[path].read_bytes()) for path in kept}


class Versions:
    """The versions of what the site serves: of its data, its code, and of each file beside it."""

    def __init__(self, data: str, code: str, files: Mapping[str, str]) -> None:
        """Take the hashes of the database and of the code, and of files by their addresses."""
        self._version = f"{data} {code}".encode()
        self._file_hashes = dict(files)

    def hashed(self, path: str) -> str:
        """Return an address that always answers with the same bytes, or the path alone."""
        version = self._file_hashes.get(path)
        return f"{path}?{HASH_PARAM}={version}" if version else path

    def is_current(self, path: str, query: str) -> bool:
        """Tell whether an address names the version that is served."""
        return self._file_hashes.get(path) in parse_qs(query).get(HASH_PARAM, [])

    def etag(self, host: str, scheme: str, path: str, query: str) -> str:
        """Return the tag of a page; weak, since it may be compressed or not."""
        address = (part.encode(errors="replace") for part in (host, scheme, path, query))
        return f'W/"{short_hash(self._version, *address)}"'

    def cache_control(self, path: str, query: str, status: int) -> str:
        """Return the Cache-Control of a response."""
        is_kept = status in (200, 206, 301, 302, 304, 404)
        if not is_kept or path.startswith("/-/") or path == "/health":
            return "public, max-age=3600" if _ASSETS.match(path) and status == 200 else NEVER
        if status in (200, 206, 304) and self.is_current(path, query):
            return FOREVER
        return PAGES if status != 404 else "public, max-age=60"


def matches(condition: str, etag: str, strong: bool = False) -> bool:
    """Tell whether a condition names the tag of a response that exists: in a list, or by `*`.

    `If-None-Match` compares without the mark of weak tags; in the strong comparison of `If-Match`
    a weak tag equals none. Source: RFC 9110, 8.8.3.2 and 13.1.
    """
    if condition.strip() == ANY:
        return True
    ((is_weak, tag),) = _TAG.findall(etag)
    named = _TAG.findall(condition)
    return ("", tag) in named and not is_weak if strong else tag in [other for _, other in named]
