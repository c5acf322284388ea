"""Lists the kinds of page that the site has, each with an example from the seeds."""

PAPER = "duoattention-efficient-long-context-llm-inference-with-retrieval-b19bf0c7"
OTHER = "a-systematic-analysis-of-hybrid-linear-attention"
SIX = (
    PAPER,
    "a-little-goes-a-long-way-efficient-long-context-training-and-6936776e",
    "squeezed-attention-accelerating-long-context-length-llm-9ebaccab",
    "h2o-heavy-hitter-oracle-for-efficient-generative-inference-of-da483574",
    "efficient-llm-training-and-serving-with-heterogeneous-context-890525b4",
    "zipvl-efficient-large-vision-language-models-with-dynamic-token-1274f83f",
)
# Every kind of page, with an example: the browser tests open each.
KINDS = {
    "home": "/",
    "search": "/search?q=kv+cache+quantization",
    "search, offering claims": "/search?q=faster+than+vLLM+in+4+bits",
    "search, filtered and corrected": "/search?q=quantizaton&topic=kv-cache&year=2024",
    "search, collecting": f"/search?q=cache&compare={PAPER}&compare={OTHER}",
    "search, nothing found": "/search?q=mamba&organization=nvidia",
    "search, refused": "/search?q=cache&page=0",
    "days, none known": "/days",
    "day without papers": "/days/2026-08-20",
    "day, refused": "/days/2026-02-30",
    "paper": f"/papers/papers/{PAPER}",
    "paper, collected": f"/papers/papers/{PAPER}?compare={PAPER}&compare={OTHER}",
    "topic": "/papers/topics/quantization",
    "entity": "/papers/entities/hardware-a100",
    "dataset": "/papers/entities/dataset-imagenet",
    "organization": "/papers/organizations/nvidia",
    "metric": "/papers/metrics/speedup",
    "results": "/results",
    "results, narrowed": "/results?metric=speedup&baseline=FlashAttention",
    "results, scores": "/results?metric=quality&scale=level/higher/%25",
    "results, nothing found": "/results?baseline=none+such",
    "compare": f"/compare?id={PAPER}&id={OTHER}",
    "compare, empty": "/compare",
    "compare, adding": f"/compare?id={PAPER}&q=mamba",
    "compare, six": "/compare?id=" + "&id=".join(SIX),
    "about": "/about",
    "API": "/api",
    "database": "/papers",
    "table": "/papers/papers?_size=10",
    "table, nothing found": "/papers/papers?_search=none+such",
    "table, sorted and filtered": "/papers/claims?metric=speedup&_sort_desc=value&_size=10",
    "row": "/papers/dumps/002_80f49f3159c627e0",
    "query": "/papers/papers_by_year",
    "query with parameters": "/papers/claims_against?baseline=vLLM",
    "query, nothing filled in": "/papers/search",
    "SQL": "/papers?sql=select+title,+year+from+papers+limit+5",
    "SQL, refused": "/papers?sql=select+nothing+from+papers",
    "SQL, stopped": "/papers?_timelimit=20&sql=with+recursive+endless(number)+as+("
    "select+1+union+all+select+1+from+endless)+select+max(number)+from+endless",
    "not found": "/papers/papers/none",
}
# Rows of which datasette-vega draws a chart.
CHART = (
    "/papers?sql=select+year,+count(*)+as+papers+from+papers+group+by+year"
    "#g.mark=bar&g.x_column=year&g.x_type=ordinal&g.y_column=papers&g.y_type=quantitative"
)
