"""Appending to archive files exactly once: what is to be appended is noted in the transaction that it belongs to."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from scrapers.entries import ArchiveFile, Outcome
from scrapers.errors import CongdoanError

_LOCK = ".frontier.lock"


class Journal:
    """The notes, in the frontier's own database ``con``; the files stand below ``folder``."""

    def __init__(self, con: sqlite3.Connection, folder: Path) -> None:
        self._con, self._folder = con, folder

    def file_length(self, path: Path) -> int:
        """How long an archive file is, by account; 0 for one that is not known."""
        found = self._con.execute("SELECT length FROM files WHERE path = ?", (self._name(path),)).fetchone()
        return int(found[0]) if found else 0

    def note(self, url: str, outcome: Outcome, file: ArchiveFile) -> None:
        """Note the outcome's bytes, and where its record will stand; within a transaction."""
        data = (file.head if not file.length else b"") + outcome.data
        at = file.length + len(data) - len(outcome.data) + outcome.offset
        name = self._name(file.path)
        self._con.execute("INSERT INTO journal (path, at, data) VALUES (?, ?, ?)", (name, file.length, data))
        file.length += len(data)
        self._con.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (name, file.length))
        self._con.execute("UPDATE urls SET archive = ?, offset = ? WHERE url = ?", (name, at, url))

    def append(self) -> None:
        """Append what is noted. Cutting at ``at`` first makes a second go at it the same as the first."""
        for key, name, at, data in self._con.execute("SELECT id, path, at, data FROM journal ORDER BY id").fetchall():
            path = self._file(name)
            there = path.stat().st_size if path.exists() else 0
            if not isinstance(at, int) or not 0 <= at <= there or not isinstance(data, bytes):
                raise CongdoanError(
                    f"{path}: what was to be appended to it does not fit; put the file back or begin a new archive"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.seek(at)
                file.truncate()
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._con.execute("DELETE FROM journal WHERE id = ?", (key,))

    def recover(self) -> None:
        """Append what a process that died left noted. Raises CongdoanError for a file that lost bytes since."""
        self.append()
        for name, length in self._con.execute("SELECT path, length FROM files").fetchall():
            path = self._file(name)
            if not isinstance(length, int) or (path.exists() and path.stat().st_size < length):
                raise CongdoanError(f"{path}: shorter than when it was written; put it back or begin a new archive")

    def _file(self, name: object) -> Path:
        """The archive file of this name. CongdoanError for any other place: the folder may be another's."""
        path = self._folder / str(name)
        sound = "\0" not in str(name) and path.name.endswith(".warc.gz")
        if not sound or not path.resolve().is_relative_to(self._folder.resolve()):
            raise CongdoanError(f"{self._folder}: its journal names {name!r}, which is no file of this archive")
        return path

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def lock(folder: Path) -> int:
    """A lock that ends with its process, however that ends; a file descriptor. Raises CongdoanError."""
    try:
        import fcntl
    except ImportError:
        raise CongdoanError(f"{folder}: this system has no file locks (fcntl); scrape on Linux, macOS or WSL") from None
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise CongdoanError(f"{folder}: another scrape is writing this archive; wait for it to end") from None
    return handle
