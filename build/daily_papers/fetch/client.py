"""Gets an answer from a web service, bounded in size and time, and retries where that helps."""

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
_TRANSIENT = {429, 500, 502, 503, 504}  # statuses worth a retry
_MOST_PORT = 65_535
_FIRST_WAIT = 2.0  # seconds before the second try; doubled before each later one


class ResponseError(Exception):
    """An answer without valid data; a retry at once would not help."""


class UnavailableError(Exception):
    """No answer after all tries."""


class BusyError(UnavailableError):
    """The service asks for a longer wait than this client has patience for."""


@dataclass(frozen=True)
class Service:
    """The address of a service and the limits of requests: times in seconds, the size in bytes."""

    base_url: str = "https://huggingface.co"
    pause: float = 1.0  # between two requests
    tries: int = 5
    silence: float = 20.0  # to connect, or between two pieces of an answer
    total: float = 60.0  # for a whole request
    longest_wait: float = 300.0  # that it may ask for; Hugging Face limits requests in 5 minutes
    size: int = 16 << 20  # of a decompressed answer; 100 papers take 1 MiB
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        """Raise ValueError unless the base is a plain http or https address."""
        try:
            url = httpx.URL(self.base_url)
        except httpx.InvalidURL as error:
            raise ValueError(f"the base URL is no address: {error}") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("the base URL must begin with https:// or http:// and name a host")
        if url.port and url.port > _MOST_PORT:
            raise ValueError(f"the base URL names port {url.port}; the last is {_MOST_PORT}")
        if url.query or url.fragment or url.userinfo:
            raise ValueError("the base URL must have no query, no fragment and no password")

    def get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        """Return the whole, decompressed body of an answer with status 200; runs an event loop.

        Raises:
            ResponseError: another status, a redirect to another host, a body too large or damaged.
            UnavailableError: each try had no or a broken connection, or status 429 or 5xx.
        """
        url = httpx.URL(self.base_url.rstrip("/") + path, params=dict(parameters))
        problem, status, wait = "", 0, 0.0
        for attempt in range(self.tries):
            if attempt:
                self.sleep(max(wait, _FIRST_WAIT * 2 ** (attempt - 1)))
            try:
                status, headers, body = asyncio.run(self._request(url))
            except (httpx.TransportError, OSError) as error:  # OSError: asyncio's TimeoutError
                problem, status, wait = self._describe(error), 0, 0.0
                continue
            if status == 200:
                return body
            problem, wait = f"the service answered {status}", self._requested_wait(headers)
            if status not in _TRANSIENT:
                raise ResponseError(problem)
            if wait > self.longest_wait:
                raise BusyError(f"{problem} and asks to wait {wait:.0f} seconds")
        kind = BusyError if status == 429 else UnavailableError
        raise kind(f"{problem}, {self.tries} times")

    async def _request(self, url: httpx.URL) -> tuple[int, httpx.Headers, bytes]:
        # httpx times out single pieces only; `total` stops an answer that drips without end.
        async with (
            asyncio.timeout(self.total),
            httpx.AsyncClient(headers=_HEADERS, timeout=self.silence) as client,
        ):
            for _ in range(_REDIRECTS + 1):
                async with client.stream("GET", url) as response:
                    if response.has_redirect_location:
                        url = _redirect_target(url, response.headers["location"])
                        continue
                    body = await self._body(response) if response.status_code == 200 else b""
                    return response.status_code, response.headers, body
        raise ResponseError(f"more than {_REDIRECTS} redirects")

    async def _body(self, response: httpx.Response) -> bytes:
        """Read the body piece by piece, so that an endless one is never in memory."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise ResponseError("the answer is packed in a way that was not asked for")
        gzip = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
        received, body = 0, bytearray()
        async for piece in response.aiter_raw():
            received += len(piece)
            try:
                body += gzip.decompress(piece, self.size + 1) if gzip else piece
            except zlib.error as error:
                raise ResponseError("the answer is packed wrongly") from error
            if max(received, len(body)) > self.size:
                raise ResponseError(f"the answer is larger than {self.size:,} bytes")
        if gzip and not gzip.eof:
            raise httpx.RemoteProtocolError("the packed answer is cut")
        return bytes(body)

    def _describe(self, error: Exception) -> str:
        descriptions: dict[type[Exception], str] = {
            httpx.TimeoutException: f"the service was silent for {self.silence:g} seconds",
            TimeoutError: f"the answer was not finished after {self.total:g} seconds",
            httpx.ConnectError: f"no connection to {httpx.URL(self.base_url).host} ({error})",
            httpx.RemoteProtocolError: "the answer is cut, or no HTTP",
            Exception: "the connection broke",
        }
        return next(text for kind, text in descriptions.items() if isinstance(error, kind))

    def _requested_wait(self, headers: httpx.Headers) -> float:
        """Return the seconds that Retry-After or Hugging Face's RateLimit ask to wait, or 0."""
        text = headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]+", text):
            return float(text)
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # no date, or none that there is
            left = re.search(r";\s*t=([0-9]+)\b", headers.get("ratelimit", ""))
            return float(left[1]) if left else 0.0
        if date.tzinfo is None:  # "-0000" instead of "GMT"
            date = date.replace(tzinfo=UTC)
        return max((date - self.now()).total_seconds(), 0.0)


def _redirect_target(url: httpx.URL, location: str) -> httpx.URL:
    """Return the target of a redirect if it has the same origin, or the same host over https."""
    target = url.join(location)  # httpx has checked that it is an address
    origins = ((url.scheme, url.port), ("https", None))
    if target.host != url.host or (target.scheme, target.port) not in origins:
        raise ResponseError("the service redirects to another host")
    return target
