"""One GET: whom it may reach, what it may cost, what is kept of it."""

from __future__ import annotations

import ast
import gzip
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.addresses import connect, is_public
from scrapers.errors import FetchRefused
from scrapers.fetch import Fetcher, Identity, Response, Validators, decompress
from scrapers.urls import allow_list, canonical, is_allowed
from scrapers.wire import Limits
from tests.shared import ROOT

IDENTITY = Identity("nghien-cuu@vi-du.vn")


@contextmanager
def saying(*answers, context=None, source=None):
    """A server that says ``answers`` word for word, one a connection, and hangs up; (port, what it was asked).

    ``context``: over TLS. ``source``: a list to take the answers from instead.
    """
    asked, left = [], list(answers) if source is None else source

    class Handler(socketserver.StreamRequestHandler):
        timeout = 5

        def handle(self):
            head = b""
            while not head.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
                head += line
            asked.append(head)
            self.wfile.write(left.pop(0) if left else b"")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self):
            sock, address = super().get_request()
            return (context.wrap_socket(sock, server_side=True) if context else sock), address

        def handle_error(self, request, client_address):
            """Clients hang up on it."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


def fetcher(port, **limits):
    resolver = lambda host, _: [(socket.AF_INET, ("127.0.0.1", port))]  # noqa: E731
    given = {"total_seconds": 5.0, "max_bytes": 10_000, "max_decoded": 50_000} | limits
    return Fetcher(IDENTITY, Limits(private=frozenset({"127.0.0.1"}), resolver=resolver, **given))


def answer(body, *headers, status="200 OK"):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refusal(*answers, **limits):
    with saying(*answers) as (port, _), pytest.raises(FetchRefused) as raised:
        fetcher(port, **limits).fetch("http://vi-du.vn/a")
    return raised.value


# --- whom it may reach ---


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2001:0:7f00:1::1", "2001:db8::1", "::127.0.0.1", "not an address", "",
    ],
)  # fmt: skip
def test_address_within_a_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "103.1.208.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_address(address):
    assert is_public(address)


@given(st.ip_addresses())
def test_any_address_is_told(address):
    assert is_public(str(address)) in (True, False)
    if address.version == 4 and not is_public(str(address)):
        assert not is_public(f"::ffff:{address}")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_host_that_resolves_to_a_private_address_is_refused(address):
    fetch = Fetcher(IDENTITY, Limits(resolver=lambda host, port: [(socket.AF_INET, (address, port))])).fetch
    with pytest.raises(FetchRefused) as raised:
        fetch("http://vi-du.vn/")
    assert raised.value.cause == "private_address" and not raised.value.transient and address in str(raised.value)


def test_private_address_is_refused_as_it_stands():
    with pytest.raises(FetchRefused) as raised:
        Fetcher(IDENTITY).fetch("http://127.0.0.1:1/")
    assert raised.value.cause == "private_address"


def test_name_that_changes_its_address_is_asked_once():
    """DNS rebinding: a second question would get a private address; the checked one is the one connected to."""
    answers = [[(socket.AF_INET, ("127.0.0.1", 1))], [(socket.AF_INET, ("10.0.0.1", 1))]]
    with pytest.raises(FetchRefused) as raised:
        connect(
            "http://vi-du.vn/", "vi-du.vn", 80,
            resolver=lambda host, port: answers.pop(0), private=frozenset({"127.0.0.1"}), timeout=1.0,
        )  # fmt: skip
    assert raised.value.cause == "connection" and len(answers) == 1


def test_private_addresses_among_public_ones_are_not_tried(monkeypatch):
    tried = []

    class Watched(socket.socket):
        def connect(self, address):
            tried.append(address[0])
            raise ConnectionRefusedError

    addresses = [(socket.AF_INET, (a, 80)) for a in ("10.0.0.1", "8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr("scrapers.addresses.socket.socket", Watched)
    with pytest.raises(FetchRefused):
        connect("u", "h", 80, resolver=lambda host, port: addresses, private=frozenset(), timeout=1.0)
    assert tried == ["8.8.8.8"]


def test_proxies_and_credentials_of_the_environment_are_not_used(monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    (tmp_path / ".netrc").write_text("machine vi-du.vn login ai password gi\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with saying(answer(b"x")) as (port, asked):
        assert fetcher(port).fetch("http://vi-du.vn/a").body == b"x"
    assert asked[0].startswith(b"GET /a HTTP/1.1\r\n") and b"authorization" not in asked[0].lower()


def test_cookies_are_not_kept():
    with saying(answer(b"x", "Set-Cookie: a=b; Path=/"), answer(b"x")) as (port, asked):
        one = fetcher(port)
        one.fetch("http://vi-du.vn/a")
        one.fetch("http://vi-du.vn/b")
    assert len(asked) == 2 and not [head for head in asked if b"cookie" in head.lower()]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_certificate_that_nobody_vouches_for_is_refused(tmp_path, monkeypatch):
    names = ("-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=vi-du.vn")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *map(str, names)]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "cert.pem"))  # nor is the environment asked
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with saying(answer(b"x"), context=context) as (port, asked), pytest.raises(FetchRefused) as raised:
        fetcher(port).fetch("https://vi-du.vn/a")
    assert raised.value.cause == "tls" and not raised.value.transient and asked == []


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://laodong.vn/a", True), ("https://www.laodong.vn/a", True), ("http://news.laodong.vn/a", False),
        ("http://laodong.vn.evil.test/", False), ("http://evil.test/laodong.vn", False),
        ("http://laodong.vn:22/", False),
        ("http://laodong.vn@evil.test/", False), ("http://xlaodong.vn/", False),
    ],
)  # fmt: skip
def test_hosts_are_exact(url, allowed):
    assert is_allowed(url, allow_list(("laodong.vn",))) is allowed


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("HTTP://Vi-Du.VN:80/a?utm_source=x&b=1#c", "http://vi-du.vn/a?b=1"),
        ("https://vi-du.vn", "https://vi-du.vn/"),
        ("https://vi-du.vn/Tin tức.html", "https://vi-du.vn/Tin%20t%E1%BB%A9c.html"),
        ("//vi-du.vn/x", "https://vi-du.vn/x"),
        ("../x.html", "https://goc.vn/x.html"),
        ("https://công-đoàn.vn/", "https://xn--cng-on-qta00a1n.vn/"),
        ("javascript:alert(1)", None), ("file:///etc/passwd", None), ("mailto:a@b", None), ("ftp://a/b", None),
        ("http://../x", None), ("http://.a/", None), ("http://a..b/", None), ("http://a\x1b[31m.vn/", None),
        ("http://-a.vn/", None), ("http://[::1]/", "http://[::1]/"), ("http://a_b.vn/", "http://a_b.vn/"),
        ("http://a:b@c/", None), ("http://[", None), ("http://a:99999/", None), ("http:///x", None),
        ("http://a/" + "x" * 3000, None),
    ],
)  # fmt: skip
def test_canonical_address(url, found):
    got = canonical(url, "https://goc.vn/tin/a.html")
    assert got == found or (
        found is not None and got is not None and "xn--" in found and got.startswith("https://xn--")
    )


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text):
    found = canonical(text, "https://goc.vn/")
    assert found is None or canonical(found) == found


# --- what it may cost ---


def test_wire_cap():
    error = refusal(answer(b"x" * 20_000))
    assert error.cause == "too_large" and not error.transient


def test_gzip_bomb_ends_at_its_cap():
    body = gzip.compress(b"\0" * 2**22)
    assert len(body) < 10_000
    assert refusal(answer(body, "Content-Encoding: gzip")).cause == "too_large"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "404 Not Found"])
def test_body_of_a_redirect_or_error_is_not_decompressed(status):
    body = gzip.compress(b"\0" * 2**22)
    with saying(answer(body, "Content-Encoding: gzip", "Location: /b", status=status)) as (port, asked):
        response = fetcher(port).fetch("http://vi-du.vn/a")
    assert response.body == b"" and response.status == int(status[:3]) and len(asked) == 1


def test_many_empty_gzip_members_take_no_time():
    data = gzip.compress(b"") * 20_000
    assert decompress("u", data, "gzip", 2**20) == (b"", True)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
        ("identity", bytes),
    ],
)
def test_encodings(encoding, pack):
    assert decompress("u", pack(b"xin ch\xc3\xa0o" * 99), encoding, 10_000) == (b"xin ch\xc3\xa0o" * 99, True)


def test_encoding_that_was_not_asked_for():
    assert refusal(answer(b"x", "Content-Encoding: br")).cause == "encoding"


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "gzip, deflate", ""]))
def test_any_bytes_decompress_or_are_refused(data, encoding):
    try:
        body, whole = decompress("u", data, encoding, 1000)
    except FetchRefused:
        return
    assert len(body) <= 1000 and isinstance(whole, bool)


def test_answer_that_breaks_off_is_transient():
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<html><p>Xin"
    error = refusal(cut)
    assert error.cause == "incomplete" and error.transient


def test_page_that_has_its_end_is_whole_whatever_its_length_says():
    body = b"<html><p>Xin</p></html>\n"
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + body) as (port, _):
        assert fetcher(port).fetch("http://vi-du.vn/a").body == body


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000])
def test_what_is_no_http_is_refused(said):
    assert refusal(said, max_bytes=200_000).cause in ("connection", "protocol")


SOUND = answer(gzip.compress(b"<p>xin</p>"), "Content-Encoding: gzip", "Content-Type: text/html")
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html\r\n2\r\n/>\r\n0\r\n\r\n"
DAMAGED = st.builds(
    lambda said, at, patch: said[:at] + patch + said[at + len(patch) :],
    st.sampled_from([SOUND, CHUNKS]), st.integers(0, 120), st.binary(max_size=8),
)  # fmt: skip


def test_any_answer_is_an_answer_or_a_refusal():
    left, told = [], []
    with saying(source=left) as (port, _):
        one = fetcher(port, total_seconds=2.0)

        @settings(max_examples=80, deadline=None)
        @given(st.one_of(st.binary(max_size=60), DAMAGED))
        def check(said):
            left.append(said)
            told.append(said)
            try:
                response = one.fetch("http://vi-du.vn/a")
            except FetchRefused as error:
                assert error.cause in ("connection", "protocol", "incomplete", "encoding", "deadline", "too_large")  # noqa: PT017
            else:
                assert isinstance(response, Response) and any(response.received in one for one in told)

        check()


# --- what is kept ---


def test_bytes_are_kept_as_they_passed():
    said = b"HTTP/1.1 200 \xc4\x90\r\ncontent-TYPE:text/html\r\nX-Odd:   y \r\nTransfer-Encoding: chunked\r\n\r\n"
    said += b"3\r\n<p>\r\n5;ext=1\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n"
    with saying(said) as (port, asked):
        response = fetcher(port).fetch("http://vi-du.vn/a?b=c", Validators('"e"', "Tue, 05 Mar 2024 08:00:00 GMT"))
    assert response.received == said and response.body == b"<p>abcde"
    assert response.request == asked[0] and response.address == "127.0.0.1"
    assert b'If-None-Match: "e"\r\n' in asked[0] and b"If-Modified-Since: Tue, 05" in asked[0]
    assert b"User-Agent: congdoan/" in asked[0] and b"From: nghien-cuu@vi-du.vn" in asked[0]


def test_informational_answers_are_not_the_answer():
    with saying(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"x")) as (port, _):
        assert fetcher(port).fetch("http://vi-du.vn/a").received.startswith(b"HTTP/1.1 200 OK")


def test_digest_is_of_the_payload_whatever_its_chunks():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with saying(chunked + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", chunked + b"3\r\nabc\r\n0\r\n\r\n", answer(b"abc")) as (
        port,
        _,
    ):
        assert len({fetcher(port).fetch("http://vi-du.vn/a").digest for _ in range(3)}) == 1


NOW = datetime(2024, 3, 5, 8, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0", 0), (" 86400 ", 86400),
     ("Tue, 05 Mar 2024 09:00:00 GMT", 3600), ("Tue, 05 Mar 2024 07:00:00 GMT", 0),
     ("Wed, 06 Mar 2024 08:00:00 -0000", 86400), ("soon", None), ("-5", None), ("", None), ("9" * 12, 10 * 366 * 86400),
     ("9" * 50, None), ("Tue, 05 Mar 99999 09:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after(said, seconds):
    response = Response("u", 429, (("Retry-After", said),), b"", b"", b"", "", None, datetime.now(UTC), 0.0)
    assert response.retry_after(NOW) == seconds


def test_contact_that_is_a_page():
    assert Identity("https://vi-du.vn/lien-he").user_agent.endswith("+https://vi-du.vn/lien-he)")
    assert "From" not in Identity("https://vi-du.vn/lien-he").headers


def test_only_one_file_imports_requests():
    def imports(path):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from (name.partition(".")[0] for name in names)

    files = [path for package in ("pipeline", "scrapers", "models") for path in (ROOT / package).rglob("*.py")]
    assert [path.name for path in files if "requests" in imports(path)] == ["fetch.py"]
