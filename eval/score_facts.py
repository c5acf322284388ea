#!/usr/bin/env python3
"""Score the facts in a built database against hand-labelled abstracts.

    python3 score_facts.py DATABASE [GOLD.jsonl]      (default: facts.dev.jsonl beside this file)

Reads only the public tables (papers, claims, paper_topics, entities, mentions, links), matches papers by title,
and prints precision, recall and F1 for each kind of fact. `--misses` also lists what was missed and what was wrong.

How a claim is matched: greedily, one to one, inside a paper.
  value  the number is the same (3.3 million and 3300000 are the same number)
  tuple  value, and also the class of unit (x, %, points, orders, other), the metric and the effect are the same
  full   tuple, and also the bound, and baseline / hardware / subject agree wherever the gold has them (shared words)
"""
import argparse, collections, json, pathlib, re, sqlite3, sys, unicodedata

HERE = pathlib.Path(__file__).resolve().parent
SCALE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12, "t": 1e12}


def key(text):
    """Letters and digits alone: how titles and names are compared."""
    return re.sub(r"[^a-z0-9]+", "", unicodedata.normalize("NFKD", text or "").casefold())


def words(text):
    return set(re.findall(r"[a-z0-9.]+", unicodedata.normalize("NFKD", text or "").casefold()))


def unit_class(unit):
    u = (unit or "").strip().casefold()
    if u in {"x", "×", "times", "fold"}:
        return "x"
    if u in {"%", "percent"}:
        return "%"
    if u in {"points", "pp", "point", "score", "percentage points"}:
        return "points"
    return "orders" if u.startswith("order") else "other"


def numbers(value, unit):
    """Every way of writing this number: as stated, and with the multiplier in its unit applied."""
    if value is None:
        return set()
    found = {float(value)}
    first = (unit or "").split()[0].casefold() if (unit or "").split() else ""
    for word, scale in SCALE.items():
        if first == word or (len(word) == 1 and re.fullmatch(word + r"(tokens?|params?|parameters)?", first)):
            found.add(float(value) * scale)
    return found


def same_number(a, b):
    return any(abs(x - y) <= 1e-9 * max(1.0, abs(x), abs(y)) for x in numbers(a["value"], a["unit"]) for y in numbers(b["value"], b["unit"]))


def same_tuple(a, b):
    return (same_number(a, b) and unit_class(a["unit"]) == unit_class(b["unit"])
            and a["metric"] == b["metric"] and a["effect"] == b["effect"])


def same_full(a, b):
    if not same_tuple(a, b) or (a["bound"] or None) != (b["bound"] or None):
        return False
    return all(words(a[f]) & words(b[f]) for f in ("baseline", "hardware", "subject") if b[f])


def matched(found, gold, same):
    """Size of a one-to-one matching, augmenting paths, so the order of the rows does not matter."""
    owner = {}
    def place(i, seen):
        for j, g in enumerate(gold):
            if j not in seen and same(found[i], g):
                seen.add(j)
                if j not in owner or place(owner[j], seen):
                    owner[j] = i
                    return True
        return False
    return sum(place(i, set()) for i in range(len(found))), owner


def load(database):
    db = sqlite3.connect(f"file:{pathlib.Path(database).resolve()}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    rows = lambda sql: [dict(r) for r in db.execute(sql)]
    papers = {r["id"]: dict(r, claims=[], topics=set(), urls=set(), hardware=set(), models=set(), datasets=set(), compared_with=set())
              for r in rows("select id, title, name, type from papers")}
    for r in rows("select * from claims"):
        papers[r["paper_id"]]["claims"].append(r)
    for r in rows("select paper_id, topic_id from paper_topics"):
        papers[r["paper_id"]]["topics"].add(r["topic_id"])
    for r in rows("select paper_id, url from links"):
        papers[r["paper_id"]]["urls"].add(r["url"].rstrip("/"))
    kinds = {"hardware": "hardware", "model": "models", "dataset": "datasets"}
    for r in rows("select m.paper_id, m.text, m.role, e.kind from mentions m join entities e on e.id = m.entity_id"):
        if r["kind"] in kinds:
            papers[r["paper_id"]][kinds[r["kind"]]].add(key(r["text"]))
        if r["role"] == "compared":
            papers[r["paper_id"]]["compared_with"].add(key(r["text"]))
    return {key(p["title"]): p for p in papers.values()}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("database")
    args.add_argument("gold", nargs="?", default=HERE / "facts.dev.jsonl")
    args.add_argument("--misses", action="store_true")
    args.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options = args.parse_args()
    papers = load(options.database)
    count = collections.Counter()
    def tally(kind, hit, found, gold):
        count[kind, "hit"] += hit; count[kind, "found"] += found; count[kind, "gold"] += gold
    for line in open(options.gold, encoding="utf-8"):
        gold = json.loads(line)
        paper = papers.get(key(gold["title"]))
        if paper is None:
            sys.exit(f"not in the database: {gold['title']}")
        for kind, same in (("claims: value", same_number), ("claims: tuple", same_tuple), ("claims: full", same_full)):
            hit, owner = matched(paper["claims"], gold["claims"], same)
            tally(kind, hit, len(paper["claims"]), len(gold["claims"]))
            if options.misses and kind == "claims: tuple":
                for j, g in enumerate(gold["claims"]):
                    if j not in owner:
                        print(f"missed  {gold['title'][:40]} | {g['quote']} | {g['value']} {g['unit']} {g['metric']} {g['effect']}")
                for i, c in enumerate(paper["claims"]):
                    if i not in owner.values():
                        print(f"wrong   {gold['title'][:40]} | {c['quote']} | {c['value']} {c['unit']} {c['metric']} {c['effect']}")
        tally("name", int(bool(gold["name"]) and key(paper["name"]) == key(gold["name"])), int(bool(paper["name"])), int(bool(gold["name"])))
        tally("type", int(paper["type"] == gold["type"]), 1, 1)
        tally("topics", len(paper["topics"] & set(gold["topics"])), len(paper["topics"]), len(gold["topics"]))
        urls = {u.rstrip("/") for u in gold["urls"]}
        tally("urls", len(paper["urls"] & urls), len(paper["urls"]), len(urls))
        for kind in ("hardware", "models", "datasets", "compared_with"):
            want = {key(t) for t in gold[kind]}
            tally(kind, len(paper[kind] & want), len(paper[kind]), len(want))
    table = {}
    for kind in dict.fromkeys(k for k, _ in count):
        hit, found, want = (count[kind, x] for x in ("hit", "found", "gold"))
        precision, recall = hit / found if found else 0.0, hit / want if want else 0.0
        table[kind] = {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall) if hit else 0.0, "gold": want}
    if options.json:
        print(json.dumps(table))
    else:
        print(f"{'':16}{'precision':>10}{'recall':>8}{'F1':>7}{'gold':>6}")
        for kind, t in table.items():
            print(f"{kind:16}{t['precision']:10.3f}{t['recall']:8.3f}{t['f1']:7.3f}{t['gold']:6d}")


if __name__ == "__main__":
    main()
