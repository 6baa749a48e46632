"""What grounds the years of a text: the day of publication, else what the text itself tells of its time.

A year told of a life, a law or an aim grounds nothing; a stretch that goes on until now tells only where it begins.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date as Day
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import alternation
from pipeline.normalize.timex_context import CONTEXTS, WORDS, cues
from pipeline.normalize.timex_mention import Mention
from pipeline.resources import rows

_NEAR, _FAR = timedelta(days=60), timedelta(days=240)
_BESIDE, _NEXT_TO, _REVIEWED = 40, 14, 70  # characters
_LEAD, _OFTEN = 200, 3  # characters of the title and what follows it; a year told so often is the text's own
# How far a ground reaches that the background may have told: characters from a year or a plan, days from a day.
_YEAR_REACH, _PLAN_REACH = 100, 400
_EARLIER, _LATER = timedelta(days=92), timedelta(days=214)
_LAST_IS_REVIEWED, _NEXT_IS_PLANNED = 2, 7  # months: a year is reviewed in the next until, planned in the last from


_PLAN, _OLD, _AIM, _REVIEW, _CONGRESS = cues("plan"), cues("old"), cues("aim"), cues("review"), cues("congress")
_CUED = cues("old", "birth", "law", "aim", "plan", "since", "review", "compare")
_BY_ELECTION = cues("by_election")
_REVIEW_OR_COMPARE, _SINCE, _LAW = cues("review", "compare"), cues("since"), cues("law")
_UNTIL_NOW, _UNTIL_THEN, _AHEAD = CONTEXTS["until_now"], CONTEXTS["until_then"], CONTEXTS["ahead"]
# A paper's own day tells when it was signed, not when the text was written.
_PAPER = CONTEXTS["paper"]


# "90 năm Ngày thành lập Công đoàn Việt Nam" is said in the ninetieth year after the founding.
_FOUNDED = {
    match_form(name): int(row["year"])
    for row in rows("lexicons/date_anniversaries.csv")
    for name in row["names"].split("|")
}
_YEARS_SINCE = re.compile(rf"\b(\d{{1,3}}) năm (?:[^\W\d_]+ ){{0,6}}?({alternation(_FOUNDED)})\b")
# "Tết Sum vầy 2019", "Xuân kết nối 2018": a campaign's name tells the year of its feast.
_FEAST = re.compile(r"\b(?:tết|xuân) (?!năm |trung thu|dương lịch)(?:[^\W\d_]+ ){1,5}(?:năm )?(20[0-4]\d)\b")
# "Tết Ất Mùi": stem and branch name a year of sixty.
_NAMED_FEAST = re.compile(
    rf"\b(?:tết|xuân|năm)(?: nguyên đán)? ({alternation(WORDS['year_stem'])}) ({alternation(WORDS['year_branch'])})\b"
)
_CYCLE, _FIRST_OF_A_CYCLE = 60, 1984


class Grounds(NamedTuple):
    """What fixes a year: ``published``; else ``reference``, a full date of the text; else ``year`` of the text.

    Where the text has both, ``year`` is set only if the text names that year alone, too. A year is ``planned`` where
    the text looks ahead to it, ``reviewed`` where it looks back on it; after a reference ``since`` which something
    goes on all else happens. ``told_at`` is where a year stands that neither the title nor the lead tells nor the text
    keeps telling: it may be the background's, so that it fixes only what is near to it, in the text and in time.
    """

    published: Day | None
    reference: Day | None = None
    year: int | None = None
    planned: bool = False
    reviewed: bool = False
    since: bool = False
    told_at: tuple[int, ...] = ()

    def today(self, low: str, found: list[Mention]) -> Day | None:
        """The day that "hôm nay" and "năm nay" count from: the first of the text, where news begins with one."""
        if self.published:
            return self.published
        lead = _lead(low)
        for mention in found:
            point = mention.first
            if mention.start >= lead:
                return None
            if point and point.day and point.year and not mention.recurring and mention.function != "anniversary":
                bounds = calendar.bounds(point)
                if bounds and (self.reference is None or abs(bounds[0] - self.reference) < timedelta(days=400)):
                    return bounds[0]
        return None

    def year_of(self, point: Point, at: int, told: Callable[[], str]) -> int | None:
        """The year of a point that names none; ``told`` reads its tense, which is asked only beside ``published``."""
        if self.published:
            return _by_tense(point, self.published, told)
        if self.reference:
            year = _nearest(point, self.reference, self.year, self.since)
            return year if self._reaches(point, year, self.reference) else None
        if self.year is None or not self._is_beside(at, _PLAN_REACH if self.planned else _YEAR_REACH):
            return None
        month = point.month or 6
        if self.planned and month >= _NEXT_IS_PLANNED:
            return self.year - 1
        return self.year + 1 if self.reviewed and month <= _LAST_IS_REVIEWED and not self.planned else self.year

    def _is_beside(self, at: int, reach: int) -> bool:
        return not self.told_at or min(abs(at - place) for place in self.told_at) <= reach

    def _reaches(self, point: Point, year: int, reference: Day) -> bool:
        """Whether a day of the background is near enough to give ``point`` its year."""
        bounds = calendar.bounds(point._replace(year=year))
        if bounds is None or not (self.told_at or self.since):
            return True
        return -_EARLIER <= bounds[0] - reference <= _LATER

    def this_year(self, today: Day | None) -> int | None:
        """The year that "năm nay" counts from; a year that only the background tells is none."""
        if self.published:
            return self.published.year
        if self.reviewed or (self.told_at and (self.reference is None or len(self.told_at) == 1)):
            return None
        now = today or self.reference
        return now.year if now else self.year


@lru_cache(maxsize=4096)
def _readings(point: Point, around: int) -> list[tuple[Day, int]]:
    found = ((calendar.bounds(point._replace(year=year)), year) for year in range(around - 1, around + 2))
    return [(bounds[0], year) for bounds, year in found if bounds]


def _nearest(point: Point, reference: Day, told: int | None, since: bool) -> int:
    """The year that brings the point next to the reference; not far from it the year that the text tells."""
    readings = _readings(point, reference.year)
    readings = [reading for reading in readings if reading[0] >= reference] if since and readings else readings
    if not readings:
        return reference.year
    day, year = min(readings, key=lambda reading: abs(reading[0] - reference))
    return told if told and abs(day - reference) > _NEAR else year


def _by_tense(point: Point, published: Day, told: Callable[[], str]) -> int:
    """As past: the latest before publication; as coming: the next; near at hand whatever the tense."""
    if point.span:
        opens = calendar.bounds(point._replace(year=published.year))
        if opens is not None and opens[1] < published and told() == "future":
            return published.year + 1
        late = opens is not None and opens[0] > published and published.month <= 2 and told() != "future"
        return published.year - 1 if late else published.year
    readings = _readings(point, published.year)
    past = [reading for reading in readings if reading[0] <= published]
    coming = [reading for reading in readings if reading[0] > published]
    if not past or not coming:
        return published.year
    since, until = published - past[-1][0], coming[0][0] - published
    if until <= _NEAR and since > _FAR and told() != "past":
        return coming[0][1]
    if until <= timedelta(days=20) and since > _FAR:
        return coming[0][1]
    if since <= _NEAR and until > _FAR:
        return past[-1][1]
    tense = told()
    if tense:
        return coming[0][1] if tense == "future" else past[-1][1]
    return coming[0][1] if since > _FAR else past[-1][1]


class _Told:
    """The dates of a text that name their year, by how they are told."""

    def __init__(self, low: str, found: list[Mention]) -> None:
        self.days: list[Day] = []
        self.ends: list[Day] = []
        self.ongoing: list[Day] = []
        self.years: list[int] = []
        self.reviewed: set[int] = set()
        self.planned: list[int] = []
        self.since: list[int] = []
        self.places: dict[Day | int, list[int]] = defaultdict(list)
        self.papers: set[int] = set()
        for mention in found:
            point = mention.first
            if point and point.year and 1990 <= point.year <= 2100 and not mention.relative:
                self._add(low, mention, point)

    def _add(self, low: str, mention: Mention, point: Point) -> None:
        year = point.year
        assert year is not None
        dated = bool(point.day or point.month)
        if (mention.last is not None and not dated) or point.span[:1] in ("D", "C", "S"):
            return
        if not dated and CONTEXTS["feast_ahead"].search(low, max(0, mention.start - _BESIDE), mention.start):
            # "thưởng Tết 2018": spoken of from the summer before.
            self.planned.append(year)
            self.places[year].append(mention.start)
            return
        # Most dates have no cue before them: one look spares them the rest.
        cued = _CUED.search(low, max(0, mention.start - _REVIEWED), mention.start) is not None
        before = low[max(0, mention.start - _BESIDE) : mention.start] if cued or dated else ""
        before = before[max(before.rfind(". "), before.rfind("\n")) + 1 :]
        if cued and (_OLD.search(before) or (not point.day and _LAW.search(before))):
            return
        beside = before[-_NEXT_TO:]
        ends = cued and _AIM.search(beside) is not None and not _UNTIL_THEN.search(before)
        ahead = ends or (cued and _PLAN.search(before)) or _AHEAD.match(low, mention.end)
        since = mention.word in WORDS["opening"] or (cued and _SINCE.search(beside) is not None)
        bounds = calendar.bounds(point)
        self.places[bounds[0] if dated and bounds else year].append(mention.start)
        if dated and "/" in before and _PAPER.search(before):
            self.papers.add(mention.start)
        if dated:
            if bounds and not (mention.function == "anniversary" and year < 2000):
                ongoing = _UNTIL_NOW.match(low, mention.end)
                (self.ongoing if ongoing else self.ends if ends else self.days).append(bounds[0])
        elif _UNTIL_NOW.match(low, mention.end) or (since and not ahead):
            self.since.append(year)
        elif ahead or since:
            self.planned.extend([] if ends or since else [year])
        else:
            self.years.append(year)
            looked_back = cued and _REVIEW_OR_COMPARE.search(low, max(0, mention.start - _REVIEWED), mention.start)
            if not point.span and (looked_back or _REVIEW.search(low, mention.end, mention.end + _BESIDE)):
                self.reviewed.add(year)


def grounds(low: str, found: list[Mention], published: Day | None) -> Grounds:
    """What the text itself says of its year, where the page does not say when it was published."""
    if published:
        return Grounds(published)
    told = _Told(low, found)
    for year, place in _anniversaries(low):
        told.years.append(year)
        told.places[year].append(place)
    for year, place in _feasts(low):
        # Before it comes, it is planned for from the summer on.
        told.planned.append(year)
        told.places[year].append(place)
    told.days = told.days or (told.ends if not told.years and not told.ongoing else [])
    if not (told.days or told.ongoing or told.years or told.planned):
        told.years = _congress_years(low, found)
    base = _settle(told)
    return base._replace(told_at=_background(low, told, base))


def _anniversaries(low: str) -> list[tuple[int, int]]:
    """(year, place) of each anniversary of something whose first year is known."""
    told = ((_FOUNDED[m[2]] + int(m[1]), m.start()) for m in _YEARS_SINCE.finditer(low))
    return [(year, place) for year, place in told if 1990 <= year <= 2100]


def _feasts(low: str) -> list[tuple[int, int]]:
    """(year, place) of each Tết that is named with its year, by its number or as the lunar calendar names it."""
    found = [(int(m[1]), m.start()) for m in _FEAST.finditer(low)]
    for m in _NAMED_FEAST.finditer(low):
        stem, branch = int(WORDS["year_stem"][m[1]]), int(WORDS["year_branch"][m[2]])
        years = (_FIRST_OF_A_CYCLE + n for n in range(_CYCLE) if n % 10 == stem and n % 12 == branch)
        found += [(year, m.start()) for year in years]
    return found


def _lead(low: str) -> int:
    """Where the title and what follows it end."""
    return min(low.find("\n") + 1, _LEAD) + _LEAD


def _background(low: str, told: _Told, base: Grounds) -> tuple[int, ...]:
    """Where the ground's year stands; () where the lead or the text again and again tells it or it goes on."""
    year = base.reference.year if base.reference else base.year
    places = sorted(
        place
        for when, at in told.places.items()
        if (when if isinstance(when, int) else when.year) == year
        for place in at
    )
    lead = _lead(low)
    lasting = base.year in told.since or (base.since and base.reference in told.ongoing)
    leading = any(place < lead and place not in told.papers for place in places)
    return () if lasting or leading or len(places) >= _OFTEN else tuple(places)


