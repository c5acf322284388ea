"""Checks that CONTRIBUTING.md, hooks, forms and Dependabot name files and commands that exist."""

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


def paths_in(text: str) -> list[str]:
    """Return the paths in backticks, without addresses of the site and what commands make."""
    return [
        word
        for word in code(text)
        if ("/" in word or word.endswith(SUFFIXES))
        and " " not in word
        and not word.startswith(("/", ".venv/", "dist/"))
    ]


def matches(path: str) -> list[Path]:
    """Return the files and folders of a path, in which NAME stands for any name."""
    folders = (ROOT,) if "/" in path else (ROOT, VOCABULARY)
    return [match for folder in folders for match in folder.glob(path.replace("NAME", "*"))]


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# CONTRIBUTING.md


@pytest.mark.parametrize("text", [GUIDE, REQUEST], ids=["guide", "pull request"])
def test_files_folders_and_make_targets_named_exist(text: str) -> None:
    assert len(paths_in(text)) >= 2
    assert [path for path in paths_in(text) if not matches(path)] == []
    makefile = MAKEFILE.replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([a-z./-]+):(?!=)", makefile, re.MULTILINE))
    named = {target for words in code(text) for target in re.findall(r"\bmake ([\w./-]+)", words)}
    assert {"test", "golden"} <= named <= targets


def test_there_is_a_recipe_for_each_kind_of_change() -> None:
    changed = ("phrase", "topic", "entity", "dump format", "kind of fact", "canned query", "page")
    assert tuple(recipe.split(" ", 1)[1] for recipe in RECIPES) == changed


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_names_is_in_a_file_that_it_names(recipe: str) -> None:
    """A function, class, constant or key that is renamed is renamed in the recipe, too."""
    files = [file for path in paths_in(RECIPES[recipe]) for file in matches(path) if file.is_file()]
    content = "\n".join(file.read_text(encoding="utf-8") for file in files)
    words = {word for word in code(RECIPES[recipe]) if re.fullmatch(r"[A-Za-z_]\w+", word)}
    assert [word for word in words if not re.search(rf"\b{word}\b", content)] == []


def test_pytest_is_called_with_files_that_exist() -> None:
    commands = [words for words in code(GUIDE) if words.startswith(".venv/bin/pytest ")]
    assert commands
    paths = [word for words in commands for word in words.split() if word.startswith("tests")]
    assert [path for path in paths if not (ROOT / path).exists()] == []


# Hooks before a commit


def hooks() -> list[dict[str, Any]]:
    (repository,) = read_yaml(HOOKS)["repos"]
    assert set(repository) == {"repo", "hooks"}
    assert repository["repo"] == "local", "nothing is downloaded"
    return list(repository["hooks"])


def test_hooks_are_what_make_lint_runs_and_a_few_more() -> None:
    recipe = MAKEFILE.split("\nlint:", 1)[1].split("\n\n")[0]
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.split("\n")[1:]]
    entries = [hook["entry"] for hook in hooks()]
    assert entries[: len(commands)] == commands
    assert len({hook["id"] for hook in hooks()}) == len(entries) == len(commands) + 3


def test_hooks_run_from_the_environment_and_write_nothing() -> None:
    for hook in hooks():
        program, *arguments = shlex.split(hook["entry"])
        assert program.startswith(".venv/bin/") or program == "git"
        assert (PROGRAMS / Path(program).name).exists() or program == "git"
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)
        assert not {"--fix", "--write", "add", "commit"} & set(arguments)
        assert "format" not in arguments or "--check" in arguments
        for path in (word for word in arguments if word.startswith("tests/")):
            name, _, function = path.partition("::")
            assert f"def {function}(" in (ROOT / name).read_text(encoding="utf-8")


def test_white_space_of_what_was_saved_or_generated_stays(tmp_path: Path) -> None:
    (entry,) = (hook["entry"] for hook in hooks() if hook["id"] == "whitespace")
    saved = ("seeds/page.txt", "tests/golden/corpus.json", "tests/corpus/page.txt")
    for name in (*saved, "plugins/page.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a line \n", encoding="utf-8")
    for command in ("git init --quiet", "git add ."):
        subprocess.run(shlex.split(command), cwd=tmp_path, check=True)
    done = subprocess.run(shlex.split(entry), cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0
    assert re.findall(rb"^(\S+):1: ", done.stdout, re.MULTILINE) == [
        b"README.md",
        b"plugins/page.py",
    ]


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
    (form,) = (form for form in FORMS if "page" in form.stem)
    body = read_yaml(form)["body"]
    assert "nothing private" in body[0]["attributes"]["value"]
    (consent,) = (field for field in body if field["type"] == "checkboxes")
    assert all(option["required"] for option in consent["attributes"]["options"])


def test_upgrades_come_weekly_in_groups_and_not_on_their_first_day() -> None:
    path = GITHUB / "dependabot.yml"
    assert_accepts("check-jsonschema", "--builtin-schema", "vendor.dependabot", path)
    assert_accepts("zizmor", "--offline", "--no-progress", "--persona", "pedantic", path)
    updates = read_yaml(path)["updates"]
    ecosystems = [update["package-ecosystem"] for update in updates]
    assert ecosystems == ["pip", "github-actions", "docker"]
    for update in updates:
        assert update["schedule"] == {"interval": "weekly"}
        assert [group["patterns"] for group in update["groups"].values()] == [["*"]]
        assert update["cooldown"]["default-days"] >= 7


# The package


def test_the_package_says_that_it_has_types() -> None:
    assert files("daily_papers").joinpath("py.typed").is_file()
    assert 'packages = ["build/daily_papers"]' in (ROOT / "pyproject.toml").read_text("utf-8")
