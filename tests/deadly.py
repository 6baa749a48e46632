"""Stand-ins for the engine's work, in a module that worker processes can import: some entries kill their worker."""

import os
import signal
import time
from dataclasses import dataclass
from functools import partial

from pipeline.limits import WORKER_BYTES
from scrapers.errors import InputError

WORD = "deadly"


@dataclass(frozen=True)
class Stone:
    ref: str


@dataclass(frozen=True)
class Pile:
    entries: tuple


def _die_of(batch):
    if any(WORD in entry.ref for entry in batch.entries if not isinstance(entry, InputError)):
        os._exit(9)


def count(pile):
    _die_of(pile)
    return [f"{entry.ref} {entry.cause}" if isinstance(entry, InputError) else entry.ref for entry in pile.entries]


def die_at_once():
    os._exit(9)


def nothing():
    """What a worker of piles has to prepare; the rest imports late, as a new process takes seconds to import spaCy."""


def prepare():
    from pipeline import document, run
    from tests.small_language import language

    run.language = language
    run.ARTICLE_SECONDS = 1.0
    document.build = partial(_build, document.build)


def _build(good, nlp, article):
    if "endless" in article.ref:
        _loop()
    if "stuck" in article.ref:
        # As a call into C that never comes back: no handler of ours runs.
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        _loop()
    if "hungry" in article.ref:
        return bytearray(WORKER_BYTES + 1)
    return good(nlp, article)


def _loop():
    while True:
        pass


def run_shard(spec, tick=None):
    from pipeline import run

    _die_of(spec)
    return run.run_shard(spec, tick)


def shard_away(spec):
    from pipeline import run

    _die_of(spec)
    return run.shard_away(spec)


def extract_batch(batch, tick=None):
    from pipeline import run

    _die_of(batch)
    return run.extract_batch(batch, tick)


def probe(batch):
    _die_of(batch)


def stand_still(pile):
    time.sleep(600)


def full_disk(pile):
    raise OSError(28, "No space left on device")
