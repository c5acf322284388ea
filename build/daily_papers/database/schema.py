"""The tables, declared once: columns with their types, values and meaning, keys, checks, indexes.

metadata.yml repeats the descriptions of columns for Datasette; a test holds both equal.
"""

# More than 300 lines, because all tables stand on one page.

from daily_papers import records
from daily_papers.database.columns import (
    COUNT,
    NOT_EMPTY,
    PERCENT,
    POSITIVE,
    SHA256,
    SHARE,
    SLUG,
    WEB_ADDRESS,
    FullText,
    JsonArray,
    Row,
    column,
    columns_of,
    one_of,
)

# docs/data.md says when which is raised; a test holds both against what there was.
MAJOR = 4  # kept in the file as `pragma user_version`
MINOR = 5
VERSION = f"{MAJOR}.{MINOR}"

CONFIDENCE = "How likely it is that {}, in percent, measured on papers that were not trained on"
SPAN = '"end" > start'  # `start` and `end` are the characters of a field that state a fact


class Dump(Row, name="dumps", checks=("(shown_on is null) = (shown_on_basis is null)",)):
    """A saved file."""

    dump: records.Dump = columns_of(
        id=column("Name of the file without its ending, “.gz” left out too"),
        file=column("Name of the file"),
        format=column(
            "What was saved, detected from the content; “text” (Markdown too), “html” or “json”"
            " (JSON Lines too)",
            facet=True,
        ),
        sha256=column("SHA-256 of the file, to tell whether yours is the same", SHA256),
        bytes=column("Size of the file in bytes", POSITIVE),
        shown_on_text=column(
            "The page's own date as it prints it, without a year; the day, week or month that saved"
            " data are of"
        ),
        shown_on=column(
            "Date on which the page was shown, or of which day an answer is (YYYY-MM-DD); empty"
            " where nothing settles it",
            index=True,
        ),
        shown_on_basis=column(
            "“stated” where the year is printed, “inferred” where the page's papers settle it, or"
            " where an answer is of the days when its papers were listed",
            facet=True,
        ),
    )
    listing_count: int = column("Number of listings in the file", COUNT, index=True)
    problem_count: int = column(
        "Number of things in the file that were not understood; they are in problems",
        COUNT,
        index=True,
    )
    item_count: int = column(
        "Papers that the file lists, counted by one mark of each and without what reads them;"
        " fewer where not all have such a mark, 0 where none has",
        COUNT,
    )
    states: JsonArray = column(
        "Columns that the file's records fill, counted the same way, as a JSON array; unknown for"
        " cards of saved pages and for records in Python's notation"
    )


class Problem(Row, name="problems", primary_key=("dump_id", "number")):
    """Something of a dump that was not understood, and what was done."""

    dump_id: str = column("Dump that has it", references="dumps", facet=True)
    number: int = column("Its number in the dump, counted from 1", POSITIVE)
    problem: records.Problem = columns_of(
        line=column("Line of the dump's file, counted from 1; empty for the whole file", POSITIVE),
        record=column(
            "Number of the record in the file, which is the rank of its listing; empty for what is"
            " of no record",
            POSITIVE,
        ),
        field=column(
            "Field of the record; empty for the whole record", NOT_EMPTY, index=True, facet=True
        ),
        found=column("What stands there, shortened", NOT_EMPTY),
        expected=column("What was expected there", NOT_EMPTY),
        action=column(
            "“left out” where the field, or the record if no field is named, is as if it were not"
            " there; “repaired” where it was read all the same",
            index=True,
            facet=True,
        ),
    )


class Organization(Row, name="organizations"):
    """An organization that papers are listed under."""

    organization: records.Organization = columns_of(
        id=column("Handle on Hugging Face"),
        name=column("Name it shows", NOT_EMPTY, index=True),
    )


class Author(Row, name="authors", repeated=True):
    """A name of authors."""

    id: str = column(
        "Short name made from the author's name, with a hash where the name cannot be told from"
        " it; it stays the same when dumps are added or removed"
    )
    name: str = column("Name as listed", NOT_EMPTY, index=True)