def _settle(told: _Told) -> Grounds:
    years, last_day = told.years, max(told.days, default=None)
    if years:
        # Years far after the one told most often are aims.
        often = max(Counter(years).items(), key=lambda item: (item[1], item[0]))[0]
        years = [year for year in years if year <= often + 3]
    if last_day:
        # A year long after the text's last day is an aim ("tuổi nghỉ hưu … 2035"), not the year it is told in.
        years = [year for year in years if year <= last_day.year + 3]
    if years and max(told.since, default=0) == max(years) + 1:
        years = [*years, max(years) + 1]
    if told.ongoing and max(told.ongoing) > (last_day or Day.min) and max(told.ongoing).year >= max(years, default=0):
        return Grounds(None, max(told.ongoing), since=True)
    if last_day and last_day.year >= max(years, default=0):
        # What a text tells happens after the day of the paper that it cites.
        paper = told.papers.issuperset(told.places[last_day])
        return Grounds(None, last_day, max(years) if last_day.year in years else None, since=paper)
    if years:
        last = max(years)
        coming = last + 1 in told.planned
        return Grounds(None, None, last + 1 if coming else last, coming, last in told.reviewed)
    if told.planned:
        return Grounds(None, None, min(told.planned), True)
    return Grounds(None)


def _congress_years(low: str, found: list[Mention]) -> list[int]:
    """A congress or an election opens the term that it names."""
    terms = [m for m in found if m.function == "term" and m.first and m.last]
    if not terms or _BY_ELECTION.search(low):
        return []
    return [m.first.year for m in terms if m.first and m.first.year and _is_opening(low, m)][:1]


def _is_opening(low: str, mention: Mention) -> bool:
    return _CONGRESS.search(low, max(0, mention.start - 160), mention.start) is not None
