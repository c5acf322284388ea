"""Makes the rows of every table of what was read, identified and found."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from daily_papers import schema, store, vocabulary
from daily_papers.facts.registry import Registry
from daily_papers.records import Catalogue, Dump, Entity, Facts, Paper
from daily_papers.search.index import Document, Index, Weighed, weigh
from daily_papers.search.names import Name, name_rows
from daily_papers.search.similar import Neighbours


def listing_rows(read: Sequence[Dump], catalogue: Catalogue) -> dict[str, Iterable[store.Row]]:
    """Return the rows of what dumps list and who wrote it."""
    return {
        "dumps": (_row(schema.DUMPS, one, listing_count=len(one.listings)) for one in read),
        "organizations": rows_of(schema.ORGANIZATIONS, catalogue.organizations),
        "authors": rows_of(schema.AUTHORS, catalogue.authors),
        "authorships": rows_of(schema.AUTHORSHIPS, catalogue.authorships),
        "listings": (
            _row(
                schema.LISTINGS,
                listing,
                dump_id=dump.id,
                paper_id=catalogue.paper_ids[dump.id, listing.rank],
                title_as_listed=listing.title,
            )
            for dump in read
            for listing in dump.listings
        ),
    }


def stated_rows(
    papers: Sequence[Paper], stated: Mapping[str, Facts], entities: Registry
) -> dict[str, Iterable[store.Row]]:
    """Return the rows of papers and of the facts that they state."""
    return {
        "papers": (paper_row(one, stated[one.id], entities) for one in papers),
        "topics": rows_of(schema.TOPICS, vocabulary.TOPICS.all),
        "paper_topics": fact_rows(schema.PAPER_TOPICS, stated, "topics", entities),
        "metrics": rows_of(schema.METRICS, vocabulary.METRICS.all),
        "claims": fact_rows(schema.CLAIMS, stated, "claims", entities),
        "entities": rows_of(schema.ENTITIES, entities.entities),
        "mentions": fact_rows(schema.MENTIONS, stated, "mentions", entities),
        "links": fact_rows(schema.LINKS, stated, "links", entities),
        "rejected_candidates": fact_rows(schema.REJECTED_CANDIDATES, stated, "rejected", entities),
        "synonyms": rows_of(schema.SYNONYMS, vocabulary.SYNONYMS),
    }


def search_rows(
    catalogue: Catalogue, stated: Mapping[str, Facts], entities: Registry
) -> dict[str, Iterable[store.Row]]:
    """Return the rows that search reads; all but those of `search_terms` need these taken first,
    as the order of schema.TABLES has it."""
    papers = sorted(catalogue.papers, key=lambda paper: paper.id)
    documents = [document(one, stated[one.id], entities) for one in papers]
    index, neighbours = Index(), Neighbours()

    def weighed() -> Iterator[Weighed]:
        # In this process: others, begun while the file is written, would hold its lock if this
        # one is killed.
        for paper, one in zip(papers, map(weigh, documents), strict=True):
            neighbours.add(paper.id, one.weights)
            yield one

    return {
        "search_terms": index.term_rows(weighed()),
        "search_words": index.word_rows(),
        "search_columns": index.column_rows(),
        "search_names": name_rows(_names(catalogue, stated, entities)),
        "similar_papers": neighbours.rows(),
    }


def document(paper: Paper, stated: Facts, entities: Registry) -> Document:
    """Return a paper as search knows it."""
    named = _named(stated, entities)
    met = {entities.by_key[one.key] for one in stated.mentions}
    return Document(
        title=paper.title,
        abstract=paper.abstract,
        type=stated.type,
        published_on=paper.published_on,
        year=paper.year,
        organization_id=paper.organization_id,
        has_code=_has_code(stated),
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        topics={one.topic_id: one.field == "title" for one in stated.topics},
        topic_names=[_TOPIC_NAMES[one.topic_id] for one in stated.topics],
        entities=sorted({name for one in met for name in (one.name, one.family) if name}),
        hardware=[one.name for one in named if one.kind == "hardware"],
        models=[one.name for one in named if one.kind == "model"],
    )


_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}


def _names(catalogue: Catalogue, stated: Mapping[str, Facts], entities: Registry) -> Iterator[Name]:
    """Yield what can be suggested by name."""
    topics = Counter(topic.topic_id for one in stated.values() for topic in one.topics)
    for topic in vocabulary.TOPICS.all:
        yield Name("topic", topic.id, topic.name, topics[topic.id])
    keys = Counter(key for one in stated.values() for key in {m.key for m in one.mentions})
    papers = Counter[str]()
    for key, count in keys.items():
        papers[entities.by_key[key].id] += count
    for entity in entities.entities:
        yield Name(entity.kind, entity.id, entity.name, papers[entity.id])
    listed = Counter(paper.organization_id for paper in catalogue.papers)
    for organization in catalogue.organizations:
        yield Name("organization", organization.id, organization.name, listed[organization.id])


def fact_rows(
    table: store.Table, stated: Mapping[str, Facts], kind: str, entities: Registry
) -> Iterator[store.Row]:
    """Yield a row for every fact of a kind, numbered within its paper where the table has an id."""
    names = {column.name for column in table.columns}
    for paper_id, one in stated.items():
        for number, fact in enumerate(getattr(one, kind), 1):
            more = {"paper_id": paper_id}
            if "id" in names:
                more["id"] = f"{paper_id}-{number}"
            if "entity_id" in names:
                more["entity_id"] = entities.by_key[fact.key].id
            yield _row(table, fact, **more)


def rows_of(table: store.Table, records: Iterable[object]) -> Iterator[store.Row]:
    """Yield a row for every record."""
    return (_row(table, one) for one in records)


def paper_row(paper: Paper, stated: Facts, entities: Registry) -> store.Row:
    """Return the row of a paper."""
    named = _named(stated, entities)
    return _row(
        schema.PAPERS,
        paper,
        name=stated.name,
        type=stated.type,
        has_code=_has_code(stated),
        topics=_array(topic.topic_id for topic in stated.topics),
        hardware=_array(one.name for one in named if one.kind == "hardware"),
        models=_array(one.name for one in named if one.kind == "model"),
    )


def _named(stated: Facts, entities: Registry) -> list[Entity]:
    """Return what a paper names of others."""
    return [entities.by_key[one.key] for one in stated.mentions if one.role != "introduced"]


def _has_code(stated: Facts) -> bool:
    return any(link.kind == "code" for link in stated.links)


def _array(values: Iterable[str]) -> str:
    return json.dumps(sorted(set(values)), ensure_ascii=False)


def _row(table: store.Table, record: object, **more: object) -> store.Row:
    """Take a table's columns from what is given by name, and else from a record."""
    names = [column.name for column in table.columns]
    return {name: more[name] if name in more else getattr(record, name) for name in names}
