"""Gets one answer from a web service, bounded in size and time, and asks again where that helps."""

import asyncio
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import httpx

_HEADERS = {
    "user-agent": f"daily-papers/{version('daily-papers')} (saves days of Daily Papers as files)",
    "accept": "application/json",
    "accept-encoding": "gzip",
}
_REDIRECTS = 3
_PASSING = {429, 500, 502, 503, 504}  # statuses that another try may change
_FIRST_WAIT = 2.0  # seconds before the second try; doubled before each one after


class Refused(Exception):  # noqa: N818 - it says what became of the answer
    """An answer that is no data; to ask again at once would not help."""


class Unavailable(Exception):  # noqa: N818 - it says what the service is
    """No answer after all tries; `until_later` if the service asked not to be asked for long."""

    def __init__(self, problem: str, until_later: bool = False) -> None:
        """Take one sentence about the last try."""
        super().__init__(problem)
        self.until_later = until_later


@dataclass(frozen=True)
class Service:
    """Where a service is, and how it is asked: times are in seconds, the size in bytes."""

    base_url: str = "https://huggingface.co"
    pause: float = 1.0  # between two requests
    tries: int = 5
    silence: float = 20.0  # without a connection, or between two pieces of an answer
    total: float = 60.0  # for one request, whatever comes
    longest_wait: float = 300.0  # that it may ask for; Hugging Face counts requests in 5 minutes
    size: int = 16 << 20  # of an answer, unpacked; 100 papers take 1 MiB
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        """Raise ValueError if the base is no plain http or https address."""
        try:
            url = httpx.URL(self.base_url)
        except httpx.InvalidURL as error:
            raise ValueError(f"the base URL is no address: {error}") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("the base URL must begin with https:// or http:// and name a host")
        if url.query or url.fragment or url.userinfo:
            raise ValueError("the base URL must have no query, no fragment and no password")

    def get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        """Return the body of an answer with status 200, whole and unpacked; runs a loop of its own.

        Raises:
            Refused: another status, a redirect to elsewhere, an answer too large or packed wrongly.
            Unavailable: no connection, a broken one, status 429 or 5xx, each time.
        """
        url = httpx.URL(self.base_url.rstrip("/") + path, params=dict(parameters))
        problem, status, wait = "", 0, 0.0
        for attempt in range(self.tries):
            if attempt:
                self.sleep(max(wait, _FIRST_WAIT * 2 ** (attempt - 1)))
            try:
                status, headers, body = asyncio.run(self._ask(url))
            except (httpx.TransportError, OSError) as error:  # OSError: asyncio's TimeoutError
                problem, status, wait = self._named(error), 0, 0.0
                continue
            if status == 200:
                return body
            problem, wait = f"the service answered {status}", self._asked_to_wait(headers)
            if status not in _PASSING:
                raise Refused(problem)
            if wait > self.longest_wait:
                raise Unavailable(f"{problem} and asks to wait {wait:.0f} seconds", True)
        raise Unavailable(f"{problem}, {self.tries} times", until_later=status == 429)

    async def _ask(self, url: httpx.URL) -> tuple[int, httpx.Headers, bytes]:
        # Timeouts of httpx are for one piece; what drips for ever is stopped from outside.
        async with (
            asyncio.timeout(self.total),
            httpx.AsyncClient(headers=_HEADERS, timeout=self.silence) as client,
        ):
            for _ in range(_REDIRECTS + 1):
                async with client.stream("GET", url) as response:
                    if response.has_redirect_location:
                        url = _followed(url, response.headers["location"])
                        continue
                    body = await self._body(response) if response.status_code == 200 else b""
                    return response.status_code, response.headers, body
        raise Refused(f"more than {_REDIRECTS} redirects")

    async def _body(self, response: httpx.Response) -> bytes:
        """Read the body piece by piece, so that one that grows without end is never in memory."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            raise Refused("the answer is packed in a way that was not asked for")
        unpacker = zlib.decompressobj(wbits=31) if packing == "gzip" else None
        taken, body = 0, bytearray()
        async for piece in response.aiter_raw():
            taken += len(piece)
            try:
                body += unpacker.decompress(piece, self.size + 1) if unpacker else piece
            except zlib.error as error:
                raise Refused("the answer is packed wrongly") from error
            if max(taken, len(body)) > self.size:
                raise Refused(f"the answer is larger than {self.size:,} bytes")
        if unpacker and not unpacker.eof:
            raise httpx.RemoteProtocolError("the packed answer is cut")
        return bytes(body)

    def _named(self, error: Exception) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"the service was silent for {self.silence:g} seconds"
        if isinstance(error, TimeoutError):
            return f"the answer was not finished after {self.total:g} seconds"
        if isinstance(error, httpx.ConnectError):
            return f"no connection to {httpx.URL(self.base_url).host} ({error})"
        if isinstance(error, httpx.RemoteProtocolError):
            return "the answer is cut, or no HTTP"
        return "the connection broke"

    def _asked_to_wait(self, headers: httpx.Headers) -> float:
        """Return the seconds that Retry-After asks for, or Hugging Face's RateLimit, or 0."""
        text = headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}", text):
            return float(text)
        try:
            date = parsedate_to_datetime(text)
        except ValueError:  # no date
            left = re.search(r";\s*t=(\d{1,9})\b", headers.get("ratelimit", ""))
            return float(left[1]) if left else 0.0
        if date.tzinfo is None:  # "-0000" in place of "GMT"
            date = date.replace(tzinfo=UTC)
        return max((date - self.now()).total_seconds(), 0.0)


def _followed(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads, if that is the same service, or the same over https."""
    target = url.join(location)  # httpx has seen that it is an address
    secured = url.copy_with(scheme="https", port=None)
    if not any(_origin(target) == _origin(one) for one in (url, secured)):
        raise Refused("the service redirects to another host")
    return target


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
