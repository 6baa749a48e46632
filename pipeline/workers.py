"""Local processes that work on batches in order, and a way on when one of them dies.

A batch whose worker died (killed for its memory, a fault in a library) is tried again alone; if it kills that worker
too, each of its entries is tried alone, and the ones that kill theirs become rejects with cause ``crashed``.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from typing import Any, Generic, TypeVar

from loky.process_executor import BrokenProcessPool, ProcessPoolExecutor, ShutdownExecutorError

from pipeline.limits import limit_this_process
from scrapers.errors import CongdoanError, InputError

B = TypeVar("B", bound=Any)  # a frozen dataclass with ``entries``
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work(Generic[B, R]):
    """What the workers do, as functions that a new process can import."""

    task: Callable[[B], R]
    probe: Callable[[B], None]  # the same work on one entry, nothing kept
    prepare: Callable[[], object]  # once a worker


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(work: Work[B, R], batches: Iterable[B], workers: int) -> Iterator[tuple[B, R]]:
    """Each batch with its result, in the order of ``batches``; a few batches are held at a time, never all."""
    coming = iter(batches)
    waiting: deque[tuple[B, Future[R] | None]] = deque()
    pool, alone = _pool(work, workers), Alone(work)
    try:
        while True:
            while len(waiting) <= 2 * workers and (batch := next(coming, None)) is not None:
                waiting.append((batch, _submit(pool, work, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                result = future.result() if future else alone.run(batch)
            except BrokenProcessPool:
                # Which of the unfinished batches killed its worker can't be known: each is tried alone.
                pool.shutdown(kill_workers=True)
                waiting = deque((b, f if f and f.done() and not f.exception() else None) for b, f in waiting)
                result = alone.run(batch)
                pool = _pool(work, workers)
            yield batch, result
    finally:
        pool.shutdown(kill_workers=True)
        alone.close()


def _submit(pool: ProcessPoolExecutor, work: Work[B, R], batch: B) -> Future[R] | None:
    try:
        future: Future[R] = pool.submit(work.task, batch)
        return future
    except BrokenProcessPool:
        return None


class Closed(CongdoanError):
    """Work that nobody waits for any more."""


class Alone(Generic[B, R]):
    """One worker at a time, replaced when it dies. It ends by itself when it had nothing to do for ``idle`` seconds."""

    def __init__(self, work: Work[B, R], idle: float | None = None) -> None:
        self._work = work
        self._idle = idle
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    def run(self, batch: B) -> R:
        """The batch's result, with the entries that kill their worker as InputErrors."""
        try:
            return self._do(self._work.task, batch)
        except BrokenProcessPool:
            entries = tuple(map(self._survivor, [replace(batch, entries=(entry,)) for entry in batch.entries]))
        try:
            return self._do(self._work.task, replace(batch, entries=entries))
        except BrokenProcessPool:
            # Each entry lives alone and together they die: nothing to single out.
            return self._do(self._work.task, replace(batch, entries=tuple(map(_crashed, batch.entries))))

    def close(self) -> None:
        """End the worker, whatever it does; another thread that waits for its result gets a Closed."""
        self._closed = True
        if pool := self._pool:
            pool.shutdown(kill_workers=True)

    def _survivor(self, one: B) -> Any:
        (entry,) = one.entries
        if isinstance(entry, InputError):
            return entry
        try:
            self._do(self._work.probe, one)
        except BrokenProcessPool:
            return _crashed(entry)
        return entry

    def _do(self, function: Callable[[B], T], batch: B) -> T:
        try:
            if self._pool is None:
                self._pool = _new(self._work, 1, self._idle)
                if self._closed:
                    raise Closed("closed before it began")
                _start(self._pool)
            result: T = self._pool.submit(function, batch).result()
            return result
        except (BrokenProcessPool, ShutdownExecutorError) as error:
            if self._closed:
                raise Closed("closed while it worked") from error
            if self._pool:
                self._pool.shutdown(kill_workers=True)
            self._pool = None
            raise


def _crashed(entry: Any) -> InputError:
    if isinstance(entry, InputError):
        return entry
    return InputError(entry.ref, "crashed", "the process that read it died, twice; look at this page alone")


def _pool(work: Work[Any, Any], workers: int) -> ProcessPoolExecutor:
    # loky replaces a worker that has grown by 300 MB and speaks of a leak; what grows is caches, up to their bounds.
    warnings.filterwarnings("ignore", "A worker was restarted", UserWarning)
    pool = _new(work, workers)
    _start(pool)
    return pool


def _new(work: Work[Any, Any], workers: int, idle: float | None = None) -> ProcessPoolExecutor:
    # Not concurrent.futures' pool: it starts workers on demand, and one that dies before it was watched leaves the
    # driver waiting forever.
    return ProcessPoolExecutor(
        workers, timeout=idle, context=get_context("spawn"), initializer=_begin, initargs=(work.prepare,)
    )


def _start(pool: ProcessPoolExecutor) -> None:
    try:
        with _deaf():
            started = pool.submit(os.getpid)
        started.result()
    except BrokenProcessPool as error:
        raise CongdoanError(
            "worker processes can't start (their message stands above); "
            'a script that calls this needs `if __name__ == "__main__":`, or give workers=1'
        ) from error
    except BaseException:
        # Else the process ends only once its workers have come up.
        pool.shutdown(kill_workers=True)
        raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C waits in here, and a process that is started in here never hears it, not even while it imports."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _begin(prepare: Callable[[], object]) -> None:
    # Ctrl-C reaches the whole group; the driver alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_this_process()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    prepare()


def _die_with_parent() -> None:
    """A driver that was killed tells nobody: its workers would wait for batches forever."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
