"""Batches that take their input's bytes with them, to workers that can't open the input's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import InputError
from pipeline.inputs import Item
from scrapers.archive import MAX_PAGE_BYTES

Entry = Item | InputError
_NAME = "parcel"


@dataclass(frozen=True, slots=True)
class Parcel:
    """``content``: the items' bytes, one after another; ``lengths``: of each entry's, None where it has none in it."""

    entries: tuple[Entry, ...]
    lengths: tuple[int | None, ...]
    content: bytes


def pack(entries: Sequence[Entry]) -> Parcel:
    """Read the entries' bytes. A file that can't be read any more goes without: who reads its items says why."""
    content = bytearray()
    lengths: list[int | None] = []
    for path, group in groupby(entries, key=lambda entry: entry.path if isinstance(entry, Item) else None):
        of_file = list(group)
        raws = None if path is None else _read([entry for entry in of_file if isinstance(entry, Item)])
        lengths += [None] * len(of_file) if raws is None else map(len, raws)
        content += b"".join(raws or ())
    return Parcel(tuple(entries), tuple(lengths), bytes(content))


@contextmanager
def unpacked(parcel: Parcel) -> Iterator[tuple[Entry, ...]]:
    """The entries, with their bytes in a file that lives as long as the block."""
    with TemporaryDirectory(prefix="congdoan-") as folder:
        file = Path(folder) / _NAME
        file.write_bytes(parcel.content)
        found: list[Entry] = []
        offset = 0
        for entry, length in zip(parcel.entries, parcel.lengths, strict=True):
            if isinstance(entry, Item) and length is not None:
                # Of a whole file too, the length: another item's bytes follow.
                found.append(replace(entry, length=length, copy=(str(file), offset)))
                offset += length
            else:
                found.append(entry)
        yield tuple(found)


def _read(items: Sequence[Item]) -> list[bytes] | None:
    raws = []
    try:
        with Path(items[0].path).open("rb") as file:
            for item in items:
                file.seek(item.offset)
                raws.append(file.read(MAX_PAGE_BYTES + 1 if item.length is None else item.length))
    except OSError:
        return None
    return raws
