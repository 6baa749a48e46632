"""The open class of organization names: where a name begins, and which reading its head asks for.

A head's ``grammar`` (``lexicons/organization_heads.csv``) says which of the readings of ``name_readings``,
``name_unions``, ``name_bodies`` and ``name_foreign`` it takes. Names that the registry alone knows are looked for as
they are written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from pipeline import gazetteers
from pipeline.name_bodies import BodyReadings
from pipeline.name_foreign import ForeignReadings
from pipeline.name_lists import ListReadings
from pipeline.name_readings import DASH, GROUP_BEFORE
from pipeline.name_source import WORD, Head, Reading, Source, case_fits
from pipeline.name_unions import UnionReadings
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import name_key

_INSERT = re.compile(r" ?\([^()]{2,12}\)(?= ?[^\W\d_])")
# "các LĐLĐ huyện, thị xã": a kind of body, none in particular.
_LEVELS_LISTED = re.compile(
    r" (?:các|và các|địa phương|sở tại)(?!\w)|(?:, | ?[/-] ?| và | hoặc | \()"
    r"(?:(?:tỉnh|thành phố|huyện|quận|thị xã|thành|ngành|tương đương)(?!\w)(?! (?:ủy|đoàn)(?!\w))"
    r"|t\.?p\.?(?=[,;)]| và ))"
)
_COUNTED = re.compile(r"(?<![\w.,/-])\d{1,3} \Z")

# Heads that a list goes on behind: "các Công ty Mesan, Nam Tiến".
_LISTING = frozenset(("Công ty", "Công ty Cổ phần", "Tập đoàn", "Ngân hàng", "Nhà máy", "Xí nghiệp", "Hãng"))

# The issuer inside a document's number ("1784/HD-TLĐ") is no mention.
_DOCUMENT = re.compile(r"\d ?/ ?(?:[\w-]* ?[-/] ?)?\Z")
# The grammar reads these whole in any case; the words of others are written with and without capitals.
_BY_GRAMMAR = frozenset(("union_district", "union_province", "union_sector", "union_grassroots"))


class Grammar(UnionReadings, BodyReadings, ForeignReadings, ListReadings):
    """Reads names in a Source. Built once a process: ``grammar()``."""

    def __init__(self) -> None:
        super().__init__()
        self._readings: dict[str, Callable[[Source, int, int, Head], Reading | None]] = {
            "federation": self._local,
            "local": self._local,
            "mass": self._local,
            "youth": self._local,
            "police": self._local,
            "union": self._union,
            "grassroots": self._grassroots,
            "sector_union": self._sector_union,
            "company": self._company,
            "school": self._school_name,
            "university": self._named,
            "level": self._level_school,
            "ministry": self._ministry,
            "agency": self._agency,
            "named": self._named,
            "troop": self._troop,
            "press": self._named,
            "fund": self._fund,
            "bloc": self._bloc,
            "abroad": self._abroad,
            "embassy": self._embassy,
            "brand": self._brand,
            "defined": self._defined,
            "placed": self._placed,
            "cell": self._cell,
            "zoned": self._zoned,
            "society": self._society,
            "market": self._named,
            "lawyers": self._lawyers,
            "workshop": self._workshop,
        }
        self._aliases: dict[str, str] = {}
        self._entry: re.Pattern[str] | name_trie.Names = self._head
        self._add_aliases()

    def _add_aliases(self) -> None:
        """What the grammar doesn't read whole by itself is looked for as it is written."""
        registry = gazetteers.organizations()
        self._common: set[str] = set()
        for alias in gazetteers.aliases():
            if registry[alias.org_id].org_type == "press" and alias.kind == "short" and " " in alias.alias:
                self._common.add(alias.alias)
            if registry[alias.org_id].org_type not in _BY_GRAMMAR or not self._reads_whole(alias.alias):
                self._aliases.setdefault(name_key(alias.alias), alias.alias)
        self._called.cache_clear()  # filled while the aliases were read
        self._entry = name_trie.Names({*self.heads, *(match_form(alias) for alias in self._aliases.values())})

    def _reads_whole(self, name: str) -> bool:
        reading = self.read(Source(name), 0)
        return reading is not None and reading.end == len(name) and not reading.short

    def scan(self, source: Source) -> list[Reading]:
        """All names of a text, outermost only."""
        readings = list(self._names(source))
        starts = [reading.start for reading in readings]
        for listed in self._enumerations(source):
            at = bisect_left(starts, listed.end)
            if at == 0 or readings[at - 1].end <= listed.start:
                readings.insert(at, listed)
                starts.insert(at, listed.start)
        return readings

    def _names(self, source: Source) -> Iterator[Reading]:
        position = 0
        while match := self._entry.search(source.form, position):
            reading = self.read(source, match.start())
            if reading and reading.short and self._generic(source, reading):
                reading = None
            if reading is None:
                word = WORD.match(source.text, match.start())
                position = word.end() if word else match.end()
                continue
            yield reading
            position = reading.end
            if reading.head in _LISTING:
                for listed in self._continued(source, reading):
                    yield listed
                    position = listed.end

    def _generic(self, source: Source, reading: Reading) -> bool:
        """A kind of body, none in particular: "các LĐLĐ huyện", "LĐLĐ quận, huyện"."""
        before = GROUP_BEFORE.search(source.form, max(0, reading.start - 8), reading.start)
        counted = _COUNTED.search(source.form, max(0, reading.start - 6), reading.start)
        return bool(before or counted or _LEVELS_LISTED.match(source.form, reading.end))

    def read(self, source: Source, start: int) -> Reading | None:
        """The name that begins at ``start``: by the registry's spelling or by the grammar, whichever is longer."""
        match = self._entry.match(source.form, start)
        if match is None or (
            self._around.not_after.match(source.form, start) and not self._around.allowed.match(source.form, start)
        ):
            return None
        if (
            start
            and source.text[start - 2 : start].strip()[-1:] in ("-", "/")
            and _DOCUMENT.search(source.text, max(0, start - 24), start)
        ):
            return None
        known = self._known(source, match)
        named = self._by_head(source, start)
        if known is None or named is None or known.end != named.end:
            return known if named is None or (known and known.end > named.end) else named
        # The grammar's own reading says more, where the registry knows its name too.
        own = not named.short and named.rule != "organization.brand" and gazetteers.find_organizations(named.name)
        return named if own else known

    def _known(self, source: Source, match: re.Match[str]) -> Reading | None:
        start = match.start()
        candidates = self._called(match[0])
        if not candidates or (source.text[start].islower() and self._around.in_compound(source, start, match.end())):
            return None
        for length, alias in candidates:
            end = start + length
            if case_fits(alias, source.text[start:end]) and self._stands(source, alias, start, end):
                return self._with_division(source, alias, start, end)
        return None

    def _with_division(self, source: Source, alias: str, start: int, end: int) -> Reading:
        """The registry's name, or that of the house's daughter that goes on behind it: "VietinBank Capital"."""
        word = WORD.match(source.text, end)
        if word and word[0][0] == " " and word[1] in self._divisions and " " not in alias:
            alias, end = f"{alias} {word[1]}", word.end()
        return Reading(start, end, alias, "other", "", rule="organization.registry")

    @lru_cache(maxsize=16384)  # noqa: B019 - a Grammar lives as long as its process
    def _called(self, form: str) -> tuple[tuple[int, str], ...]:
        """(length, alias) of the aliases that ``form`` begins with, longest first: the longest may fail by its case."""
        ends = [match.start() for match in re.finditer(r" |\Z", form)]
        return tuple((end, alias) for end in reversed(ends) if (alias := self._aliases.get(name_key(form[:end]))))

    def _stands(self, source: Source, alias: str, start: int, end: int) -> bool:
        """Whether common words that are also a name stand for it: "Tuổi Trẻ" in just these letters and alone."""
        if alias not in self._common:
            return True
        following = WORD.match(source.text, end)
        within = following is not None and following[0][0] == " " and following[1][0].isupper()
        return source.text[start:end] == alias and not within

    def _by_head(self, source: Source, start: int) -> Reading | None:
        match = self._head.match(source.form, start)
        if match is None:
            return None
        head = self.heads.get(match[0]) or self.heads.get(DASH.sub(" - ", match[0]))
        if head is None or not case_fits(head.head, match_text := source.text[start : match.end()]):
            return None
        if match_text[0].islower() and not head.lower:
            return None
        if self._around.in_compound(source, start, match.end()):
            return None
        end = match.end()
        if head.lower and source.form.startswith(match[0] + " ", end + 1):  # "Công đoàn Công đoàn Công Thương"
            end += 1 + len(match[0])
        if insert := _INSERT.match(source.text, end):
            end = insert.end()
        read = self._readings.get(head.grammar)
        return read(source, start, end, head) if read else None


@cache
def grammar() -> Grammar:
    return Grammar()
