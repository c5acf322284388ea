"""What we reach into of other libraries is as we know it: an upgrade that moves it fails here.

For each failure, compare the piece of compat.py, or the template, with the new version.
"""

import asyncio
import hashlib
import inspect
import re
import subprocess
import sys
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import datasette.app
import datasette.database
import datasette.default_permissions
import datasette.views.base
import datasette.views.database
import datasette.views.table
import datasette_llms_txt
import datasette_mcp
import datasette_vega
import gunicorn.arbiter
import gunicorn.sock
import gunicorn.workers.base
import httpx
import pytest
import uvicorn
import uvicorn.server
import uvicorn_worker
from datasette.utils import sqlite_timelimit
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from starlette.responses import PlainTextResponse
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.h11_impl import H11Protocol

from daily_papers.site import compat
from tests.conftest import METADATA, ROOT, Get, client, open_datasette, run_in_thread, served
from tests.site.page_kinds import KINDS

# SHA-256 of the templates of Datasette 0.65.5 that ours copy and label.
COPIED_TEMPLATES = {
    "_facet_results.html": "622d3c764aa14f17f07714af7bbdee5719adfbce9cce5358fd3df3e2df137f30",
    "_table.html": "f75a8872713f28fdce49b9a44a397f26ba1b5db5e82a74dda1f20ec14faaaa57",
    "database.html": "4fd5e97823bb5380b54c4f4f5285f07d1db74e366ef6225aa46dddfcf5b2c88a",
    "query.html": "bc3559df0e209da97d0bb46d0da5e36e02a9a561e4e473d1b79f62776786b435",
    "table.html": "81cec4b0f7948bf0b4756b1a0ce706ce30d5694e506fd5639f3cd08a4a8f88a9",
}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        # ServedDatasette
        (datasette.app.Datasette.__init__, ["for file in self.files:", "self.add_database("]),
        (datasette.app.Datasette.__init__, ["self.client = DatasetteClient(self)"]),
        (datasette.app.DatasetteClient.__init__, ["self.app = ds.app()"]),
        (datasette.app.Datasette.__init__, ["self.jinja_env = Environment("]),
        (datasette.app.Datasette.refresh_schemas, ["await self._refresh_schemas()"]),
        (
            datasette.default_permissions.permission_allowed,
            ["table_allows = datasette._table_permission_allows(database, table)"],
        ),
        (
            datasette.app.Datasette._table_permission_allows,
            ["self._metadata_sources(", "copy.deepcopy(source)"],
        ),
        # SyncTemplate
        (
            datasette.app.Datasette.render_template,
            [
                "template = self.jinja_env.select_template(templates)",
                "return await template.render_async(template_context)",
            ],
        ),
        # UnchangingDatabase
        (
            datasette.app.Datasette.permission_allowed,
            ['"select name from sqlite_master "', "collate nocase"],
        ),
        (
            datasette.database.Database.get_table_definition,
            ['"select sql from sqlite_master where'],
        ),
        (datasette.database.Database.table_exists, ['"select 1 from sqlite_master where']),
        # match_in_linear_time
        (
            datasette.utils.validate_sql_select,
            ["if not any(r.match(sql) for r in allowed_sql_res):"],
        ),
        (datasette.utils.to_css_class, ["if css_class_re.match(s):"]),
        # limit_queries
        (datasette.database.Database.execute, ["with sqlite_timelimit(conn, time_limit_ms):"]),
        # notice_interrupted_queries
        (datasette.database.Database.execute, ["raise QueryInterrupted(e, sql, params)"]),
        (datasette.app.Datasette.execute, ["return await self.databases[db_name].execute("]),
        # page_tables_without_loss, PagedTableView
        (datasette.app.Datasette._routes, ["TableView.as_view(self)"]),
        (
            datasette.views.table.TableView.data,
            ["request,", "default_labels=False,", "_next=None,", "_size=None,"],
        ),
        (
            datasette.views.table.TableView._data_traced,
            [
                "db = self.ds.get_database(route=database_route)",
                "if is_view:",
                "sortable_columns = await self.sortable_columns_for_table(",
                'order_by_pks = ", ".join([escape_sqlite(pk) for pk in pks])',
                "order_by = escape_sqlite(sort)",
                'order_by = f"{escape_sqlite(sort_desc)} desc"',
                "from {table_name} {where}{order_by} limit {page_size}{offset}",
                "page_size=page_size + 1,",
                "results = await db.execute(sql, params, truncate=True, **extra_args)",
                '"query": {"sql": sql, "params": params},',
                '"next": next_value',
                '"next_url": next_url,',
            ],
        ),
        # label_links_without_keys
        (
            datasette.views.table.display_columns_and_rows,
            [
                "LINK_WITH_LABEL if",
                "base_url=base_url,",
                "link_id=",
                "label=",
                "table=",
                "database=",
            ],
        ),
        # table_view.py
        (
            datasette.views.table.display_columns_and_rows,
            [
                'else "Link",',
                '"value_type": "pk",',
                '"is_special_link_column": is_special_link_column,',
                """'<a href="{table_path}/{flat_pks_quoted}">{flat_pks}</a>'""",
                'display_value = markupsafe.Markup("&nbsp;")',
            ],
        ),
        (
            datasette.views.base.DataView.as_csv,
            ['kwargs["_next"] = next', "await self.data(request, **kwargs)", 'data.get("next")'],
        ),
        # raise_errors_of_queries
        (
            datasette.views.database.QueryView.data,
            [
                "await derive_named_parameters(",
                "for row in results.rows if results else []:",
                '"rows": results.rows if results else [],',
                "400 if query_error else 200,",
            ],
        ),
        (datasette.views.database.DatabaseView.data, ["await QueryView(self.ds).data("]),
        (datasette.views.table.TableView._data_traced, ["await QueryView(self.ds).data("]),
        # refusals.py
        (
            datasette.views.base.DatasetteError.__init__,
            ["self.message = ", "self.title = ", "self.error_dict = ", "self.message_is_html = "],
        ),
        # site_folders
        (
            datasette.app.Datasette.__init__,
            ["self.template_dir = ", "self.plugins_dir = ", "self.static_mounts = "],
        ),
        # answer_agents_without_sessions
        (datasette_mcp._get_state, ["state = _states.get(datasette)", "if state is None:"]),
        (datasette_mcp.register_routes, ["state = _get_state(datasette)", "await state.app("]),
        (datasette_mcp._MCPState, ["server: MCPServer", "app: Any"]),
        # llms_txt_routes, WithMetadata
        (datasette_llms_txt.register_routes, ["(?P<db>[^/]+)", "(?P<table>"]),
        (datasette_llms_txt._database_body, ["generate_database(datasette, db_name, request)"]),
        # fair_listeners
        (asyncio.selector_events.BaseSelectorEventLoop._accept_connection, ["range(backlog"]),
        (uvicorn.server.Server.startup, ["sock=sock", "backlog=config.backlog"]),
        (gunicorn.workers.base.Worker.__init__, ["self.sockets = sockets", "self.ppid = ppid"]),
        (gunicorn.sock.BaseSocket.set_options, ["sock.listen(self.conf.backlog)"]),
        # answer_what_is_accepted
        (uvicorn_worker.UvicornWorker._serve, ["server = Server(config=self.config)"]),
        (uvicorn.server.Server.shutdown, ["for server in self.servers:", "connection.shutdown()"]),
        # fair_listeners, a listener that is full
        (
            asyncio.selector_events.BaseSelectorEventLoop._accept_connection,
            ["sock.accept()", "errno.EMFILE", "self.call_later(constants.ACCEPT_RETRY_DELAY,"],
        ),
        (
            asyncio.selector_events._SelectorSocketTransport.write,
            ["self._maybe_pause_protocol()"],
        ),
        # watch_connections
        (_TrustedHosts.__contains__, ["if self.always_trust:", "return True"]),
        (uvicorn.Config.load, ["self.http_protocol_class = self.http"]),
        (uvicorn.server.Server.startup, ["config.http_protocol_class(", "_loop=_loop"]),
        (H11Protocol.handle_events, ["on_response=self.on_response_complete"]),
        (H11Protocol.on_response_complete, ["self.conn.start_next_cycle()"]),
        # server.py
        (uvicorn_worker.UvicornWorker.__init__, ["config_kwargs.update(self.CONFIG_KWARGS)"]),
        (uvicorn_worker.UvicornWorker.__init__, ['"callback_notify": self.callback_notify']),
        (uvicorn_worker.UvicornWorker._serve, ["server.serve(sockets=self.sockets)"]),
        (uvicorn.server.Server.on_tick, ["current_time - self.last_notified > "]),
        (gunicorn.arbiter.Arbiter.handle_ttin, ["self.num_workers += 1", "self.manage_workers()"]),
        (gunicorn.arbiter.Arbiter.handle_ttou, ["self.num_workers -= 1", "self.manage_workers()"]),
        (gunicorn.arbiter.Arbiter.manage_workers, ["key=lambda w: w[1].age", "workers.pop(0)"]),
        (gunicorn.arbiter.Arbiter.spawn_worker, ["os.fork()", "self.cfg.post_fork(self, worker)"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_a_library_does_what_we_rely_on(code: Any, lines: list[str]) -> None:
    source = inspect.getsource(code)
    assert [line for line in lines if line not in source] == []


def test_the_query_of_a_page_is_the_only_one_of_a_table_that_may_be_truncated() -> None:
    source = inspect.getsource(datasette.views.table)
    assert source.count("truncate=True") == 1
    assert source.count("get_database(route=") == 2  # post, too, which is for queries


@pytest.mark.parametrize("name", COPIED_TEMPLATES)
def test_a_template_that_ours_copies_is_unchanged(name: str) -> None:
    template = Path(datasette.__file__).with_name("templates") / name
    assert hashlib.sha256(template.read_bytes()).hexdigest() == COPIED_TEMPLATES[name]


def test_datasette_has_the_editor_that_ours_loads() -> None:
    names = re.findall(r'load\("(.+?)"\)', (ROOT / "static" / "sql_editor.js").read_text("utf-8"))
    folder = Path(datasette.__file__).with_name("static")
    assert len(names) == 4
    assert [name for name in names if not (folder / name).is_file()] == []


@pytest.mark.parametrize("module", ["datasette_mcp", "datasette_llms_txt"])
def test_plugins_are_registered_when_compat_is_imported_first(module: str) -> None:
    """Datasette registers plugins while it is imported; one that imports it has no hooks yet."""
    code = (
        f"import daily_papers.site.compat, {module} as module\n"
        "from datasette.plugins import pm\n"
        "print([caller.name for caller in pm.get_hookcallers(module)])"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert "register_routes" in printed


def test_the_time_limit_of_datasette_takes_a_connection_and_milliseconds() -> None:
    assert list(inspect.signature(sqlite_timelimit).parameters) == ["conn", "ms"]


def test_the_schema_and_the_permissions_of_a_table_are_read_once(database: Path) -> None:
    """A page that was shown before is shown again with the queries for its rows alone."""
    queries: list[str] = []

    async def run() -> list[str]:
        metadata = deepcopy(METADATA)  # Datasette adds licences to it
        site = compat.ServedDatasette("papers", immutables=[str(database)], metadata=metadata)
        served = site.databases["papers"]
        execute_fn = served.execute_fn

        async def noted(function: Any) -> Any:
            queries.append(function.__qualname__)
            return await execute_fn(function)

        served.execute_fn = noted
        answers = []
        for path in ("/papers/topics/kv-cache", "/papers/topics/quantization"):
            queries.clear()
            answers.append((await site.client.get(f"{path}.json")).status_code)
        assert answers == [200, 200]
        again = list(queries)
        assert len(site._allow_blocks) == 1
        for _ in range(2):  # nobody else's list is changed
            columns = await served.table_columns("topics")
            columns.append("other")
            assert columns == ["id", "name", "description", "parent", "other"]
        own = "select name from sqlite_master limit 1"
        ran = len(queries)
        for _ in range(2):
            await served.execute(own, truncate=True)
        assert len(queries) == ran + 2
        return again

    again = run_in_thread(asyncio.run, run())
    assert again == ["Database.execute.<locals>.sql_operation_in_thread"]


@pytest.fixture(scope="module")
def both(database: Path) -> tuple[Get, Get]:
    """Request a page of our Datasette, and of Datasette itself."""
    makers = (partial(compat.ServedDatasette, "papers"), datasette.app.Datasette)
    ours, theirs = (
        open_datasette(database, made_by=made_by, facet_time_limit_ms=10_000) for made_by in makers
    )
    assert (ours.jinja_env.is_async, theirs.jinja_env.is_async) == (False, True)
    return client(ours), client(theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_is_rendered_without_coroutines_is_the_same(
    both: tuple[Get, Get], kind: str
) -> None:
    ours, theirs = (get(KINDS[kind]) for get in both)
    assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)


@pytest.mark.parametrize("name", compat.SCHEMA_METHODS)
def test_a_method_that_reads_the_schema_takes_no_more_than_a_table(name: str) -> None:
    parameters = list(inspect.signature(getattr(datasette.database.Database, name)).parameters)
    assert parameters in (["self"], ["self", "table"])


def test_agents_get_the_arguments_that_they_sent() -> None:
    assert {"params", "request"} <= set(ServerRequestContext.__dataclass_fields__)
    assert isinstance(Context.request_context, property)


def test_vega_finds_its_places_on_our_pages() -> None:
    styles, scripts = datasette_vega.extra_css_urls(), datasette_vega.extra_js_urls()
    assert all("datasette_vega" in url for url in (*styles, *scripts))  # as base.html expects
    folder = Path(datasette_vega.__file__).with_name("static")
    code = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.js"))
    for selector in (".export-links a[href*=json]", "table.rows-and-columns"):
        assert f'document.querySelector("{selector}")' in code


def test_a_row_states_licence_and_source_before_anybody_asks_for_its_table(database: Path) -> None:
    with served(database) as address:
        page = httpx.get(f"{address}/papers/topics/kv-cache").text
        assert "Licence: " in page
        assert "Source: " in page


def test_a_server_that_stops_answers_a_connection_that_it_has_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compat, "SECONDS_TO_READ", 2)
    config = uvicorn.Config(PlainTextResponse("an answer"), port=0, log_config=None)
    server = compat.ReadingServer(config)

    async def ask_while_it_stops() -> bytes:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not server.server_state.connections:
            await asyncio.sleep(0.01)
        server.should_exit = True
        while server.servers[0].is_serving():
            await asyncio.sleep(0.01)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await serving
        return answer

    assert run_in_thread(asyncio.run, ask_while_it_stops()).endswith(b"an answer")
