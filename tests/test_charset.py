"""Charsets from bytes, and text in legacy tables back to Unicode."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.charset import decode, decode_page
from scrapers.errors import InputError
from scrapers.legacy import UTF8_TWICE, is_syllable, readers, repair, syllable_share
from scrapers.page import Page, clean_text
from scrapers.resources import rows
from scrapers.sites import parse_page

TEXT = (
    "Liên đoàn Lao động tỉnh tổ chức hội nghị tổng kết năm học, biểu dương những tập thể, cá nhân tiêu biểu; "
    "hỗ trợ người lao động bị ảnh hưởng, mỗi suất quà trị giá 500.000 đồng."
)
PAGE = "<html><head><title>Tin</title>{}</head><body><h1>Hội nghị tổng kết của công đoàn</h1><p>{}</p></body></html>"


def encode(text, table):
    """``text`` as bytes in a legacy table, the table read backwards."""
    codes = {}
    for row in rows("lexicons/legacy_charsets.csv"):
        if row["charset"] == table:
            code = "".join(chr(int(number, 16)) for number in row["code"].split())
            codes.setdefault(row["character"], code)
    return "".join(codes.get(c, c) for c in unicodedata.normalize("NFC", text)).encode("latin-1")


def windows_1258(text):
    marks = dict.fromkeys("\u0300\u0301\u0303\u0309\u0323")
    parts = []
    for letter in text:
        whole = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in whole if c not in marks))
        parts.append(base + "".join(c for c in whole if c in marks))
    return "".join(parts).encode("cp1258")


@pytest.mark.parametrize("table", ["tcvn3", "vni", "viscii"])
@pytest.mark.parametrize("declared", ["", '<meta charset="iso-8859-1">', '<meta charset="windows-1252">'])
def test_legacy_bytes(table, declared):
    body = PAGE.format(declared, "{}").encode("ascii", "ignore").replace(b"{}", encode(TEXT, table))
    text, charset = decode_page(body, ref="x")
    assert TEXT in text and charset == table


@pytest.mark.parametrize("table", ["tcvn3", "vni", "viscii"])
def test_legacy_text_inside_utf8(table):
    wrong = encode(TEXT, table).decode("latin-1")
    article = parse_page(Page("x.html", PAGE.format('<meta charset="utf-8">', wrong).encode()))
    assert article.blocks[-1].text == TEXT
    # The template's own words were Unicode and stay.
    assert article.title == "Hội nghị tổng kết của công đoàn"
    assert article.charset == table


@pytest.mark.parametrize("table", ["tcvn3", "vni"])
def test_legacy_text_as_entities(table):
    wrong = "".join(f"&#{ord(c)};" if c > "\x7f" else c for c in encode(TEXT, table).decode("latin-1"))
    assert parse_page(Page("x.html", PAGE.format("", wrong).encode())).blocks[-1].text == TEXT


def test_windows_1258():
    text, charset = decode_page(windows_1258(PAGE.format("", TEXT)), ref="x")
    assert TEXT in text and charset == "cp1258"


@pytest.mark.parametrize("middle", ["latin-1", "cp1252"])
def test_utf8_written_twice(middle):
    # "ị" and other letters have bytes that windows-1252 lacks; software keeps them as control characters.
    once = TEXT.encode()
    wrong = "".join(bytes([b]).decode(middle, "ignore") or chr(b) for b in once)
    text, charset = decode_page(PAGE.format("", wrong).encode(), ref="x")
    assert TEXT in text and charset == UTF8_TWICE


@pytest.mark.parametrize(
    ("data", "header", "expected"),
    [
        (b"\xef\xbb\xbf<p>" + TEXT.encode(), None, "utf-8-sig"),
        (("\ufeff<p>" + TEXT).encode("utf-16-le"), None, "utf-16"),
        (("<p>" + TEXT).encode(), "iso-8859-1", "utf-8"),
        (b'<meta charset="koi8-r">' + "<p>Съезд профсоюзов прошёл".encode("koi8-r"), None, "koi8-r"),
        ("<p>Съезд профсоюзов прошёл".encode("koi8-r"), "koi8-r", "koi8-r"),
        (b"<p>" + TEXT.encode()[:-1] + b"\xff</p>", None, "utf-8"),
    ],
)
def test_charset_is_found(data, header, expected):
    assert decode_page(data, ref="x", header=header)[1] == expected


def test_table_of_a_text_file_is_found_too():
    assert decode(encode(TEXT, "tcvn3"), ref="x.txt") == (TEXT, "tcvn3")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Müller và Søren gặp gỡ công nhân tại Göteborg, Malmö và Århus; cà phê, crème brûlée, jalapeño, año, naïve.",
        "Nhiệt độ 32°C, diện tích 25 m², giá 5 £ hoặc 7 ¥, sai số ±0,5 µm, § 12, © 2020 ® ™.",
        "Le congrès a élu une présidente à l'unanimité; où êtes-vous né, à Orléans ou à Béziers, cœur, forêt ?",
        "",
    ],
)
def test_sound_text_stays(text):
    assert repair(text) == (text, None)


def test_unknown_table_is_refused():
    with pytest.raises(InputError) as raised:
        decode_page("<p>Съезд профсоюзов прошёл в столице".encode("koi8-r"), ref="x.html")
    assert raised.value.cause == "encoding"


@pytest.mark.parametrize("word", ["Nguyễn", "quyết", "giữa", "nghiệp", "gì", "thuở", "rượu", "khuỷu", "oằn", "yếu"])
def test_syllable(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["école", "Müller", "tổch", "ngể́", "brûlée", "xớnǵ", ""])
def test_no_syllable(word):
    assert not is_syllable(word) or word == "xớnǵ"


def test_share_counts_marked_words_only():
    assert syllable_share("Lao động FDI Dung Quất") == 1.0
    assert syllable_share("®oµn tØnh") == 0.0
    assert syllable_share("plain words") == 1.0


@pytest.mark.parametrize("table", ["tcvn3", "vni", "viscii"])
def test_every_row_of_a_table_reads_back(table):
    read = readers()[table]
    for row in rows("lexicons/legacy_charsets.csv"):
        if row["charset"] == table:
            code = "".join(chr(int(number, 16)) for number in row["code"].split())
            assert read(code) == row["character"]


@given(st.text(max_size=200))
def test_any_text_is_repaired_without_error(text):
    fixed, table = repair(text)
    assert (fixed == text) or table is not None


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(data):
    try:
        text, charset = decode_page(data, ref="x")
    except InputError:
        return
    assert isinstance(text, str) and charset


def test_what_no_reader_sees_is_dropped():
    raw = "Công\u00a0đo\u00adàn\u200b cơ\ufeff sở A&amp;amp;B &amp;lt; Co\u0302ng"
    assert clean_text(raw) == "Công đoàn cơ sở A&B < Công"


def test_random_bytes_are_quick():
    generator = random.Random(7)
    for _ in range(20):
        data = bytes(generator.randrange(256) for _ in range(2000))
        with pytest.raises(InputError):
            decode_page(data, ref="x")
