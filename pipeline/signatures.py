"""What an article's body is compared by: a MinHash of its shingles and a hash of each paragraph.

Made once, with the article's shard, so that a run over a few new articles reads the others' and computes none anew.
Broder (1997), "On the resemblance and containment of documents".
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from pipeline.normalize.fold import match_form

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 128
_SHINGLE = 5
# A shorter line is a credit, a signature, a place's name: many articles have it.
_PARAGRAPH = 60
_SYLLABLE = re.compile(r"\w+")
STORED = np.dtype("<u4")


def signature(body: str) -> dict[str, Any]:
    """The columns of ``signatures``: ``shingles`` (128 little-endian uint32, None below 5 syllables), ``paragraphs``
    (16 hex of sha256 each) and their lengths in code points."""
    form = match_form(body)
    syllables = _SYLLABLE.findall(form)
    shingles = {" ".join(syllables[at : at + _SHINGLE]).encode() for at in range(len(syllables) - _SHINGLE + 1)}
    lines = {line: None for line in map(str.strip, form.split("\n")) if len(line) >= _PARAGRAPH}
    return {
        "shingles": _minhash(shingles) if shingles else None,
        "paragraphs": [sha256(line.encode()).hexdigest()[:16] for line in lines],
        "lengths": [len(line) for line in lines],
    }


@cache
def _empty() -> MinHash:
    # It imports scipy's integrals, half a second, and who only prints records needs no signature.
    from datasketch import MinHash

    return MinHash(PERMUTATIONS, hashfunc=crc32)


def _minhash(shingles: set[bytes]) -> bytes:
    made = _empty().copy()
    made.update_batch(shingles)
    return bytes(made.hashvalues.astype(STORED).tobytes())
