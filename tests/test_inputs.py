"""Inputs: every format, every kind of damage; what is read besides, and in which order."""

import gzip
import io
import json
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError, UsageError
from pipeline.inputs import find_items, read_items
from scrapers.archive import find_records, read_warc, write_warc
from scrapers.page import Article, Page

TITLE = "Công đoàn Y tế tỉnh khai mạc hội thao"
TEXT = (
    "Sáng 7/9, tại thành phố Tuyên Quang, Công đoàn ngành Y tế tỉnh khai mạc hội thao với 260 vận động viên tham gia."
)
PAGE = f"<html><body><h1>{TITLE}</h1><div><p>{TEXT}</p></div></body></html>".encode()


def run(*inputs):
    """(ref, article or error) of the inputs, in order."""
    found = list(find_items([str(name) for name in inputs]))
    items = [item for item in found if not isinstance(item, InputError)]
    results = iter(read_items(items))
    return [(one.ref, one) if isinstance(one, InputError) else (one.ref, next(results)[1]) for one in found]


def causes(*inputs):
    return [result.cause if isinstance(result, InputError) else "ok" for _, result in run(*inputs)]


def jsonl(*ids):
    return "".join(json.dumps({"id": i, "title": TITLE, "text": TEXT}, ensure_ascii=False) + "\n" for i in ids)


def pages(count):
    day = datetime(2024, 3, 1, tzinfo=UTC)
    return [
        Page(f"p{n}", PAGE.replace(b"260", str(n).encode()), url=f"https://vi-du.vn/{n}.html", fetched_at=day)
        for n in range(count)
    ]


# --- what is read ---------------------------------------------------------------------------------------------------


def test_every_format_of_a_folder_in_order(tmp_path):
    (tmp_path / "b.txt").write_text(f"{TITLE}\n08:00 08-09-22\n{TEXT}\n", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(jsonl("x", "y"), encoding="utf-8")
    (tmp_path / "c.html").write_bytes(PAGE)
    (tmp_path / "notes.doc").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    write_warc(tmp_path / "sub" / "d.warc.gz", pages(2))
    found = run(tmp_path)
    assert [ref.removeprefix(f"{tmp_path}/").partition("#")[0] for ref, _ in found] == [
        "a.jsonl:1", "a.jsonl:2", "b.txt", "c.html", "notes.doc", "sub/d.warc.gz", "sub/d.warc.gz",
    ]  # fmt: skip
    assert causes(tmp_path) == ["ok"] * 4 + ["unsupported"] + ["ok"] * 2
    articles = [result for _, result in found if isinstance(result, Article)]
    assert [(article.id, article.file) for article in articles] == [
        ("x", "a.jsonl"), ("y", "a.jsonl"), ("b", "b.txt"), ("c", "c.html"), ("0", "d.warc.gz"), ("1", "d.warc.gz"),
    ]  # fmt: skip
    assert all(article.title == TITLE and TEXT[:40] in article.blocks[0].text for article in articles)
    assert articles[-1].archive_ref.startswith("d.warc.gz#") and articles[-1].fetched_at == datetime(
        2024, 3, 1, tzinfo=UTC
    )


def test_inputs_in_the_order_given(tmp_path):
    for name in "ba":
        (tmp_path / f"{name}.html").write_bytes(PAGE)
    assert [result.id for _, result in run(tmp_path / "b.html", tmp_path / "a.html")] == ["b", "a"]


@pytest.mark.parametrize(
    ("data", "ref"),
    [
        (jsonl("x").encode(), "-:1"),
        (PAGE, "-"),
        (f"{TITLE}\n{TEXT}".encode(), "-"),
        (gzip.compress(b"no archive", mtime=0), "-#0"),
    ],
)
def test_stdin_is_told_by_its_first_bytes(monkeypatch, data, ref):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    ((found, result),) = run("-")
    assert found == ref and isinstance(result, InputError) is data.startswith(b"\x1f")


def test_stdin_archive(monkeypatch, tmp_path):
    write_warc(tmp_path / "a.warc", pages(3))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "a.warc").read_bytes())))
    assert causes("-") == ["ok"] * 3


def test_digest_is_of_the_item_alone(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(jsonl("x", "y"))
    before = [item.digest for item in find_items([str(path)])]
    path.write_text(jsonl("x", "z"))
    after = [item.digest for item in find_items([str(path)])]
    assert before[0] == after[0] and before[1] != after[1]


def test_extracted_lines_can_be_read_again(tmp_path):
    text = f"{TITLE}\n{TEXT}\nQuang cảnh khai mạc hội thao"
    record = {"id": "x", "file": "x", "url": None, "title": TITLE, "published": "2022-09-08T08:00:00", "byline": "H.A"}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**record, "text": text, "dates": []}) + "\n")
    ((_, article),) = run(path)
    assert "\n".join([article.title, *(block.text for block in article.blocks)]) == text
    assert article.byline == "H.A" and article.published.value == datetime(2022, 9, 8, 8)


# --- wrong usage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nowhere.txt", "no-such-folder"])
def test_path_that_is_not_there(tmp_path, name):
    with pytest.raises(UsageError, match="no such file or folder"):
        find_items([str(tmp_path / name)])


