"""A web of several hosts on one port of this machine that misbehaves as the web does.

Names are told apart by the Host header; :func:`resolver` takes them all here, but for one that leads into a private
network. Sound pages are those of the bundled sample, under their own sites' names.
"""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from scrapers.archive import read_warc
from tests.shared import SAMPLE

HOST = "congdoandaukhi.vn"
INSIDE = "noi-bo.congdoandaukhi.vn"  # a name of the site's that leads into a private network
SECONDS, DATE, SOON, FORBIDS, DEAF, DEAD = (
    "ban-giay.test", "ban-ngay.test", "ban-chut.test", "cam.test", "im-lang.test", "sap.test",
)  # fmt: skip
NEWS = "bao.test"  # well-behaved: a numbered list, newest first, four articles a page; number n is of 2022's day n
PER_PAGE = 4
A_DAY, TWO_DAYS = 86_400, 172_800
BOMB = gzip.compress(gzip.compress(b"<p>" * 2**24))
PAGE = (
    "<html><head><title>{title}</title></head><body><h1 class='entry-title'>{title}</h1>"
    "<div class='entry-meta'>{day} 10:27:55</div><div class='entry-content'><p>Sáng 16/8, Công đoàn công ty "
    "tổ chức gặp mặt {n} đoàn viên tiêu biểu, trao quà cho người lao động có hoàn cảnh khó khăn tại nhà máy.</p>"
    "<p>Ban Chấp hành ghi nhận ý kiến của đoàn viên về bữa ăn ca và nhà ở.</p></div></body></html>"
)


def page(n: int, title: str = "Gặp mặt đoàn viên tiêu biểu ngành Dầu khí", day: str = "16/08/2022") -> bytes:
    """An article of our own."""
    return PAGE.format(title=title, n=n, day=day).encode()


def sample_pages() -> dict[str, bytes]:
    """The bundled sample's pages of the site, by path."""
    found = {urlsplit(page.url or ""): page.body for page in read_warc(SAMPLE / "pages.warc.gz")}
    return {url.path: body for url, body in found.items() if url.netloc == HOST}


