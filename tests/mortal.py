"""A kill within this process: at its nth operation on files, after which nothing that it does reaches the disk.

What ends a run by an exception cleans up behind itself; a kill does not. So once it has struck, every further file
operation fails, and the folder stays as a killed process leaves it: with files half written.
"""

import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

_PLACES = [
    *((os, name) for name in ("replace", "rename", "unlink", "mkdir", "rmdir", "fsync")),
    (Path, "write_bytes"),
    (Path, "write_text"),
    (pq, "write_table"),
]


class Killed(BaseException):
    """No ``Exception``: what catches those must not live on."""


class _Life:
    def __init__(self, left):
        self.left = left

    def spend(self, name, real, *args, **kwargs):
        self.left -= 1
        if self.left == -1 and name == "write_bytes":
            real(args[0], args[1][: len(args[1]) // 2])
        if self.left < 0:
            raise Killed(name)
        return None if name == "fsync" else real(*args, **kwargs)


@contextmanager
def killed_after(operations, monkeypatch):
    """Let the block do so many operations on files, then kill it; the block says whether it lives to its end.

    Nothing is synced: what the disk would lose in a power cut isn't looked at here.
    """
    life = _Life(operations)
    with monkeypatch.context() as patch:
        for owner, name in _PLACES:
            patch.setattr(owner, name, _counted(life, name, getattr(owner, name)))
        try:
            yield life
        except Killed:
            life.left = -1


def _counted(life, name, real):
    # A function, which binds to a Path as a method does; a partial would not.
    def operation(*args, **kwargs):
        return life.spend(name, real, *args, **kwargs)

    return operation


immortal = partial(killed_after, 10**9)
