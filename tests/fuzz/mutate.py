"""Seeded mutation of bytes: what a disk, a network, a bad export or somebody with bad intent makes of an input."""

import json
import random
from pathlib import Path

MOST = 300_000  # bytes of a mutated input

# What readers look for, characters that are several to programs, markup, headers, paths.
_TEXT = json.loads(Path(__file__).with_name("tokens.json").read_text(encoding="utf-8"))
_BYTES = [
    b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe1\xba",
    b"\x80" * 9, b"C\xabng \xae\xb5n", b"\x00" * 8, bytes(range(128, 160)),
]  # fmt: skip
TOKENS = [token.encode("utf-8", "surrogatepass") for token in _TEXT] + _BYTES


class Mutator:
    """Mutants of seeds, the same ones for the same ``seed``."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def mutant(self, seeds):
        """One of the seeds, changed one to five times."""
        data = self.chance.choice(seeds)
        for _ in range(self.chance.choice((1, 1, 2, 2, 3, 5))):
            data = self.chance.choice(_WAYS)(self, data, seeds)
        return data[:MOST]

    def stretch(self, data):
        """Where a piece of ``data`` begins and ends; mostly a short one."""
        begin = self.chance.randrange(len(data) + 1)
        return begin, min(len(data), begin + int(2 ** self.chance.uniform(0, 12)))

    def flip(self, data, _):
        changed = bytearray(data)
        for _ in range(self.chance.choice((1, 1, 3, 20)) if data else 0):
            changed[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)

    def overwrite(self, data, _):
        begin, end = self.stretch(data)
        return data[:begin] + self.chance.randbytes(min(64, end - begin)) + data[min(end, begin + 64) :]

    def cut(self, data, _):
        return data[: self.chance.randrange(len(data) + 1)]

    def drop(self, data, _):
        begin, end = self.stretch(data)
        return data[:begin] + data[end:]

    def repeat(self, data, _):
        begin, end = self.stretch(data)
        times = int(2 ** self.chance.uniform(0, 14))
        times = min(times, MOST // max(1, end - begin))
        return data[:begin] + data[begin:end] * times + data[end:]

    def move(self, data, _):
        begin, end = self.stretch(data)
        rest = data[:begin] + data[end:]
        at = self.chance.randrange(len(rest) + 1)
        return rest[:at] + data[begin:end] + rest[at:]

    def splice(self, data, seeds):
        other = self.chance.choice(seeds)
        begin, end = self.stretch(other)
        at = self.chance.randrange(len(data) + 1)
        if self.chance.random() < 0.3:
            return data[:at] + other[begin:]
        return data[:at] + other[begin:end] + data[at:]

    def insert(self, data, _):
        for _ in range(self.chance.choice((1, 1, 2, 8))):
            at = self.chance.randrange(len(data) + 1)
            data = data[:at] + self.chance.choice(TOKENS) * self.chance.choice((1, 1, 1, 2, 40)) + data[at:]
        return data

    def one_line(self, data, _):
        return data.replace(b"\n", self.chance.choice((b"", b" ", b"\r", b".")))

    def digits(self, data, _):
        """Other digits where digits are: readers of numbers and days get past their first looks."""
        begin, end = self.stretch(data)
        piece = bytes(self.chance.choice(b"0123456789") if 48 <= byte < 58 else byte for byte in data[begin:end])
        return data[:begin] + piece + data[end:]

    def break_words(self, data, _):
        begin, end = self.stretch(data)
        sign = self.chance.choice((b"\n", b",", b".", b"-", b"/", b"  ", b"\xc2\xa0"))
        return data[:begin] + data[begin:end].replace(b" ", sign) + data[end:]


_WAYS = (
    Mutator.flip, Mutator.overwrite, Mutator.cut, Mutator.drop, Mutator.repeat, Mutator.move, Mutator.splice,
    Mutator.insert, Mutator.insert, Mutator.one_line, Mutator.digits, Mutator.break_words,
)  # fmt: skip
