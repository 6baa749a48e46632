"""One target's mutants, one after another."""

import time
import traceback
import zlib
from dataclasses import dataclass, field
from hashlib import sha256

from pipeline.limits import TimeUp, time_limit
from tests.fuzz.mutate import Mutator

PIECE = 100_000  # bytes that may take a second
PATIENCE = 60.0  # what has not ended by then is ended
_AGAIN = 16  # one in so many is read twice


@dataclass
class Done:
    """``found``: what went wrong, and where -> how often. ``rate``: most seconds for 100 KB, and of what."""

    found: dict[str, int] = field(default_factory=dict)
    rate: float = 0.0
    seconds: float = 0.0
    n_bytes: int = 0


def mutants(target, n, seed):
    """The first ``n`` mutants of the target's seeds, behind the seeds themselves."""
    mutator = Mutator(f"{seed} {target.name}")
    yield from target.seeds[:n]
    for _ in range(n - len(target.seeds)):
        yield mutator.mutant(target.seeds)


def fuzz(target, n, seed, *, keep=None, timed=True):
    """Read ``n`` mutants. ``timed``: slowness is a finding. ``keep``: the folder for what fails."""
    done = Done()
    # Warm: what is loaded once is no mutant's time.
    _read(target, target.seeds[0])
    for number, data in enumerate(mutants(target, n, seed)):
        began = time.process_time()
        found, what = _read(target, data)
        seconds = time.process_time() - began
        rate = seconds / max(1.0, len(data) / PIECE)
        if timed and rate > 1.0 and not what:
            # Once more: somebody else's work may have slowed it down.
            began = time.process_time()
            _read(target, data)
            rate = min(rate, (time.process_time() - began) / max(1.0, len(data) / PIECE))
            what = f"slow: {rate:.1f} s for 100 KB" if rate > 1.0 else None
        if rate > done.rate:
            done.rate, done.seconds, done.n_bytes = rate, seconds, len(data)
        if not what and number % _AGAIN == 0 and _read(target, data)[0] != found:
            what = "another answer the second time"
        if what:
            _note(done, target, data, what, keep)
    return done


def _read(target, data):
    """What was read, and what went wrong."""
    try:
        with time_limit(PATIENCE):
            return target.read(data), None
    except TimeUp:
        return None, f"no end in {PATIENCE:.0f} s"
    except Exception:
        return None, traceback.format_exc()


def _note(done, target, data, what, keep):
    lines = what.strip().splitlines()
    places = [line.strip() for line in lines if line.lstrip().startswith("File ")]
    where = places[-1].partition(", in ")[0].removeprefix("File ").replace('"', "").rpartition("/")[2] if places else ""
    said = lines[-1] if lines[-1].startswith("AssertionError: ") else lines[-1].partition(":")[0]
    key = f"{said[:60]} ({where})" if places else said
    done.found[key] = done.found.get(key, 0) + 1
    if keep is not None and done.found[key] <= 3:
        keep.mkdir(parents=True, exist_ok=True)
        name = (
            f"{target.name.replace(' ', '-').strip('.')}-{zlib.crc32(key.encode()):08x}-{sha256(data).hexdigest()[:8]}"
        )
        (keep / f"{name}.bin").write_bytes(data)
        (keep / f"{name}.txt").write_text(what, encoding="utf-8", errors="replace")
