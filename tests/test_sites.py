"""Site parsers against saved pages of our own making; each parser has its pages in tests/corpus/sites/<parser>/."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers import sites
from scrapers.errors import InputError
from scrapers.page import Article, Page
from scrapers.sites import find_parser, modules, parse_page

CORPUS = Path(__file__).parent / "corpus" / "sites"
PAGES = sorted(CORPUS.glob("*/*.html"))


def read(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Page(
        path.name, path.read_bytes(), url=expected["url"], fetched_at=datetime(2025, 12, 18, tzinfo=UTC)
    ), expected


def found_of(article):
    when = article.published.value
    return {
        "url": article.url,
        "id": article.id,
        "title": article.title,
        "published": when.isoformat() if when else None,
        "method": article.published.method,
        "raw": article.published.raw,
        "byline": article.byline,
        "section": article.section,
        "tags": list(article.tags),
        "flags": list(article.flags),
        "charset": article.charset,
        "blocks": [[block.zone, block.text] for block in article.blocks],
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_saved_page(path):
    page, expected = read(path)
    assert found_of(parse_page(page)) == expected


def test_every_parser_has_a_saved_page_and_reads_it():
    for module in modules():
        name = module.__name__.rpartition(".")[2]
        pages = [read(path)[0] for path in (CORPUS / name).glob("*.html")]
        assert pages, f"tests/corpus/sites/{name}/ needs a page and its expected JSON"
        assert all(find_parser(page) is module for page in pages)


def test_no_host_has_two_parsers():
    hosts = [host for module in modules() for host in module.HOSTS]
    assert len(hosts) == len(set(hosts))


@pytest.mark.parametrize("url", ["https://news.laodong.vn/a-1.ldo", "https://vi-du.vn/", "http://[", "", None])
def test_other_hosts_have_no_parser(url):
    assert find_parser(Page("p", b"<p>", url=url)) is None


def test_www_is_the_same_site():
    assert find_parser(Page("p", b"", url="https://www.laodong.vn/a-1.ldo")).HOSTS == ("laodong.vn",)


@pytest.mark.parametrize(
    ("body", "cause"), [(b" \n", "empty"), (b"\x00\x01\x02\x03" * 50, "binary"), (b"<p>Xin", "no_article")]
)
def test_page_without_article_says_why(body, cause):
    with pytest.raises(InputError) as raised:
        parse_page(Page("folder/x.html", body))
    assert raised.value.cause == cause and str(raised.value).startswith("folder/x.html: ")


PAGE = '<html><meta charset="{}"><body><h1>Công đoàn trao quà Tết cho người lao động</h1><p>{}</p></body></html>'
TEXT = "Sáng 20/1, Liên đoàn Lao động huyện tổ chức trao 300 suất quà Tết cho đoàn viên, người lao động khó khăn."


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_charsets_of_pages(charset):
    article = parse_page(Page("x.html", PAGE.format("utf-8", TEXT).encode(charset)))
    assert article.blocks[0].text == TEXT


def test_windows_1258_is_read_and_composed():
    import unicodedata

    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    decomposed = "".join(
        unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", letter) if c not in marks))
        + "".join(c for c in unicodedata.normalize("NFD", letter) if c in marks)
        for letter in PAGE.format("windows-1258", TEXT)
    )
    article = parse_page(Page("x.html", decomposed.encode("cp1258")))
    assert article.blocks[0].text == TEXT


def test_text_in_no_known_table_is_refused_not_guessed():
    with pytest.raises(InputError) as raised:
        parse_page(
            Page("x.html", "<p>Съезд профсоюзов прошёл в столице в прошлом году, сообщает газета.</p>".encode("koi8-r"))
        )
    assert raised.value.cause == "encoding"


@given(st.text(max_size=300))
def test_any_markup_gives_an_article_or_an_input_error(text):
    for wrapped in (text, f"<html><body><div><p>{text}</p></div>", f"<table><tr><td>{text}<td>{text}<img>{text}"):
        try:
            article = parse_page(Page("x", wrapped.encode("utf-8", "surrogatepass")))
        except InputError:
            continue
        assert isinstance(article, Article)
        assert all(block.text and "\n" not in block.text for block in article.blocks)


def test_deep_markup_does_not_end_the_stack():
    body = b"<div><span>" * 1000 + TEXT.encode()
    assert parse_page(Page("x", body, url=None)).blocks[-1].text.endswith(TEXT[-20:])


def test_parsers_are_found_by_file():
    assert {module.__name__ for module in modules()} >= {f"{sites.__name__}.laodong", f"{sites.__name__}.nukeviet"}


def test_a_page_saved_without_its_address_is_read_by_the_parser_of_the_host_it_states():
    path = next(path for path in PAGES if path.parent.name == "laodong")
    page, expected = read(path)
    stated = f"<head><link rel='canonical' href='{expected['url']}'>".encode()
    saved = Page(page.ref, page.body.replace(b"<head>", stated, 1), fetched_at=page.fetched_at)
    assert stated in saved.body
    assert found_of(parse_page(saved)) == expected
    elsewhere = Page(page.ref, saved.body, url="https://congdoan.example/1.html")
    assert find_parser(elsewhere) is None


def test_a_copy_that_states_where_it_first_stood_is_no_changed_layout():
    text = "Đoạn văn kể việc công đoàn cơ sở gặp gỡ công nhân, ghi lại từng ý kiến và hẹn ngày trả lời cụ thể."
    head = "<head><title>Bản sao</title><meta property='og:url' content='https://laodong.vn/a-1.ldo'></head>"
    page = Page("a.html", f"<html>{head}<body><div><p>{text}</p><p>{text[::-1]}.</p></div></body></html>".encode())
    assert find_parser(page).HOSTS == ("laodong.vn",)
    assert parse_page(page).flags == ("generic",)


@pytest.mark.parametrize(
    "author", ["<p class='text-right'>{}</p>", "<div class='box'><p class='text-right'>{}</p></div>"]
)
def test_nukeviet_s_author_stands_behind_the_text_or_in_a_box(author):
    body = (CORPUS / "nukeviet" / "founding.html").read_text(encoding="utf-8")
    line = body[body.index('<p class="h5 text-right">') :].partition("</p>")[0] + "</p>"
    signed = author.format("<strong>Tác giả bài viết: </strong>Lò Văn Pản")
    page, _ = read(CORPUS / "nukeviet" / "founding.html")
    assert parse_page(Page("a.html", body.replace(line, signed).encode(), url=page.url)).byline == "Lò Văn Pản"
