"""The cache: whatever is in it, and whatever is wrong with it, the database is the same."""

import ast
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import fields

from daily_papers import dumps, records
from daily_papers.pipeline import cache, extraction, packing, run, workfile
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.extraction import Extraction
from daily_papers.pipeline.workfile import Workfile
from daily_papers.search import documents
from tests.conftest import ROOT, daily_papers, execute

BUILD = [Path(sys.executable).with_name("daily-papers"), "build", "--quiet", "--workers", "1"]
DUMPS, TEXTS = 3, 5  # of the hand-written dumps
ALL = DUMPS + TEXTS + TEXTS  # and as many vectors
STEP = "reading"
Rebuild = Callable[[Path | None], int]
KEYS = [key_of(b"key", bytes([number])) for number in range(120)]

# Builds, and is killed when all has been read.
KILLED = """
import os, signal, sys
from daily_papers.database import writer
from daily_papers.cli import main
writer.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["build", *sys.argv[1:]])
"""


def build(dump_folder: Path, target: Path, folder: Path | None) -> int:
    """Build, which prints no error; return how many dumps, texts and vectors were in the cache."""
    options = ["--cache", folder] if folder else ["--no-cache"]
    result = daily_papers("build", dump_folder, "-o", target, "--workers", 1, *options)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    (count,) = re.findall(r"(\d+) dumps, texts and vectors", result.stdout)
    return int(count)


def value(number: int) -> bytes:
    """The value of a key: some are short, some take several pages."""
    return random.Random(number).randbytes(20 + 37 * number)


def fill(folder: Path, copied: Path | None = None) -> Path:
    """Fill a cache and return its file; or of a copy as a killed build leaves it, in which what was
    written last is in a file of its own."""
    with Cache(folder, STEP) as kept:
        for number, key in enumerate(KEYS):
            kept.put(key, value(number))
            if number % 50 == 49:
                kept.flush()
        kept.flush()
        if copied:
            shutil.copytree(folder, copied)
    (file,) = (copied or folder).glob("*.db")
    return file


def hit_count(folder: Path) -> int:
    """Ask a cache for all keys; return how many values it has, which are right. It takes more."""
    with Cache(folder, STEP) as kept:
        for number, key in enumerate(KEYS):
            assert kept.get(key) in (None, value(number))
        hits = kept.hit_count
        kept.put(KEYS[0], value(0))
        kept.flush()
        assert kept.get(KEYS[0]) in (None, value(0))
    return hits


def by_sql(*statements: str) -> Callable[[Path], None]:
    """A damage by SQL."""
    return lambda file: execute(file, *statements)


def recreate(statement: str) -> Callable[[Path], None]:
    """A damage: another object of the same name."""
    return by_sql("drop table kept", statement)


