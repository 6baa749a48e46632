"""Stamps, bylines and the cleaning of pages saved as plain text."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.bylines import parse_credit, split_glued
from scrapers.errors import InputError
from scrapers.furniture import has_caption_cue, has_role, is_caption
from scrapers.jsonlines import parse_line
from scrapers.page import clean_text
from scrapers.plaintext import parse_page, parse_text
from scrapers.stamps import find_stamp, is_today, parse_iso, signed_stamp, stamp_line

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
GOLD = SEEDS.parent / "gold" / "seeds"


# --- stamps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/26/2021 5:38:41 PM", "2021-01-26T17:38"),
        ("Ngày phát hành: 3/9/2021 12:05:10 AM", "2021-03-09T00:05"),
        ("07:56 30-03-22", "2022-03-30T07:56"),
        ("Cập nhật lúc 01:04 ngày 19/08/2022", "2022-08-19T01:04"),
        ("27/06/14 20:41 GMT+7", "2014-06-27T20:41"),
        ("09:34:01 - 05/ 06 /2017", "2017-06-05T09:34"),
        ("16/08/2022 10:27:55", "2022-08-16T10:27"),
        ("Thứ ba - 12/04/2022 08:15", "2022-04-12T08:15"),
        ("Thứ sáu, 27/03/2020, 14:25 (GMT+7)", "2020-03-27T14:25"),
        ("15h30 ngày 2/7/2021", "2021-07-02T15:30"),
        ("02/07/2021 | 3:30 CH", "2021-07-02T15:30"),
        ("Đăng ngày 2.7.2021", "2021-07-02T00:00"),
        ("Ngày 18 tháng 7 năm 2022", "2022-07-18T00:00"),
        ("1/25/2021", "2021-01-25T00:00"),
    ],
)
def test_stamp(text, value):
    assert stamp_line(text).value == datetime.fromisoformat(value)


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 14/7/2022, Công đoàn tỉnh tổ chức hội nghị",
        "31/02/2021 08:00",
        "25/13/2021",
        "Số 12/7/2024/QĐ-TLĐ",
        "(28/7/1929 - 28/7/2024)",
        "Đạt 9/11 chỉ tiêu",
        "",
    ],
)
def test_no_stamp(text):
    assert stamp_line(text) is None


def test_site_that_says_its_order_is_believed():
    assert find_stamp("8/10/2022 9:00", month_first=True).value == datetime(2022, 8, 10, 9)
    assert find_stamp("8/10/2022 9:00").value == datetime(2022, 10, 8, 9)


def test_today_in_the_header_is_no_stamp_of_the_article():
    assert is_today("Thứ tư, ngày 06 tháng 03 năm 2024")
    assert not is_today("Thứ ba - 12/04/2022 08:15")
    assert not is_today("Cập nhật ngày 19/08/2022")


def test_iso_stamps_are_told_in_local_time():
    assert parse_iso("2022-01-20T01:15:00Z").value == datetime(2022, 1, 20, 8, 15)
    assert parse_iso("2022-01-20").has_time is False
    assert parse_iso("2020-11-04ICT14:10:00+07:00") is None


def test_author_beside_the_stamp():
    stamp, before = signed_stamp("Hà Vy - Thứ ba, 14/09/2021 08:12 (GMT+7) 3 bình luận")
    assert (stamp.value, before) == (datetime(2021, 9, 14, 8, 12), "Hà Vy")
    assert signed_stamp("Đúng 8:00 ngày 14/09/2021, đại diện hơn 20 công đoàn cơ sở đã có mặt tại hội trường") is None


@given(st.text(max_size=120))
def test_any_line_is_read_without_error(text):
    stamp_line(text)
    signed_stamp(text)
    parse_credit(text)
    has_role("end", text)
    is_caption(text)


# --- bylines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Bài và ảnh: P.Hoa", "P.Hoa"),
        ("Tin – ảnh: L. Vân", "L. Vân"),
        ("Hà Vy tổng hợp", "Hà Vy"),
        ("Tạ Bách VOV", "Tạ Bách VOV"),
        ("H.B", "H.B"),
        ("TL", "TL"),
        ("ANH TÚ", "ANH TÚ"),
        ("BÁO NGỌC", "BÁO NGỌC"),
        ("Dương - Sơn - Cường thực hiện", "Dương - Sơn - Cường"),
        ("Hà Vy (TTXVN)", "Hà Vy (TTXVN)"),
        ("Hà Vy (Theo AFP)", "Hà Vy"),
        ("Theo TTXVN", "Theo TTXVN"),
        ("Nhóm phóng viên", "Nhóm phóng viên"),
        ("Tác giả bài viết: Tạ Thị Hoa", "Tạ Thị Hoa"),
        ("Tin: Hà Vy; ảnh: Tạ Bách", "Tin: Hà Vy; ảnh: Tạ Bách"),
    ],
)
def test_credit(line, byline):
    assert parse_credit(line) == byline


@pytest.mark.parametrize(
    "line",
    [
        "Ông Tạ Văn Bách",
        "Anh Tú",
        "Kết luận",
        "Toàn cảnh hội nghị",
        "Công đoàn Hải Phòng",
        "CÔNG ĐOÀN NGÀNH Y TẾ",
        "Theo kế hoạch",
        "Hà Nội",
        "Bí thư Tỉnh ủy Tạ Văn Bách",
        "(Guardian, BBC)",
        "Đạt 100%",
        "",
    ],
)
def test_no_credit(line):
    assert parse_credit(line) is None


SENTENCE = "Dịp này, Công đoàn ngành trao 20 suất quà cho con đoàn viên vượt khó, học giỏi trong năm học vừa qua"


@pytest.mark.parametrize(
    ("tail", "byline"),
    [(". V.Sơn", "V.Sơn"), (".SP", "SP"), (". Hà Vy", "Hà Vy"), ("”. Hà Vy - Tạ Bách", "Hà Vy - Tạ Bách")],
)
def test_name_glued_behind_the_last_stop(tail, byline):
    head, found = split_glued(SENTENCE + tail)
    assert found == byline and head == (SENTENCE + tail).removesuffix(byline).rstrip()


@pytest.mark.parametrize(
    "tail", [".", " tại TP. Hồ Chí Minh", " (tỉnh Bình Định).", ". Ảnh: Đ. NAM", " theo congdoan.vn"]
)
def test_nothing_glued(tail):
    assert split_glued(SENTENCE + tail) == (SENTENCE + tail, None)


# --- captions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["Toàn cảnh hội nghị", "Công nhân nhận quà - Ảnh: X.B.", "Đ/c Tạ Văn Bách trao cờ cho đơn vị", "(Ảnh: Hà Vy)."],
)
def test_caption_cue(line):
    assert has_caption_cue(line)


@pytest.mark.parametrize(
    "line",
    ["Điều 43. Vi phạm quy định", "– Khai lệ phí môn bài hằng năm", "Cụ thể như sau:", SENTENCE + ".", "Kết luận"],
)
def test_no_caption(line):
    assert not is_caption(line)


# --- pages ----------------------------------------------------------------------------------------------------------

LEAD = "Chiều 5/4, tại Nam Định, Công đoàn Giáo dục tỉnh tổ chức sơ kết ba năm thực hiện phong trào “Dạy tốt, học tốt”."
BODY = "Báo cáo tại hội nghị cho thấy 412 công đoàn cơ sở đã đăng ký 1.250 sáng kiến, trong đó 318 được áp dụng rộng."
NEXT = "Phó Chủ tịch Công đoàn Giáo dục tỉnh Vương Thị Lam đề nghị các đơn vị tiếp tục nhân rộng những cách làm hay."
TITLE = "Công đoàn Giáo dục tỉnh sơ kết phong trào “Dạy tốt, học tốt”"


def page(*lines):
    return parse_page("\n".join(lines), ref="page.txt", file="page.txt")


def texts(article):
    return [block.text for block in article.blocks]


def test_banner_and_today_above_slogan_below():
    article = page(
        "CÔNG ĐOÀN GIÁO DỤC", "logo", "Nhiệt liệt chào mừng hội thi cắm hoa (6/3/2024 - 8/3/2024)!", "banner2020",
        "Thứ tư, ngày 06 tháng 03 năm 2024", "Thứ tư, ngày 06 tháng 03 năm 2024", "Trang chủ", "Tin tức",
        TITLE, "Cập nhật lúc 08:30 ngày 06/04/2023", LEAD, BODY, "Toàn cảnh hội nghị", NEXT, "Hà Vy",
        "THI ĐUA LẬP THÀNH TÍCH CHÀO MỪNG ĐẠI HỘI",
    )  # fmt: skip
    assert article.title == TITLE
    assert article.published.value == datetime(2023, 4, 6, 8, 30) and article.published.method == "site"
    assert article.byline == "Hà Vy"
    assert [(block.zone, block.text) for block in article.blocks] == [
        ("lead", LEAD), ("body", BODY), ("caption", "Toàn cảnh hội nghị"), ("body", NEXT),
    ]  # fmt: skip


@pytest.mark.parametrize("stamp", [["08:30 06-04-23"], []])
def test_title_in_capitals_is_the_one_right_above(stamp):
    article = page("CÔNG ĐOÀN GIÁO DỤC TỈNH NAM ĐỊNH", "Hoạt động công đoàn", TITLE.upper(), *stamp, LEAD, BODY)
    assert article.title == TITLE.upper()


def test_clock_in_the_header_is_no_stamp():
    article = page("Đăng nhập | Đăng ký", "Thứ Sáu, 01/12/2023 10:25", TITLE, LEAD, BODY, NEXT)
    assert article.title == TITLE and article.published.value is None


def test_leaked_image_text_is_not_body_text():
    near = "Công đoàn Giáo dục tỉnh sơ kết ba năm phong trào “Dạy tốt, học tốt”"
    article = page(
        TITLE, LEAD, TITLE, "Quang cảnh hội nghị", BODY, near, "Đại biểu phát biểu", NEXT, "H.B", "Bình luận", "Họ tên"
    )
    assert texts(article) == [LEAD, "Quang cảnh hội nghị", BODY, "Đại biểu phát biểu", NEXT]
    assert article.byline == "H.B"


def test_page_without_a_stamp_has_no_date():
    article = page("Thứ tư, ngày 06 tháng 03 năm 2024", TITLE, LEAD, BODY)
    assert article.published.value is None and article.published.method == "none"


def test_comment_form_and_links_give_nothing():
    article = page(
        TITLE, LEAD, BODY, NEXT, "Bình luận", "Họ tên", "Email", "Mã xác nhận", "Tin liên quan", "Tin cũ (5/4/2019)"
    )
    assert texts(article) == [LEAD, BODY, NEXT]


def test_word_of_a_heading_inside_the_article_does_not_end_it():
    article = page(TITLE, LEAD, "Thông báo", BODY, NEXT, BODY.replace("412", "413"), NEXT.replace("Lam", "Liên"))
    assert texts(article)[-1] == NEXT.replace("Lam", "Liên")


def test_short_lead_above_the_first_long_paragraph_is_kept():
    lead = "Phong trào “Dạy tốt, học tốt” đã lan tỏa."
    article = page(TITLE, "08:30 06-04-23", lead, BODY, NEXT)
    assert texts(article) == [lead, BODY, NEXT]


@pytest.mark.parametrize("text", ["Trang chủ\nTin tức\nLiên hệ", "Xin chào", "- - -\n. . ."])
def test_menu_is_no_article(text):
    with pytest.raises(InputError) as raised:
        page(text)
    assert raised.value.cause == "no_article"


@given(st.text(max_size=400))
def test_any_text_gives_clean_blocks_or_an_input_error(text):
    for parse in (page, lambda value: parse_text(value, ref="x", file="x")):
        try:
            article = parse(text)
        except InputError:
            continue
        assert all(
            block.text and block.text == clean_text(block.text) and "\n" not in block.text for block in article.blocks
        )


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds lie beside a checkout, not in it")
@pytest.mark.parametrize("gold", sorted(GOLD.glob("*.json")), ids=lambda path: path.stem)
def test_seed(gold):
    expected = json.loads(gold.read_text(encoding="utf-8"))
    path = SEEDS / expected["file"]
    article = parse_page(path.read_text(encoding="utf-8"), ref=path.name, file=path.name)
    day = article.published.value
    assert article.title == expected["title"] and article.byline == expected["byline"]
    assert (day.date().isoformat() if day else None) == expected["published"]


# --- JSONL ----------------------------------------------------------------------------------------------------------


def line(**record):
    return parse_line(json.dumps({"id": "a1", "text": LEAD, **record}).encode() + b"\n", ref="a.jsonl:1")


def test_stamp_in_the_text_ends_it():
    article = line(text="\n".join([LEAD, BODY, "27/06/14 20:41 GMT+7", "Xã hội", "Công đoàn,Quận 11,Sáng kiến", "NLĐ"]))
    assert article.published.value == datetime(2014, 6, 27, 20, 41) and article.published.method == "text"
    assert (article.section, article.tags) == ("Xã hội", ("Công đoàn", "Quận 11", "Sáng kiến"))
    assert texts(article) == [LEAD, BODY] and article.byline is None


def test_published_of_the_line_goes_before_the_text():
    article = line(text=f"{LEAD}\n27/06/14 20:41 GMT+7", published="2014-06-28")
    assert article.published.value == datetime(2014, 6, 28) and not article.published.has_time


def test_title_that_opens_the_text_is_not_doubled():
    article = line(title=TITLE, text=f"{TITLE.upper()}\n{LEAD}")
    assert article.title == TITLE and texts(article) == [LEAD]


def test_byline_line_and_captions_behind_it():
    article = line(text=f"{LEAD}\n\n{BODY}\n\nHà Vy\n\nQuang cảnh hội nghị - Ảnh: X.B")
    assert article.byline == "Hà Vy"
    assert [block.zone for block in article.blocks] == ["lead", "body", "caption"]


def test_lead_said_again_behind_the_article_is_read_first():
    article = line(text=f"{BODY}\n\nHà Vy\n\nmore(VD) – {LEAD}")
    assert texts(article) == [f"(VD) – {LEAD}", BODY] and article.byline == "Hà Vy"


def test_unknown_date_is_null_and_kept_as_written():
    article = line(published="hôm qua")
    assert article.published.value is None and article.published.raw == "hôm qua"


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b'{"id": "a", "text": "T', "truncated"),
        (b'{"id": "a", "text": "T\n', "json"),
        (b"[1]\n", "json"),
        (b'{"id": "a"}\n', "json"),
        (b'{"text": "T"}\n', "json"),
        (b'{"id": "a", "text": "T", "title": 5}\n', "json"),
        (b'{"id": true, "text": "T"}\n', "json"),
        (b'{"id": "a", "text": ""}\n', "no_article"),
        (b'{"id": "a", "text": "\xff"}\n', "encoding"),
        (b"[" * 100_000, "truncated"),
    ],
)
def test_broken_line(raw, cause):
    with pytest.raises(InputError) as raised:
        parse_line(raw, ref="f.jsonl:7")
    assert raised.value.ref == "f.jsonl:7" and raised.value.cause in (cause, "json")
    assert raised.value.cause == cause or raw.startswith(b"[[")
