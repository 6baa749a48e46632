"""Pages made to break a reader: each gives an Article or an InputError, in bounded time and memory.

Time isn't asserted: a reader that is quadratic on one of these runs into the suite's limit for a test. What grows is
made here and not stored.
"""

import tracemalloc

import pytest

from scrapers.errors import InputError
from scrapers.furniture import has_role
from scrapers.html import MAX_PAGE_BYTES, parse_tree
from scrapers.page import Article, Page
from scrapers.sites import parse_page

TEXT = "Sáng 20/1, Liên đoàn Lao động huyện trao 300 suất quà Tết cho đoàn viên, người lao động khó khăn."
ARTICLE = f"<h1>Trao quà Tết cho đoàn viên khó khăn</h1><p>{TEXT}</p>"
MB = 2**20


def many(pattern, count):
    return "".join(pattern.format(i) for i in range(count))


HOSTILE = {
    "50 MB of nested tags": lambda: b"<div>" * (10 * MB),
    "nested tags below the size limit": lambda: b"<div>" * (MB // 2) + ARTICLE.encode(),
    "nested formatting": lambda: ("<p>" + many("<font size={}>", 3000) + "<p>x" * 20_000).encode(),
    "nested tables": lambda: b"<table><tr><td>" * 200_000,
    "a million attributes": lambda: ("<div " + many("a{}=1 ", 1_000_000) + ">" + ARTICLE).encode(),
    "attributes that hold tags' signs": lambda: ("<div " + many('a{}="<>" ', 200_000) + ">" + ARTICLE).encode(),
    "attributes without values": lambda: ("<div " + many("a{} ", 500_000) + ">" + ARTICLE).encode(),
    "an unclosed quote in each tag": lambda: b'<a "' * MB + ARTICLE.encode(),
    "an unclosed comment": lambda: ARTICLE.encode() + b"<!-- " + b"x" * (8 * MB),
    "comments opened again and again": lambda: ARTICLE.encode() + b"<!-- <" * MB,
    "an unclosed script": lambda: ARTICLE.encode() + b"<script>" + b"<" * (8 * MB),
    "scripts opened again and again": lambda: ARTICLE.encode() + b"<script><" * MB,
    "stray NUL bytes": lambda: ARTICLE.replace("a", "a\0").encode(),
    "NUL bytes": lambda: ARTICLE.replace("a", "a\0").encode() + b"\0" * MB,
    "an entity bomb": lambda: (
        '<!DOCTYPE html [<!ENTITY a0 "ha">' + many('<!ENTITY b{0} "&a{0};&a{0};">', 1000) + "]>" + ARTICLE + "&b9;"
    ).encode(),
    "a million entities": lambda: (ARTICLE + "<p>" + "&amp;" * MB).encode(),
    "scripts in every attribute": lambda: (
        "<body onload='<script>a()</script>'>"
        + many("<p onclick=\"<script>b('{0}')</script>\" style='x:<script>c</script>'>x{0}</p>", 20_000)
        + ARTICLE
    ).encode(),
    "one line of 10 MB": lambda: ("<p>" + "công đoàn " * MB).encode()[: 10 * MB],
    "one word of 8 MB": lambda: b"<p>" + b"a" * (8 * MB),
    "a line of digits": lambda: b"<p>" + b"1/2/" * (MB // 4),
    "a line of spaces": lambda: ARTICLE.encode() + b"<p>" + b" " * (8 * MB),
    "a quarter of a million lines": lambda: b"<p>x</p>" * (MB // 4),
    "a quarter of a million breaks": lambda: ARTICLE.encode() + b"x<br>" * (MB // 4),
    "a long table": lambda: ARTICLE.encode() + b"<table>" + b"<tr><td>x<td>y" * (MB // 16),
    "nested JSON-LD": lambda: (
        b'<script type="application/ld+json">' + b'{"a":[' * 100_000 + b"</script>" + ARTICLE.encode()
    ),
    "many classes": lambda: (many('<div class="a{0} b-{0}">', 1500) + many('<p class="c{0}">x', 20_000)).encode(),
    "many meta tags": lambda: (many('<meta name="a{0}" content="{0}">', 50_000) + ARTICLE).encode(),
    "an endless address": lambda: (f'<link rel="canonical" href="http://{"a" * MB}/">' + ARTICLE).encode(),
    "latin signs": lambda: ("<p>" + "®¸" * MB).encode(),
    "bytes of no charset": lambda: b"<p>" + bytes(range(128, 256)) * (MB // 32),
}


def read_or_reject(page):
    try:
        return parse_page(page)
    except InputError as error:
        return error


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_gives_an_article_or_a_reject(name):
    page = Page("x.html", HOSTILE[name]())
    read = read_or_reject(page)
    if isinstance(read, InputError):
        assert read.ref == "x.html" and read.cause in {"too_large", "no_article", "binary", "encoding", "empty"}
    else:
        assert all(block.text and "\0" not in block.text for block in read.blocks)


KEPT = [
    "a million attributes", "attributes that hold tags' signs", "attributes without values", "an unclosed comment",
    "an unclosed script", "stray NUL bytes", "an entity bomb", "nested JSON-LD", "many meta tags", "an endless address",
]  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_article_beside_the_damage_is_read(name):
    assert [block.text for block in parse_page(Page("x.html", HOSTILE[name]())).blocks][:1] == [TEXT]


@pytest.mark.parametrize("name", ["nested tables", "a million attributes", "an unclosed script", "many classes"])
def test_hostile_page_of_a_known_site(name):
    page = Page("x.html", b'<div class="art-body">' + HOSTILE[name](), url="https://laodong.vn/cong-doan/x-1.ldo")
    assert isinstance(read_or_reject(page), Article | InputError)


def test_a_page_over_the_limit_is_not_even_decoded():
    body = b"<p>" + b"x" * MAX_PAGE_BYTES
    tracemalloc.start()
    with pytest.raises(InputError) as raised:
        parse_tree(Page("x.html", body))
    assert raised.value.cause == "too_large"
    assert tracemalloc.get_traced_memory()[1] < MB
    tracemalloc.stop()


def test_a_picture_inside_a_tag_costs_its_attributes_only():
    body = (
        f'{ARTICLE}<p><img src="data:image/png;base64,{"A" * (2 * MB)}">Toàn cảnh lễ trao quà</p><p>{TEXT[::-1]}.</p>'
    )
    article = parse_page(Page("x.html", body.encode()))
    assert [block.zone for block in article.blocks] == ["lead", "caption", "body"]


def test_scripts_are_no_text():
    body = f"<script>document.write('{TEXT}')</script>{ARTICLE}<p onclick=\"<b>x</b>\">{TEXT.replace('300', '400')}</p>"
    texts = [block.text for block in parse_page(Page("x.html", body.encode())).blocks]
    assert texts == [TEXT, TEXT.replace("300", "400")]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "Copy link " * 40, "Xem thêm " * 40, "Báo" + " lỗi sai" * 40, "Hữu ích " + "1" * 60, "Hữu ích" + "(" * 60,
        "Trang trước " * 40, "In bài | " * 40, "Chia sẻ qua " * 40, "Gửi email | " * 40, "1/1 " * 40, "Tin tin " * 40,
    ],
)  # fmt: skip
def test_furniture_rows_do_not_backtrack_without_end(text):
    assert not any(has_role(role, text + "~@#x") for role in ("line", "end", "comment_heading", "comment"))
