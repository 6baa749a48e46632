"""Inputs: files, folders and stdin → items in intake order → Articles.

Finding is the driver's work and cheap: it says where each article stands and what its bytes are. Reading is a worker's
and parses. What can't be read is an InputError in its place, never an exception, and what follows it is read.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import InputError, UsageError
from scrapers.archive import GZIP_MAGIC, MAX_PAGE_BYTES, MAX_RECORD_BYTES, Record, find_records, read_page
from scrapers.charset import decode, is_binary
from scrapers.generic import repeated_lines
from scrapers.html import canonical_url, host_of, parse_tree
from scrapers.jsonlines import parse_line
from scrapers.page import Article, Page
from scrapers.plaintext import parse_page as parse_text_page
from scrapers.sites import find_parser, parse_page

# Longest first: ".warc.gz" ends in ".gz" too.
ENDINGS = {".warc.gz": "warc", ".warc": "warc", ".jsonl": "jsonl", ".html": "html", ".htm": "html", ".txt": "txt"}
KNOWN = ".txt, .html, .jsonl, .warc or .warc.gz"
_SPOOL = "congdoan-stdin-"
_HEAD = 4096
_HOST_PAGES = 12


@dataclass(frozen=True, slots=True)
class Item:
    """Where one article stands: ``length`` None is to the file's end, ``number`` the line (jsonl) or place in the file.

    ``digest`` is blake2b of the item's bytes, so that a shard's fingerprint changes with its input. ``copy`` is a file
    that holds the item's bytes, and the offset there, for a process that can't open ``path``.
    """

    path: str
    kind: str  # txt, html, jsonl, warc
    offset: int
    length: int | None
    number: int
    digest: str
    copy: tuple[str, int] | None = None

    @property
    def place(self) -> tuple[Path, int]:
        """The file to read, and the offset there."""
        return (Path(self.path), self.offset) if self.copy is None else (Path(self.copy[0]), self.copy[1])

    @property
    def ref(self) -> str:
        """``path``, ``path:line`` or ``path#offset``; stdin is ``-``."""
        name = _shown(self.path)
        if self.kind == "jsonl":
            return f"{name}:{self.number}"
        return f"{name}#{self.offset}" if self.kind == "warc" else name


def find_items(inputs: Sequence[str]) -> Iterator[Item | InputError]:
    """The items of ``inputs`` in intake order: as given, a folder's files sorted by path, an archive's as they stand.

    ``-`` is stdin, told by its first bytes. Raises UsageError, before anything is read, for a path that is not there or
    has an unknown ending; in a folder such a file is an InputError. Names that begin with a dot are passed over.
    """
    for name in inputs:
        if name == "-":
            continue
        if not Path(name).exists():
            raise UsageError(f"{name}: no such file or folder")
        if not Path(name).is_dir() and _kind(name) is None:
            raise UsageError(f"{name}: unknown ending; give {KNOWN}, a folder of them, or - for stdin")
    return _find(inputs)


def read_items(items: Sequence[Item]) -> Iterator[tuple[Item, Article | InputError]]:
    """Each item with its article, or with why it gives none."""
    saved = _HostLines([item for item in items if item.kind == "html"])
    for _, group in groupby(items, key=lambda item: item.path):
        of_file = list(group)
        try:
            lines = saved if of_file[0].kind == "html" else _HostLines(of_file)
            with of_file[0].place[0].open("rb") as file:
                for item in of_file:
                    yield item, _read(file, item, lines)
        except OSError as error:
            yield from ((item, _unreadable(item.ref, error)) for item in of_file)


# --- finding --------------------------------------------------------------------------------------------------------


def _kind(name: str) -> str | None:
    return next((kind for ending, kind in ENDINGS.items() if name.lower().endswith(ending)), None)


def _shown(path: str) -> str:
    return "-" if Path(path).parent.name.startswith(_SPOOL) else path


def _find(inputs: Sequence[str]) -> Iterator[Item | InputError]:
    for name in inputs:
        path = _spool_stdin() if name == "-" else name
        if Path(path).is_dir():
            yield from _find_in_folder(path)
        else:
            yield from _find_in_file(path)


def _find_in_folder(folder: str) -> Iterator[Item | InputError]:
    found = False
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            found = True
            path = str(Path(parent) / name)
            if _kind(name) is None:
                yield InputError(path, "unsupported", f"unknown ending; {KNOWN} are read")
            else:
                yield from _find_in_file(path)
    if not found:
        yield InputError(folder, "empty", f"no file in this folder; {KNOWN} are read")


def _find_in_file(path: str) -> Iterator[Item | InputError]:
    kind = _kind(path) or "txt"
    try:
        if kind == "jsonl":
            yield from _find_lines(path)
        elif kind == "warc":
            yield from _find_pages(path)
        else:
            with Path(path).open("rb") as file:
                digest = blake2b(file.read(MAX_PAGE_BYTES + 1), digest_size=16).hexdigest()
            yield Item(path, kind, 0, None, 1, digest)
    except OSError as error:
        yield _unreadable(_shown(path), error)


