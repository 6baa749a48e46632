"""A Dask cluster that works on batches in order: the contract of pipeline.workers, for those who outgrow one machine.

The driver sends each batch with its input's bytes and gets the result back, so that workers need no path they share
with it, and nothing but the driver writes. On each of its threads a Dask worker keeps a process of its own, as a local
run has: what an article may cost, and what becomes of one that kills its process, is the same there. A worker that
dies costs the time of its batches: Dask gives them to another one, and of a batch done twice one result is taken.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import platform
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

from pipeline.errors import ClusterError
from pipeline.parcels import Parcel, pack, unpacked
from pipeline.versions import config_sha256, package_version
from pipeline.workers import Alone, Work, cores

# Of distributed, which comes with the extra.
Client: TypeAlias = Any
Future: TypeAlias = Any

B = TypeVar("B", bound=Any)  # a frozen dataclass with ``entries``
R = TypeVar("R")
T = TypeVar("T")

CONNECT_SECONDS = 20.0
NO_WORKER_SECONDS = 300.0  # a batch system may take a while to start a worker anew
_POLL_SECONDS = 1.0
_IDLE_SECONDS = 120.0
_TRIES = 3
_GO_ON = "what was done is kept, and the same command goes on from there"


@dataclass(frozen=True, slots=True)
class Code:
    """What has to be the same on the driver and on each worker, because rows depend on it."""

    congdoan: str
    config_sha256: str
    python: str

    def __str__(self) -> str:
        return f"congdoan {self.congdoan} (code and resources {self.config_sha256[:12]}, Python {self.python})"


def code() -> Code:
    """This process's."""
    return Code(package_version(), config_sha256(), ".".join(map(str, sys.version_info[:2])))


def in_order(work: Work[B, R], batches: Iterable[B], address: str) -> Iterator[tuple[B, R]]:
    """Each batch with its result, in the order of ``batches``; a few batches a worker are held at a time, never all.

    ``address``: of a scheduler (``tcp://host:8786``), ``file:PATH`` of its scheduler file, or ``auto`` for a cluster on
    this machine. Raises ClusterError where there is no scheduler or worker, or a worker has other code or resources.
    """
    coming = iter(batches)
    with _connected(address) as client:
        errand = _Errand(work, code(), uuid4().hex)
        _check(client, errand.code)
        waiting: deque[tuple[B, Future]] = deque()
        try:
            while True:
                room = 2 * max(1, _threads(client)) + 1
                while len(waiting) < room and (batch := next(coming, None)) is not None:
                    waiting.append((batch, _submit(client, errand, batch)))
                if not waiting:
                    return
                batch, future = waiting.popleft()
                yield batch, _result(client, errand, batch, future)
        finally:
            _leave(client, errand, [future for _, future in waiting])


# --- on the driver --------------------------------------------------------------------------------------------------


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        distributed: Any = import_module("distributed")  # typed in part
    except ImportError as error:
        raise ClusterError("no Dask here; install it with: pip install 'congdoan[cluster]'") from error
    # What goes wrong is told by our errors, once.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS, "set_as_default": False}
    cluster = None
    try:
        if address == "auto":
            # One worker in this process, which nobody else can reach: the work is done in processes of its threads.
            cluster = distributed.LocalCluster(
                n_workers=1, threads_per_worker=cores(), processes=False, dashboard_address="127.0.0.1:0"
            )
            client = distributed.Client(cluster, **options)
        else:
            client = distributed.Client(_resolved(address), **options)
    except (OSError, ValueError, TypeError, KeyError) as error:
        if cluster:
            cluster.close()
        raise ClusterError(
            f"{address}: no Dask scheduler answers ({error or type(error).__name__}); start one with `dask scheduler`, "
            "or give its address as tcp://host:port, file:scheduler.json, or auto for this machine"
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=2)
        if cluster:
            cluster.close()


def _resolved(address: str) -> str:
    """The address, read from the scheduler's file if it is one; Dask itself would wait for the file forever."""
    if not address.startswith("file:"):
        return address
    found: str = json.loads(Path(address.removeprefix("file:")).read_text(encoding="utf-8"))["address"]
    return found


def _check(client: Client, wanted: Code) -> None:
    """That there are workers, and that each one would give the driver's rows."""
    try:
        client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
        found = client.run(code, on_error="return")
    except Exception as error:
        raise _gone(error) if _is_lost(error) else _no_worker() from error
    for worker, theirs in found.items():
        if isinstance(theirs, Exception):
            raise ClusterError(
                f"worker {worker} can't run congdoan ({type(theirs).__name__}: {theirs}); "
                f"install the driver's there: {wanted}"
            )
        if theirs != wanted:
            raise _other_code(worker, theirs, wanted)


