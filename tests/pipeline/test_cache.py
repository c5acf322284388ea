"""The cache: whatever is in it, and whatever is wrong with it, the database is the same."""

import ast
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import fields

from daily_papers import dumps
from daily_papers.pipeline import cache, extraction, packing, run
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.extraction import Extraction
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import (
    Claim,
    Dump,
    Facts,
    Furniture,
    Link,
    Listing,
    Mention,
    PackedStrings,
    PaperTopic,
    Record,
    RejectedCandidate,
)
from daily_papers.search import documents
from tests.conftest import ROOT, daily_papers, execute

BUILD = [Path(sys.executable).with_name("daily-papers"), "build", "--quiet", "--workers", "1"]
DUMPS, TEXTS = 3, 5  # of the hand-written dumps
ALL = DUMPS + TEXTS
STEP = "reading"
KEYS = [key_of(b"key", bytes([number])) for number in range(120)]

# Builds, and is killed when all has been read.
KILLED = """
import os, signal, sys
from daily_papers.database import writer
from daily_papers.cli import main
writer.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["build", *sys.argv[1:]])
"""


def build(folder_of_dumps: Path, target: Path, folder: Path) -> bytes:
    """Build as one does who sees what is said: nothing."""
    options = ["--cache", folder, "--workers", 1, "--quiet"]
    result = daily_papers("build", folder_of_dumps, "-o", target, *options)
    assert (result.exit_code, result.output) == (0, ""), result.output
    return target.read_bytes()


def known(folder_of_dumps: Path, target: Path, folder: Path | None) -> int:
    """Build, and return how many dumps and texts were known."""
    resources = run.Resources(1, folder)
    report = run.build([folder_of_dumps], target, False, nullcontext, resources)
    return report.cached


def value(number: int) -> bytes:
    """The value of a key: some are short, some take several pages."""
    return random.Random(number).randbytes(20 + 37 * number)


def filled(folder: Path) -> Path:
    """A cache with values; returns its file."""
    with Cache(folder, STEP) as kept:
        for number, key in enumerate(KEYS):
            kept.put(key, value(number))
    (file,) = folder.glob("*.db")
    return file


def left_open(folder: Path, copied: Path) -> Path:
    """A cache as a killed build leaves it, with what was written last in a file of its own."""
    with Cache(folder, STEP) as kept:
        for number, key in enumerate(KEYS):
            kept.put(key, value(number))
            if number % 50 == 49:
                kept.flush()
        kept.flush()
        shutil.copytree(folder, copied)
    (file,) = copied.glob("*.db")
    return file


def sound(folder: Path) -> int:
    """Ask a cache for all; return how much it has. What it has is right, and it takes more."""
    found = 0
    with Cache(folder, STEP) as kept:
        for number, key in enumerate(KEYS):
            got = kept.get(key)
            assert got in (None, value(number))
            found += got is not None
        kept.put(KEYS[0], value(0))
        kept.flush()
        assert kept.get(KEYS[0]) in (None, value(0))
    return found


def rewritten(file: Path, *statements: str) -> None:
    execute(file, *statements)


