"""Which lines of an article's place on a page are its own, told by structure where no wording is known."""

import json
from datetime import UTC, datetime

import pytest

from scrapers import generic
from scrapers.page import Page

TITLE = "Công đoàn Nhà máy Gạch gặp gỡ công nhân đầu ca"
TEXT = [
    f"Đoạn văn thứ {number} kể việc công đoàn cơ sở gặp gỡ công nhân, ghi lại từng ý kiến và hẹn ngày trả lời cụ thể."
    for number in ("nhất", "hai", "ba", "tư")
]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)
OTHER = "Một câu của trang web, dài như một đoạn văn thật, mà không thuộc về bài nào cả."
LINKS = "".join(f"<li><a href='/{n}'>Một tin khác của trang trong tuần thứ {n}</a></li>" for n in range(3))


def read(body, head=""):
    html = f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return generic.parse(Page("a.html", html.encode(), fetched_at=datetime(2025, 12, 18, tzinfo=UTC)))


def paragraphs(body, head=""):
    return [block.text for block in read(body, head).blocks if block.zone != "caption"]


@pytest.mark.parametrize(
    "behind",
    [
        f"<p>Chuyện chưa kể</p><ul>{LINKS}</ul>",
        "<p><b>Một nhãn lạ</b></p>",
        f"<ul>{LINKS}</ul><p>Nút lạ</p>",
        f"<p align='right'>Hà Thu Vy</p><p>{OTHER}</p>",
        f"<div><p>{OTHER}</p><div><input type='text'><button>Gửi</button></div></div>",
        "<div class='box'><b>Còn nữa</b><div>Một tựa bài không có đường dẫn nào cả</div></div>",
        "<p>Chuyện hay: <a href='/1'>Một tin khác của trang trong tuần này</a></p>",
        f"<div role='complementary'><p>{OTHER}</p></div>",
        f"<section aria-label='Tin liên quan'><p>{OTHER}</p></section>",
        f"<table><tr><td><img src='a.jpg'></td><td><a href='/1'>Một tin khác của trang trong tuần</a> {OTHER}</td></tr>"
        "</table>",
    ],
)
def test_what_no_wording_tells_is_told_by_its_place(behind):
    assert paragraphs(f"<div><h1>{TITLE}</h1><div>{BODY}{behind}</div></div>") == TEXT


@pytest.mark.parametrize(
    "own",
    [
        ["<h3>Giải Nhất</h3>", "<ul><li>Đội Kho vận</li></ul>", "<h3>Giải Nhì</h3>", "<ul><li>Đội Bảo vệ</li></ul>"],
        ["<p>Trân trọng cảm ơn!</p>"],
        ["<p>Chị Liễu nói thêm:</p>", f"<p>{OTHER}</p>"],
        ["<h3>Huỳnh Kim Thoa</h3>", f"<p>{OTHER}</p>", "<h3>Nông Văn Sởi</h3>", f"<p>{OTHER[::-1]}.</p>"],
        ["<table><tr><td>Tổng cộng</td><td>510</td></tr></table>"],
    ],
)
def test_an_article_s_own_ending_stays(own):
    found = paragraphs(f"<div><h1>{TITLE}</h1><div>{BODY}{''.join(own)}</div><h4>Tin khác</h4><ul>{LINKS}</ul></div>")
    assert len(found) == len(TEXT) + len(own)


@pytest.mark.parametrize(
    "rows",
    [
        "".join(f"<section class='row'><div class='col'><p>{text}</p></div></section>" for text in TEXT),
        f"<div class='chunk'><p>{TEXT[0]}</p></div><div class='chunk'><div class='x'><b>Gợi ý cho bạn</b><div>Một"
        f" tựa bài nào đó của trang</div></div>{''.join(f'<p>{text}</p>' for text in TEXT[1:])}</div>",
        f"<p>{TEXT[0]}</p><div class='in'><ul>{LINKS}</ul></div><div class='more'>"
        + "".join(f"<p>{text}</p>" for text in TEXT[1:])
        + "</div>",
    ],
)
def test_text_in_rows_of_one_shape_goes_on(rows):
    assert paragraphs(f"<div><h1>{TITLE}</h1><div>{rows}</div><footer><p>{OTHER}</p></footer></div>") == TEXT


