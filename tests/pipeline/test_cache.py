"""The cache: whatever is in it, and whatever is wrong with it, the database is the same."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import fields

from daily_papers import codec, dumps
from daily_papers.codec import Codec
from daily_papers.pipeline import cache, extraction, run
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.extraction import Digest
from daily_papers.records import (
    Claim,
    Dump,
    Facts,
    Furniture,
    Link,
    Listing,
    Mention,
    PaperTopic,
    RejectedCandidate,
)
from daily_papers.search import documents
from daily_papers.workfile import Packed, Spool
from tests.conftest import ROOT, daily_papers

BUILD = [Path(sys.executable).with_name("daily-papers"), "build", "--quiet", "--workers", "1"]
DUMPS, TEXTS = 3, 5  # of the hand-written dumps
ALL = DUMPS + TEXTS
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
    means = run.Means(1, folder)
    report = run.build([folder_of_dumps], target, False, nullcontext, means)
    return report.cached


def value(number: int) -> bytes:
    """The value of a key: some are short, some take several pages."""
    return random.Random(number).randbytes(20 + 37 * number)


def filled(folder: Path) -> Path:
    """A cache with values; returns its file."""
    with Cache(folder) as kept:
        for number, key in enumerate(KEYS):
            kept.put(key, value(number))
    (file,) = folder.glob("*.db")
    return file


def left_open(folder: Path, copied: Path) -> Path:
    """A cache as a killed build leaves it, with what was written last in a file of its own."""
    with Cache(folder) as kept:
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
    with Cache(folder) as kept:
        for number, key in enumerate(KEYS):
            got = kept.get(key)
            assert got in (None, value(number))
            found += got is not None
        kept.put(KEYS[0], value(0))
        kept.flush()
        assert kept.get(KEYS[0]) in (None, value(0))
    return found


def rewritten(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        for statement in statements:
            db.execute(statement)


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


@pytest.fixture
def warm(corpus: Path, tmp_path: Path, expected: bytes) -> Path:
    """The file of a cache that knows the hand-written dumps."""
    folder = tmp_path / "cache"
    assert build(corpus, tmp_path / "papers.db", folder) == expected
    (file,) = folder.iterdir()
    return file


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
    assert len(list((tmp_path / "home" / "daily-papers").glob("*.db"))) == 1


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
    assert healed == (0 if damage is replace_by_folder else ALL)


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
    assert len(rows) == ALL
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
        (tmp_path / f"{number:016}.db").mkdir()
    (tmp_path / f"{5:016}.db").symlink_to("nowhere")  # as one that goes while we look
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
    monkeypatch.setattr(cache, "rules", lambda: "0123456789abcdef")
    assert known(corpus, target, warm.parent) == 0
    assert known(corpus, target, warm.parent) == ALL
    monkeypatch.undo()
    assert known(corpus, target, warm.parent) == ALL


@pytest.mark.parametrize("name", ["version", "python_version"])
def test_what_reads_is_part_of_the_rules(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python too: its HTML parser and its Unicode differ from release to release."""
    before = cache.rules()
    monkeypatch.setattr(cache, name, lambda *_: "0.1.2")
    cache.rules.cache_clear()
    try:
        assert cache.rules() != before
    finally:
        cache.rules.cache_clear()