class Handler(BaseHTTPRequestHandler):
    """Each path has a method or the table of plain answers; what was asked for is counted."""

    protocol_version = "HTTP/1.1"
    server: Misbehaving

    def do_GET(self) -> None:
        host = (self.headers["Host"] or "").partition(":")[0]
        with self.server.lock:
            self.server.active.append(host)
            self.server.crowd = max(self.server.crowd, len(set(self.server.active)))
            self.server.crowded |= self.server.active.count(host) > 1
        try:
            self.respond(host)
        finally:
            self.leave(host)

    def leave(self, host: str) -> None:
        with self.server.lock:
            if host in self.server.active:
                self.server.active.remove(host)

    def respond(self, host: str) -> None:
        with self.server.lock:
            self.server.asked[host, self.path] += 1
            self.server.times.setdefault(host, []).append(time.monotonic())
            self.server.agents.add(self.headers["User-Agent"])
            number = self.server.asked[host, self.path]
        if self.path == "/robots.txt":
            self.robots(host)
        elif host == NEWS:
            self.news()
        elif host in (SECONDS, DATE, SOON):
            self.busy(host, number)
        elif host == HOST and self.path in MISBEHAVIOURS:
            MISBEHAVIOURS[self.path](self, number)
        elif host == HOST and self.path in self.server.pages:
            self.conditional(self.server.pages[self.path])
        elif host in (FORBIDS, DEAF) or (host, self.path) == (f"www.{HOST}", "/chuyen-3/"):
            self.answer(200, page(len(self.path)))
        else:
            self.answer(404, b"<html><body>404</body></html>")

    # --- sound answers ---

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def conditional(self, body: bytes) -> None:
        etag = f'"{len(body)}"'
        if self.headers["If-None-Match"] == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.answer(200, body, ETag=etag, Last_Modified=formatdate(1_700_000_000, usegmt=True))

    def robots(self, host: str) -> None:
        if host == DEAF:
            time.sleep(self.server.patience)
        elif host == FORBIDS:
            self.answer(200, b"User-agent: *\nDisallow: /kin/\n", Content_Type="text/plain")
        elif host == HOST:
            text = f"\ufeffUser-agent: congdoan\nCrawl-delay: 0.01\nDisallow: /quan-tri/\nSitemap: http://{HOST}/sitemap.xml\n"
            self.answer(200, text.encode(), Content_Type="text/plain")
        else:
            self.answer(404, b"")

    def feed(self, number: int) -> None:
        first, *_ = self.server.pages
        items = "".join(f"<item><title>A & B&nbsp;</title><link>http://{HOST}{path}</link></item>" for path in (first,))
        body = f"<?xml version='1.0'?><rss><channel>{items}<item><link>http://{HOST}/bi-cat".encode()
        self.answer(200, body, Content_Type="application/rss+xml")

    def sitemap(self, number: int) -> None:
        body = f"<sitemapindex><sitemap><loc>http://{HOST}/sitemap-1.xml.gz</loc></sitemap>" + (
            f"<sitemap><loc>http://{HOST}/sitemap-bom.xml.gz</loc></sitemap></sitemapindex>"
        )
        self.answer(200, body.encode(), Content_Type="application/xml")

    def sitemap_child(self, number: int) -> None:
        paths = [*self.server.pages][1:4]
        body = "".join(
            f"<url><loc>http://{HOST}{path}</loc><lastmod>2022-08-1{n}</lastmod></url>" for n, path in enumerate(paths)
        )
        self.answer(200, gzip.compress(f"<urlset>{body}</urlset>".encode()), Content_Type="application/gzip")

    def sitemap_bomb(self, number: int) -> None:
        self.answer(200, gzip.compress(b" " * 2**23), Content_Type="application/gzip")

    def home(self, number: int) -> None:
        paths = [*self.server.pages, *LINKED]
        links = "".join(f"<li><a href='{path}'>{path}</a></li>" for path in paths)
        self.conditional(f"<html><body><ul>{links}</ul></body></html>".encode())

    def news(self) -> None:
        listed = re.fullmatch(r"/tin-tuc\?trang=(\d+)", self.path)
        article = re.fullmatch(r"/bai-(\d+)\.html", self.path)
        if listed:
            first = self.server.news - PER_PAGE * (int(listed[1]) - 1)
            links = "".join(f"<a href='/bai-{n}.html'>Bài {n}</a>" for n in range(first, max(0, first - PER_PAGE), -1))
            self.answer(200, f"<html><body>{links}<a href='/lien-he.html'>Liên hệ</a></body></html>".encode())
        elif article:
            n = int(article[1])
            day = date(2021, 12, 31) + timedelta(days=n)
            self.answer(200, page(n, f"Công đoàn công ty tổ chức hội nghị lần thứ {n}", f"{day:%d/%m/%Y}"))
        else:
            self.answer(404, b"")

    # --- misbehaviour ---

    def to(self, target: str, status: int = 301) -> None:
        self.answer(status, b"<html>moved</html>", Location=target)

    def busy(self, host: str, number: int) -> None:
        if host == SECONDS:
            self.answer(429, b"", Retry_After=str(A_DAY))
        elif host == DATE:
            self.answer(503, b"", Retry_After=formatdate(time.time() + TWO_DAYS, usegmt=True))
        elif number == 1:
            self.answer(429, b"", Retry_After="1")
        else:
            self.answer(200, page(1))

    def drip(self, number: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.pour(b"<p>", pause=0.05)

    def drip_head(self, number: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.pour(b"a", pause=0.05)

    def endless(self, number: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.pour(b"<p>xin cho</p>" * 2000)

    def endless_head(self, number: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.pour(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    def pour(self, data: bytes, pause: float = 0.0) -> None:
        """Send till the other side hangs up, at most as long as the server has patience."""
        self.close_connection = True
        # Whoever hangs up is gone before this notices.
        self.leave(HOST)
        end = time.monotonic() + self.server.patience
        try:
            while time.monotonic() < end:
                self.wfile.write(data)
                time.sleep(pause)
        except OSError:
            pass

    def bomb(self, number: int) -> None:
        self.answer(200, BOMB, Content_Encoding="gzip, gzip")

    def longer(self, number: int) -> None:
        """Says more than it sends; the page is cut."""
        body = page(3)[:300]
        self.answer(200, body, Content_Length=str(len(body) + 1000))
        self.close_connection = True

    def longer_whole(self, number: int) -> None:
        """Says more than it sends; the page is all there, as a browser would show it."""
        body = page(4)
        self.answer(200, body, Content_Length=str(len(body) + 7))
        self.close_connection = True

    def shorter(self, number: int) -> None:
        body = page(5)
        self.answer(200, body + b"HTTP/1.1 200 OK\r\n\r\nsmuggled", Content_Length=str(len(body)))
        self.close_connection = True

    def charset(self, number: int) -> None:
        self.answer(200, page(6), Content_Type="text/html; charset=iso-8859-1")

    def chunked(self, number: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = gzip.compress(page(7)) if number < 0 else page(7)
        for start in range(0, len(body), 100):
            part = body[start : start + 100]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def hang_up(self, number: int) -> None:
        self.close_connection = True

    def flaky(self, number: int) -> None:
        self.answer(*((500, b"") if number == 1 else (200, page(8))))

    def log_message(self, format: str, *args: object) -> None:
        pass


MISBEHAVIOURS = {
    "/": Handler.home,
    "/feed/": Handler.feed,
    "/sitemap.xml": Handler.sitemap,
    "/sitemap-1.xml.gz": Handler.sitemap_child,
    "/sitemap-bom.xml.gz": Handler.sitemap_bomb,
    "/chuyen-1/": lambda self, n: self.to("/chuyen-2/"),
    "/chuyen-2/": lambda self, n: self.to(f"http://www.{HOST}/chuyen-3/", 302),
    "/vong-a/": lambda self, n: self.to("/vong-b/"),
    "/vong-b/": lambda self, n: self.to("/vong-a/", 308),
    "/tu-minh/": lambda self, n: self.to("/tu-minh/"),
    "/ra-ngoai/": lambda self, n: self.to("http://169.254.169.254/latest/meta-data/"),
    "/noi-bo/": lambda self, n: self.to(f"http://{INSIDE}/bi-mat/"),
    "/cong-khac/": lambda self, n: self.to(f"http://{HOST}:22/"),
    "/tep/": lambda self, n: self.to("file:///etc/passwd"),
    "/ve-trang-chu/": lambda self, n: self.to("/"),
    "/khong-con/": lambda self, n: self.answer(404, b"<html>404</html>"),
    "/da-go/": lambda self, n: self.answer(410, b""),
    "/cam-vao/": lambda self, n: self.answer(403, b""),
    "/anh/": lambda self, n: self.answer(200, b"\x89PNG", Content_Type="image/png"),
    "/luc-duoc/": Handler.flaky,
    "/luon-hong/": lambda self, n: self.answer(500, b""),
    "/nho-giot/": Handler.drip,
    "/nho-giot-dau/": Handler.drip_head,
    "/vo-tan/": Handler.endless,
    "/vo-tan-dau/": Handler.endless_head,
    "/bom/": Handler.bomb,
    "/dai-hon/": Handler.longer,
    "/dai-hon-du/": Handler.longer_whole,
    "/ngan-hon/": Handler.shorter,
    "/sai-bang-ma/": Handler.charset,
    "/tung-khuc/": Handler.chunked,
    "/cup-may/": Handler.hang_up,
}
LINKED = [path for path in MISBEHAVIOURS if path.count("/") == 2 and path not in ("/", "/feed/", "/chuyen-2/")]
LINKED += ["/quan-tri/"]


class Misbehaving(ThreadingHTTPServer):
    """``asked`` counts requests by host and path, ``times`` holds when each host was asked."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, patience: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.patience = patience
        self.pages = sample_pages()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.times: dict[str, list[float]] = {}
        self.news = 12
        self.agents: set[str] = set()
        self.active: list[str] = []
        self.crowd = 0  # hosts that were asked at once
        self.crowded = False  # whether one was asked two things at once
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on it; that is what it is for."""


@contextmanager
def serving(patience: float = 3.0) -> Iterator[Misbehaving]:
    """The server, for as long as the block."""
    server = Misbehaving(patience)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def resolver(port: int):
    """All names lead here, but for the private one and a host that is down."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()[1]

    def resolve(host: str, _port: int):
        if host == INSIDE:
            return [(socket.AF_INET, ("10.0.0.1", 80))]
        return [(socket.AF_INET, ("127.0.0.1", nobody if host == DEAD else port))]

    return resolve