class Paper(
    Row,
    name="papers",
    checks=(
        "(year is null) = (published_basis is null)",
        "(published_on is null) = (published_basis is null or published_basis = 'arxiv id')",
        "published_on is null or year is cast(substr(published_on, 1, 4) as integer)",
    ),
    indexes=(
        ("year", "published_on"),  # the papers of a year, the newest first
        ("id", "year", "has_code"),  # what papers of a topic are counted by, without their texts
    ),
    full_text=FullText({"title": 10.0, "abstract": 1.0}, "porter unicode61 remove_diacritics 2"),
):
    """A paper, however often it is listed."""

    id: str = column(
        "Short name made from the title; it stays the same when dumps are added or removed", SLUG
    )
    name: str | None = column(
        "Name of what the paper introduces, as it writes it; empty where it introduces nothing by"
        " name. Extracted by rules and small linear models, and not verified",
        NOT_EMPTY,
        index=True,
        filled_from=200,
    )
    title: str = column("Title, with LaTeX leftovers turned into Unicode", NOT_EMPTY, index=True)
    abstract: str = column(
        "Abstract, with LaTeX leftovers turned into Unicode; empty where no dump has it, as cards"
        " of saved pages may"
    )
    type: str = column(
        "What kind of paper it is; “system”, “method”, “model”, “hardware”, “benchmark”,"
        " “survey”, “analysis” or “theory”. Extracted by rules and small linear models, and not"
        " verified; the page “About this data” says how often it is right",
        one_of(
            "system", "method", "model", "hardware", "benchmark", "survey", "analysis", "theory"
        ),
        index=True,
        facet=True,
    )
    paper: records.Paper = columns_of(
        published_on=column(
            "Date the page states for the paper (YYYY-MM-DD); empty where no dump states one",
            index=True,
            stated="published_on",
        ),
        published_basis=column(
            "How the date is known; “stated” where a page prints it in full, “inferred” where it"
            " leaves the year out and the paper's arXiv id or the page's own dates settle it,"
            " “arxiv id” where no dump states a date and the id tells the year alone",
            index=True,
            stated="published_on",
        ),
        year=column(
            "Year of published_on, or else the one in which the arXiv id was given",
            facet=True,
            stated="published_on",
        ),
        author_count=column(
            "Number of authors, as listed; pages do not print it for papers listed under an"
            " organization",
            COUNT,
            index=True,
            stated="author_count",
        ),
        comment_count=column(
            "Number of comments in the newest dump that states it; pages print none where there are"
            " none",
            COUNT,
            index=True,
            stated="comment_count",
        ),
        upvote_count=column(
            "Number of upvotes in the newest dump that states it; many text captures keep none",
            COUNT,
            index=True,
            stated="upvote_count",
        ),
        organization_id=column(
            "Organization that the paper is listed under",
            references="organizations",
            index=True,
            facet=True,
            stated="organization_id",
        ),
        arxiv_id=column(
            "arXiv identifier without its version, where a dump states it; text captures keep one"
            " only where they keep links",
            index=True,
            stated="arxiv_id",
        ),
        url=column(
            "Address of the paper's page on Hugging Face, where a dump states it; text captures"
            " keep one only where they keep links",
            WEB_ADDRESS,
            stated="url",
        ),
        withdrawn_on=column(
            "Day on which the paper was withdrawn (YYYY-MM-DD, UTC), where a dump says so; empty"
            " for all others, and text captures never say it",
            index=True,
            stated="withdrawn_on",
        ),
    )
    has_code: bool = column(
        "1 where the abstract links to a repository or a listing names one, else 0; other code is"
        " not known",
        index=True,
    )
    topics: JsonArray = column(
        "What the paper is about, as a JSON array of ids in topics; the evidence is in"
        " paper_topics",
        facet=True,
    )
    hardware: JsonArray = column(
        "Named hardware in title and abstract, as a JSON array; the places are in mentions"
    )
    models: JsonArray = column(
        "Named models in title and abstract, the paper's own left out, as a JSON array; the"
        " places are in mentions"
    )


class Authorship(Row, name="authorships", primary_key=("paper_id", "position")):
    """An author's place on a paper."""

    paper_id: str = column("Paper that the author wrote", references="papers")
    position: int = column("Place in the list of authors, counted from 1", POSITIVE)
    author_id: str = column("Author in this place", references="authors", index=True)