def flip(file: Path, chance: random.Random, count: int) -> None:
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
    "nothing": lambda file: rewritten(file, "drop table kept"),
    "text for values": lambda file: rewritten(file, "update kept set value = 'text'"),
    "broken text for values": lambda file: rewritten(
        file, "update kept set value = cast(x'ff' || value as text)"
    ),
    "other columns": lambda file: rewritten(
        file, "drop table kept", "create table kept (name text primary key, number integer)"
    ),
    "another number of columns": lambda file: rewritten(
        file, "alter table kept add column made_on text"
    ),
    "a rule that nothing keeps": lambda file: rewritten(
        file, "drop table kept", "create table kept (key, value, check (key is null))"
    ),
    "another type": lambda file: rewritten(
        file, "drop table kept", "create table kept (key integer primary key, value text)"
    ),
    "a view": lambda file: rewritten(
        file, "drop table kept", "create view kept as select x'00' as key, x'00' as value"
    ),
    "no values": lambda file: rewritten(file, "update kept set value = null"),
    "numbers for values": lambda file: rewritten(file, "update kept set value = 7"),
    "empty values": lambda file: rewritten(file, "update kept set value = x''"),
    "short values": lambda file: rewritten(file, "update kept set value = substr(value, 1, 16)"),
    "one value for all": lambda file: rewritten(
        file, "update kept set value = (select value from kept order by key limit 1)"
    ),
    "a log of nothing": lambda file: file.with_name(f"{file.name}-wal").write_bytes(b"\0" * 9999),
    "an index of nothing": lambda file: file.with_name(f"{file.name}-shm").write_text("x" * 999),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of the hand-written dumps."""
    target = tmp_path_factory.mktemp("expected") / "papers.db"
    assert known(ROOT / "tests" / "corpus", target, None) == 0
    return target.read_bytes()


@pytest.fixture(params=cache.STEPS)
def warm(request: pytest.FixtureRequest, corpus: Path, tmp_path: Path, expected: bytes) -> Path:
    """A file of a cache that has the hand-written dumps and their texts: the one of a step."""
    folder = tmp_path / "cache"
    assert build(corpus, tmp_path / "papers.db", folder) == expected
    assert sum(1 for _ in folder.iterdir()) == len(cache.STEPS)
    (file,) = folder.glob(f"{request.param}-*.db")
    return file


def kept_in(warm: Path) -> int:
    """How many results a file of the warm cache has."""
    return DUMPS if warm.stem.startswith("reading-") else TEXTS


def test_cold_and_warm_give_the_same_bytes(corpus: Path, tmp_path: Path, expected: bytes) -> None:
    folder, target = tmp_path / "not" / "there" / "yet", tmp_path / "papers.db"
    for count in (0, ALL, ALL):
        assert known(corpus, target, folder) == count
        assert target.read_bytes() == expected


def test_a_changed_dump_is_read_anew_and_the_others_are_not(
    corpus: Path, tmp_path: Path, warm: Path
) -> None:
    page = corpus / "with_details.txt"
    target, alone = tmp_path / "papers.db", tmp_path / "alone.db"
    page.write_text(page.read_text() + "\n")
    assert known(corpus, target, warm.parent) == DUMPS - 1 + TEXTS
    page.write_text(page.read_text().replace("Long prompts", "Prompts", 1))
    assert known(corpus, target, warm.parent) == DUMPS - 1 + TEXTS - 1
    assert known(corpus, alone, None) == 0
    assert target.read_bytes() == alone.read_bytes()


def test_a_dump_under_another_name_is_known_and_has_its_new_name(
    corpus: Path, tmp_path: Path, warm: Path
) -> None:
    (corpus / "with_details.txt").rename(corpus / "a_new_name.md")
    target, alone = tmp_path / "papers.db", tmp_path / "alone.db"
    assert known(corpus, target, warm.parent) == ALL
    assert known(corpus, alone, None) == 0
    assert target.read_bytes() == alone.read_bytes()


def test_a_dump_that_changes_before_it_is_read_is_refused_and_not_kept_as_what_it_was(
    corpus: Path, tmp_path: Path, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, read, target = corpus / "with_details.txt", dumps.read, tmp_path / "papers.db"
    before = page.read_text()

    def change_first(path: Path) -> Dump:
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
    assert build(corpus, target, tmp_path / "cache") == expected


def test_no_cache_keeps_nothing_and_reads_nothing(
    corpus: Path, tmp_path: Path, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    target = tmp_path / "papers.db"
    for _ in range(2):
        result = daily_papers("build", corpus, "-o", target, "--no-cache")
        assert "known before         0 dumps and texts" in result.stdout
        assert target.read_bytes() == expected
    assert not (tmp_path / "home").exists()
    assert daily_papers("build", corpus, "-o", target).exit_code == 0
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
    damage: Callable[[Path], object], corpus: Path, tmp_path: Path, expected: bytes, warm: Path
) -> None:
    damage(warm)
    for _ in range(3):
        assert build(corpus, tmp_path / "papers.db", warm.parent) == expected
    healed = known(corpus, tmp_path / "papers.db", warm.parent)
    assert healed == (ALL - kept_in(warm) if damage is replace_by_folder else ALL)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.34, 0.5, 0.7, 0.9, 0.999])
def test_a_file_that_is_cut_changes_no_byte(
    share: float, corpus: Path, tmp_path: Path, expected: bytes, warm: Path
) -> None:
    data = warm.read_bytes()
    warm.write_bytes(data[: int(share * len(data))])
    for _ in range(2):
        assert build(corpus, tmp_path / "papers.db", warm.parent) == expected


def test_flipped_bytes_change_no_byte(
    corpus: Path, tmp_path: Path, expected: bytes, warm: Path
) -> None:
    data = warm.read_bytes()
    chance = random.Random(7)
    less = 0
    for _ in range(40):
        warm.write_bytes(data)
        flip(warm, chance, chance.choice((1, 3, 30)))
        target = tmp_path / "papers.db"
        less += known(corpus, target, warm.parent) < ALL
        assert target.read_bytes() == expected
    print(f"{less} of 40 damages cost something")
    assert less > 10


def test_swapped_values_are_not_served(
    corpus: Path, tmp_path: Path, expected: bytes, warm: Path
) -> None:
    with closing(sqlite3.connect(warm)) as db, db:
        rows = db.execute("select key, value from kept order by length(value)").fetchall()
        (one, first), (other, second) = rows[0], rows[1]
        db.execute("update kept set value = ? where key = ?", [second, one])
        db.execute("update kept set value = ? where key = ?", [first, other])
    assert len(rows) == kept_in(warm)
    assert known(corpus, tmp_path / "papers.db", warm.parent) == ALL - 2
    assert (tmp_path / "papers.db").read_bytes() == expected


@pytest.mark.parametrize("place", ["file", "file/below", "file/far/below"])
def test_a_folder_that_cannot_be_made_changes_no_byte(
    place: str, corpus: Path, tmp_path: Path, expected: bytes
) -> None:
    (tmp_path / "file").write_text("not a folder")
    for _ in range(2):
        assert known(corpus, tmp_path / "papers.db", tmp_path / place) == 0
        assert (tmp_path / "papers.db").read_bytes() == expected
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_what_is_damaged_and_cannot_be_dropped_changes_no_byte(
    ending: str,
    corpus: Path,
    tmp_path: Path,
    expected: bytes,
    warm: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == warm.name + ending:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    warm.write_text("This is no database.\n" * 500)
    monkeypatch.setattr(Path, "unlink", refuse)
    assert build(corpus, tmp_path / "papers.db", warm.parent) == expected


def test_an_old_version_that_cannot_be_dropped_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    for number in range(5):
        (tmp_path / f"{STEP}-{number:016}.db").mkdir()
    (tmp_path / f"{STEP}-{5:016}.db").symlink_to("nowhere")  # as one that goes while we look
    assert sound(tmp_path) == len(KEYS)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_locked_file_changes_no_byte(
    mode: str, corpus: Path, tmp_path: Path, expected: bytes, warm: Path
) -> None:
    with closing(sqlite3.connect(warm)) as other:
        other.execute(f"pragma journal_mode = {mode}")
        other.execute("begin exclusive")
        assert build(corpus, tmp_path / "papers.db", warm.parent) == expected
    assert known(corpus, tmp_path / "papers.db", warm.parent) == ALL


def test_builds_at_once_share_a_cache(corpus: Path, tmp_path: Path, expected: bytes) -> None:
    folder = tmp_path / "cache"
    targets = [tmp_path / f"{number}.db" for number in range(3)]
    command = [*BUILD, corpus, "--cache", folder, "-o"]
    built = [subprocess.Popen([*command, one], stderr=subprocess.PIPE) for one in targets]
    assert [one.communicate()[1] for one in built] == [b""] * 3
    assert [one.returncode for one in built] == [0] * 3
    assert all(one.read_bytes() == expected for one in targets)
    assert build(corpus, targets[0], folder) == expected
    assert known(corpus, targets[0], folder) == ALL


def test_a_changed_rule_is_served_nothing_old(
    corpus: Path, tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "papers.db"
    monkeypatch.setattr(cache, "code_hash", lambda _: "0123456789abcdef")
    assert known(corpus, target, warm.parent) == 0
    assert known(corpus, target, warm.parent) == ALL
    monkeypatch.undo()
    assert known(corpus, target, warm.parent) == ALL


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
    asked = list[str]()
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path)
    monkeypatch.setattr(cache, "version", lambda name: asked.append(name) or "1")
    (tmp_path / "vocabulary").mkdir()
    found = list[str]()
    for name, text in (
        ("cache.py", ""), ("vocabulary/topics.yml", "a"), ("vocabulary/topics.yml", "b"),
        ("vocabulary/names.yml", "b"), ("cache.py", "1"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        found.append(cache.code_hash.__wrapped__())
    assert len(set(found)) == len(found)
    (tmp_path / "notes.txt").write_text("nothing that reads")
    assert cache.code_hash.__wrapped__() == found[-1]
    assert set(asked) == {"beautifulsoup4", "pylatexenc", "pystemmer"}


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


def test_files_of_old_versions_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.db").write_text("not ours")
    for number in range(7):
        monkeypatch.setattr(cache, "code_hash", lambda _, name=f"{number:016}": name)
        filled(tmp_path / "one")
        name = f"{STEP}-{number:016}.db"
        (tmp_path / "one" / name).rename(tmp_path / name)
        aged(tmp_path / name, 1000 + number)
    Cache(tmp_path, STEP).__exit__(None, None, None)
    names = sorted(path.name for path in tmp_path.glob("*.db"))
    assert names == ["notes.db", *(f"{STEP}-{number:016}.db" for number in (3, 4, 5, 6))]


def test_a_version_that_only_reads_is_used_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(number: int) -> int:
        monkeypatch.setattr(cache, "code_hash", lambda _: f"{number:016}")
        return sound(tmp_path)

    monkeypatch.setattr(cache, "code_hash", lambda _: f"{0:016}")
    aged(filled(tmp_path), 1000)
    for number in range(1, 4):
        assert use(number) == 0
        aged(tmp_path / f"{STEP}-{number:016}.db", 1000 + number)
    monkeypatch.setattr(cache, "code_hash", lambda _: f"{0:016}")
    with Cache(tmp_path, STEP) as kept:
        assert kept.get(KEYS[1]) == value(1)
    assert use(4) == 0
    assert {path.stem for path in tmp_path.glob("*.db")} == {
        f"{STEP}-{number:016}" for number in (0, 2, 3, 4)
    }


def aged(file: Path, second: int) -> None:
    os.utime(file, (second, second))


def damaged(folder: Path, seeds: Iterable[int]) -> Iterator[tuple[int, Path]]:
    """Yield folders of caches of which some files have some bytes flipped."""
    whole = folder / "whole"
    left_open(folder / "open", whole)
    assert sum(1 for _ in whole.iterdir()) == 3
    for seed in seeds:
        chance = random.Random(seed)
        copied = Path(shutil.copytree(whole, folder / "damaged"))
        for file in sorted(copied.iterdir()):
            if chance.random() < 0.6:
                flip(file, chance, chance.choice((1, 2, 20, 200)))
        yield seed, copied
        shutil.rmtree(copied)


def test_no_damage_to_any_of_its_files_serves_a_wrong_value(tmp_path: Path) -> None:
    found = [sound(copied) for _, copied in damaged(tmp_path, range(300))]
    print(f"300 damages: {found.count(len(KEYS))} cost nothing, {found.count(0)} everything")
    assert 0 < found.count(len(KEYS)) < 200


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_no_cut_of_any_of_its_files_serves_a_wrong_value(tmp_path: Path, ending: str) -> None:
    file = left_open(tmp_path / "open", tmp_path / "whole")
    cut_file = file.with_name(file.name + ending)
    size = cut_file.stat().st_size
    assert size > 1000
    for part in range(12):
        copied = Path(shutil.copytree(tmp_path / "whole", tmp_path / "cut"))
        with (copied / cut_file.name).open("r+b") as opened:
            opened.truncate(size * part // 12)
        sound(copied)
        shutil.rmtree(copied)


def test_what_a_killed_build_wrote_is_all_there(tmp_path: Path) -> None:
    left_open(tmp_path / "open", tmp_path / "copied")
    assert sound(tmp_path / "copied") == len(KEYS)


def test_the_cache_of_a_killed_build_serves_the_next_one(
    corpus: Path, tmp_path: Path, expected: bytes
) -> None:
    folder, target = tmp_path / "cache", tmp_path / "papers.db"
    command = [sys.executable, "-c", KILLED, corpus, "--cache", folder, "-o", target]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, b"")
    assert known(corpus, target, folder) == ALL
    assert target.read_bytes() == expected


def test_few_bytes_wait_to_be_written(tmp_path: Path) -> None:
    large = bytes(3 << 20)
    with Cache(tmp_path, STEP) as kept, Cache(tmp_path, STEP) as other:
        for key in KEYS[:3]:
            kept.put(key, large)
        assert other.get(KEYS[0]) == large
        kept.put(KEYS[3], large)
        assert other.get(KEYS[3]) is None


def test_without_a_folder_there_is_never_anything() -> None:
    with Cache(None, STEP) as none:
        none.put(KEYS[0], b"value")
        none.flush()
        assert none.get(KEYS[0]) is None
        assert none.hit_count == 0


@given(st.lists(st.binary(), min_size=1), st.lists(st.binary(), min_size=1))
def test_keys_tell_parts_apart(one: list[bytes], other: list[bytes]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)
    joined = [b"".join(one), b""]
    assert (key_of(*one) == key_of(*joined)) == (one == joined)


# Records with any text; what is no number is in no claim.
NUMBERS = st.floats(allow_nan=False)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))  # SQLite has no others
CLAIMS = st.builds(
    Claim, value=NUMBERS, value_low=st.none() | NUMBERS, baseline=..., hardware=..., subject=...
)
LISTINGS = st.builds(Listing, **{one.name: ... for one in fields(Listing)})
FACTS = st.builds(
    Facts,
    topics=st.lists(st.from_type(PaperTopic), max_size=2).map(tuple),
    claims=st.lists(CLAIMS, max_size=2).map(tuple),
    rejected=st.lists(st.from_type(RejectedCandidate), max_size=2).map(tuple),
    mentions=st.lists(st.from_type(Mention), max_size=2).map(tuple),
    links=st.lists(st.from_type(Link), max_size=2).map(tuple),
)
DUMP_RECORDS = st.builds(
    Dump,
    listings=st.lists(LISTINGS, max_size=2).map(tuple),
    furniture=st.lists(st.from_type(Furniture), max_size=3).map(tuple),
)


@given(st.one_of(LISTINGS, FACTS, DUMP_RECORDS))
def test_what_is_packed_unpacks_to_the_same(record: Record) -> None:
    assert packing.unpack(packing.pack(record), type(record)) == record


@given(FACTS, st.text(), st.text())
@example(Facts(None, "method", (), (), (), (), ()), "", "ﷺ")
def test_an_extraction_is_unpacked_as_it_was_packed(
    facts: Facts, title: str, abstract: str
) -> None:
    extracted = Extraction(facts, documents.count(title, abstract))
    packed = extraction.pack_extraction(extracted)
    assert extraction.unpack_mentions(packed) == facts.mentions
    assert extraction.unpack_extraction(packed) == extracted


@given(st.lists(st.text()))
def test_packed_strings_come_back(texts: list[str]) -> None:
    packed = PackedStrings(texts)
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
