"""Which of the days on a page is its article's publication, and which are another's: a false date is worst."""

from datetime import UTC, datetime

import pytest

from scrapers import generic
from scrapers.page import Page

TITLE = "Công đoàn trao quà Tết cho người lao động xa quê"
PARAGRAPHS = (
    "<p>Sáng 20/1, Liên đoàn Lao động huyện trao 300 suất quà Tết cho đoàn viên, người lao động khó khăn.</p>"
    "<p>Ông Nhữ Đình Quý, Chủ tịch Liên đoàn Lao động huyện, chúc các gia đình đón Tết đầm ấm, an toàn và đủ đầy.</p>"
    "<p>Mỗi suất quà gồm bánh, mứt và 500.000 đồng tiền mặt, trích từ quỹ vì đoàn viên nghèo của huyện năm 2022.</p>"
)
FETCHED = datetime(2025, 12, 18, tzinfo=UTC)


def published(*, below="", top="", end="", head="", title=TITLE, fetched=FETCHED):
    html = (
        f"<html><head><title>{title}</title>{head}</head><body>{top}"
        f"<div><h1>{title}</h1>{below}{PARAGRAPHS}{end}</div></body></html>"
    )
    page = Page("a.html", html.encode(), url="https://tin.example.vn/a.html", fetched_at=fetched)
    value = generic.parse(page).published.value
    return value.isoformat(timespec="minutes") if value else None


OTHERS = [
    "Thời gian: 8h00 ngày 12/3/2022<br>Địa điểm: Hội trường A",
    "<div>Thời gian: 08:00 12/03/2022</div><div>Địa điểm: Hội trường tầng 2</div>",
    "Hạn nộp - 30/06/2022",
    "Hạn nộp hồ sơ: 30/06/2022",
    "Khai mạc lúc 8h00 ngày 12/3/2022 tại Hội trường A",
    "Diễn ra: 12/03/2022",
    "Âm lịch: 12/03/2022",
    "Tham gia: 12/03/2019",
    "Cập nhật lần cuối: 12/03/2022",
    "Lần cập nhật cuối: 12/03/2022 08:15",
    "Sửa lần cuối 12/03/2022 08:15",
    "Chỉnh sửa: 12/03/2022",
    "Updated: 12/03/2022 08:15",
    "Last updated on March 12, 2022",
    "Last modified: 12/03/2022",
    "Hiệu lực từ 12/03/2022",
    "Ngày ban hành: 12/03/2022",
    "Ngày có hiệu lực: 12/03/2022",
    "Số 12/03/2022/QĐ",
    "Từ 12/3/2022 đến 15/3/2022",
    "12/3/2022 - 15/3/2022",
    "Hội nghị: 12/03/2022",
    "Ngày họp: 12/03/2022",
    "Giấy phép số 12/GP-TTĐT ngày 12/03/2015",
    "Kỷ niệm 12/03/2022",
    "Chào mừng ngày 8/3/2022",
    "Ảnh chụp ngày 12/3/2022",
    "Hội nghị lúc 8h00 ngày 12/3/2022 tại hội trường",
    "Lịch phát sóng 08:15 12/03/2022",
    "Trực tiếp lúc 20:00 ngày 12/03/2022",
    "Ngày in: 12/03/2022 08:15",
    "In lúc 08:15 12/03/2022",
    "Ngày sinh: 12/03/1992",
    "Hôm nay: 12/03/2022",
    "Bây giờ là 08:15 12/03/2022",
    "Ngày bắt đầu: 12/03/2022",
    "Ngày kết thúc: 12/03/2022",
    "Ngày ký: 12/03/2022",
    "Văn bản ngày 12/03/2022",
    "Ngày thi: 12/03/2022",
    "Kết thúc bình chọn: 12/03/2022 08:15",
    "Khởi công 12/03/2022",
    "Ngày truy cập: 12/03/2022",
    "Truy cập lúc 08:15 ngày 12/03/2022",
    "Phiên bản 2.1 (12/03/2022)",
    "Đại hội lần thứ X (12/03/2022)",
]


@pytest.mark.parametrize("place", ["below", "end"])
@pytest.mark.parametrize("line", OTHERS)
def test_days_of_something_else(place, line):
    assert published(**{place: f"<div>{line}</div>"}) is None


CLOCKS = [
    "Thứ năm, 18/12/2025",
    "Thứ năm, 18/12/2025 08:15",
    "18/12/2025 08:15:22",
    "Hôm nay, 18/12/2025",
    "Thursday, December 18, 2025",
    "Hà Nội, 18/12/2025 | 25°C",
    "<time datetime='2025-12-18T10:00'>18/12</time>",
]


@pytest.mark.parametrize("fetched", [FETCHED, None])
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_header_s_clock(clock, fetched):
    assert published(top=f"<div>{clock}</div>", fetched=fetched) is None
    assert published(top=f"<header><div><span>{clock}</span></div></header>", fetched=fetched) is None


BEHIND = [
    "<ul><li><a href=1>Tin khác của trang trong tuần</a> 12/03/2022 08:15</li>"
    "<li><a href=2>Tin khác nữa của trang</a> 11/03/2022 08:15</li></ul>",
    "<div><b>Nga</b> 12/03/2022 08:15<p>Tin rất hay, mong các nơi khác cũng làm được như vậy.</p></div>",
    "<div>© 2015 - 2022 Công đoàn huyện</div>",
    "<div>Copyright 12/03/2022 Công đoàn</div>",
    "<footer>Cập nhật: 12/03/2022</footer>",
    "<div>Lượt xem: 12 | Cập nhật lần cuối 12/03/2022 08:15</div>",
    "<p>Bài viết được chỉnh sửa lúc 08:15 12/03/2022</p>",
    "<div>Trang này được sửa đổi lần cuối lúc 08:15 ngày 12 tháng 3 năm 2022.</div>",
    "<div>Tin mới: Họp giao ban 12/03/2022</div>",
    "<div><div>Lịch tuần</div><div>12/03/2022 08:15: Họp cơ quan</div></div>",
]


