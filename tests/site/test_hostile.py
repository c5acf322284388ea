"""A site built from a hostile dump: nothing of it runs, on no page and in no file.

Its titles, names, baselines, links and file name are code for a browser, a spreadsheet, a feed
reader or a reference manager. All of it has to arrive as the text that it is.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import bibtexparser
import feedparser
import httpx
import pytest
import rispy
from bs4 import BeautifulSoup
from datasette.utils import tilde_encode
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import captures
from tests.conftest import daily_papers, served
from tests.site.conftest import drawn, fits, new_context, watched

SCRIPT = "<script>window.ran=1</script>"
ENDING = f"</script>{SCRIPT}"
IMAGE = '<img src=x onerror="window.ran=1">'
HANDLER = f'">{IMAGE}'
BOLD = '<b onmouseover="window.ran=1">'
ADDRESS = "javascript:window.ran=1"
MARKDOWN = f"[x]({ADDRESS})"
FORMULA = '=HYPERLINK("http://evil.example","x")'
SUM = "@SUM(1+1)"
COMMAND = "+cmd|' /C calc'!A0"
TURNED = "\u202eeman\u202c \u2067x\u2069"
LONG = "Longcat" * 20
# Titles → what the abstract says beats what; rules read names, claims, baselines, links from it.
PAPERS = {
    f"Evil {IMAGE}: a KV Cache {ENDING}": (IMAGE, SCRIPT, ENDING),
    f"Handler {HANDLER}: {{{{7*7}}}} {{% raw %}}": (HANDLER, "{{7*7}}", "{{ config }}"),
    f"{MARKDOWN} | a | `b` | {BOLD}": (MARKDOWN, f"{BOLD}H100", "| a |"),
    FORMULA: ("=cmd|calc", FORMULA, "=1+1+a"),
    SUM: ("@SUM", SUM, "-1+cmd|calc"),
    COMMAND: ("+cmd|calc", COMMAND, "'=cmd"),
    "@misc{x, title = {y}} and @string{z}": ("@misc{x", "ER  - ", "TY  - UNPB"),
    f"ER  - ]]> <![CDATA[ {TURNED}\u2028--> <!-- %00 &lt;b&gt;": ("]]>", "<!-- b", "&lt;b&gt;"),
    f"{ADDRESS}//{LONG}": (ADDRESS, LONG, "data:text/html,x"),
}
LINKS = (
    f'https://github.com/a/b">{SCRIPT}',
    f"https://evil.example/'onmouseover='window.ran=1 {ADDRESS}",
    f"https://github.com/evil/{ADDRESS} http://[{SCRIPT}",
)


def abstract(title: str, beaten: tuple[str, ...], link: str) -> str:
    name = title.partition(": ")[0]
    said = " ".join(
        f"It achieves {place}.5x speedup over {one} on A100 for {SCRIPT}."
        for place, one in enumerate(beaten, 3)
    )
    return (
        f"We introduce {name}, a KV cache quantization. {said} ⟦{BOLD}⟧ {TURNED}\n"
        f"Peak memory falls by 30% compared to {beaten[0]} in {IMAGE}. Code: {link}"
    )


def dump() -> str:
    who = (f"evil.lab {SCRIPT}", f"formula.lab {FORMULA.replace('://', '')}", "  • 8 authors")
    return captures.page(
        *(
            captures.record(
                title, abstract(title, beaten, LINKS[place % 3]), who[place % 3],
                f"Jun 16, {2023 + place % 2}",
            )
            for place, (title, beaten) in enumerate(PAPERS.items())
        )
    )  # fmt: skip