class Listing(
    Row,
    name="listings",
    primary_key=("dump_id", "rank"),
    checks=("last_line >= first_line",),
    indexes=(("paper_id", "dump_id"),),  # the dumps of a paper, without its listings
):
    """A paper's place on a dump."""

    dump_id: str = column("Dump that lists the paper", references="dumps", facet=True)
    rank: int = column(
        "Place on the page, or in a file that is not of a day, counted from 1", POSITIVE
    )
    paper_id: str = column("Paper that is listed", references="papers")
    title_as_listed: str = column("Title as the page prints it, LaTeX leftovers included")
    listing: records.Listing = columns_of(
        first_line=column(
            "First line of the listing in the dump's file, counted from 1; listings of JSON and"
            " HTML may share a line",
            POSITIVE,
        ),
        last_line=column("Last line of the listing in the dump's file"),
        published_text=column(
            "Date of the paper as the dump has it; pages leave the year out when it is their own",
            stated="published_on",
        ),
        listed_on=column(
            "Day on which the paper was listed (YYYY-MM-DD, UTC), where the dump states it; text"
            " captures do not",
            index=True,
            stated="listed_on",
        ),
        comment_count=column(
            "Number of comments that the dump states",
            COUNT,
            index=True,
            facet=True,
            stated="comment_count",
        ),
        upvote_count=column(
            "Number of upvotes that the dump states; many text captures keep none",
            COUNT,
            index=True,
            stated="upvote_count",
        ),
    )


class Topic(Row, name="topics"):
    """A technique or field that papers are about."""

    id: str = column("Short name, as in papers")
    name: str = column("Name in full", NOT_EMPTY, index=True)
    description: str = column("What belongs to it")
    parent: str | None = column(
        "Wider topic that it is part of", references="topics", index=True, filled_from=0
    )


class PaperTopic(
    Row,
    name="paper_topics",
    primary_key=("paper_id", "topic_id"),
    checks=(SPAN,),
    indexes=(("paper_year", "topic_id"),),  # to count the papers of a topic by year
):
    """A topic of a paper."""

    paper_id: str = column("Paper that is about the topic", references="papers")
    paper_year: int | None = column("Year of the paper, as in papers, to count topics by it")
    topic: records.PaperTopic = columns_of(
        topic_id=column("Topic that it is about", references="topics", index=True, facet=True),
        evidence=column(
            "The phrase that says so best; the characters start to end of the field", NOT_EMPTY
        ),
        field=column("Where it stands; “title” or “abstract”"),
        start=column("First character of the evidence in the field, counted from 0", COUNT),
        end=column("Character behind the last one of the evidence"),
    )


class Metric(Row, name="metrics"):
    """A kind of thing that claims measure."""

    id: str = column("Short name, as in claims")
    name: str = column("Name in full", NOT_EMPTY, index=True)
    description: str = column("What belongs to it")
    better: records.Better | None = column(
        "Which way is good; empty where it depends", filled_from=0
    )


class Entity(Row, name="entities"):
    """A named piece of hardware, model, dataset or method."""

    entity: records.Entity = columns_of(
        id=column(
            "Kind and letters of the name; it stays the same when dumps are added or removed"
        ),
        kind=column("“hardware”, “model”, “dataset” or “method”", index=True, facet=True),
        name=column("Name as most papers write it", NOT_EMPTY, index=True),
        family=column(
            "Family that the vocabulary knows it to belong to, with its version",
            index=True,
            facet=True,
            filled_from=200,
        ),
        paper_id=column(
            "Paper here that introduces it", references="papers", index=True, filled_from=200
        ),
    )