@pytest.mark.parametrize("end", BEHIND)
def test_days_behind_the_article(end):
    assert published(end=end) is None
    assert published(end=end, fetched=None) is None


TITLES = [
    "Lễ kỷ niệm ngày Nhà giáo Việt Nam (20/11/2022)",
    "Kế hoạch tổ chức hội thao (12/05/2021)",
    "Lịch công tác tuần từ 12/03/2022",
    "Mít tinh chào mừng 8/3/2022",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_day_that_a_title_tells_of(title):
    assert published(title=title) is None


HEADS = [
    '<meta property="og:updated_time" content="2022-03-12T08:15">',
    '<meta name="last-modified" content="2022-03-12">',
    '<script type="application/ld+json">{"@type":"NewsArticle","dateModified":"2022-03-12"}</script>',
    '<script type="application/ld+json">{"@type":"Event","startDate":"2022-03-12"}</script>',
    '<script type="application/ld+json">{"@type":"VideoObject","uploadDate":"2022-03-12"}</script>',
    '<script type="application/ld+json">{"@type":"Comment","datePublished":"2022-03-12"}</script>',
    '<meta name="expires" content="2022-03-12">',
    '<meta http-equiv="last-modified" content="2022-03-12">',
]


@pytest.mark.parametrize("head", HEADS)
def test_metadata_of_something_else(head):
    assert published(head=head) is None


BELOW = [
    ("12/03/2022 08:15", "2022-03-12T08:15"),
    ("08:15 ngày 12/03/2022", "2022-03-12T08:15"),
    ("Ngày 12/03/2022", "2022-03-12T00:00"),
    ("Cập nhật: 12/03/2022 08:15", "2022-03-12T08:15"),
    ("Cập nhật lúc 8h15, ngày 12/03/2022", "2022-03-12T08:15"),
    ("Đăng ngày 12-03-2022", "2022-03-12T00:00"),
    ("12.03.2022", "2022-03-12T00:00"),
    ("Thứ Bảy, 12/03/2022 - 08:15", "2022-03-12T08:15"),
    ("T7, 12/03/2022 08:15", "2022-03-12T08:15"),
    ("Hà Vy | 12/03/2022 08:15", "2022-03-12T08:15"),
    ("Bởi Hà Vy vào ngày 12 tháng 3, 2022", "2022-03-12T00:00"),
    ("Hà Vy - 08:15, 12/03/2022 (GMT+7)", "2022-03-12T08:15"),
    ("12 tháng 3 năm 2022", "2022-03-12T00:00"),
    ("Mar 12, 2022", "2022-03-12T00:00"),
    ("Sat, 12 Mar 2022", "2022-03-12T00:00"),
    ("2022-03-12 08:15:00", "2022-03-12T08:15"),
    ("12/3/2022 8:15:00 SA", "2022-03-12T08:15"),
    ("Đăng lúc: 08:15 12/03/2022 | Cập nhật lúc: 09:00 13/03/2022", "2022-03-12T08:15"),
    ("Xuất bản: 12/03/2022 - Cập nhật: 13/03/2022", "2022-03-12T00:00"),
    ("<time>12/03/2022</time>", "2022-03-12T00:00"),
    ("Ngày đăng: 12/03/2022 | Lượt xem: 125", "2022-03-12T00:00"),
    ("125 lượt xem | 12/03/2022", "2022-03-12T00:00"),
    ("Tin tức | 12/03/2022", "2022-03-12T00:00"),
    ("Thứ bảy, ngày 12 tháng 03 năm 2022, 08:15", "2022-03-12T08:15"),
    ("12 Th3, 2022", "2022-03-12T00:00"),
    ("Publish date: 12/03/2022", "2022-03-12T00:00"),
    ("Thời gian đăng: 12/03/2022 08:15", "2022-03-12T08:15"),
    ("Ngày gửi: 12/03/2022", "2022-03-12T00:00"),
    ("Lúc 8 giờ 15 ngày 12/3/2022", "2022-03-12T08:15"),
    ("Được đăng bởi admin lúc 08:15 12/03/2022", "2022-03-12T08:15"),
    ("Post date: 12/03/2022", "2022-03-12T00:00"),
    ("NGÀY ĐĂNG TIN : 12/03/2022 8:15", "2022-03-12T08:15"),
]


@pytest.mark.parametrize(("line", "value"), BELOW)
def test_stamp_below_the_title(line, value):
    assert published(below=f"<div>{line}</div>") == value


END = [
    ("(Cập nhật: 08:15 12/03/2022)", "2022-03-12T08:15"),
    ("Ngày đăng: 12/03/2022", "2022-03-12T00:00"),
    ("Đăng lúc 08:15 12/03/2022", "2022-03-12T08:15"),
    ("Hà Vy (12/03/2022)", "2022-03-12T00:00"),
]


@pytest.mark.parametrize(("line", "value"), END)
def test_stamp_behind_the_text(line, value):
    assert published(end=f"<div>{line}</div>") == value
