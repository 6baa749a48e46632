"""What one article may cost: seconds, and in a worker process memory. Past it, the article is a reject."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ARTICLE_SECONDS = 60.0  # a page of a megabyte takes a few
WORKER_BYTES = 3 << 30  # a worker that reads ordinary pages stays under 0.7 GB

_in_worker = False


class TimeUp(BaseException):
    """An article took longer than it may. No ``Exception``, so that nothing on the way takes it for its own."""


def limit_this_process(memory: int = WORKER_BYTES) -> None:
    """Make this process a worker: memory past ``memory`` bytes is a MemoryError; what Python can't stop, kills it.

    Does nothing where the system knows no such limits.
    """
    global _in_worker
    _in_worker = True
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory if hard < 0 else min(memory, hard), hard))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp inside the block once it has taken ``seconds``.

    Works in a process's main thread, on systems with interval timers; elsewhere there is no limit. In a worker, a call
    into C that never comes back to Python gets twice the time of the processor and then the kernel ends the process.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGALRM, _time_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    if _in_worker:
        signal.setitimer(signal.ITIMER_PROF, 2 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if _in_worker:
            signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, former)


def _time_up(_signal: int, _frame: FrameType | None) -> None:
    raise TimeUp
