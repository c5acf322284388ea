"""What people send who mean no good: SQL that writes, SQL that takes too much, and paths that lead
elsewhere; each with a name for it."""

LONG = "replace(hex(zeroblob(290000)), '0', 'a')"
COUNTING = "with recursive n(i) as (select 1 union all select i + 1 from n)"

WRITES = {
    "insert": "insert into topics (id, name) values ('x', 'x')",
    "replace": "replace into topics (id, name) values ('x', 'x')",
    "delete": "delete from papers",
    "delete of with": "with one as (select 1) delete from papers",
    "returning": "delete from papers returning id",
    "update": "update papers set title = ''",
    "drop": "drop table papers",
    "create": "create table made (one)",
    "temporary": "create temp table made as select 1",
    "attach": "attach 'other.db' as other",
    "vacuum": "vacuum into 'made.db'",
    "begin": "begin exclusive",
    "pragma": "pragma writable_schema = on",
    "heap": "pragma hard_heap_limit = 0",
    "comment": "/* select */ delete from papers",
    "two": "select 1; delete from papers",
    "explained": "explain delete from papers",
    "library": "select load_extension('/lib/x86_64-linux-gnu/libm.so.6')",
    "file": "select readfile('/etc/passwd')",
    "new file": "select writefile('made.txt', 'x')",
    "folder": "select * from fsdir('/')",
    "archive": "select * from zipfile('/etc/passwd')",
    "pages": "select * from sqlite_dbpage",
    "statements": "select * from sqlite_stmt",
    "tokenizer": "select hex(fts3_tokenizer('simple'))",
    "index": "insert into papers_fts (papers_fts) values ('delete-all')",
    "virtual": "create virtual table made using fts5(one)",
}

