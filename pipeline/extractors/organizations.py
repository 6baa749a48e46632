"""spaCy component ``congdoan_organizations``: writes ``doc.spans["organizations"]``."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from datetime import date
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document, gazetteers
from pipeline.abbreviations import defined_after, initials
from pipeline.linking import Mention
from pipeline.name_grammar import grammar
from pipeline.name_runs import is_foreign
from pipeline.name_source import WORD, Reading, Source
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical
from pipeline.short_forms import resolve
from pipeline.values import OrganizationValue

_PARTS = re.compile(r" ?[-–—,] ?")
_ACRONYM = re.compile(r"(?<![\w-])[A-ZĐƯ]{4,12}(?![\w-])")
# Where a name stands for the page's source: "(TVU) – Từ ngày …", "Theo TTXVN", "Ảnh: TTXVN".
_CREDIT_BEFORE = re.compile(r"(?:(?:\A|\n)\(|(?:Ảnh|Nguồn|Video|Đồ họa) ?: ?)\Z")
# "Theo TTXVN" is a credit where its line says no more; "Theo Bảo hiểm xã hội Việt Nam, số nợ tăng" is none.
_SOURCE_BEFORE = re.compile(r"(?:(?:\n|\()(?:\(?[Tt]heo |\(|Ảnh ) ?|[.”\"] \()\Z")
_SOURCE_AFTER = re.compile(r"[^\na-zà-ỹđ]{0,40}(?:\n|\Z)|[^\n()a-zà-ỹđ]{0,30}\)\.?(?:\n|\Z)")
_YEAR = re.compile(r"(?<![\w.,])(?:19[89]|20[0-3])\d(?![\w.,]*\d)")
_POSTS_OWN = re.compile(r"[Tt]hủ tướng\s\Z")
_OF_ELSEWHERE = re.compile(r" (?:nước|lâm thời|liên bang|bang|nhân dân)\b")
_OF_A_LEADER = re.compile(r" (?:của|do) (?:cựu )?(?:tổng thống|thủ tướng|quốc vương|nữ hoàng|thủ hiến|đảng)(?!\w)")
_CABINETS = frozenset(("chinh-phu",))
_VIETNAMESE_STATE = frozenset(("chinh-phu", "quoc-hoi"))


_HOME = re.compile(r"(?<!\w)(?:việt nam|vn|nước ta|lđlđ|tp\.? ?hcm|hà nội|đồng)(?!\w)")


@cache
def _abroad() -> re.Pattern[str]:
    named = (place for place in gazetteers.places().values() if place.kind == "country" and " " in place.name)
    return name_trie.pattern(match_form(place.name) for place in named if place.place_id != "viet-nam")


class Organizations:
    """Finds every named organization, outermost names only, spelled out and linked to the registry."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._grammar = grammar()

    def __call__(self, doc: Doc) -> Doc:
        source = Source(document.text_of(doc), document.match_form(doc))
        readings = self._grammar.scan(source)
        readings += self._abbreviated(source, readings)
        readings.sort(key=lambda reading: reading.start)
        mentions = [
            mention
            for mention in _at_home(source, resolve(readings, source.form, _written(doc, source)))
            if not self._foreign(source, mention)
        ]
        doc.spans["organizations"] = [
            document.annotate(
                doc,
                mention.start,
                mention.end,
                label="ORG",
                rule=mention.rule,
                value=_value(mention),
                kb_id=mention.org_id or "",
            )
            for mention in _without_credits(source.text, mentions)
        ]
        return doc

    def _abbreviated(self, source: Source, readings: list[Reading]) -> list[Reading]:
        """Mentions by abbreviations: those the text defines, and acronyms of the names it spells out."""
        shorts: dict[str, Reading] = {}
        worded: set[str] = set()
        for reading in readings:
            if reading.short:
                continue
            name = canonical(reading.name)
            defined = defined_after(source.text, reading.end, name)
            if defined and not any(map(gazetteers.find_places, (defined[0], *_PARTS.split(defined[0])))):
                shorts.setdefault(defined[0], reading)
                worded.add(defined[0])
            shorts.setdefault(initials(name), reading)
        found = [match.span() for match in _ACRONYM.finditer(source.text) if match[0] in shorts]
        if worded:
            spelled = "|".join(re.escape(short) for short in sorted(worded, key=len, reverse=True))
            found += [match.span() for match in re.finditer(rf"(?<!\w)(?:{spelled})(?!\w)", source.text)]
        return _outside(readings, source, found, shorts) if found else []

    @staticmethod
    def _at_home(source: Source) -> bool:
        """Whether the article speaks of Vietnam, or at least of no other country."""
        return bool(_HOME.search(source.form)) or not _abroad().search(source.form)

    def _foreign(self, source: Source, mention: Mention) -> bool:
        """Another country's government; the Government in the title of its head."""
        if mention.org_id not in _VIETNAMESE_STATE:
            return False
        if _OF_A_LEADER.match(source.form, mention.end) or not self._at_home(source):
            return True
        if _POSTS_OWN.search(source.text, max(0, mention.start - 12), mention.start):
            return True
        following = source.text[mention.end : mention.end + 24].strip()
        words = following.split()
        near = [word.strip(".,;:") for word in (words[0] if words else "", " ".join(words[:2]))]
        places = [place for word in near if word[:1].isupper() for place in gazetteers.find_places(word)]
        abroad = any(place.kind == "country" and place.place_id != "viet-nam" for place in places)
        return abroad or bool(_OF_ELSEWHERE.match(source.form, mention.end))