def test_text_that_metadata_give_whole_is_the_article():
    data = {"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(TEXT)}
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert paragraphs(f"<div><h1>{TITLE}</h1><div>{BODY}<p>{OTHER}</p></div></div>", head) == TEXT
    data["articleBody"] = " ".join(TEXT[:2])
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert paragraphs(f"<div><h1>{TITLE}</h1><div>{BODY}</div></div>", head) == TEXT


@pytest.mark.parametrize("head", ["", "<meta property='og:description' content='{}'>"])
def test_a_lead_without_a_stop(head):
    lead = "Công nhân nói, công đoàn ghi, giám đốc trả lời từng câu ngay tại chỗ"
    kind = "" if head else " class='sapo'"
    found = paragraphs(f"<div><h1>{TITLE}</h1><p{kind}>{lead}</p><div>{BODY}</div></div>", head.format(lead))
    assert found == [lead, *TEXT]


def test_a_column_that_floats_keeps_its_headings():
    body = f"<p>{TEXT[0]}</p><h3>Lắng nghe</h3><p>{TEXT[1]}</p><p><b>Rồi làm</b></p><p>{TEXT[2]}</p><p>{TEXT[3]}</p>"
    found = paragraphs(f"<div style='float:left'><h1>{TITLE}</h1>{body}</div>")
    assert found == [TEXT[0], "Lắng nghe", TEXT[1], "Rồi làm", *TEXT[2:]]
    note = "<small style='float:right'>Một ghi chú bên lề</small>"
    assert paragraphs(f"<div><h1>{TITLE}</h1><p>{TEXT[0]}</p>{note}<p>{TEXT[1]}</p></div>") == TEXT[:2]


@pytest.mark.parametrize("value", ["12/03/2021, 08:15", "12/03/2021"])
def test_facts_of_an_article_are_none_of_its_text_but_date_it(value):
    facts = f"<dl><dt>Người viết</dt><dd>Hà Thu Vy</dd><dt>Ra ngày</dt><dd>{value}</dd></dl>"
    article = read(
        f"<article><h1>{TITLE}</h1><p>{TEXT[0]}</p>{facts}{''.join(f'<p>{text}</p>' for text in TEXT[1:])}</article>"
    )
    assert [block.text for block in article.blocks] == TEXT
    assert article.published.value.date().isoformat() == "2021-03-12"


def test_columns_of_a_row_are_apart():
    body = (
        f"<table><tr><td><b>Thông báo</b><br>{OTHER}</td><td><span style='font-size:18px'>{TITLE}</span><br>"
        f"{'<br><br>'.join(TEXT)}</td></tr></table>"
    )
    assert paragraphs(body) == TEXT


def test_the_name_of_a_field_is_none_of_its_text():
    rows = [("Tóm tắt", f"<p>{TEXT[0]}</p>"), ("Nội dung", "".join(f"<p>{text}</p>" for text in TEXT[1:]))]
    body = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    assert paragraphs(f"<h2>{TITLE}</h2><table>{body}</table>") == TEXT


def test_a_picture_in_the_background_has_a_caption():
    picture = "<section><div style='background-image:url(/a.jpg)'></div><div>Công nhân tan ca</div></section>"
    article = read(f"<div><h1>{TITLE}</h1><div><p>{TEXT[0]}</p></div>{picture}<div>{BODY}</div></div>")
    assert [block.text for block in article.blocks if block.zone == "caption"] == ["Công nhân tan ca"]


def test_the_first_post_of_a_thread_is_the_article():
    posts = "".join(
        f"<div class='post'><div>{name}</div><div>12/03/2022 08:15</div>{text}</div>"
        for name, text in (("Hà Vy", BODY), ("Tám", f"<p>{OTHER}</p>"), ("Bình", f"<p>{OTHER}</p>"))
    )
    assert paragraphs(f"<h1>{TITLE}</h1><div>{posts}</div>") == TEXT


def test_lines_that_some_pages_share_count_where_their_neighbours_agree():
    shared = "Chị em yên tâm hơn"
    pages = [
        Page(
            str(n),
            f"<title>Bài {n}</title><p>{text}</p>{f'<p>{shared}</p>' if n < 3 else ''}<p>{text[::-1]}</p>"
            "<p>Bấm để gửi</p><p>Trang tin của thợ</p>".encode(),
        )
        for n, text in enumerate(TEXT)
    ]
    assert generic.repeated_lines(pages) == {"bấm để gửi", "trang tin của thợ"}


@pytest.mark.parametrize(
    "line",
    [
        "Người đăng: Hà Thu Vy",
        "Thứ bảy, 12/03/2022 - Lượt xem: 87 - Người đăng: Hà Thu Vy",
        "Hà Thu Vy đăng lúc 08:15 ngày 12/03/2022",
        "By Hà Thu Vy / March 12, 2022",
        "Được gửi bởi Hà Thu Vy vào Thứ bảy, 12/03/2022",
        "<span>Tác giả:</span><p>Hà Thu Vy</p>",
    ],
)
def test_author_between_title_and_text(line):
    assert read(f"<div><h1>{TITLE}</h1><div>{line}</div><div>{BODY}</div></div>").byline == "Hà Thu Vy"


@pytest.mark.parametrize("line", ["Thứ Năm, 12/03/2022", "Gửi Zalo", "Xem Tiếp", "Giải Nhất"])
def test_what_is_no_author(line):
    assert read(f"<div><h1>{TITLE}</h1><div>{line}</div><div>{BODY}</div></div>").byline is None


@pytest.mark.parametrize(
    "foreign",
    [
        "<div class='kv'><p>Bữa ăn ca nên bao nhiêu tiền?</p><div>25 nghìn</div><div>30 nghìn</div></div>",
        f"<div class='kv'>{OTHER}</div>",
        f"<section class='kv'><h4>Nhãn lạ</h4><p>{OTHER}</p></section>",
        f"<div class='kv'><img src='a.jpg'><div>Cây bút</div><p>{OTHER}</p></div>",
        f"<div class='kv'><h4>Nhãn lạ</h4><ul>{LINKS}</ul></div>",
        "<p class='kv' align='center'>Một nhãn giữa dòng</p>",
    ],
)
@pytest.mark.parametrize("place", [2, 4])
def test_boxes_foreign_to_the_shape_of_the_text_are_the_page_s(foreign, place):
    text = [f"<p>{line}</p>" for line in TEXT]
    body = "".join([*text[:place], foreign, *text[place:]])
    assert paragraphs(f"<div><h1>{TITLE}</h1><div class='noi-dung'>{body}</div></div>") == TEXT


@pytest.mark.parametrize(
    "own",
    [
        "<div class='kv'><ul><li>Đội Kho vận</li><li>Đội Bảo vệ</li></ul></div>",
        "<div class='kv'>“Bữa ăn ca phải no, phải sạch và phải đúng giờ.”</div>",
        "<p class='kv'>Bữa ăn ca phải no</p>",
        "<div class='kv'><b>Bữa ăn ca phải no</b></div>",
        "<div class='kv'><table><tr><td>Tổng cộng</td><td>510</td></tr></table></div>",
        f"<div>{OTHER}</div>",
        f"<p class='text-justify'>{OTHER}</p>",
    ],
)
def test_lists_quotations_and_subheadings_in_boxes_of_their_own_stay(own):
    body = "".join(f"<p>{line}</p>" for line in TEXT[:2]) + own + "".join(f"<p>{line}</p>" for line in TEXT[2:])
    assert len(paragraphs(f"<div><h1>{TITLE}</h1><div class='noi-dung'>{body}</div></div>")) > len(TEXT)


def test_what_speaks_of_the_article_is_the_page_s_where_type_sets_it_off():
    said = "Bài viết được thực hiện với sự giúp đỡ của quỹ học bổng nhà máy trong năm nay."
    page = f"<div><h1>{TITLE}</h1><div>{BODY}<p>{{}}</p></div></div>"
    assert paragraphs(page.format(f"<i>{said}</i>")) == TEXT
    assert paragraphs(page.format(said)) == [*TEXT, said]


def test_a_line_alone_in_a_box_of_another_name_below_the_text_is_the_page_s():
    own = f"<div>{BODY}</div>"
    page = f"<div><h1>{TITLE}</h1>{own}<div{{}}><p>{OTHER}</p></div></div>"
    assert paragraphs(page.format(" class='la'")) == TEXT
    assert paragraphs(page.format("")) == [*TEXT, OTHER]


def test_the_end_of_a_path_of_sections_is_no_title_and_the_clock_below_it_no_stamp():
    path = f"<div class='breadcrumbs'><a>Tin tức</a> <img src='a.png'> {TITLE}</div><div>Thứ Sáu, 04/11/2016</div>"
    menu = "<div><h3>Đang xem</h3>Hiện có 16 khách</div>"
    found = read(f"{path}{menu}<table><tr><td>{TITLE}</td></tr><tr><td>{BODY}</td></tr></table>")
    assert found.published.value is None
    assert [block.text for block in found.blocks] == TEXT


def test_a_title_that_asks_is_no_paragraph_that_a_section_ends():
    asked = "Nghỉ việc mà không báo trước thì có được trả sổ bảo hiểm không?"
    body = f"<div><div>{asked}</div><div>Viết bởi Quản trị</div><div>{BODY}</div></div>"
    page = Page("a.html", f"<title>{asked}</title>{body}".encode())
    assert [block.text for block in generic.parse(page).blocks] == TEXT


def test_a_title_stands_in_the_column_of_its_text():
    side = "<td><h3>Chúc mừng sinh nhật đồng nghiệp</h3><p>Lò Văn Pản - Kho</p></td>"
    body = f"<table><tr>{side}<td><div>{TITLE}</div><div>{BODY}</div></td></tr></table>"
    assert generic.parse(Page("a.html", f"<title>Chi tiết</title>{body}".encode())).title == TITLE


def test_the_author_signs_above_the_source():
    found = read(f"<h1>{TITLE}</h1><div>{BODY}<p align='right'><b>LÒ VĂN PẢN</b><br><i>(Theo TTXVN)</i></p></div>")
    assert found.byline == "LÒ VĂN PẢN"
    assert [block.text for block in found.blocks] == TEXT


def test_the_minute_of_a_day_above_the_title_stands_below_the_text():
    day = "<h2>Thứ Sáu, 28 tháng 1, 2011</h2>"
    minute = "<abbr class='published' title='2011-01-28T16:11:00+07:00'>16:11</abbr>"
    page = f"<div><div>{day}<h3>{TITLE}</h3><div>{BODY}</div><div{{}}>vào lúc {minute}</div></div></div>"
    assert read(page.format("")).published.value.isoformat() == "2011-01-28T16:11:00"
    assert not read(page.format(" class='comment'")).published.has_time


def test_a_shared_label_in_a_form_ends_no_article():
    pages = [
        Page(f"{name}.html", f"<title>{name}</title><h1>{name}</h1><div>{''.join(rows)}</div>".encode())
        for name, rows in (
            (f"{TITLE} {n}", [f"<p>{t} Lần {n}.</p>" for t in TEXT[:2]] + ["<div><p>Nhận bản tin</p><input></div>",
             f"<p><b>Chuyện thứ {n} ở xưởng</b></p>"] + [f"<p>{t} Lần {n}.</p>" for t in TEXT[2:]])
            for n in ("nhất", "hai")
        )
    ]  # fmt: skip
    found = generic.parse(pages[0], repeated=generic.repeated_lines(pages))
    assert "Chuyện thứ nhất ở xưởng" in [block.text for block in found.blocks]


def test_the_heading_of_comments_is_no_title():
    comments = f"<div class='comments'><h2>Phản hồi về “Tin buồn”</h2><p>{OTHER}</p><p>{OTHER[::-1]}.</p></div>"
    body = f"<div><h1>Tin buồn</h1><div>{BODY}</div></div>{comments}"
    found = generic.parse(Page("a.html", f"<title>Tin buồn - Nhà máy Gạch</title>{body}".encode()))
    assert found.title == "Tin buồn"
    assert [block.text for block in found.blocks] == TEXT


@pytest.mark.parametrize(
    "opening",
    [
        "Bạn đọc Lò Văn Pản ở xã Nậm Mẹt hỏi: Tôi nghỉ việc mà không báo trước thì có được trả sổ bảo hiểm không?",
        "Lời tòa soạn: Chuyện bữa ăn ca đã nói nhiều năm, đến nay vẫn chưa có lời đáp cho người thợ.",
        "Hơn ba trăm bài viết dự thi kể chuyện bữa ăn ca, chuyện phòng trọ và chuyện con chữ của con công nhân.",
    ],
)
def test_a_lead_in_italics_that_names_readers_and_writers_stays(opening):
    assert paragraphs(f"<div><h1>{TITLE}</h1><div><p><i>{opening}</i></p>{BODY}</div></div>") == [opening, *TEXT]
