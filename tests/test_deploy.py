"""What publishes the site: the image, the services, the workflows; read by the tools of their kind."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from daily_papers.cli import main
from tests.conftest import ROOT
from tests.nginx import TEMPLATE, settings

PROGRAMS = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def accepted(program: str, *arguments: object) -> None:
    done = subprocess.run(
        [PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def instructions() -> list[tuple[str, str]]:
    """Return each instruction of the Dockerfile with what follows it, on one line."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def of(kind: str) -> list[str]:
    return [rest for name, rest in instructions() if name == kind]


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8")))


# The image.


def test_the_dockerfile_is_as_its_linter_wants_it() -> None:
    accepted("hadolint", "--failure-threshold", "style", ROOT / "Dockerfile")


def test_the_image_is_made_with_the_commands_of_the_makefile() -> None:
    run, make = " ".join(of("RUN")), " ".join(MAKEFILE.replace("\\\n", " ").split())
    (bundle,) = re.findall(r'-c ("import vl_convert; .*?\)\)")', run)
    assert bundle in make
    assert "daily-papers build $DUMPS" in run
    assert "daily-papers build $(DUMPS) --output papers.db" in make
    assert run.count("daily-papers check papers.db") == 1
    assert re.findall(r"\[(\w+)\]", run) == ["serve"]
    assert run.count("--constraint constraints.txt") == make.count("--constraint constraints.txt") + 1


def test_what_the_image_takes_is_there_and_not_ignored() -> None:
    taken = [word for one in of("COPY") if "--from" not in one for word in one.split()[:-1]]
    assert {"build", "static", "plugins", "templates", "metadata.yml", "."} <= set(taken)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    for name in {*taken, "seeds", "dumps"} - {"."}:
        assert (ROOT / name).exists() or name == "dumps"
        assert not any(fnmatch(name, one) for one in ignored), name
    for name in (".git", ".venv", "tests", "papers.db", "published"):
        assert any(fnmatch(name, one) for one in ignored), name


def test_the_image_serves_with_options_that_there_are() -> None:
    command = [*json.loads(of("ENTRYPOINT")[0]), *json.loads(of("CMD")[0])]
    command += compose()["services"]["app"]["command"]
    known = {name for one in main.commands["serve"].params for name in one.opts}
    options = [word for word in command if word.startswith("--")]
    assert set(options) <= known
    assert {"--public", "--site", "--allow-host"} <= set(options)
    assert "127.0.0.1" in command, "the name under which its own check of health asks"


def test_the_image_runs_as_nobody_and_asks_for_its_health() -> None:
    assert instructions()[-1][0] == "CMD"
    (user,) = of("USER")
    assert all(int(part) > 1000 for part in user.split(":"))
    assert of("STOPSIGNAL") == ["SIGTERM"]
    words = json.loads(of("HEALTHCHECK")[0].split(" CMD ")[1])
    words[0] = sys.executable
    assert "/health" in words[-1]
    refused = subprocess.run(
        [*words[:-1], words[-1].replace(":8001", ":9")], capture_output=True, check=False
    )
    assert refused.returncode == 1, "where nobody answers, it is not well"


# The services.


def test_the_services_are_as_their_schema_wants_them() -> None:
    accepted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yml")


def test_services_may_write_nothing_and_do_nothing_else() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert {"mem_limit", "cpus", "pids_limit", "tmpfs", "logging"} <= set(service)
        assert all(mount.endswith(":ro") for mount in service.get("volumes", []))


def test_only_the_cache_can_be_reached() -> None:
    services = compose()["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
    assert services["app"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}
    port = settings()["DAILY_LISTEN"]
    assert services["nginx"]["ports"][0].endswith(f":{port}")
    assert f"127.0.0.1:{port}/health" in services["nginx"]["healthcheck"]["test"][1]
    assert settings()["DAILY_APP"] == f"app:{of('EXPOSE')[0]}"


def test_nginx_is_told_all_that_its_configuration_leaves_open() -> None:
    nginx = compose()["services"]["nginx"]
    named = set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text(encoding="utf-8"))) - {"NAME"}
    assert named == set(settings())
    pattern = nginx["environment"]["NGINX_ENVSUBST_FILTER"]
    assert all(re.match(pattern, one) for one in named)
    (mount,) = nginx["volumes"]
    ours, theirs, _ = mount.split(":")
    assert (ROOT / ours).samefile(TEMPLATE)
    rendered = f"{nginx['environment']['NGINX_ENVSUBST_OUTPUT_DIR']}/{Path(theirs).stem}"
    assert rendered in nginx["command"]
    assert nginx["env_file"] == ["deploy/nginx.env"]


# The workflows.


def test_workflows_are_as_their_schema_wants_them() -> None:
    accepted("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_workflows_are_as_safe_as_their_linter_wants_them() -> None:
    accepted("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS)


def steps(name: str) -> list[dict[str, Any]]:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


def test_the_steps_of_publishing_are_taken_in_order_and_with_a_token_only_where_needed() -> None:
    sys.path.insert(0, str(ROOT / "deploy"))
    import publish

    taken, trusted = [], []
    for step in steps("publish.yml"):
        for said in re.findall(r'make publish STEPS=("[^"]*"|\S+)', step.get("run", "")):
            names = said.strip('"').split()
            taken += names
            trusted += names if "GH_TOKEN" in step.get("env", {}) else []
    assert taken == list(publish.STEPS)
    assert set(trusted) == {"restore", "keep", "last", "release", "push"}
    assert "steps:" not in MAKEFILE
    assert "deploy/publish.py $(STEPS)" in MAKEFILE


def test_nothing_from_outside_is_written_into_a_shell() -> None:
    for path in WORKFLOWS:
        for step in steps(path.name):
            assert "${{" not in step.get("run", ""), step
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + "0" * 40)), step


def test_make_targets_of_workflows_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) | {".venv/serve"}
    runs = [step.get("run", "") for path in WORKFLOWS for step in steps(path.name)]
    named = {found for run in runs for found in re.findall(r"\bmake (\S+)", run)}
    assert {"test", "publish"} <= named <= targets


# datasette publish.


RECIPES = [
    block.replace("\\\n", " ")
    for block in re.findall(
        r"```sh\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8"), re.DOTALL
    )
]
