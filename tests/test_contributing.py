"""What contributors go by: CONTRIBUTING.md, hooks, forms and upgrades name what there is."""

import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PROGRAMS = Path(sys.executable).parent
GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
HOOKS = ROOT / ".pre-commit-config.yaml"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def accepted(program: str, *arguments: object) -> None:
    done = subprocess.run(
        [PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Forms and upgrades


def test_forms_are_as_their_schema_wants_them() -> None:
    assert len(FORMS) == 3
    accepted("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *FORMS)
    config = GITHUB / "ISSUE_TEMPLATE" / "config.yml"
    accepted("check-jsonschema", "--builtin-schema", "vendor.github-issue-config", config)


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_links_of_a_form_lead_somewhere(form: Path) -> None:
    """Links are relative to /OWNER/REPOSITORY/issues/new, where the form is shown."""
    for link in re.findall(r"\]\(([^)]+)\)", form.read_text(encoding="utf-8")):
        path = link.removeprefix("../blob/HEAD/")
        assert link == "../security/advisories/new" or (path != link and (ROOT / path).is_file())


def test_who_attaches_a_page_is_warned_of_what_is_private() -> None:
    (form,) = (one for one in FORMS if "page" in one.stem)
    body = yaml.safe_load(form.read_text(encoding="utf-8"))["body"]
    assert "nothing private" in body[0]["attributes"]["value"]
    (consent,) = (one for one in body if one["type"] == "checkboxes")
    assert all(one["required"] for one in consent["attributes"]["options"])


def test_upgrades_come_weekly_in_groups_and_not_on_their_first_day() -> None:
    path = GITHUB / "dependabot.yml"
    accepted("check-jsonschema", "--builtin-schema", "vendor.dependabot", path)
    accepted("zizmor", "--offline", "--no-progress", "--persona", "pedantic", path)
    updates = yaml.safe_load(path.read_text(encoding="utf-8"))["updates"]
    assert [one["package-ecosystem"] for one in updates] == ["pip", "github-actions", "docker"]
    for one in updates:
        assert one["schedule"] == {"interval": "weekly"}
        assert [group["patterns"] for group in one["groups"].values()] == [["*"]]
        assert one["cooldown"]["default-days"] >= 7


# The package


def test_the_package_says_that_it_has_types() -> None:
    assert files("daily_papers").joinpath("py.typed").is_file()
    assert 'packages = ["build/daily_papers"]' in (ROOT / "pyproject.toml").read_text("utf-8")
