"""Pages of unknown layout: the corpus of templates, and the rules one by one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline import inputs
from scrapers import generic
from scrapers.archive import write_warc
from scrapers.errors import LayoutChanged
from scrapers.furniture import line_key
from scrapers.page import Page
from scrapers.sites import laodong, parse_page
from scrapers.stamps import find_stamp
from tests.benchmarks.char_f1 import char_f1
from tests.pages import cases, read_paragraphs, read_published, templates

CASES = [case for template in templates() for case in cases(template)]
TITLE = "Công đoàn trao quà Tết cho người lao động xa quê"
LEAD = "Sáng 20/1, Liên đoàn Lao động huyện trao 300 suất quà Tết cho đoàn viên, người lao động khó khăn."
BODY = "Ông Nhữ Đình Quý, Chủ tịch Liên đoàn Lao động huyện, chúc các gia đình đón Tết đầm ấm, an toàn và đủ đầy."
NEXT = "Mỗi suất quà gồm bánh, mứt và 500.000 đồng tiền mặt, trích từ quỹ vì đoàn viên nghèo của huyện năm 2022."
SHELL = "<html><head><title>{title}</title>{head}</head><body>{top}<div><h1>{title}</h1>{body}</div>{end}</body></html>"


def read(body, *, top="", head="", end="", url="https://tin.example.vn/a.html", **options):
    html = SHELL.format(title=TITLE, head=head, top=top, body=body, end=end)
    page = Page("a.html", html.encode(), url=url, fetched_at=datetime(2025, 12, 18, tzinfo=UTC))
    return generic.parse(page, **options)


def texts(article):
    return [block.text for block in article.blocks]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_false_date_and_the_title(case):
    article = parse_page(case.page)
    assert read_published(article, case) == case.published
    assert article.title == case.title


def test_body_of_the_corpus():
    read_all = [(case.paragraphs, read_paragraphs(parse_page(case.page))) for case in CASES]
    exact = sum(expected == found for expected, found in read_all) / len(read_all)
    f1 = sum(char_f1(expected, found) for expected, found in read_all) / len(read_all)
    assert exact >= 0.95 and f1 >= 0.99


def test_templates_share_no_class_with_each_other_or_the_sites():
    assert len(templates()) == 25 and len(CASES) == 150


PARAGRAPHS = f"<p>{LEAD}</p><p>{BODY}</p>"


@pytest.mark.parametrize(
    ("stamp", "value"),
    [
        ("<div>12/03/2022 08:15</div>", "2022-03-12T08:15"),
        ("<div>Thứ bảy, 12/03/2022</div>", "2022-03-12T00:00"),
        ("<div>Đăng bởi Quản trị vào 12/03/2022</div>", "2022-03-12T00:00"),
        ("<div>Hà Vy - 12/03/2022 - 125 lượt xem</div>", "2022-03-12T00:00"),
        ("<div>March 12, 2022</div>", "2022-03-12T00:00"),
        ("<div>12 Tháng Ba, 2022</div>", "2022-03-12T00:00"),
        ('<time datetime="2022-03-12T01:15:00Z">hôm nọ</time>', "2022-03-12T08:15"),
        ('<span itemprop="datePublished">12/03/2022 08:15</span>', "2022-03-12T08:15"),
        ("<div>Chào mừng 8/3/2022</div>", None),
        ("<div>Thứ năm, 18/12/2025</div>", None),
        ("<div>Số 12/7/2022/QĐ-LĐLĐ</div>", None),
        ("<div>31/02/2022</div>", None),
        ("", None),
    ],
)
def test_stamp_below_the_title(stamp, value):
    published = read(stamp + PARAGRAPHS).published.value
    assert (published.isoformat(timespec="minutes") if published else None) == value


@pytest.mark.parametrize(
    "top",
    [
        "<div>Thứ năm, ngày 18 tháng 12 năm 2025</div>",
        "<div>Thứ ba, 16/12/2025 10:25</div>",
        '<header><time datetime="2025-12-17">17/12/2025</time></header>',
        "<div><a href='/1'>Tin khác của trang này trong tuần</a> <span>12/03/2019</span></div>",
    ],
)
def test_what_stands_above_the_title_is_no_stamp(top):
    assert read(PARAGRAPHS, top=top).published.value is None


@pytest.mark.parametrize(
    "end",
    [
        "<div><h3>Bình luận</h3><div>Hà<br>12/03/2022 08:15<br>Bài hay quá</div></div>",
        "<div><b>Tin khác</b><ul><li><a href='/1'>Một tin khác</a> 12/03/2022 08:15</li></ul></div>",
        "<footer>Giấy phép số 1 ngày 12/03/2022</footer>",
    ],
)
def test_dates_below_the_article_are_others(end):
    assert read(PARAGRAPHS, end=end).published.value is None


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ('<meta property="article:published_time" content="2022-03-12T08:15:00+07:00">', "2022-03-12T08:15:00"),
        ('<meta property="article:modified_time" content="2022-03-12T08:15:00+07:00">', None),
        ('<meta property="article:published_time" content="2020-11-04ICT14:10:00">', None),
        (f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}",'
         '"datePublished":"2022-03-12"}</script>', "2022-03-12T00:00:00"),
        ('<script type="application/ld+json">{"@type":"WebSite","datePublished":"2022-03-12"}</script>', None),
        ('<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle",'
         '"headline":"Tin khác","datePublished":"2022-03-12"}]}</script>', None),
        ('<script type="application/ld+json">{"@type":"NewsArticle", "datePublished":</script>', None),
        ('<meta property="article:published_time" content="2031-03-12">', None),
    ],
)  # fmt: skip
def test_stamp_of_the_metadata(head, value):
    published = read(PARAGRAPHS, head=head).published.value
    assert (published.isoformat() if published else None) == value


def test_moment_of_the_request_is_no_stamp_where_the_page_shows_another():
    head = '<meta property="article:published_time" content="2025-12-18T07:00:00+07:00">'
    assert read("<div>12/03/2022 08:15</div>" + PARAGRAPHS, head=head).published.value == datetime(2022, 3, 12, 8, 15)


def test_day_in_the_address_comes_last():
    url = "https://tin.example.vn/2022/03/12/trao-qua/"
    assert read(PARAGRAPHS, url=url).published.method == "url"
    assert read("<div>14/03/2022</div>" + PARAGRAPHS, url=url).published.value == datetime(2022, 3, 14)


@pytest.mark.parametrize(
    "inside",
    [
        "<p><strong>Tin liên quan:</strong></p><ul><li><a href='/1'>Một tin khác của trang</a></li></ul>",
        "<div class='share'><span>Chia sẻ</span> <a href='#'>Facebook</a></div>",
        "<aside><p>Một đoạn của bài khác, dài như một đoạn văn thật sự để thử người đọc trang.</p></aside>",
        "<div style='float:right'><b>Đọc nhiều</b><p><a href='/1'>Một tin khác của trang</a></p></div>",
        "<p>Xem thêm: <a href='/1'>Một tin khác của trang</a></p>",
        "<p><a href='/1'>&gt;&gt; Một tin khác của trang</a></p>",
        "<div>Quảng cáo</div><iframe src='/q'>Trình duyệt không hiển thị được khung này của trang.</iframe>",
        f"<p><img src='a.jpg' alt='{TITLE}'></p>",
        "<p style='display:none'>Đoạn văn ẩn mà máy tìm kiếm đọc, người đọc thì không bao giờ thấy được.</p>",
    ],
)
def test_what_stands_inside_the_article_and_is_none_of_it(inside):
    assert texts(read(f"<p>{LEAD}</p><p>{BODY}</p>{inside}<p>{NEXT}</p>")) == [LEAD, BODY, NEXT]


@pytest.mark.parametrize(
    "picture",
    [
        "<figure><img src='a.jpg'><figcaption>{}</figcaption></figure>",
        "<p><img src='a.jpg'></p><p align='center'><i>{}</i></p>",
        "<table><tr><td><img src='a.jpg'></td></tr><tr><td>{}</td></tr></table>",
        "<p align='center'><img src='a.jpg'><br>{}</p>",
        "<div><img src='a.jpg'><div>{}</div></div>",
        "<div><img src='a.jpg'><span class='photo-caption'>{}</span></div>",
    ],
)
@pytest.mark.parametrize("caption", ["Đoàn viên nhận quà Tết", "Các gia đình chụp ảnh cùng đoàn công tác."])
def test_caption(picture, caption):
    blocks = read(f"<p>{LEAD}</p>{picture.format(caption)}<p>{BODY}</p>").blocks
    assert [(block.zone, block.text) for block in blocks] == [("lead", LEAD), ("caption", caption), ("body", BODY)]


COMMENTS = (
    "<p><b>Nga</b> (14/05/2021 07:45)</p><p>{0}</p><p><b>Tám</b> (15/05/2021 08:10)</p><p>{0}</p><p>{0} {0}</p>"
).format("Tin rất hay, mong các nơi khác cũng làm được như vậy cho người lao động đỡ vất vả hơn.")
TEASERS = (
    "<h4><a href='/1'>Một tin khác của trang</a></h4><p>Tóm tắt của tin khác, dài bằng một đoạn văn ngắn thôi.</p>"
)


@pytest.mark.parametrize(
    "behind",
    [
        COMMENTS,
        f"<h3>Bình luận của bạn đọc</h3>{COMMENTS}",
        TEASERS * 3,
        f"<p>Bài viết khác</p>{TEASERS * 2}",
        "<p>(Theo Báo Lao Động)</p>",
        "<p>Nguồn: congdoan.vn</p>",
        "<div><label>Họ tên</label><input type='text'><button>Gửi</button><span>Bạn nghĩ gì</span></div>",
    ],
)
def test_what_stands_behind_the_article_in_its_own_box(behind):
    assert texts(read(f"<p>{LEAD}</p><p>{BODY}</p><p>{NEXT}</p>{behind}")) == [LEAD, BODY, NEXT]


def test_aside_without_a_link():
    aside = f"<div style='float:right'><h4>Bên lề</h4><p>{TEASERS[-70:-4]}</p><p>Một đoạn ngắn nữa.</p></div>"
    assert texts(read(f"<p>{LEAD}</p>{aside}<p>{BODY}</p><p>{NEXT}</p>")) == [LEAD, BODY, NEXT]


def parse_body(body):
    html = f"<html><head><title>Chi tiết tin</title></head><body>{body}</body></html>"
    return generic.parse(Page("a", html.encode(), fetched_at=datetime(2025, 12, 18, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("head", "value"),
    [
        (f"<h1>{TITLE} <small>(12/03/2022 08:15)</small></h1>", datetime(2022, 3, 12, 8, 15)),
        (f"<h1>Tin tức - Sự kiện</h1><h2>{TITLE}</h2>", None),
        (f"<p align='center'><b><font size='4'>{TITLE}</font></b></p>", None),
        (f"<span>{TITLE}</span><br>", None),
        (f"<div>Thứ bảy, 12/03/2022, 08:15</div><h1>{TITLE}</h1>", datetime(2022, 3, 12, 8, 15)),
        (f"<div>Thứ năm, 18/12/2025, 08:15</div><h1>{TITLE}</h1>", None),
    ],
)
def test_title_that_metadata_do_not_name(head, value):
    article = parse_body(f"<div><div>{head}<p>{LEAD}</p><p>{BODY}</p></div></div>")
    assert (article.title, article.published.value) == (TITLE, value)


def test_stamp_in_the_footer_of_the_article():
    body = (
        f"<article><h1>{TITLE}</h1><p>{LEAD}</p><p>{BODY}</p><footer><time>08:15 12/03/2022</time></footer></article>"
    )
    assert parse_body(body).published.value == datetime(2022, 3, 12, 8, 15)


def test_lead_in_a_box_of_its_own():
    body = f"<div><h1>{TITLE}</h1><p>{LEAD}</p></div><div>Facebook Zalo</div><div><div><p>{BODY}</p></div></div>"
    assert texts(parse_body(body)) == [LEAD, BODY]


SLOGAN = "Thi đua lập thành tích chào mừng Đại hội Công đoàn các cấp, nhiệm kỳ mới của tổ chức chúng ta."


def host_page(number, body):
    html = SHELL.format(title=f"Tin số {number} của trang này", head="", top="", end="", body=body)
    return Page(str(number), html.encode(), url=f"https://tin.example.vn/{number}.html")


def test_lines_repeated_across_the_host_are_left_out():
    pages = [host_page(n, f"<p>{text}</p><p>{SLOGAN}</p>") for n, text in enumerate([LEAD, BODY, NEXT])]
    repeated = generic.repeated_lines(pages)
    assert repeated == {line_key(SLOGAN)}
    assert texts(read(f"<p>{LEAD}</p><p>{BODY}</p><p>{SLOGAN}</p>", repeated=repeated)) == [LEAD, BODY]


def test_lead_that_other_pages_tease_with_is_kept():
    assert texts(read(PARAGRAPHS, repeated=frozenset({line_key(LEAD), line_key(TITLE)}))) == [LEAD, BODY]


def test_same_article_at_two_addresses_repeats_nothing():
    page = host_page(1, PARAGRAPHS)
    assert generic.repeated_lines([page, host_page(1, PARAGRAPHS + "<p>Bản in</p>")]) == frozenset()


def test_archive_of_an_unknown_host_is_read_without_its_repeated_lines(tmp_path):
    bodies = [f"<p>{text}</p><p>{text[::-1]}.</p><p>{SLOGAN}</p>" for text in (LEAD, BODY, NEXT)]
    when = datetime(2025, 12, 18, tzinfo=UTC)
    pages = [replace(host_page(n, body), fetched_at=when) for n, body in enumerate(bodies)]
    write_warc(tmp_path / "a.warc.gz", pages)
    items = list(inputs.find_items([str(tmp_path / "a.warc.gz")]))
    articles = [article for _, article in inputs.read_items(items)]
    assert len(articles) == 3 and all(SLOGAN not in texts(article) for article in articles)


def test_changed_layout_says_where_and_what():
    page = Page(
        "x",
        SHELL.format(title=TITLE, head="", top="", end="", body=PARAGRAPHS).encode(),
        url="https://laodong.vn/a-1.ldo",
    )
    with pytest.raises(LayoutChanged) as raised:
        laodong.parse(page)
    assert raised.value.url == page.url and raised.value.selector == "div.art-body"
    assert parse_page(page).flags == ("generic", "layout_changed")


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("05/12/2022 02:30 PM", "2022-12-05T14:30"),  # leading zeros: no US software's
        ("5/12/2022 2:30:00 PM", "2022-05-12T14:30"),
        ("05-12-2022 - 02:30 PM", "2022-12-05T14:30"),
        ("Mon, 12/05/2022 - 14:30", "2022-12-05T14:30"),  # 12 May was a Thursday
        ("Thứ hai, 05/12/2022 - 14:30", "2022-12-05T14:30"),
        ("Thứ ba, 05/12/2022 - 14:30", "2022-12-05T14:30"),  # neither order fits: day first
        ("14:30, Thứ hai, 05/12/2022 (GMT+7)", "2022-12-05T14:30"),
    ],
)
def test_the_order_of_day_and_month_is_told_by_weekday_zeros_and_sign(stamp, expected):
    assert find_stamp(stamp).value.isoformat(timespec="minutes") == expected


_TEXT = [
    f"Đoạn văn thứ {number} kể việc công đoàn cơ sở gặp gỡ công nhân, ghi lại từng ý kiến và hẹn ngày trả lời cụ thể."
    for number in ("nhất", "hai", "ba", "tư")
]
_PARAGRAPHS = "".join(f"<p>{text}</p>" for text in _TEXT)
_HEAD = "<h1>Công đoàn Nhà máy Gạch gặp gỡ công nhân đầu ca</h1>"


def _paragraphs(body: str) -> list[str]:
    article = generic.parse(Page("a.html", f"<html><body>{body}</body></html>".encode()))
    return [block.text for block in article.blocks if block.zone != "caption"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f'<div class="x-widget">{_HEAD}</div><div class="widget print"><div>{_PARAGRAPHS}</div></div>', id="roles"
        ),
        pytest.param(
            f'<div class="d">{_HEAD}<div>{_PARAGRAPHS}<p><b>Hà Thu Vy</b></p></div><div class="gift"><p>Bạn đọc có thể'
            " tặng quà cho tác giả, số tiền sẽ chuyển vào quỹ nhuận bút của tòa soạn.</p></div></div>",
            id="behind the signature",
        ),
        pytest.param(
            f'<div>{_HEAD}<div><p>{_TEXT[0]}</p><div class="in"><a href="/x"><h2>Một tin khác của trang trong tuần này'
            "</h2></a><p>Tóm tắt của tin khác, một câu đủ dài để trông như một đoạn văn của bài.</p></div>"
            + "".join(f"<p>{text}</p>" for text in _TEXT[1:])
            + "</div></div>",
            id="lone teaser",
        ),
        pytest.param(
            f'<table align="center"><tr><td>{_HEAD}</td></tr><tr><td><a href="/qc"><img src="q.gif"></a></td></tr>'
            + "".join(f"<tr><td>{text}</td></tr>" for text in _TEXT)
            + "</table>",
            id="centred table",
        ),
    ],
)
def test_what_markup_says_is_weighed_against_the_text(body):
    assert _paragraphs(body) == _TEXT


def test_a_section_s_heading_is_no_title():
    body = f"<h1>Tin tức sự kiện</h1><div><b>Công đoàn Nhà máy Gạch gặp gỡ công nhân đầu ca</b></div>{_PARAGRAPHS}"
    article = generic.parse(Page("a.html", f"<html><body>{body}</body></html>".encode()))
    assert article.title == "Công đoàn Nhà máy Gạch gặp gỡ công nhân đầu ca"


def test_a_question_is_a_title():
    body = f"<div>Vì sao công nhân Nhà máy Gạch lo chỗ ở trước mùa mưa?</div><div>{_PARAGRAPHS}</div>"
    article = generic.parse(Page("a.html", f"<html><body>{body}</body></html>".encode()))
    assert article.title == "Vì sao công nhân Nhà máy Gạch lo chỗ ở trước mùa mưa?"
    assert [block.text for block in article.blocks] == _TEXT


def test_an_update_is_no_publication():
    stamps = (
        '<div><time class="published" datetime="2022-12-05T14:30">5/12</time> '
        '<time class="updated" datetime="2025-01-01T10:00">1/1</time></div>'
    )
    article = generic.parse(Page("a.html", f"<html><body>{_HEAD}{stamps}{_PARAGRAPHS}</body></html>".encode()))
    assert article.published.value.isoformat(timespec="minutes") == "2022-12-05T14:30"


def test_saved_pages_of_one_folder_are_read_without_their_repeated_lines(tmp_path):
    for number, text in enumerate((LEAD, BODY, NEXT)):
        body = f"<p>{text}</p><p>{text[::-1]}.</p><p>{SLOGAN}</p>"
        (tmp_path / f"{number}.html").write_bytes(host_page(number, body).body)
    items = list(inputs.find_items([str(tmp_path)]))
    articles = [article for _, article in inputs.read_items(items)]
    assert len(articles) == 3 and all(SLOGAN not in texts(article) for article in articles)
    alone = [article for _, article in inputs.read_items(items[:1])]
    assert SLOGAN in texts(alone[0])
