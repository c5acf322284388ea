"""Lists where a paper, its code and its project can be read, in the order in which readers look."""

from dataclasses import dataclass

from daily_papers.site.views.paper_answer import Link, Paper, Source

_KINDS = ("code", "project", "demo", "model", "dataset", "paper", "other")
_LABELS = {"other": "Link", "paper": "Related paper"}


@dataclass(frozen=True)
class PaperLink:
    """A link of a paper's page: what is there, a name that tells it from others, and the address;
    None for a text that is no address."""

    label: str
    name: str
    url: str | None


def paper_links(paper: Paper) -> list[PaperLink]:
    """Return abstract and PDF, what the paper links to, and its listing; each address once."""
    sources = [_of_source(source, paper.arxiv_id) for source in paper.sources]
    listing = [link for link in sources if "Hugging Face" in link.label]
    stated = sorted(paper.links, key=lambda link: _KINDS.index(link.kind))
    links: dict[str, PaperLink] = {}
    for link in (
        *(link for link in sources if link not in listing),
        *(PaperLink(_label(link.kind), _name(link), address(link)) for link in stated),
        *listing,
    ):
        links.setdefault(link.url or link.name, link)
    return list(links.values())


def address(link: Link) -> str | None:
    """Return the address of a link; papers also write “github.com/owner/repository”."""
    if link.url.startswith(("http://", "https://")):
        return link.url
    host = link.url.partition("/")[0].removeprefix("www.")
    return f"https://{link.url}" if host and host.casefold() == link.host else None


def _of_source(source: Source, arxiv_id: str | None) -> PaperLink:
    if source.is_search:
        return PaperLink(f"Search {source.name}", "", source.url)
    if source.name == "arXiv":
        return PaperLink("Abstract", f"arXiv:{arxiv_id}", source.url)
    return PaperLink({"source page": "Source page"}.get(source.name, source.name), "", source.url)


def _label(kind: str) -> str:
    return _LABELS.get(kind, kind.capitalize())


def _name(link: Link) -> str:
    """Return the repository, or else the address without its scheme."""
    if link.host == "github.com" and link.owner and link.repository:
        return f"{link.owner}/{link.repository}"
    return link.url.partition("://")[2].rstrip("/") or link.url