def flip_bytes(file: Path, chance: random.Random, count: int) -> None:
    """Change some bytes of a file, most of them where SQLite keeps its own."""
    data = bytearray(file.read_bytes())
    for _ in range(count):
        end = chance.choice((100, 200, 4096, len(data)))
        data[chance.randrange(min(end, len(data)))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "something").write_text("in it")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("This is no database.\n" * 500),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "folder": replace_by_folder,
    "nothing": by_sql("drop table kept"),
    "text for values": by_sql("update kept set value = 'text'"),
    "broken text for values": by_sql("update kept set value = cast(x'ff' || value as text)"),
    "other columns": recreate("create table kept (name text primary key, number integer)"),
    "another number of columns": by_sql("alter table kept add column made_on text"),
    "an impossible check": recreate("create table kept (key, value, check (key is null))"),
    "another type": recreate("create table kept (key integer primary key, value text)"),
    "a view": recreate("create view kept as select x'00' as key, x'00' as value"),
    "no values": by_sql("update kept set value = null"),
    "numbers for values": by_sql("update kept set value = 7"),
    "empty values": by_sql("update kept set value = x''"),
    "short values": by_sql("update kept set value = substr(value, 1, 16)"),
    "one value for all": by_sql(
        "update kept set value = (select value from kept order by key limit 1)"
    ),
    "a log of nothing": lambda file: file.with_name(f"{file.name}-wal").write_bytes(b"\0" * 9999),
    "an index of nothing": lambda file: file.with_name(f"{file.name}-shm").write_text("x" * 999),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of the hand-written dumps."""
    target = tmp_path_factory.mktemp("expected") / "papers.db"
    assert build(ROOT / "tests" / "corpus", target, None) == 0
    return target.read_bytes()


@pytest.fixture
def rebuild(corpus: Path, tmp_path: Path, expected: bytes) -> Rebuild:
    """Build with a folder of a cache, which changes no byte; return how much was in the cache."""

    def build_again(folder: Path | None) -> int:
        count = build(corpus, tmp_path / "papers.db", folder)
        assert (tmp_path / "papers.db").read_bytes() == expected
        return count

    return build_again


@pytest.fixture(params=cache.STEPS)
def warm(request: pytest.FixtureRequest, tmp_path: Path, rebuild: Rebuild) -> Path:
    """The file of a step in a cache that has the hand-written dumps and their texts."""
    folder = tmp_path / "cache"
    assert rebuild(folder) == 0
    assert sum(1 for _ in folder.iterdir()) == len(cache.STEPS)
    (file,) = folder.glob(f"{request.param}-*.db")
    return file


def kept_in(warm: Path) -> int:
    """How many results a file of the warm cache has."""
    return DUMPS if warm.stem.startswith("reading-") else TEXTS


def test_cold_and_warm_give_the_same_bytes(tmp_path: Path, rebuild: Rebuild) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    assert [rebuild(folder) for _ in range(3)] == [0, ALL, ALL]


def test_a_changed_dump_is_read_anew_and_the_others_are_not(
    corpus: Path, tmp_path: Path, warm: Path
) -> None:
    """And under another name it has that, but is not read anew."""
    page = corpus / "with_details.txt"
    target, alone = tmp_path / "papers.db", tmp_path / "alone.db"
    page.write_text(page.read_text() + "\n")
    assert build(corpus, target, warm.parent) == DUMPS - 1 + 2 * TEXTS
    page.write_text(page.read_text().replace("Long prompts", "Prompts", 1))
    assert build(corpus, target, warm.parent) == DUMPS - 1 + 2 * (TEXTS - 1)
    for name in ("with_details.txt", "a_new_name.md"):
        page = page.rename(corpus / name)
        assert build(corpus, target, warm.parent) == ALL
        assert build(corpus, alone, None) == 0
        assert target.read_bytes() == alone.read_bytes()


def test_a_dump_that_changes_before_it_is_read_is_refused_and_not_kept_as_what_it_was(
    corpus: Path, tmp_path: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, read, target = corpus / "with_details.txt", dumps.read, tmp_path / "papers.db"
    before = page.read_text()

    def change_first(path: Path) -> records.Dump:
        if path == page:
            page.write_text(before.replace("TinyCache", "HugeCache"))
        return read(path)

    monkeypatch.setattr(dumps, "read", change_first)
    result = daily_papers("build", corpus, "-o", target, "--cache", tmp_path / "cache")
    assert result.exit_code == 1
    assert f"{page}: it changed while it was read" in result.stderr
    assert not target.exists()
    monkeypatch.undo()
    page.write_text(before)
    rebuild(tmp_path / "cache")


def test_no_cache_keeps_nothing_and_reads_nothing(
    corpus: Path, tmp_path: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert [rebuild(None), rebuild(None)] == [0, 0]
    assert not (tmp_path / "home").exists()
    assert daily_papers("build", corpus, "-o", tmp_path / "papers.db").exit_code == 0
    assert len(list((tmp_path / "home" / "daily-papers").glob("*.db"))) == len(cache.STEPS)


def test_who_has_no_home_builds_without_a_cache(
    corpus: Path, tmp_path: Path, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", refuse)
    result = daily_papers("build", corpus, "-o", tmp_path / "papers.db", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "papers.db").read_bytes() == expected


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_changes_no_byte(
    damage: Callable[[Path], object], warm: Path, rebuild: Rebuild
) -> None:
    damage(warm)
    for _ in range(3):
        rebuild(warm.parent)
    is_folder = damage is replace_by_folder
    assert rebuild(warm.parent) == (ALL - kept_in(warm) if is_folder else ALL)


def test_swapped_values_are_not_served(warm: Path, rebuild: Rebuild) -> None:
    with closing(sqlite3.connect(warm)) as db, db:
        rows = db.execute("select key, value from kept order by length(value)").fetchall()
        (first_key, first), (second_key, second) = rows[:2]
        swapped = [(second, first_key), (first, second_key)]
        db.executemany("update kept set value = ? where key = ?", swapped)
    assert len(rows) == kept_in(warm)
    assert rebuild(warm.parent) == ALL - 2


@pytest.mark.parametrize("path", ["file", "file/below", "file/far/below"])
def test_a_folder_that_cannot_be_made_changes_no_byte(
    path: str, corpus: Path, tmp_path: Path, expected: bytes
) -> None:
    (tmp_path / "file").write_text("not a folder")
    resources, target = run.Resources(1, tmp_path / path), tmp_path / "papers.db"
    for _ in range(2):
        assert run.build([corpus], target, False, nullcontext, resources).cached == 0
        assert target.read_bytes() == expected
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_what_is_damaged_and_cannot_be_dropped_changes_no_byte(
    ending: str, warm: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == warm.name + ending:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    warm.write_text("This is no database.\n" * 500)
    monkeypatch.setattr(Path, "unlink", refuse)
    rebuild(warm.parent)


def test_an_old_version_that_cannot_be_dropped_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    for number in range(5):
        (tmp_path / f"{STEP}-{number:016}.db").mkdir()
    (tmp_path / f"{STEP}-{5:016}.db").symlink_to("nowhere")  # as one that goes while we look
    assert hit_count(tmp_path) == len(KEYS)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_locked_file_changes_no_byte(mode: str, warm: Path, rebuild: Rebuild) -> None:
    with closing(sqlite3.connect(warm)) as db:
        db.execute(f"pragma journal_mode = {mode}")
        db.execute("begin exclusive")
        rebuild(warm.parent)
    assert rebuild(warm.parent) == ALL


def test_builds_at_once_share_a_cache(
    corpus: Path, tmp_path: Path, expected: bytes, rebuild: Rebuild
) -> None:
    folder = tmp_path / "cache"
    targets = [tmp_path / f"{number}.db" for number in range(3)]
    command = [*BUILD, corpus, "--cache", folder, "-o"]
    builds = [subprocess.Popen([*command, target], stderr=subprocess.PIPE) for target in targets]
    assert [process.communicate()[1] for process in builds] == [b""] * 3
    assert [process.returncode for process in builds] == [0] * 3
    assert all(target.read_bytes() == expected for target in targets)
    rebuild(folder)  # what builds at once could not keep, as others were writing
    assert rebuild(folder) == ALL


def test_a_changed_rule_is_served_nothing_old(
    warm: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "code_hash", lambda _: "0123456789abcdef")
    assert [rebuild(warm.parent), rebuild(warm.parent)] == [0, ALL]
    monkeypatch.undo()
    assert rebuild(warm.parent) == ALL


@pytest.mark.parametrize("name", ["version", "python_version"])
def test_what_reads_is_part_of_the_code_hash(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python too: its HTML parser and its Unicode differ from release to release."""
    before = cache.code_hash()
    monkeypatch.setattr(cache, name, lambda *_: "0.1.2")
    cache.code_hash.cache_clear()
    try:
        assert cache.code_hash() != before
    finally:
        cache.code_hash.cache_clear()


