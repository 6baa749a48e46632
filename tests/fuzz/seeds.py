"""Sound inputs of each kind, of our own writing: what the mutants are made of."""

import gzip
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from scrapers.archive import write_warc
from scrapers.page import Page

CORPUS = Path(__file__).parents[1] / "corpus"
_ROBOTS = """User-agent: *
Disallow: /quan-tri/
Allow: /tin-tuc/*.html$
Crawl-delay: 2.5
Request-rate: 1/10

User-agent: congdoan
Disallow:
Sitemap: https://www.vidu.org.vn/sitemap.xml
"""
_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Tin công đoàn</title><link>https://www.vidu.org.vn/</link>
<item><title>Trao quà &amp; hỗ trợ</title><link>https://www.vidu.org.vn/tin-1.html</link>
<pubDate>Fri, 01 Mar 2024 08:30:00 +0700</pubDate><guid isPermaLink="false">1</guid></item>
<item><link><![CDATA[/tin-2.html?a=1&b=2]]></link><pubDate>3/2/2024 10:05</pubDate></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://www.vidu.org.vn/a"/>
<updated>2024-03-01T08:30:00Z</updated></entry><entry><link rel="alternate" href="b"/></entry></feed>"""
_SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://www.vidu.org.vn/tin-3.html</loc><lastmod>2024-01-05</lastmod></url>
<url><loc>https://www.vidu.org.vn/tin-4.html</loc></url></urlset>"""
_INDEX = """<sitemapindex><sitemap><loc>https://www.vidu.org.vn/sitemap-1.xml</loc></sitemap></sitemapindex>"""
_CORRECTIONS = """row_id,verdict,column,value,who,when,why
0123456789abcdef0123,wrong,,,Lò Thị Kiểm,2026-11-21,"không phải chức danh, là tên đường"
0123456789abcdef0124,value,place,Hà Nội,Lò Thị Kiểm,21/11/2026,theo biên bản
"""
_JUDGEMENTS = """kind;verdict;one;other;who;when;why
organization;same;x-cong-doan-a;x-cong-doan-b;Lò Thị Kiểm;2026-11-21;một đơn vị đổi tên
person;different;tran-thi-mai-0123abcd;tran-thi-mai-0123abce;Lò Thị Kiểm;2026-11-21;hai người
"""
_MANIFEST = {
    "layout_version": 1,
    "generation": 2,
    "runs": [
        {
            "run_id": "0123456789abcdef0123", "started_at": "2026-11-21T08:00:00.000000", "version": "0.1.0",
            "config_sha256": "0" * 64, "engine": "local", "status": "finished",
            "finished_at": "2026-11-21T08:00:01.000000", "n_in": 1, "n_ok": 1, "n_rejected": 0,
        }
    ],
    "shards": [
        {
            "fingerprint": "0123456789abcdef0123", "run_id": "0123456789abcdef0123", "counts": {"articles": 1},
            "bytes": {"articles": 4},
        }
    ],
    "derived": "000002-01234567",
    "annotations": "",
}  # fmt: skip


@cache
def pages():
    """Saved pages: of each known site, and of each template of no known site."""
    found = [path.read_bytes() for path in sorted((CORPUS / "sites").glob("*/*.html"))]
    return (*found, *(path.read_bytes() for path in sorted((CORPUS / "pages" / "templates").glob("*.html"))))


def pages_of(site):
    return tuple(path.read_bytes() for path in sorted((CORPUS / "sites" / site).glob("*.html")))


@cache
def texts():
    """Texts that the extractors know: the lines of each corpus file, put together as an article."""
    files = sorted(CORPUS.glob("*/*.jsonl"))
    lines = [[json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line] for path in files]
    told = ["\n".join(str(line.get("text", "")) for line in some[:40]) for some in lines]
    return tuple(text.encode() for text in told if text.strip())


@cache
def sentences():
    """The same, a text a seed."""
    return tuple(line for text in texts() for line in text.splitlines() if len(line) > 10)


@cache
def legacy():
    """Texts and pages in the encodings of former years."""
    said = "Liên đoàn Lao động tỉnh tổ chức hội nghị, trao 300 suất quà cho đoàn viên khó khăn. " * 4
    utf8 = said.encode()
    tcvn3 = b"C\xabng \xae\xb5n c\xac s\xeb t\xe6 ch\xf8c h\xe9i ngh\xde c\xb8n b\xe9, c\xabng ch\xf8c. " * 8
    return (
        utf8, tcvn3, said.encode("cp1258", "replace"), utf8.decode("latin-1").encode(), said.encode("utf-16"),
        said.encode("utf-16-le"), said.encode("utf-32"), b"\xef\xbb\xbf" + utf8,
        b"<meta charset=windows-1258><p>" + said.encode("cp1258", "replace"),
    )  # fmt: skip


@cache
def plain():
    """Articles and pages saved as text."""
    menu = "Trang chủ | Giới thiệu | Liên hệ\nTIN HOẠT ĐỘNG\n"
    return (*texts(), *((menu + text.decode()).encode() for text in texts()[:6]), *legacy())


@cache
def lines():
    """JSON Lines of articles."""
    found = []
    for start in range(0, len(texts()), 3):
        records = [
            {
                "id": f"a{start + n}", "url": f"https://www.vidu.org.vn/tin-{n}.html", "title": "Tin số 3",
                "published": "2022-04-01T08:30:00+07:00", "text": text.decode()[:1500],
            }
            for n, text in enumerate(texts()[start : start + 3])
        ]  # fmt: skip
        found.append("".join(json.dumps(one, ensure_ascii=n % 2 == 0) + "\n" for n, one in enumerate(records)))
    return tuple(text.encode() for text in found)


@cache
def archives(folder):
    """(WARC, compressed WARC): a few pages each."""
    plain_, packed = [], []
    for start in range(0, 9, 3):
        some = [
            Page("-", body, f"https://laodong.vn/tin-{n}.ldo", datetime(2024, 3, 1, n, tzinfo=UTC))
            for n, body in enumerate(pages()[start : start + 3])
        ]
        path = Path(folder) / f"{start}.warc"
        write_warc(path, some)
        plain_.append(path.read_bytes())
        write_warc(path.with_suffix(".warc.gz"), some)
        packed.append(path.with_suffix(".warc.gz").read_bytes())
    return tuple(plain_), (*packed, gzip.compress(plain_[0]))


def feeds():
    return tuple(text.encode() for text in (_FEED, _ATOM, _SITEMAP, _INDEX))


def robots():
    return (_ROBOTS.encode(), b"\xef\xbb\xbf" + _ROBOTS.encode())


def corrections():
    return (_CORRECTIONS.encode(), _CORRECTIONS.encode("utf-8-sig"))


def judgements():
    return (_JUDGEMENTS.encode(),)


def manifests():
    return (json.dumps(_MANIFEST, indent=1).encode(),)