def _find_lines(path: str) -> Iterator[Item | InputError]:
    name, found = _shown(path), False
    with Path(path).open("rb") as file:
        if is_binary(file.read(_HEAD)):
            yield InputError(name, "binary", "a binary file, not JSONL; give one JSON object a line")
            return
        file.seek(0)
        offset = number = 0
        while line := file.readline(MAX_RECORD_BYTES + 1):
            number, length = number + 1, len(line)
            if length > MAX_RECORD_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_RECORD_BYTES)
                    length += len(line)
                yield InputError(f"{name}:{number}", "too_large", "the line is over 64 MB; no article is")
            elif line.strip():
                digest = blake2b(line, digest_size=16).hexdigest()
                yield Item(path, "jsonl", offset, length, number, digest)
            found = found or bool(line.strip())
            offset += length
    if not found:
        yield InputError(name, "empty", "the file holds no line; give one JSON object a line")


def _find_pages(path: str) -> Iterator[Item | InputError]:
    name, number = _shown(path), 0
    failed = False
    with Path(path).open("rb") as file:
        for record in find_records(Path(path)):
            if isinstance(record, InputError):
                failed = True
                yield InputError(record.ref.replace(path, name, 1), record.cause, record.message)
                continue
            number += 1
            file.seek(record.offset)
            digest = blake2b(file.read(record.length), digest_size=16).hexdigest()
            yield Item(path, "warc", record.offset, record.length, number, digest)
    if not number and not failed:
        yield InputError(name, "no_article", "the archive holds no HTML page; fetch pages into it")


def _spool_stdin() -> str:
    """Stdin as a file that lives as long as the process: workers read it too, and an item is read twice."""
    folder = tempfile.mkdtemp(prefix=_SPOOL)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    spooled = Path(folder) / "stdin"
    with spooled.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    with spooled.open("rb") as file:
        ending = _sniff(file.read(_HEAD))
    return str(spooled.rename(spooled.with_name("stdin" + ending)))


def _sniff(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(GZIP_MAGIC):
        return ".warc.gz"
    if text.startswith(b"WARC/"):
        return ".warc"
    return ".jsonl" if text.startswith(b"{") else ".html" if text.startswith(b"<") else ".txt"


# --- reading --------------------------------------------------------------------------------------------------------


class _HostLines:
    """The lines that pages of one host share among an archive's items or saved pages, for hosts that no parser knows.

    They are looked for when the first such page is read: an archive of known sites costs nothing more. A saved page
    that doesn't name its host is its folder's.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = [item for item in items if item.kind in ("warc", "html")]
        self._of_host: dict[str, frozenset[str]] | None = None

    def __call__(self, page: Page) -> frozenset[str]:
        if len(self._items) < 2:
            return frozenset()
        if self._of_host is None:
            self._of_host = self._find()
        return self._of_host.get(_host(page), frozenset())

    def _find(self) -> dict[str, frozenset[str]]:
        pages: dict[str, list[Page]] = {}
        for item in self._items:
            try:
                page = _page(item) if item.kind == "warc" else _saved(item)
            except OSError:
                continue
            if isinstance(page, Page) and find_parser(page) is None:
                of_host = pages.setdefault(_host(page), [])
                if len(of_host) < _HOST_PAGES:
                    of_host.append(page)
        return {host: repeated_lines(of_host) for host, of_host in pages.items() if len(of_host) > 1}


def _host(page: Page) -> str:
    """The host that a page is from: by its address, by what it calls its address, else the folder it is saved in."""
    if page.url:
        return host_of(page.url) or ""
    try:
        said = canonical_url(parse_tree(page))
    except InputError:
        said = None
    return host_of(said) or Path(page.ref).parent.as_posix()


def _read(file: BinaryIO, item: Item, lines: _HostLines) -> Article | InputError:
    try:
        if item.kind == "warc":
            page = _page(item)
            return page if isinstance(page, InputError) else _from_archive(page, item, lines)
        file.seek(item.place[1])
        raw = file.read(MAX_PAGE_BYTES + 1 if item.length is None else item.length)
        if item.kind == "jsonl":
            return parse_line(raw, ref=item.ref)
        return _from_file(raw, item, lines)
    except InputError as error:
        return error
    except OSError as error:
        return _unreadable(item.ref, error)


def _page(item: Item) -> Page | InputError:
    path, offset = item.place
    page = read_page(path, Record(offset, item.length or 0))
    return InputError(item.ref, page.cause, page.message) if isinstance(page, InputError) else page


def _saved(item: Item) -> Page:
    with item.place[0].open("rb") as file:
        return Page(item.ref, file.read(MAX_PAGE_BYTES + 1))


def _from_archive(page: Page, item: Item, lines: _HostLines) -> Article:
    article = parse_page(replace(page, ref=item.ref), lines)
    return replace(article, archive_ref=f"{Path(item.path).name}#{item.offset}")


def _from_file(raw: bytes, item: Item, lines: _HostLines) -> Article:
    if len(raw) > MAX_PAGE_BYTES:
        raise InputError(item.ref, "too_large", "the file is over 16 MB; give one article a file, or .jsonl")
    if not raw.strip():
        raise InputError(item.ref, "empty", "the file is empty; save the page again or leave it out")
    name = Path(item.path).name
    if item.kind == "html":
        article = parse_page(Page(item.ref, raw), lines)
    else:
        text, charset = decode(raw, ref=item.ref)
        article = replace(parse_text_page(text, ref=item.ref, file=name), charset=charset)
    return replace(article, file=name, id=Path(name).stem)


def _unreadable(ref: str, error: OSError) -> InputError:
    return InputError(ref, "unreadable", f"can't be read ({error.strerror or error}); check the file and its rights")
