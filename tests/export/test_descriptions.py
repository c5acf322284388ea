"""The descriptions of the files are valid by the validators of their formats, and complete."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import frictionless
import mlcroissant
import numpy as np
import pandas
import pytest
import yaml

from daily_papers.database.columns import Kind, Table
from daily_papers.export import Dataset, dataset_card
from daily_papers.export.croissant import croissant
from daily_papers.export.data_dictionary import dictionary
from daily_papers.export.datapackage import datapackage
from daily_papers.export.descriptions import TABLES
from tests.conftest import query
from tests.export.conftest import PUBLICATION


@pytest.fixture(scope="module")
def package(exported: Path) -> frictionless.Package:
    return frictionless.Package(str(exported / "datapackage.json"))


@pytest.fixture(scope="module")
def croissant_file(exported: Path) -> mlcroissant.Dataset:
    return mlcroissant.Dataset(str(exported / "croissant.json"))


def test_frictionless_finds_no_error_in_package_schemas_keys_and_files(exported: Path) -> None:
    report = frictionless.validate(str(exported / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == 2 * len(TABLES)
    assert all(not task.warnings for task in report.tasks)


def test_frictionless_sees_what_breaks_a_key_a_constraint_a_type_and_a_sum(
    exported: Path, tmp_path: Path
) -> None:
    """So that the test above can fail."""
    shutil.copytree(exported, tmp_path / "export")
    claims = pandas.read_csv(exported / "csv" / "claims.csv", dtype=str)
    claims.loc[0, "paper_id"] = "nowhere"
    claims.loc[1, "field"] = "somewhere"
    claims.loc[2, "value"] = "much"
    claims.to_csv(tmp_path / "export" / "csv" / "claims.csv", index=False)
    report = frictionless.validate(str(tmp_path / "export" / "datapackage.json"))
    errors = {(task.name, error.type) for task in report.tasks for error in task.errors}
    expected = ("foreign-key", "constraint-error", "type-error", "hash-count", "byte-count")
    assert errors == {("claims", error_type) for error_type in expected}


def test_the_data_package_has_types_constraints_and_keys(package: frictionless.Package) -> None:
    papers = package.get_resource("papers").schema
    types = {field.name: field.type for field in papers.fields}
    assert [types[name] for name in ("year", "published_on", "has_code", "topics")] == [
        "integer",
        "date",
        "boolean",
        "array",
    ]
    assert "survey" in papers.get_field("type").constraints["enum"]
    assert papers.get_field("id").constraints == {"required": True, "pattern": "[a-z0-9-]+"}
    assert papers.get_field("year").constraints == {}
    authorships = package.get_resource("authorships").schema
    assert authorships.primary_key == ["paper_id", "position"]
    assert [key["reference"]["resource"] for key in authorships.foreign_keys] == [
        "papers",
        "authors",
    ]
    (parent,) = package.get_resource("topics").schema.foreign_keys
    assert parent["reference"] == {"resource": "", "fields": ["id"]}


def test_an_empty_abstract_is_a_text_and_an_empty_name_is_null(
    package: frictionless.Package,
) -> None:
    schema = package.get_resource("papers").schema
    read = {name: schema.get_field(name).read_cell("")[0] for name in ("abstract", "name", "year")}
    assert read == {"abstract": "", "name": None, "year": None}


def test_mlcroissant_finds_neither_error_nor_warning(croissant_file: mlcroissant.Dataset) -> None:
    issues = croissant_file.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    assert {record_set.id for record_set in croissant_file.metadata.record_sets} == {
        table.name for table in TABLES
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_mlcroissant_loads_every_record(
    full: Path, croissant_file: mlcroissant.Dataset, table: Table
) -> None:
    records = list(croissant_file.records(table.name))
    names = [column.name for column in table.columns]
    assert all(list(record) == [f"{table.name}/{name}" for name in names] for record in records)
    key = ", ".join(f'"{name}"' for name in table.primary_key)
    expected = query(full, f'select * from "{table.name}" order by {key}')
    read = [
        tuple(
            in_sqlite(column.kind, value)
            for column, value in zip(table.columns, record.values(), strict=True)
        )
        for record in records
    ]
    assert read == expected


def in_sqlite(kind: Kind, value: Any) -> Any:
    """What a value that mlcroissant gives is in SQLite."""
    if kind == "list":
        return json.dumps([item.decode() for item in value], ensure_ascii=False)
    if pandas.isna(value):
        return None
    expected = {"integer": np.int64, "real": np.float64, "flag": bool, "day": pandas.Timestamp}
    assert type(value) is expected.get(kind, bytes)
    if kind == "text":
        return value.decode()
    return value.date().isoformat() if kind == "day" else value


def test_without_address_and_day_only_the_day_is_missed(dataset: Dataset, tmp_path: Path) -> None:
    described = croissant(dataset)
    assert "url" not in described
    issues = mlcroissant.Dataset(described).metadata.ctx.issues
    assert issues.errors == set()
    assert len(issues.warnings) == 1
    assert "datePublished" in next(iter(issues.warnings))
    assert not {"homepage", "created"} & datapackage(dataset).keys()


def test_address_and_day_are_stated(exported: Path) -> None:
    read = {
        name: json.loads((exported / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("croissant", "datapackage")
    }
    assert read["croissant"]["url"] == read["datapackage"]["homepage"] == PUBLICATION.url
    assert read["croissant"]["datePublished"] == "2026-08-22"
    assert read["datapackage"]["created"] == "2026-08-22T00:00:00Z"
    assert "  year = {2026},\n  url = {https://example.org/daily-papers},\n" in (
        exported / "README.md"
    ).read_text(encoding="utf-8")


def test_every_description_says_the_version_and_the_licence(
    exported: Path, metadata: Mapping[str, Any]
) -> None:
    info = dict(query(exported.parent / "papers.db", "select name, value from build_info"))
    version = f"{info['schema_version']}.0+dumps.{info['dumps_sha256'][:12]}"
    licence = metadata["license"]
    for name in ("croissant.json", "datapackage.json", "README.md"):
        text = (exported / name).read_text(encoding="utf-8")
        assert version in text, name
        assert licence in text, name


def test_the_sums_are_those_of_all_files(exported: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=exported, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [path for path in exported.rglob("*") if path.is_file()]
    files = {path.relative_to(exported).as_posix() for path in paths}
    assert {line.removesuffix(": OK") for line in done.stdout.splitlines()} == files - {
        "SHA256SUMS"
    }
    described = json.loads((exported / "croissant.json").read_text(encoding="utf-8"))
    for file in described["distribution"]:
        data = (exported / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert file["contentSize"] == f"{len(data)} B"


def front_matter(folder: Path) -> dict[str, Any]:
    empty, head, _ = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert empty == ""
    return dict(yaml.safe_load(head))


def test_the_front_matter_names_a_file_for_each_table(exported: Path) -> None:
    head = front_matter(exported)
    configs = {config["config_name"]: exported / config["data_files"] for config in head["configs"]}
    assert set(configs) == {table.name for table in TABLES}
    assert all(path.is_file() for path in configs.values())
    assert [item["config_name"] for item in head["configs"] if item.get("default")] == ["papers"]
    assert head["size_categories"] == ["n<1K"]
    # https://huggingface.co/docs/hub/datasets-cards: a licence of no known name has a name of its
    # own and a place where it stands.
    assert head["license"] == "other"
    assert head["license_name"] == head["license_name"].lower().replace(" ", "-")
    assert "\n## Licence\n" in (exported / "README.md").read_text(encoding="utf-8")
    assert head["license_link"] == "README.md#licence"


@pytest.mark.parametrize(
    ("papers", "size"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (123_456, "100K<n<1M"),
        (10**9, "10M<n<100M"),
    ],
)
def test_the_size_is_one_of_the_hub(papers: int, size: str) -> None:
    assert dataset_card._size(papers) == size


def test_the_dictionary_has_every_table_and_column(dataset: Dataset) -> None:
    text = dictionary(dataset).replace("\\", "")
    for table in dataset.tables:
        part = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert f"{table.row_count:,} rows" in part
        rows = [line for line in part.splitlines() if line.startswith("| ")][2:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
            column.name for column in table.declared.columns
        ]
    assert "| title, abstract |" in text
    assert "The box here" not in text  # which is about a page of the site
    assert "papers.id" in text
