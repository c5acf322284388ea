"""What publishes the site: image, services and workflows, read by the tools of their kind, and the
page about them."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.utils import make_dockerfile

from daily_papers.cli import main
from daily_papers.site.http.datasette_settings import SETTINGS
from tests.conftest import PROGRAMS, ROOT, assert_accepts
from tests.nginx import TEMPLATE, render, settings

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


COMPOSE = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
# Each instruction with what follows it, without comments.
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(r"(?m)^\s*#.*\n|\\\n", "", DOCKERFILE).splitlines()
    if line.strip()
]


def of(kind: str) -> list[str]:
    return [" ".join(rest.split()) for name, rest in INSTRUCTIONS if name == kind]


LINTED = [
    ("hadolint", "--failure-threshold", "style", ROOT / "Dockerfile"),
    ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yml"),
    ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS),
    ("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS),
]


@pytest.mark.parametrize("command", LINTED, ids=["image", "services", "workflows", "safety"])
def test_files_are_as_their_linters_want_them(command: tuple[object, ...]) -> None:
    assert_accepts(*command)


# The image.


def test_the_image_is_made_with_the_commands_of_the_makefile() -> None:
    run, make = " && ".join(of("RUN")), " ".join(MAKEFILE.replace("\\\n", " ").split())
    assert "daily-papers build $DUMPS" in run
    assert "daily-papers build $(DUMPS) --output papers.db" in make
    assert run.count("daily-papers check papers.db") == 1
    pinned = "--only-binary :all: --no-deps --require-hashes --requirement requirements/"
    installed = re.findall(r"pip(?: --python \S+)? install --quiet (\S.*?)(?= &&|$)", run)
    assert [words for words in installed if not words.startswith(pinned)] == [
        "--no-deps /wheels/*.whl"
    ]
    assert len(installed) == 3


def test_what_the_image_takes_is_there_and_not_ignored() -> None:
    copies = [words.split()[:-1] for words in of("COPY") if "--from" not in words]
    taken = set(chain.from_iterable(copies))
    assert {"build", "static", "plugins", "templates", "metadata.yml", "."} <= taken
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    for name in {*taken, "seeds", "dumps"} - {"."}:
        assert (ROOT / name).exists() or name == "dumps"
        assert not any(fnmatch(name, pattern) for pattern in ignored), name
    for name in (".git", ".venv", "tests", "papers.db", "published"):
        assert any(fnmatch(name, pattern) for pattern in ignored), name


def test_the_image_serves_with_options_that_there_are() -> None:
    command = [*json.loads(of("ENTRYPOINT")[0]), *json.loads(of("CMD")[0])]
    command += SERVICES["app"]["command"]
    known = {name for param in main.commands["serve"].params for name in param.opts}
    options = [word for word in command if word.startswith("--")]
    assert set(options) <= known
    assert {"--public", "--host", "--allow-host"} <= set(options)
    assert "127.0.0.1" in command, "the name under which its own check of health asks"


def test_the_image_runs_as_nobody_and_asks_for_its_health() -> None:
    assert INSTRUCTIONS[-1][0] == "CMD"
    (user,) = of("USER")
    assert all(int(part) > 1000 for part in user.split(":"))
    assert of("STOPSIGNAL") == ["SIGTERM"]
    words = json.loads(of("HEALTHCHECK")[0].split(" CMD ")[1])
    words[0] = sys.executable
    assert "/health" in words[-1]
    words[-1] = words[-1].replace(":8001", ":9")
    refused = subprocess.run(words, capture_output=True, check=False)
    assert refused.returncode == 1, "where nobody answers, it is not well"


# The services.


def test_services_may_write_nothing_and_do_nothing_else() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert {"mem_limit", "cpus", "pids_limit", "tmpfs", "logging"} <= set(service)
        assert all(mount.endswith(":ro") for mount in service.get("volumes", []))


def test_only_the_cache_can_be_reached() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["app"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    port, nginx = settings()["DAILY_LISTEN"], SERVICES["nginx"]
    assert nginx["ports"][0].endswith(f":{port}")
    assert f"127.0.0.1:{port}/health" in nginx["healthcheck"]["test"][1]
    assert settings()["DAILY_APP"] == f"app:{of('EXPOSE')[0]}"


def test_nginx_is_told_all_that_its_configuration_leaves_open() -> None:
    nginx = SERVICES["nginx"]
    named = set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text(encoding="utf-8"))) - {"NAME"}
    assert named == set(settings())
    pattern = nginx["environment"]["NGINX_ENVSUBST_FILTER"]
    assert all(re.match(pattern, name) for name in named)
    (mount,) = nginx["volumes"]
    ours, theirs, _ = mount.split(":")
    assert (ROOT / ours).samefile(TEMPLATE)
    rendered = f"{nginx['environment']['NGINX_ENVSUBST_OUTPUT_DIR']}/{Path(theirs).stem}"
    assert rendered in nginx["command"]
    assert nginx["env_file"] == ["deploy/nginx.env"]


# The workflows.


def jobs(name: str) -> dict[str, Any]:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return dict(workflow["jobs"])


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in jobs(name).values() for step in job["steps"]]


def test_the_steps_of_publishing_are_taken_in_order() -> None:
    sys.path.insert(0, str(ROOT / "deploy"))
    import publish_daily

    runs = [step.get("run", "") for step in steps("publish.yml")]
    taken = [run.partition("=")[2] for run in runs if run.startswith("make publish STEPS=")]
    assert taken == list(publish_daily.STEPS)
    assert "steps:" not in MAKEFILE
    assert "deploy/publish_daily.py $(STEPS)" in MAKEFILE


def test_a_job_has_our_code_or_a_token_and_never_both() -> None:
    kinds = set()
    for name, job in jobs("publish.yml").items():
        uses = {step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step}
        runs = "\n".join(step.get("run", "") for step in job["steps"])
        has_code = "actions/checkout" in uses
        if has_code:
            assert job["permissions"] == {"contents": "read"}, name
            assert "github.token" not in str(job), name
            assert "secrets." not in str(job), name
        else:
            assert uses <= {"actions/upload-artifact", "actions/download-artifact"}, name
            programs = r"\b(?:make|python3?|pip|node|docker (?:build|run|start|exec)) "
            assert re.findall(programs, runs) == [], name
        kinds.add((has_code, "write" in job["permissions"].values()))
    assert kinds == {(True, False), (False, False), (False, True)}


def test_every_python_that_is_promised_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"(?m)Python :: (3\.\d+)$", "\n".join(project["classifiers"]))
    assert f">={promised[0]}" == project["requires-python"]
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == promised
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r" python(3\.\d+)", ci) == promised


def test_nothing_from_outside_is_written_into_a_shell() -> None:
    for path in WORKFLOWS:
        for step in steps(path.name):
            assert "${{" not in step.get("run", ""), step
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + "0" * 40)), step


def test_make_targets_of_workflows_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) | {".venv/export"}
    runs = [step.get("run", "") for path in WORKFLOWS for step in steps(path.name)]
    named = {target for run in runs for target in re.findall(r"\bmake (\S+)", run)}
    assert {"test", "publish"} <= named <= targets


# What the page about publishing says.

DOCS = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def checkout(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that the commands of the page take, as `make` leaves it."""
    for name in ("templates", "plugins", "static", "deploy", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "metadata.yml", tmp_path / "metadata.yml")
    shutil.copy(database, tmp_path / "papers.db")
    (tmp_path / ".venv").symlink_to(PROGRAMS.parent)
    (tmp_path / "published" / "wheels").mkdir(parents=True)
    (tmp_path / "published" / "wheels" / "daily_papers-1-py3-none-any.whl").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_datasette_publishes_serves_with_another_python(checkout: Path) -> None:
    (recipe,) = (block for block in BLOCKS if "--generate-dir" in block)
    slow = re.compile(r"^(?:make|\.venv/bin/pip wheel) .*\n", re.MULTILINE)
    subprocess.run(["sh", "-eu", "-c", slow.sub("", recipe)], check=True)
    folder = checkout / "published" / "site"
    lines = (folder / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert lines[0] == of("FROM")[-1].replace("python", "FROM python").replace(
        "${PYTHON}", of("ARG")[0].removeprefix("PYTHON=")
    )
    assert [line for line in lines if "pip install" in line] == [
        "RUN pip install --only-binary :all: --no-deps --require-hashes"
        " --requirement wheels/serve.txt && pip install --no-deps wheels/*.whl"
    ]
    assert {path.name for path in (folder / "wheels").iterdir()} == {
        "serve.txt",
        "daily_papers-1-py3-none-any.whl",
    }
    (command,) = (shlex.split(line)[1:] for line in lines if line.startswith("CMD "))
    assert command[command.index("--metadata") + 1] == "metadata.json"
    triples = zip(command, command[1:], command[2:], strict=False)
    told = {name: value for option, name, value in triples if option == "--setting"}
    switches = {True: "on", False: "off"}
    assert told == {
        name: switches[value] if isinstance(value, bool) else str(value)
        for name, value in SETTINGS.items()
    }
    (folder / "inspect-data.json").write_text("{}")
    served = [PROGRAMS / "datasette", *command[1 : command.index("--port")], "--get", "/health"]
    done = subprocess.run(served, cwd=folder, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["status"] == "ok", done.stderr


def test_datasettes_own_image_still_has_the_old_sqlite_that_the_page_speaks_of() -> None:
    made = make_dockerfile(["papers.db"], None, "", None, None, None, [], [], False, None, "x")
    assert made.splitlines()[0] == "FROM python:3.11.0-slim-bullseye"
    assert "have SQLite 3.34" in " ".join(DOCS.split())


def test_nginx_without_docker_is_configured_as_the_page_says(checkout: Path) -> None:
    (recipe,) = (block for block in BLOCKS if "envsubst" in block)
    if not shutil.which("envsubst"):
        pytest.skip("no envsubst on the PATH: install gettext-base")
    subprocess.run(["sh", "-eu", "-c", recipe], check=True)
    written = (checkout / "nginx.conf").read_text(encoding="utf-8")
    named = {"DAILY_HOST": "papers.example.org", "DAILY_APP": "127.0.0.1:8001"}
    named |= {"DAILY_STATE": "/var/cache/nginx", "DAILY_TRUST": "127.0.0.1"}
    expected = render({**settings(), **named})
    assert written.replace("${NAME}", "") == expected.replace("${NAME}", "")


def test_the_page_names_files_that_there_are() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", DOCS):
        assert (ROOT / "docs" / name).exists(), name


def test_the_page_states_the_limits_that_there_are() -> None:
    told = " ".join(DOCS.split())
    limits = settings()
    each, sql = (limits[name].removesuffix("r/s") for name in ("DAILY_RATE", "DAILY_SQL_RATE"))
    template = TEMPLATE.read_text(encoding="utf-8")
    bursts = dict(re.findall(r"limit_req zone=(\w+) burst=(\d+)", template))
    assert f"more than {each} requests a second of a client, or {sql} with SQL" in told
    assert f"(bursts of {bursts['each']} and {bursts['sql']})" in told
    assert f"or {limits['DAILY_CONNECTIONS']} at a time" in told
    assert limits["DAILY_PATIENCE"] == "10s"
    assert "send nothing for ten seconds" in told
    assert f"up to {limits['DAILY_CACHE_SIZE'].removesuffix('m')} MB of pages" in told
    assert "inactive=7d" in template
    assert "a week after it was last asked for" in told
