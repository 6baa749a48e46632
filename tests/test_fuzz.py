"""Mutants of every input, the same few thousand each time; ``python -m tests.fuzz`` runs as many as are asked for.

Beside it, what longer runs have found, each as small as it could be made.
"""

import sqlite3
import sys
from datetime import UTC, datetime

import pytest

from pipeline import document, rows
from pipeline.normalize import fold
from pipeline.normalize.numerals import parse_number
from pipeline.rows import canonical_url
from scrapers import discover, legacy, urls
from scrapers.archive import Record, find_records, write_warc
from scrapers.errors import CongdoanError
from scrapers.frontier import NAME, Frontier
from scrapers.page import Page
from scrapers.plaintext import parse_text
from tests.fuzz.mutate import MOST, Mutator
from tests.fuzz.run import fuzz, mutants
from tests.fuzz.targets import Target, targets
from tests.small_language import language

EXECUTIONS = 2000
# Whole datasets and databases a mutant: the long runs have them.
SLOW = {"Parquet shard", "scrape journal"}


def test_mutants_of_every_input_are_read_or_refused(tmp_path):
    all_ = targets(tmp_path)
    whole = sum(target.share for target in all_)
    found = {}
    for target in all_:
        n = EXECUTIONS * target.share // whole if target.name not in SLOW else 2
        done = fuzz(target, n, seed=8, keep=tmp_path / "found", timed=False)
        found |= {target.name: done.found} if done.found else {}
    assert not found


