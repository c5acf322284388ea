#!/usr/bin/env python3
"""Score the ranked search of a running server against judged queries.

    python3 score_search.py http://127.0.0.1:8001 [QUERIES.jsonl]    (default: queries.dev.jsonl beside this file)

Asks GET /papers/search.json?q=QUERY&_shape=array&_size=20 for every query (the canned query `search` of the database
`papers`; every row has a `title`), and prints nDCG@10 (graded, exhaustively judged), recall@20 and how many queries
came back empty, over all queries and for each kind. `--misses` lists the judged papers that the first ten lack.
"""
import argparse, collections, json, math, pathlib, re, time, unicodedata, urllib.parse, urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def key(text):
    return re.sub(r"[^a-z0-9]+", "", unicodedata.normalize("NFKD", text or "").casefold())


def ndcg(ranking, relevant, k=10):
    gain = sum((2 ** relevant.get(t, 0) - 1) / math.log2(i + 2) for i, t in enumerate(ranking[:k]))
    best = sorted(relevant.values(), reverse=True)[:k]
    return gain / sum((2 ** g - 1) / math.log2(i + 2) for i, g in enumerate(best))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("server")
    args.add_argument("queries", nargs="?", default=HERE / "queries.dev.jsonl")
    args.add_argument("--misses", action="store_true")
    args.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options = args.parse_args()
    scores, seconds = collections.defaultdict(list), []
    for line in open(options.queries, encoding="utf-8"):
        query = json.loads(line)
        relevant = {key(t): g for t, g in query["relevant"].items()}
        url = f"{options.server.rstrip('/')}/papers/search.json?" + urllib.parse.urlencode({"q": query["query"], "_shape": "array", "_size": 20})
        start = time.perf_counter()
        with urllib.request.urlopen(url, timeout=30) as answer:
            rows = json.load(answer)
        seconds.append(time.perf_counter() - start)
        ranking = [key(r["title"]) for r in rows]
        row = (ndcg(ranking, relevant), len(set(ranking[:20]) & set(relevant)) / min(20, len(relevant)), float(not ranking))
        scores["all"].append(row)
        scores[query["kind"]].append(row)
        if options.misses:
            lost = [t for t, g in query["relevant"].items() if g == 2 and key(t) not in ranking[:10]]
            print(f"{row[0]:.2f}  {query['query']!r}", *(f"\n        lacks {t}" for t in lost))
    table = {kind: {"ndcg@10": sum(r[0] for r in rows) / len(rows), "recall@20": sum(r[1] for r in rows) / len(rows), "empty": int(sum(r[2] for r in rows)), "queries": len(rows)}
             for kind, rows in scores.items()}
    if options.json:
        print(json.dumps(table))
        return
    print(f"{'':12}{'nDCG@10':>9}{'recall@20':>11}{'empty':>7}{'queries':>9}")
    for kind, t in table.items():
        print(f"{kind:12}{t['ndcg@10']:9.3f}{t['recall@20']:11.3f}{t['empty']:7d}{t['queries']:9d}")
    seconds.sort()
    print(f"median {1000 * seconds[len(seconds) // 2]:.1f} ms, slowest {1000 * seconds[-1]:.1f} ms a request")


if __name__ == "__main__":
    main()
