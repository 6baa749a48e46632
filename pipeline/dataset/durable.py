"""Files that survive a kill or a power cut: written beside, synced, then renamed into place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import DatasetError

# Never read; the next run deletes what a killed one left under this name.
TEMPORARY = ".tmp-"


def temporary(path: Path) -> Path:
    """A name beside ``path`` that no other process writes to."""
    return path.with_name(f"{TEMPORARY}{path.name}-{os.getpid()}")


def sync(path: Path) -> None:
    """Force a file's content, or a folder's names, to the disk."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Rename a synced file or folder into place; a reader sees the old one or the new one, whole."""
    # A file can be replaced; a folder (of the same content: its name is its content's hash) has to go first.
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)
    sync(target.parent)


def remove(path: Path) -> int:
    """Delete a file or a folder with all that is in it; how many bytes that was."""
    if not path.is_dir():
        n_bytes = path.stat().st_size
        path.unlink(missing_ok=True)
        return n_bytes
    n_bytes = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    shutil.rmtree(path, ignore_errors=True)
    return n_bytes


def write(path: Path, content: bytes) -> None:
    """Replace ``path`` by a file of this content, atomically."""
    beside = temporary(path)
    try:
        beside.write_bytes(content)
        sync(beside)
        replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


@contextmanager
def folder(target: Path) -> Iterator[Path]:
    """A folder to fill; it stands at ``target``, whole and synced, once the block ends, and nowhere if it fails."""
    beside = temporary(target)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        for file in beside.iterdir():
            sync(file)
        sync(beside)
        replace(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


@contextmanager
def lock(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file, or raise DatasetError where another process does. The system lets go when we die."""
    try:
        file = path.open("a+")
    except OSError as error:
        raise DatasetError(f"{what}: can't be written ({error.strerror}); mend that or name another folder") from error
    with file:
        try:
            _lock(file.fileno())
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise DatasetError(f"{what}: another run (process {owner}) is writing it; wait for it to end") from None
        # Only told to others: a full disk is no reason to stop here.
        with suppress(OSError):
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), str(os.getpid()).encode())
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