# --- the machinery --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_mutants():
    target = Target("x", (b"Ng\xc3\xa0y 5/9, trao 300", b"<p>abc</p>"), bytes, 1)
    first, again, other = (list(mutants(target, 200, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert len(set(first)) > 150 and max(map(len, first)) <= MOST


def test_what_is_wrong_with_a_reader_is_found(tmp_path):
    def read(data):
        if len(data) > 4:
            raise KeyError("seven")
        return object() if len(data) == 4 else 0

    done = fuzz(Target("bad reader", (b"abc", b"abcd"), read, 1), 400, seed=1, keep=tmp_path)
    (error, unstable) = sorted(done.found)
    assert error.startswith("KeyError (test_fuzz.py, line") and unstable == "another answer the second time"
    kept = sorted(tmp_path.glob("bad-reader-*.bin"))
    assert kept and all(path.with_suffix(".txt").exists() for path in kept)


def test_every_way_to_change_bytes_takes_empty_ones():
    mutator = Mutator(3)
    assert all(isinstance(mutator.mutant([b""]), bytes) for _ in range(200))


# --- what was found -------------------------------------------------------------------------------------------------


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a" * 5000 + "!", "mười" * 2000 + "?", "1a" * 3000 + "_"])
def test_a_long_word_is_no_number(text):
    """Took time exponential in its length."""
    assert parse_number(text) is None


@pytest.mark.timeout(20)
def test_a_long_line_takes_legacy_fonts_no_time():
    """Took the square of its length: a word that has no mark, a line beside one in a legacy font."""
    odd = "C«ng ®oµn ®iÖn lùc ViÖt Nam, c¸n bé c«ng ®oµn c¬ së\n" * 20
    text, table = legacy.repair(odd + "a" * 200_000 + "\n" + "b " * 100_000)
    assert table == "tcvn3" and text.startswith("Công đoàn điện lực Việt Nam") and text.endswith("b b ")


@pytest.mark.parametrize("half", ["&#xd800;", "&#xDFFF;", "&#56000;", "&#x0d900;"])
def test_half_a_character_in_a_feed_is_none(half):
    """The XML parser, told to go on, kept it in an attribute and failed on it."""
    feed = f'<feed s=""><entry><link rel="alternate{half}" href="https://vidu.org.vn/a{half}"/></entry><entry>&<x>'
    found = discover.read_xml(feed.encode(), "https://vidu.org.vn/feed")
    assert [one.url for one in found.pages] == ["https://vidu.org.vn/a"]


STORED = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\0\xff\xff\0\0" + b"WARC/1.0\r\n"
ARCHIVES = {
    "heads without end": (".warc", b"WARC/1.0\r\n" * 300_000),
    "heads of what is not there": (".warc", b"WARC/1.0\r\nContent-Length: 9999999999\r\n" * 100_000),
    # The block of each holds those behind it, and where it ends another one's begins.
    "members within members": (".warc.gz", STORED.ljust(116, b"a") * 60_000),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_of_nothing_but_beginnings_take_no_time(tmp_path, name):
    """Each beginning was looked for its end through all that follows: minutes a megabyte."""
    ending, data = ARCHIVES[name]
    path = tmp_path / f"x{ending}"
    path.write_bytes(data)
    assert {one.cause for one in find_records(path)} <= {"damaged", "truncated"}


def test_a_record_behind_heads_without_end_is_found(tmp_path):
    page = Page("-", b"<h1>Tin</h1><p>Ca.</p>", "https://vidu.org.vn/a", datetime(2024, 3, 1, tzinfo=UTC))
    write_warc(tmp_path / "a.warc", [page])
    (tmp_path / "b.warc").write_bytes(b"WARC/1.0\r\n" * 50 + (tmp_path / "a.warc").read_bytes())
    assert [one.offset for one in find_records(tmp_path / "b.warc") if isinstance(one, Record)] == [500]


def test_addresses_are_what_they_are_a_second_time():
    assert urls.canonical("https://vidu.org.vn/\udc97") is None
    once = canonical_url("https://vidu.org.vn/tin #binh-luan")
    assert once == canonical_url(once) == "https://vidu.org.vn/tin"


def test_every_character_folds_once_and_to_one():
    """A capital was left by "İ", whose lower case is two characters."""
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    for form in (fold.lower, fold.search_form):
        assert len(form(every)) == len(every) and form(form(every)) == form(every)
    assert fold.search_form("İstanbul") == "istanbul"


def test_a_page_without_stops_is_not_repeated_for_each_fact():
    """Each of its facts kept the whole page as its sentence: gigabytes of a page of 150 KB."""
    article = parse_text("trao 30 suất quà, " * 3000, ref="x", file="x")
    doc = document.build(language(), article)
    found = rows.fact_rows(doc, "a", "r")["figures"]
    text = document.text_of(doc)
    assert len(found) > 2000 and sum(len(row["evidence"]) for row in found) < 2100 * len(found)
    assert all(row["surface"] in row["evidence"] and row["evidence"] in text for row in found[::500])


def _journal(folder, path, at=0, data=b"bytes", files=()):
    Frontier(folder).close()
    con = sqlite3.connect(folder / NAME)
    con.execute("INSERT INTO journal (path, at, data) VALUES (?, ?, ?)", (path, at, data))
    con.executemany("INSERT INTO files VALUES (?, ?)", files)
    con.commit()
    con.close()


@pytest.mark.parametrize(
    "path",
    [
        "../outside.warc.gz", "site/../../outside.warc.gz", "{root}/outside.warc.gz", NAME, "linked/x.warc.gz",
        "x.warc.gz\0", "site/notes.txt",
    ],
)  # fmt: skip
def test_anothers_archive_writes_nowhere_else(tmp_path, path):
    """The journal of an archive names files: any file of the user's could be written."""
    archive, outside = tmp_path / "archive", tmp_path / "elsewhere"
    outside.mkdir()
    archive.mkdir()
    if sys.platform != "win32":
        (archive / "linked").symlink_to(outside)
    _journal(archive, path.format(root=tmp_path))
    before = (archive / NAME).read_bytes()[:16]
    with pytest.raises(CongdoanError, match="no file of this archive"):
        Frontier(archive)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "elsewhere"] and not list(outside.iterdir())
    assert (archive / NAME).read_bytes()[:16] == before
    # What it held is let go, so that the next one is told the same.
    with pytest.raises(CongdoanError, match="no file of this archive"):
        Frontier(archive)


@pytest.mark.parametrize(
    ("at", "data", "files"),
    [(-1, b"x", ()), ("zero", b"x", ()), (0, "text", ()), (2**40, b"x", ()), (0, b"x", (("a.warc.gz", "many"),))],
)
def test_a_journal_that_does_not_fit_is_told(tmp_path, at, data, files):
    _journal(tmp_path, "site/x.warc.gz", at, data, files)
    with pytest.raises(CongdoanError, match="begin a new archive"):
        Frontier(tmp_path)