def test_code_vocabulary_and_the_packages_that_read_are_part_of_the_code_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = list[str]()
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path)
    monkeypatch.setattr(cache, "version", lambda name: packages.append(name) or "1")
    (tmp_path / "vocabulary").mkdir()
    hashes = list[str]()
    for name, text in (
        ("cache.py", ""), ("vocabulary/topics.yml", "a"), ("vocabulary/topics.yml", "b"),
        ("vocabulary/names.yml", "b"), ("cache.py", "1"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        hashes.append(cache.code_hash.__wrapped__())
    assert len(set(hashes)) == len(hashes)
    (tmp_path / "notes.md").write_text("nothing that reads")
    assert cache.code_hash.__wrapped__() == hashes[-1]
    assert set(packages) == {"beautifulsoup4", "onnxruntime", "pylatexenc", "pystemmer"}


@pytest.mark.parametrize("step", cache.STEPS)
def test_the_code_hash_of_a_step_covers_all_that_its_module_imports(step: str) -> None:
    """And nothing of the site, so that another page reads no dump anew."""
    package = ROOT / "build" / "daily_papers"
    module = package / "pipeline" / f"{step}.py"
    imported, waiting = set[Path](), {module}
    while waiting:
        file = waiting.pop()
        imported.add(file)
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("daily_papers"):
                folder = package.joinpath(*str(node.module).split(".")[1:])
                names = [folder.with_suffix(".py"), *(folder / f"{a.name}.py" for a in node.names)]
                names += [folder / a.name / "__init__.py" for a in node.names]
                waiting |= {name for name in names if name.exists()} - imported
    hashed = {file for file in cache._files(cache.STEPS[step]) if file.suffix == ".py"}
    assert imported <= hashed
    assert not any("site" in file.parts for file in hashed)


def test_files_of_old_versions_are_forgotten_and_one_that_is_only_read_is_not_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(number: int) -> int:
        monkeypatch.setattr(cache, "code_hash", lambda _: f"{number:016}")
        return hit_count(tmp_path)

    monkeypatch.setattr(cache, "code_hash", lambda _: f"{0:016}")
    set_age(fill(tmp_path), 0)
    (tmp_path / "notes.db").write_text("not ours")
    for number in range(1, 4):
        assert use(number) == 0
        set_age(tmp_path / f"{STEP}-{number:016}.db", number)
    monkeypatch.setattr(cache, "code_hash", lambda _: f"{0:016}")
    with Cache(tmp_path, STEP) as kept:
        assert kept.get(KEYS[1]) == value(1)
    for number in range(5, 9):
        older = tmp_path / f"{STEP}-{number:016}.db"
        older.touch()
        set_age(older, -number)
    assert use(4) == 0
    names = sorted(path.name for path in tmp_path.glob("*.db"))
    assert names == ["notes.db", *(f"{STEP}-{number:016}.db" for number in (0, 2, 3, 4))]


def set_age(file: Path, second: int) -> None:
    os.utime(file, (1000 + second, 1000 + second))


def test_no_damage_to_any_of_its_files_serves_a_wrong_value(tmp_path: Path) -> None:
    whole = fill(tmp_path / "open", tmp_path / "whole").parent
    assert sum(1 for _ in whole.iterdir()) == 3
    assert hit_count(Path(shutil.copytree(whole, tmp_path / "killed"))) == len(KEYS)
    hits = []
    for seed in range(300):
        chance = random.Random(seed)
        damaged = Path(shutil.copytree(whole, tmp_path / "damaged"))
        for file in sorted(damaged.iterdir()):
            if chance.random() < 0.6:
                flip_bytes(file, chance, chance.choice((1, 2, 20, 200)))
        hits.append(hit_count(damaged))
        shutil.rmtree(damaged)
    print(f"300 damages: {hits.count(len(KEYS))} cost nothing, {hits.count(0)} everything")
    assert 0 < hits.count(len(KEYS)) < 200


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_no_cut_of_any_of_its_files_serves_a_wrong_value(tmp_path: Path, ending: str) -> None:
    file = fill(tmp_path / "open", tmp_path / "whole")
    cut_file = file.with_name(file.name + ending)
    size = cut_file.stat().st_size
    assert size > 1000
    for part in range(12):
        copied = Path(shutil.copytree(tmp_path / "whole", tmp_path / "cut"))
        os.truncate(copied / cut_file.name, size * part // 12)
        hit_count(copied)
        shutil.rmtree(copied)


def test_the_cache_of_a_killed_build_serves_the_next_one(
    corpus: Path, tmp_path: Path, rebuild: Rebuild
) -> None:
    folder, target = tmp_path / "cache", tmp_path / "papers.db"
    command = [sys.executable, "-c", KILLED, corpus, "--cache", folder, "-o", target]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, b"")
    assert rebuild(folder) == ALL


def test_few_bytes_wait_to_be_written(tmp_path: Path) -> None:
    large = bytes(3 << 20)
    with Cache(tmp_path, STEP) as kept, Cache(tmp_path, STEP) as reader:
        for key in KEYS[:3]:
            kept.put(key, large)
        assert reader.get(KEYS[0]) == large
        kept.put(KEYS[3], large)
        assert reader.get(KEYS[3]) is None


def test_without_a_folder_there_is_never_anything() -> None:
    with Cache(None, STEP) as kept:
        kept.put(KEYS[0], b"value")
        kept.flush()
        assert kept.get(KEYS[0]) is None
        assert kept.hit_count == 0


@given(st.lists(st.binary(), min_size=1), st.lists(st.binary(), min_size=1))
def test_keys_tell_parts_apart(parts: list[bytes], different: list[bytes]) -> None:
    joined = [b"".join(parts), b""]
    for compared in (different, joined):
        assert (key_of(*parts) == key_of(*compared)) == (parts == compared)


def tuples(kind: type[Any] | st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    strategy = kind if isinstance(kind, st.SearchStrategy) else st.from_type(kind)
    return st.lists(strategy, max_size=2).map(tuple)


# Records with any text; what is no number is in no claim.
NUMBERS = st.floats(allow_nan=False)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))  # SQLite has no others
CLAIMS = st.builds(
    records.Claim,
    value=NUMBERS,
    value_low=st.none() | NUMBERS,
    baseline=...,
    hardware=...,
    subject=...,
)
LISTINGS = st.builds(records.Listing, **{column.name: ... for column in fields(records.Listing)})
FACTS = st.builds(
    records.Facts,
    topics=tuples(records.PaperTopic),
    claims=tuples(CLAIMS),
    rejected=tuples(records.RejectedCandidate),
    mentions=tuples(records.Mention),
    links=tuples(records.Link),
)
DUMP_RECORDS = st.builds(
    records.Dump, listings=tuples(LISTINGS), furniture=tuples(records.Furniture)
)


@given(st.one_of(LISTINGS, FACTS, DUMP_RECORDS))
def test_what_is_packed_unpacks_to_the_same(record: records.Record) -> None:
    assert packing.unpack(packing.pack(record), type(record)) == record


@given(FACTS, st.text(), st.text())
@example(records.Facts(None, "method", (), (), (), (), ()), "", "ﷺ")
def test_an_extraction_is_unpacked_as_it_was_packed(
    facts: records.Facts, title: str, abstract: str
) -> None:
    extracted = Extraction(facts, documents.count_terms(title, abstract))
    packed = extraction.pack_extraction(extracted)
    assert extraction.unpack_mentions(packed) == facts.mentions
    assert extraction.unpack_extraction(packed) == extracted


@given(st.lists(st.text()))
def test_packed_strings_come_back(texts: list[str]) -> None:
    packed = records.PackedStrings(texts)
    assert list(packed) == texts
    for number in (-1, len(texts)):
        with pytest.raises(IndexError):
            packed[number]


@given(st.lists(st.binary(max_size=300)), st.data())
def test_a_workfile_gives_back_every_row_at_any_time(
    pieces: list[bytes], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, Workfile(Path(folder)) as workfile:
        assert not list(Path(folder).iterdir())  # it has no name
        for number, piece in enumerate(pieces):
            workfile.insert("blocks", [(number, piece)])
            earlier = data.draw(st.integers(0, number))
            assert workfile.blob("blocks", "piece", earlier) == pieces[earlier]
        rows = workfile.select("select piece from blocks order by number")
        assert [piece for (piece,) in rows] == pieces


def test_a_workfile_that_cannot_be_used_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workfile, "_TABLES", {"blocks": "(no such sql"})
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        Workfile(tmp_path)
    assert list(tmp_path.iterdir()) == []