def _written(doc: Doc, source: Source) -> date | None:
    """The day of publication; where it is not known, the last day of the latest year that the text names."""
    if day := document.published(doc):
        return day
    years = [int(year) for year in _YEAR.findall(source.text)]
    return date(max(years), 12, 31) if years else None


def _at_home(source: Source, mentions: list[Mention]) -> list[Mention]:
    """Ministries that a foreigner leads ("Bộ trưởng Bộ Nội vụ Nicolas Martin") are not Vietnam's of the same name."""
    registry = gazetteers.organizations()
    elsewhere = {
        mention.org_id
        for mention in mentions
        if mention.org_id and registry[mention.org_id].parent in _CABINETS and _foreigner(source, mention.end)
    }
    return [
        replace(mention, org_id=None, method="none", score=None) if mention.org_id in elsewhere else mention
        for mention in mentions
    ]


def _foreigner(source: Source, position: int) -> bool:
    words = []
    for _ in range(2):
        word = WORD.match(source.text, position)
        if word is None or not word[1].istitle() or not is_foreign(word[1]):
            break
        words.append(word[1])
        position = word.end()
    return len(words) == 2


def _outside(
    readings: list[Reading], source: Source, spans: list[tuple[int, int]], shorts: dict[str, Reading]
) -> list[Reading]:
    """The abbreviations' mentions that lie in no name already read; a name that is one takes its meaning."""
    by_start = sorted(readings, key=lambda reading: reading.start)
    starts = [reading.start for reading in by_start]
    found: list[Reading] = []
    for start, end in sorted(set(spans)):
        at = bisect_right(starts, end - 1) - 1
        long = shorts[source.text[start:end]]
        if at >= 0 and by_start[at].end > start:
            if by_start[at].start == start and by_start[at].end <= end and by_start[at] is not long:
                readings.remove(by_start[at])
            else:
                continue
        if found and found[-1].end > start:
            continue
        found.append(replace(long, start=start, end=end, rule="organization.abbreviation"))
    return found


def _without_credits(text: str, mentions: list[Mention]) -> list[Mention]:
    credits = [_is_credit(text, mention) for mention in mentions]
    named = {mention.key for mention, credit in zip(mentions, credits, strict=True) if not credit}
    return [mention for mention, credit in zip(mentions, credits, strict=True) if not credit or mention.key in named]


def _is_credit(text: str, mention: Mention) -> bool:
    if _CREDIT_BEFORE.search(text, max(0, mention.start - 12), mention.start):
        return True
    before = _SOURCE_BEFORE.search(text, max(0, mention.start - 12), mention.start)
    return bool(before and _SOURCE_AFTER.match(text, mention.end))


def _value(mention: Mention) -> OrganizationValue:
    return OrganizationValue(
        mention.name,
        mention.org_type,
        mention.org_id,
        mention.method,
        mention.score,
        confidence=0.95 if mention.org_id else 0.6 if mention.flags else 0.85,
        flags=mention.flags,
    )
