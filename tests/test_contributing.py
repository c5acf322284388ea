"""What contributors go by: CONTRIBUTING.md, hooks, forms and upgrades name what there is."""

import re
import shlex
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import PROGRAMS, ROOT, assert_accepts

GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
HOOKS = ROOT / ".pre-commit-config.yaml"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
REQUEST = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (.+)\n((?:(?!#).*\n)*)", GUIDE, re.MULTILINE))
VOCABULARY = Path(str(files("daily_papers"))) / "vocabulary"
SUFFIXES = (".html", ".jsonl", ".md", ".py", ".toml", ".txt", ".yaml", ".yml")


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def named(text: str) -> list[str]:
    """Return the paths in backticks; addresses of the site begin with a slash."""
    return [
        one
        for one in code(text)
        if ("/" in one or one.endswith(SUFFIXES))
        and " " not in one
        and not one.startswith(("/", ".venv/", "dist/"))  # of the site; made by commands
    ]


def found(path: str) -> list[Path]:
    """Return what a path names. NAME stands for any name: there is an example of it."""
    folders = (ROOT,) if "/" in path else (ROOT, VOCABULARY)
    return [one for folder in folders for one in folder.glob(path.replace("NAME", "*"))]


# CONTRIBUTING.md


@pytest.mark.parametrize("text", [GUIDE, REQUEST], ids=["guide", "pull request"])
def test_files_and_folders_named_exist(text: str) -> None:
    assert len(named(text)) >= 2
    assert [one for one in named(text) if not found(one)] == []


def test_there_is_a_recipe_for_each_kind_of_change() -> None:
    assert list(RECIPES) == [
        "A phrase",
        "A topic",
        "A named thing",
        "A dump format",
        "A kind of fact",
        "A canned query",
        "A page",
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_names_is_in_a_file_that_it_names(recipe: str) -> None:
    """A function, class, constant or key that is renamed is renamed in the recipe, too."""
    paths = [path for one in named(RECIPES[recipe]) for path in found(one) if path.is_file()]
    content = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    words = {one for one in code(RECIPES[recipe]) if re.fullmatch(r"[A-Za-z_]\w+", one)}
    assert [one for one in words if not re.search(rf"\b{one}\b", content)] == []


@pytest.mark.parametrize("text", [GUIDE, REQUEST], ids=["guide", "pull request"])
def test_make_targets_named_exist(text: str) -> None:
    makefile = MAKEFILE.replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([a-z./-]+):(?!=)", makefile, re.MULTILINE))
    asked = {target for one in code(text) for target in re.findall(r"\bmake ([\w./-]+)", one)}
    assert {"test", "golden"} <= asked <= targets


def test_pytest_is_given_files_that_there_are() -> None:
    commands = [one for one in code(GUIDE) if one.startswith(".venv/bin/pytest ")]
    assert commands
    paths = [word for one in commands for word in one.split() if word.startswith("tests")]
    assert [one for one in paths if not (ROOT / one).exists()] == []


def test_links_lead_to_files_and_headings() -> None:
    headings = {
        re.sub(r"[^\w -]", "", one).lower().replace(" ", "-")
        for one in re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        path, _, heading = target.partition("#")
        assert heading in headings if not path else (ROOT / path).exists(), target


# Hooks before a commit


def hooks() -> list[dict[str, Any]]:
    config = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    (repository,) = config["repos"]
    assert set(repository) == {"repo", "hooks"}
    assert repository["repo"] == "local", "nothing is downloaded"
    return list(repository["hooks"])


def test_hooks_are_what_make_lint_runs_and_a_few_more() -> None:
    recipe = MAKEFILE.split("\nlint:", 1)[1].split("\n\n")[0]
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.split("\n")[1:]]
    entries = [one["entry"] for one in hooks()]
    assert entries[: len(commands)] == commands
    assert len({one["id"] for one in hooks()}) == len(entries) == len(commands) + 3


def test_hooks_run_from_the_environment_and_write_nothing() -> None:
    for one in hooks():
        program, *arguments = shlex.split(one["entry"])
        assert program.startswith(".venv/bin/") or program == "git"
        assert (PROGRAMS / Path(program).name).exists() or program == "git"
        assert (one["language"], one["pass_filenames"]) == ("system", False)
        assert not {"--fix", "--write", "add", "commit"} & set(arguments)
        assert "format" not in arguments or "--check" in arguments
        for path in (word for word in arguments if word.startswith("tests/")):
            name, _, function = path.partition("::")
            assert f"def {function}(" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "is_let_through"),
    [
        ("seeds/page.txt", True),
        ("tests/golden/corpus.json", True),
        ("tests/corpus/page.txt", True),
        ("plugins/page.py", False),
        ("README.md", False),
    ],
)
def test_white_space_of_what_was_saved_or_generated_stays(
    tmp_path: Path, name: str, is_let_through: bool
) -> None:
    (entry,) = (one["entry"] for one in hooks() if one["id"] == "whitespace")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("a line \n", encoding="utf-8")
    for command in ("git init --quiet", "git add ."):
        subprocess.run(shlex.split(command), cwd=tmp_path, check=True)
    done = subprocess.run(shlex.split(entry), cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) is is_let_through


# Forms and upgrades


def test_forms_are_as_their_schema_wants_them() -> None:
    assert len(FORMS) == 3
    assert_accepts("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *FORMS)
    config = GITHUB / "ISSUE_TEMPLATE" / "config.yml"
    assert_accepts("check-jsonschema", "--builtin-schema", "vendor.github-issue-config", config)


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
    assert_accepts("check-jsonschema", "--builtin-schema", "vendor.dependabot", path)
    assert_accepts("zizmor", "--offline", "--no-progress", "--persona", "pedantic", path)
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