def test_unknown_ending(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(UsageError, match="unknown ending"):
        find_items([str(tmp_path / "a.docx")])


# --- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"\n \n", "empty"),
        ("a.html", b"", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.warc", b"", "empty"),
        ("a.warc.gz", b"", "empty"),
        ("a.txt", b"%PDF-1.4\x00\x00\x01\x02", "binary"),
        ("a.html", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        ("a.jsonl", b"PK\x03\x04\x00\x00\x00", "binary"),
        ("a.txt", TEXT.encode()[: len(TEXT[:2].encode()) + 1 + 1] + "ớ".encode()[:2], "truncated"),
        ("a.txt", b"C\xabng \xae\xb5oan \xce\xf9\xff\xfe Vi\xd6t Nam", "encoding"),
        ("a.txt", b"Trang ch\xe1\xbb\xa7\nLi\xc3\xaan h\xe1\xbb\x87", "no_article"),
        ("a.html", b"<html><body></body></html>", "no_article"),
        ("a.warc", b"no archive at all", "truncated"),
        ("a.warc.gz", gzip.compress(b"no archive at all", mtime=0), "truncated"),
    ],
)
def test_file_that_gives_no_article(tmp_path, name, data, cause):
    (tmp_path / name).write_bytes(data)
    ((ref, error),) = run(tmp_path)
    assert error.cause == cause
    assert ref.startswith(str(tmp_path / name)) and str(error).startswith(ref) and "\n" not in str(error)


def test_utf16_and_bom_are_read(tmp_path):
    text = f"{TITLE}\n{TEXT}\n"
    for charset in ("utf-16", "utf-8-sig"):
        (tmp_path / f"{charset}.txt").write_bytes(text.encode(charset))
    assert causes(tmp_path) == ["ok", "ok"]


def test_broken_lines_stand_among_good_ones(tmp_path):
    lines = [jsonl("1"), '{"id": 2}\n', "\n", "nonsense\n", jsonl("5"), '{"id": "6", "text": "x', ""]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    found = run(tmp_path)
    assert [ref.rpartition(":")[2] for ref, _ in found] == ["1", "2", "4", "5", "6"]
    assert causes(tmp_path) == ["ok", "json", "json", "ok", "truncated"]


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
def test_archive_cut_at_its_end(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    write_warc(path, pages(4))
    path.write_bytes(path.read_bytes()[:-30])
    assert causes(path) == ["ok", "ok", "ok", "truncated"]


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
def test_archive_damaged_in_its_middle(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    write_warc(path, pages(5))
    offset = list(find_records(path))[2].offset
    data = bytearray(path.read_bytes())
    data[offset + 1 : offset + 40] = bytes(39)
    path.write_bytes(data)
    assert causes(path) == ["ok", "ok", "damaged", "ok", "ok"]
    data[offset:offset] = b"\x1f\x8b\x08 rubbish between two records"
    path.write_bytes(data)
    assert causes(path).count("ok") == 4


def test_archive_compressed_as_one_piece_says_what_to_do(tmp_path):
    write_warc(tmp_path / "a.warc", pages(3))
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress((tmp_path / "a.warc").read_bytes()))
    ((_, error),) = run(tmp_path / "b.warc.gz")
    assert error.cause == "unsupported" and "gunzip" in str(error)


def test_archive_of_something_else_has_no_article(tmp_path):
    image = Page(
        "i",
        b"\x89PNG",
        url="https://vi-du.vn/a.png",
        fetched_at=datetime(2024, 1, 1, tzinfo=UTC),
        media_type="image/png",
    )
    write_warc(tmp_path / "a.warc.gz", [image])
    assert causes(tmp_path) == ["no_article"]


def test_empty_folder(tmp_path):
    assert causes(tmp_path) == ["empty"]


def test_archives_of_the_same_pages_are_the_same_bytes(tmp_path):
    for name in ("a.warc.gz", "b.warc.gz"):
        write_warc(tmp_path / name, pages(3))
    assert (tmp_path / "a.warc.gz").read_bytes() == (tmp_path / "b.warc.gz").read_bytes()
    read = list(read_warc(tmp_path / "a.warc.gz"))
    assert [(page.url, page.body, page.fetched_at) for page in read] == [
        (p.url, p.body, p.fetched_at) for p in pages(3)
    ]


def test_page_without_url_is_not_archived(tmp_path):
    with pytest.raises(ValueError, match="url"):
        write_warc(tmp_path / "a.warc", [Page("p", b"")])


@pytest.mark.parametrize("ending", [".txt", ".html", ".jsonl", ".warc", ".warc.gz"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_articles_or_input_errors(tmp_path, ending, data):
    path = tmp_path / f"x{ending}"
    path.write_bytes(data)
    found = run(path)
    assert found and all(isinstance(result, Article | InputError) for _, result in found)


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(at=st.integers(0, 10_000), patch=st.binary(max_size=20), cut=st.booleans())
def test_any_damage_to_an_archive_is_an_input_error(tmp_path, ending, at, patch, cut):
    path = tmp_path / f"x{ending}"
    write_warc(path, pages(3))
    data = path.read_bytes()
    at %= len(data)
    path.write_bytes(data[:at] + patch + (b"" if cut else data[at + len(patch) :]))
    assert all(isinstance(result, Article | InputError) for _, result in run(path))
