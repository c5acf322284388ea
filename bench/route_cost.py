"""Measures what the dearest known request of each route costs, beside a plain one of that route.

    python bench/route_cost.py DATABASE

One process answers, and keeps nothing; a request at a time is asked ROUNDS times. Meanwhile
another client asks for `/health` without a pause: its slowest answer tells how long nobody else is
answered.
"""

import argparse
import statistics
import threading
import time
from pathlib import Path

import dear_requests
import httpx
from served_site import served

ROUNDS = 3
PATIENCE = 300  # seconds, for a stream
MILLISECONDS = 1000


class Others:
    """A client that asks for a sign of life without a pause."""

    def __init__(self, address: str) -> None:
        """Begin to ask."""
        self._address, self._is_over, self.slowest = address, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        with httpx.Client() as client:
            while not self._is_over.is_set():
                began = time.perf_counter()
                client.get(f"{self._address}/health", timeout=PATIENCE)
                self.slowest = max(self.slowest, time.perf_counter() - began)

    def stop(self) -> None:
        """Ask no more."""
        self._is_over.set()
        self._thread.join()


def asked(address: str, request: str) -> tuple[float, int]:
    """Return the seconds that an answer takes, the median of ROUNDS, and its status."""
    taken, status = [], 0
    for number in range(ROUNDS):
        path = dear_requests.different(request, number)
        began = time.perf_counter()
        status = httpx.get(f"{address}{path}", timeout=PATIENCE).status_code
        taken.append(time.perf_counter() - began)
    return statistics.median(taken), status


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the dearest requests.")
    parser.add_argument("database", type=Path, help="a file named papers.db")
    database = parser.parse_args().database.resolve()
    print(f"{'route':28}{'plain ms':>9}{'dearest ms':>12}{'status':>8}{'others wait ms':>16}")
    with served(database, "--workers", "1", "--cache-megabytes", "0") as address:
        for route, (plain, dearest) in dear_requests.REQUESTS.items():
            plain_seconds, _ = asked(address, plain)
            others = Others(address)
            seconds, status = asked(address, dearest)
            others.stop()
            figures = (plain_seconds, seconds, others.slowest)
            first, second, third = (value * MILLISECONDS for value in figures)
            print(f"{route:28}{first:9.0f}{second:12.0f}{status:8}{third:16.0f}", flush=True)


if __name__ == "__main__":
    main()