class Claim(
    Row,
    name="claims",
    checks=(
        SPAN,
        "value_low <= value",
        "instr(sentence, quote) > 0",
        "factor > 0",
        "factor_bound is null or factor is not null",
    ),
    indexes=(  # the claims of a metric, counted without their texts
        ("metric", "paper_id", "baseline", "hardware", "is_improvement"),
    ),
):
    """A number that a paper states as its own result."""

    id: str = column("Paper's id and the number of the claim in it")
    paper_id: str = column("Paper that states it", references="papers", index=True)
    claim: records.Claim = columns_of(
        quote=column(
            "The words that state it; the characters start to end of the field", NOT_EMPTY
        ),
        field=column("Where it stands; “title” or “abstract”"),
        start=column("First character of the quote in the field, counted from 0", COUNT),
        end=column("Character behind the last one of the quote"),
        sentence=column("The sentence that it stands in"),
        value=column(
            "Number as stated, multipliers applied; for a range or a change the larger end",
            index=True,
        ),
        value_low=column("Smaller end of a range or change", filled_from=200),
        unit=column(
            "“x” for times, “%”, “points” for differences of a score, “orders” of magnitude,"
            " “score” for a bare score, or the unit as written",
            index=True,
            facet=True,
        ),
        metric=column("What is measured", references="metrics", index=True, facet=True),
        measured=column(
            "The words that name what is measured, as “zero-shot AUROC”",
            NOT_EMPTY,
        ),
        better=column(
            "Which way is good for what is measured; “higher”, as for an accuracy, or “lower”, as"
            " for an error rate; empty where it depends",
            filled_from=200,
        ),
        effect=column(
            "“increase” or “decrease” of the thing measured, or “level” for what is reached or kept"
        ),
        bound=column(
            "“up to”, “at least”, “about” or “average”, where the paper says so", filled_from=200
        ),
        factor=column(
            "How many times better the paper is, comparable within a metric: 5 for five times"
            " smaller, for a fifth of the memory and for four fifths less; below 1 where it is"
            " worse, empty where the words do not settle it",
            index=True,
            filled_from=200,
        ),
        factor_bound=column(
            "The bound of factor, turned where a larger number is a smaller factor; a range gives"
            " its better end, “up to”",
            filled_from=200,
        ),
        baseline=column(
            "What it is compared with, as written", NOT_EMPTY, index=True, filled_from=200
        ),
        hardware=column(
            "Hardware that it was measured on, as written", NOT_EMPTY, index=True, filled_from=200
        ),
        subject=column(
            "Model, dataset or setting that it is for, as written", NOT_EMPTY, filled_from=200
        ),
        is_improvement=column(
            "1 where metric and effect say that it got better, 0 where worse, empty where neither"
            " says",
            index=True,
            facet=True,
            filled_from=200,
        ),
        is_change=column(
            "1 where value_low and value are what it was and what it became, as in “from 42 to 11"
            " GB”, 0 where they are the ends of a range (“2–4×”), empty where there is one number",
            filled_from=200,
        ),
        confidence=column(CONFIDENCE.format("the claim is right"), PERCENT),
    )
    dataset_id: str | None = column(
        "Dataset that it was measured on", references="entities", index=True
    )
    model_id: str | None = column(
        "Model that it was measured with", references="entities", index=True
    )
    hardware_id: str | None = column(
        "Hardware that it was measured on", references="entities", index=True
    )
    baseline_id: str | None = column("What it is compared with", references="entities", index=True)


class Mention(Row, name="mentions", checks=(SPAN,)):
    """A way in which a paper names an entity."""

    id: str = column("Paper's id and the number of the mention in it")
    paper_id: str = column("Paper that names it", references="papers", index=True)
    entity_id: str = column("What it names", references="entities", index=True)
    mention: records.Mention = columns_of(
        text=column("Name as written; the characters start to end of the field", NOT_EMPTY),
        field=column("Where it stands; “title” or “abstract”"),
        start=column("First character in the field, counted from 0", COUNT),
        end=column("Character behind the last one"),
        role=column(
            "“compared” where the paper says that it improves on it, builds on it or is compared"
            " with it, “introduced” for its own, else “mentioned”",
            index=True,
            facet=True,
        ),
        confidence=column(CONFIDENCE.format("kind and role are right"), PERCENT),
    )


class Link(
    Row,
    name="links",
    primary_key=("paper_id", "url"),
    checks=(
        SPAN,
        "(source = 'abstract') = (start is not null)",
        "(source = 'abstract') = (\"end\" is not null)",
    ),
):
    """A web address of a paper."""

    paper_id: str = column("Paper that it is of", references="papers")
    link: records.Link = columns_of(
        url=column("Address as written, closing punctuation left out", NOT_EMPTY),
        kind=column(
            "“code”, “project”, “model”, “dataset”, “demo”, “paper” or “other”, by the host,"
            " or by the listing that names it",
            one_of("code", "project", "model", "dataset", "demo", "paper", "other"),
            index=True,
            facet=True,
        ),
        host=column("Host of the address, “www.” left out", index=True, facet=True),
        owner=column("Owner of the repository, for code", filled_from=100),
        repository=column("Name of the repository, for code", filled_from=100),
        source=column(
            "“abstract”, or “listing” where only the data of a listing name it; what the abstract"
            " links to is not there a second time",
            index=True,
        ),
        start=column(
            "First character in the abstract, counted from 0; empty for what a listing names",
            COUNT,
            filled_from=200,
        ),
        end=column(
            "Character behind the last one; empty for what a listing names", filled_from=200
        ),
    )