def _submit(client: Client, errand: _Errand, batch: B) -> Future:
    parcel = pack(batch.entries)
    try:
        return client.submit(_do, errand, replace(batch, entries=()), parcel, pure=False)
    except Exception as error:
        raise _gone(error) from error


def _result(client: Client, errand: _Errand, batch: Any, future: Future) -> Any:
    from distributed.scheduler import KilledWorker

    for _ in range(_TRIES):
        try:
            return _wait(client, future)
        except KilledWorker:
            # Dask gave it up after several workers died. None died of an article, which has a process to itself:
            # nodes are going down, or their memory is too small.
            future = _submit(client, errand, batch)
    raise ClusterError(
        f"workers died again and again while they worked on {_name(batch)}; "
        f"look at their logs (memory? time limits?) and start the run again: {_GO_ON}"
    )


def _wait(client: Client, future: Future) -> Any:
    from distributed import TimeoutError as NotYet

    alone_since: float | None = None
    while True:
        try:
            return future.result(timeout=_POLL_SECONDS)
        except NotYet:
            pass
        except Exception as error:
            if _is_lost(error) or future.cancelled():
                raise _gone(error) from error
            if isinstance(error, OSError):
                raise _unwritable(error) from error
            raise
        alone_since = None if _threads(client) else alone_since or time.monotonic()
        if alone_since and time.monotonic() - alone_since > NO_WORKER_SECONDS:
            raise _no_worker()


def _threads(client: Client) -> int:
    """Of all workers that are there now."""
    try:
        return sum(client.nthreads().values())
    except Exception as error:
        raise _gone(error) from error


def _is_lost(error: Exception) -> bool:
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    return isinstance(error, CommClosedError | FutureCancelledError | ConnectionError)


def _leave(client: Client, errand: _Errand, futures: list[Future]) -> None:
    """Call back what nobody waits for, and let the workers end their processes; a cluster that is gone is left so."""
    # First the ones of this process (`auto`): they keep the cores that the cluster needs to hear of the rest.
    _release(errand.token)
    with suppress(Exception):
        client.cancel(futures, force=True)
        client.run(_release, errand.token, on_error="ignore", wait=False)


def _name(batch: Any) -> str:
    refs = [entry.ref for entry in batch.entries]
    return f"{refs[0]} to {refs[-1]}" if refs else "an empty batch"


def _gone(error: Exception) -> ClusterError:
    return ClusterError(
        f"the Dask scheduler is gone ({type(error).__name__}); start it and its workers anew, then the run: {_GO_ON}"
    )


def _unwritable(error: OSError) -> ClusterError:
    return ClusterError(
        f"a worker can't go on ({error}); look at the temporary folders on the workers' hosts (full? read-only?), "
        f"then start the run again: {_GO_ON}"
    )


def _no_worker() -> ClusterError:
    return ClusterError(
        f"the Dask scheduler has had no worker for {NO_WORKER_SECONDS:.0f} s; "
        f"start some with `dask worker ADDRESS`, then the run again: {_GO_ON}"
    )


def _other_code(worker: str, theirs: Code, wanted: Code) -> ClusterError:
    return ClusterError(f"worker {worker} has {theirs}, the driver has {wanted}; install the same on all, restart them")


# --- on a Dask worker -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a run asks of the workers; ``token`` tells runs apart."""

    work: Work[Any, Any]
    code: Code
    token: str


_all: dict[str, list[Alone[Any, Any]]] = {}
_idle: dict[str, list[Alone[Any, Any]]] = {}
_lock = threading.Lock()


def _do(errand: _Errand, batch: Any, parcel: Parcel) -> Any:
    # Dask makes its workers daemons, which may have no processes; this one's end with it (workers._die_with_parent).
    multiprocessing.current_process().daemon = False
    alone = _take(errand)
    try:
        with unpacked(parcel) as entries:
            return alone.run(replace(batch, entries=entries))
    finally:
        with _lock:
            if errand.token in _all:
                _idle.setdefault(errand.token, []).append(alone)


def _take(errand: _Errand) -> Alone[Any, Any]:
    task, probe = (partial(_checked, errand.code, function) for function in (errand.work.task, errand.work.probe))
    with _lock:
        if _idle.get(errand.token):
            return _idle[errand.token].pop()
        alone: Alone[Any, Any] = Alone(Work(task, probe, errand.work.prepare), _IDLE_SECONDS)
        _all.setdefault(errand.token, []).append(alone)
        return alone


def _checked(wanted: Code, function: Callable[[B], T], batch: B) -> T:
    """The work, in a process that was started just now: workers that join later are checked here."""
    if code() != wanted:
        raise _other_code(platform.node(), code(), wanted)
    return function(batch)


def _release(token: str) -> None:
    with _lock:
        _idle.pop(token, None)
        done = _all.pop(token, [])
    for alone in done:
        alone.close()