def test_code_vocabulary_and_the_packages_that_read_are_part_of_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "pipeline" / "cache.py"))
    monkeypatch.setattr(cache, "version", lambda name: asked.append(name) or "1")
    (tmp_path / "vocabulary").mkdir()
    found = list[str]()
    for name, text in (
        ("cache.py", ""), ("vocabulary/topics.yml", "a"), ("vocabulary/topics.yml", "b"),
        ("vocabulary/names.yml", "b"), ("cache.py", "1"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        found.append(cache.rules.__wrapped__())
    assert len(set(found)) == len(found)
    (tmp_path / "notes.txt").write_text("nothing that reads")
    assert cache.rules.__wrapped__() == found[-1]
    assert set(asked) == {"beautifulsoup4", "pylatexenc", "pystemmer"}


def test_files_of_old_versions_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.db").write_text("not ours")
    for number in range(7):
        monkeypatch.setattr(cache, "rules", lambda name=f"{number:016}": name)
        filled(tmp_path / "one")
        Path(tmp_path / "one" / f"{number:016}.db").rename(tmp_path / f"{number:016}.db")
        aged(tmp_path / f"{number:016}.db", 1000 + number)
    Cache(tmp_path).__exit__(None, None, None)
    names = sorted(path.name for path in tmp_path.glob("*.db"))
    assert names == [*(f"{number:016}.db" for number in (3, 4, 5, 6)), "notes.db"]


def test_a_version_that_only_reads_is_used_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(number: int) -> int:
        monkeypatch.setattr(cache, "rules", lambda: f"{number:016}")
        return sound(tmp_path)

    monkeypatch.setattr(cache, "rules", lambda: f"{0:016}")
    aged(filled(tmp_path), 1000)
    for number in range(1, 4):
        assert use(number) == 0
        aged(tmp_path / f"{number:016}.db", 1000 + number)
    monkeypatch.setattr(cache, "rules", lambda: f"{0:016}")
    with Cache(tmp_path) as kept:
        assert kept.get(KEYS[1]) == value(1)
    assert use(4) == 0
    assert {path.stem for path in tmp_path.glob("*.db")} == {
        f"{number:016}" for number in (0, 2, 3, 4)
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
    with Cache(tmp_path) as kept, Cache(tmp_path) as other:
        for key in KEYS[:3]:
            kept.put(key, large)
        assert other.get(KEYS[0]) == large
        kept.put(KEYS[3], large)
        assert other.get(KEYS[3]) is None


def test_without_a_folder_there_is_never_anything() -> None:
    with Cache(None) as none:
        none.put(KEYS[0], b"value")
        none.flush()
        assert none.get(KEYS[0]) is None
        assert none.found == 0


@given(st.lists(st.binary(), min_size=1), st.lists(st.binary(), min_size=1))
def test_keys_tell_parts_apart(one: list[bytes], other: list[bytes]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)
    joined = [b"".join(one), b""]
    assert (key_of(*one) == key_of(*joined)) == (one == joined)


# Records with any text; what is no number is in no claim.
NUMBERS = st.floats(allow_nan=False)
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
ANY_RECORD = st.one_of(
    st.tuples(st.just(codec.LISTING), LISTINGS),
    st.tuples(st.just(codec.FACTS), FACTS),
    st.tuples(st.just(codec.DUMP), DUMP_RECORDS),
)


@given(ANY_RECORD)
def test_what_is_packed_unpacks_to_the_same(case: tuple[Codec[object], object]) -> None:
    record_codec, record = case
    assert record_codec.unpack(codec.loads(codec.dumps(record_codec.pack(record)))) == record


@given(FACTS, st.text(), st.text())
@example(Facts(None, "method", (), (), (), (), ()), "", "ﷺ")
def test_a_digest_is_read_as_it_was_written(facts: Facts, title: str, abstract: str) -> None:
    said = Digest(facts, documents.count_terms(title, abstract))
    written = extraction.write(said)
    assert extraction.read_mentions(written) == facts.mentions
    read = extraction.read(written)
    assert read == said


@given(st.lists(st.text()))
def test_packed_texts_come_back(texts: list[str]) -> None:
    packed = Packed(texts)
    assert list(packed) == texts
    for number in (-1, len(texts)):
        with pytest.raises(IndexError):
            packed[number]


@given(LISTINGS, st.data())
def test_damaged_data_is_no_value_or_the_same(listing: Listing, data: st.DataObject) -> None:
    values = codec.LISTING.pack(listing)
    written = codec.dumps(values)
    place = data.draw(st.integers(0, len(written) - 1))
    flipped = bytearray(written)
    flipped[place] ^= data.draw(st.integers(1, 255))
    for damaged_data in (bytes(flipped), written[:place]):
        try:
            found = codec.loads(damaged_data)
        except ValueError:
            continue
        assert codec.LISTING.unpack(found) == listing


@given(st.lists(st.binary(max_size=300)), st.data())
def test_a_spool_gives_back_every_piece_at_any_time(
    pieces: list[bytes], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        assert not list(Path(folder).iterdir())  # it has no name
        for number, piece in enumerate(pieces):
            assert spool.add(piece) == number
            asked = data.draw(st.none() | st.integers(0, number))
            assert asked is None or spool[asked] == pieces[asked]
        assert len(spool) == len(pieces)
        assert [spool[number] for number in range(len(spool))] == pieces
        assert list(spool) == pieces
        with pytest.raises(IndexError):
            spool[len(pieces)]


def test_a_spool_that_was_flushed_is_read_by_a_process_that_is_forked_later(tmp_path: Path) -> None:
    pieces = [bytes([number]) * 50_000 for number in range(60)]  # more than its buffer
    with Spool(tmp_path) as spool:
        for piece in pieces:
            spool.add(piece)
        spool.flush()
        reader, writer = get_context("fork").Pipe(duplex=False)
        process = get_context("fork").Process(
            target=lambda: writer.send([spool[number] == pieces[number] for number in range(60)])
        )
        process.start()
        process.join()
        assert reader.recv() == [True] * 60
        assert [spool[number] for number in range(60)] == pieces