class RejectedCandidate(
    Row, name="rejected_candidates", primary_key=("paper_id", "field", "start"), checks=(SPAN,)
):
    """A number that is not taken for a claim."""

    paper_id: str = column("Paper that has the number", references="papers")
    candidate: records.RejectedCandidate = columns_of(
        text=column("Number as written; the characters start to end of the field", NOT_EMPTY),
        field=column("Where it stands; “title” or “abstract”"),
        start=column("First character in the field, counted from 0", COUNT),
        end=column("Character behind the last one"),
        reason=column("Name of the rule that rejects it", index=True, facet=True),
        confidence=column(CONFIDENCE.format("it is no claim"), PERCENT),
    )


class Synonym(Row, name="synonyms", primary_key=("entry", "kind", "phrase")):
    """A phrase that search takes for others."""

    entry: int = column("Number of the entry; its phrases belong together")
    kind: records.SynonymKind = column(
        "“same” where who asks for it also means the entry's other phrases, “near” where it is"
        " only found, for less",
        index=True,
        facet=True,
    )
    phrase: str = column("The phrase; number and hyphens do not matter", index=True)


class SearchTerm(Row, name="search_terms", primary_key=("block", "term")):
    """A term and what it weighs in the papers of a block; read by search, see search/index.py."""

    block: int = column(
        "Number of the block of papers, counted from 0, in the order of their ids", COUNT
    )
    term: str = column("Stem of a word, or of two neighbours written as one, or a topic")
    paper_count: int = column("Number of papers of the block that have it", POSITIVE)
    weights: bytes = column(
        "A weight for each paper of the block, or places (two bytes each) and then weights"
    )


class SearchWord(Row, name="search_words", primary_key=("word",)):
    """A word of titles and abstracts, read by search."""

    word: str = column("The word without case and accents")
    paper_count: int = column("Number of papers that have it", POSITIVE, index=True)


class SearchColumn(Row, name="search_columns", primary_key=("name",)):
    """A facet, an order or the titles of search, read by search."""

    name: str = column("Name of the facet or order; “title” for all titles")
    labels: JsonArray = column("Values of the facet, as a JSON array; empty for others")
    papers: bytes = column("Numbers of papers that have a value, four bytes each, little-endian")
    codes: bytes = column(
        "The values as places in labels, or for an order its number for each paper, four bytes"
        " each; for titles hashes of their letters and digits, sorted"
    )


class SearchName(Row, name="search_names", primary_key=("key", "kind", "id")):
    """A word that a name can be begun with, read by search."""

    key: str = column("Letters and digits of the name from that word on")
    kind: str = column("“topic”, “organization” or the kind of entity")
    id: str = column("Id of what has the name")
    name: str = column("The name")
    paper_count: int = column("Number of papers that name it", COUNT)


class SearchVector(Row, name="search_vectors", primary_key=("paper_id",)):
    """The vector of a paper's title and abstract, read by search; see search/encoder."""

    paper_id: str = column("Paper that it is of", references="papers")
    vector: bytes = column(
        "384 numbers from -127 to 127, a byte each; the closer the direction of two, the closer"
        " their meaning"
    )


class SimilarPaper(
    Row, name="similar_papers", primary_key=("paper_id", "rank"), checks=("similar_id <> paper_id",)
):
    """A near neighbour of a paper."""

    paper_id: str = column("Paper whose neighbour it is", references="papers")
    rank: int = column("Place among its neighbours, counted from 1, the nearest first", POSITIVE)
    similar_id: str = column("The neighbour", references="papers", index=True)
    score: float = column(
        "Cosine of what both are made of; 1 for the same words, 0 for none shared", SHARE
    )


class BuildInfo(Row, name="build_info", primary_key=("name",)):
    """A fact about the build of the file."""

    name: str = column(
        "What the value is; “schema_version” is of these tables, “rules_hash” of the code and"
        " vocabulary that read the dumps, “dumps_sha256” of all dumps, as sha256sum lists their"
        " files by name",
        NOT_EMPTY,
    )
    value: str = column("The version, hash or count, as text", NOT_EMPTY)


TABLES = tuple(row.table for row in Row.__subclasses__() if row.__module__ == __name__)