# Of the papers' own tables, so that there is something to multiply.
COSTLY = {
    "zeroblob": "select zeroblob(1000000000)",
    "randomblob": "select randomblob(1000000000)",
    "hex": "select length(hex(zeroblob(599000)))",
    "blobs": f"{COUNTING} select zeroblob(590000) from n",
    "texts": f"{COUNTING} select hex(randomblob(290000)) from n",
    "counting": f"{COUNTING} select max(i) from n",
    "doubling": "with recursive n(t) as (select 'aaaaa' union all select t || t from n)"
    " select t from n",
    "queue": f"with recursive n(t) as (select {LONG} union all select randomblob(500000) from n)"
    " select t from n order by t",
    "set": f"with recursive n(t) as (select {LONG} union select randomblob(500000) from n)"
    " select count(*) from n",
    "join": "select count(*) from papers a, papers b, papers c, claims d",
    "concatenation": "select group_concat(a.abstract || b.abstract)"
    " from papers a, papers b, papers c",
    "order": "select a.abstract || b.abstract as t from papers a, papers b, papers c order by t",
    "distinct": "select count(distinct a.abstract || b.abstract || c.id)"
    " from papers a, papers b, papers c",
    "columns": f"select {','.join(f'hex(zeroblob(500)) as c{i}' for i in range(190))}"
    " from papers, claims",
    "window": "select sum(length(a.abstract)) over (order by a.abstract || b.id rows between"
    " unbounded preceding and unbounded following) from papers a, papers b",
    "width": "select printf('%1000000000d', 1)",
    "width given": "select printf('%*d', 1000000000, 1)",
    "precision": "select format('%.900000000f', 1e300)",
    "widths": f"{COUNTING} select sum(length(format('%999d%999d%999d', i, i, i))) from n",
    "instr": "select instr(zeroblob(599000), zeroblob(299000) || x'01')",
    "instr again": f"{COUNTING} select"
    " sum(instr(zeroblob(599000), zeroblob(299000) || x'01' || i)) from n",
    "replace": f"select length(replace({LONG}, substr({LONG}, 1, 290000) || 'b', 'c'))",
    "replace again": f"{COUNTING} select"
    f" sum(length(replace({LONG}, substr({LONG}, 9) || i, 'c'))) from n",
    "trim": f"select length(trim({LONG}, replace({LONG}, 'a', 'b') || 'a'))",
    "like": f"select {LONG} like '%{'a' * 190}b'",
    "like again": f"{COUNTING} select sum({LONG} like '%{'a' * 190}b' || i) from n",
    "glob": f"select {LONG} glob '*{'a' * 190}b'",
    "patterns": "select sum(a.abstract like '%' || substr(b.abstract, 1, 190) || '%')"
    " from papers a, papers b, papers c",
    "brackets": f"select json('{'[' * 9_000}{']' * 9_000}')",
    "patch": f"{COUNTING}, k as (select json_group_object('k' || i, 1) as a,"
    " json_group_object('j' || i, 1) as b from (select i from n limit 25000))"
    " select length(json_patch(a, b)) from k",
    "elements": f"{COUNTING}, j as"
    " (select json_group_array(i) as a from (select i from n limit 80000))"
    " select count(*) from j, json_each(j.a), json_each(j.a)",
    "tree": f"select count(*) from json_tree('{'[' * 900}{']' * 900}') a, papers, claims",
    "prefixes": "select count(*) from papers_fts a, papers b where papers_fts match"
    f" '{' OR '.join(f'{letter}*' for letter in 'abcdefghijklmnopqrstuvwxyz')}'",
    "phrases": "select count(*) from papers_fts where papers_fts match"
    f" 'NEAR({' '.join(['the'] * 200)}, 1000)'",
    "snippets": "select snippet(papers_fts, -1, 'a', 'b', 'c', 64)"
    " from papers_fts, papers a, papers b"
    " where papers_fts match 'a* OR t* OR s*'",
    "search": "select sum(length(search_papers(a.title || b.title, '{}', '', 1000)))"
    " from papers a, papers b",
    "searches": "select " + ",".join(["search_papers('the', '{}', '', 1000)"] * 90),
    "other searches": "select "
    + ",".join(f"search_papers('a the {n}','','',1000)" for n in range(190)),
    "patterns of a row": f"with l as (select {LONG} as t) select "
    + ",".join(f"t like '%{'a' * 180}{n}'" for n in range(190))
    + " from l",
    "cells": f"select {','.join(f'{n} as c{n}' for n in range(190))} from papers, claims",
    "name": f"""select 1 as "{"x" * 50_000}" from papers, claims""",
    "brackets of search": f"select search_papers('a', '{'[' * 9_000}', '', 1000)",
    "depth": f"select {'(' * 5_000}1{')' * 5_000}",
    "terms": f"select {' + '.join('1' * 1 for _ in range(6_000))}",
    "unions": " union all ".join(["select 1"] * 2_000),
    "in": f"select count(*) from papers where rowid in ({','.join(map(str, range(6_000)))})",
    "long": f"select '{'a' * 50_000}'",
    "pragmas": "select count(*) from pragma_function_list a,"
    " pragma_function_list b, pragma_function_list",
    "view": "select * from papers where exists (select 1 from claims a, claims b, claims c where"
    " a.value + b.value + c.value < 0)",
}

_MOUNTS = ("/static/", "/-/static/", "/-/static-plugins/datasette_vega/", "/", "/papers/")
_UP = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "~2E~2E~2F", "%252e%252e%252f", "....//")
OUTSIDE = [
    f"{mount}{up}etc/passwd"
    for mount in _MOUNTS
    for up in ("/", "%2f", "..%c0%af" * 9, *(parent * 9 for parent in _UP))
] + [
    "/static/../metadata.yml", "/static/..%2fmetadata.yml", "/static/%2e%2e/pyproject.toml",
    "/-/static/../app.py", "/-/static/..%2fapp.py", "/static/", "/static/.", "/static",
    "/-/static-plugins/datasette_vega/../__init__.py", "/-/static-plugins/os/../os.py",
    "/..%2fother.db", "/other.db", "/papers/../other.db", "/%2e%2e/other.db",
    "/~2E~2E~2Fother.db",
    "/papers.db/../other.db", "/papers.db%00.html", "/static/site.css%00.js",
    "file:///etc/passwd", "//etc/passwd", "/static//etc/passwd", "/papers.db~00",
]  # fmt: skip
