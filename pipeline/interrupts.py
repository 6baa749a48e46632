"""Ctrl-C and SIGTERM end a command soon: it unwinds, and what has not unwound in time is ended where it stands.

A library may swallow the KeyboardInterrupt, make another error of it or wait for its threads at the end, and a long
call into C lets no handler of Python's run. A dataset is whole at every moment, so that an end on the spot costs no
more than an unwinding does: the shards in work.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

GRACE_SECONDS = 1.5
_STDERR = 2
STOPPED = "stopped; what was complete is kept, and the same command goes on from there"
INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM  # exit codes, as shells have them


@contextmanager
def ends_soon(seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """In the block Ctrl-C raises KeyboardInterrupt and SIGTERM SystemExit, whatever a library makes of them.

    A process told to stop is ended after ``seconds`` at the latest. That holds on after the block too, once told: the
    exit of a process can take longer than its work. Does nothing outside a process's main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    left = threading.Event()
    # Python's own handlers run between two bytecodes of the main thread; this hears of signals during a call into C.
    former = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    told: list[int] = []
    before = _heard(told)
    threading.Thread(target=_watch, args=(reader, seconds, left), daemon=True).start()
    try:
        yield
    except Exception as error:
        if told:
            # DuckDB makes a RuntimeError of it.
            raise _stop(told[0]) from error
        raise
    finally:
        left.set()
        signal.set_wakeup_fd(former)
        for number, handler in before.items():
            signal.signal(number, handler)
        writer.close()


def _heard(told: list[int]) -> dict[int, Any]:
    """Have both signals noted in ``told`` and raised, unless something else is done with them; former handlers."""

    def handle(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        raise _stop(number)

    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    return {number: signal.signal(number, handle) for number, now in usual.items() if signal.getsignal(number) == now}


def _stop(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


def _watch(reader: socket.socket, seconds: float, left: threading.Event) -> None:
    with reader:
        code = _told(reader)
    if not code:
        return
    end = time.monotonic() + seconds
    if left.wait(seconds):
        time.sleep(max(0.0, end - time.monotonic()))
    else:
        os.write(_STDERR, f"congdoan: {STOPPED}\n".encode())
    os._exit(code)


def _told(reader: socket.socket) -> int | None:
    """The exit code of the signal that comes; None once the block was left without one. SIGALRM is an article's."""
    while news := reader.recv(1):
        if (code := 128 + news[0]) in (INTERRUPTED, TERMINATED):
            return code
    return None
