"""Which triggers tell a happening, and which one of them the article reports. Pure: hits in, hits out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# What a position counts: a title says what the article reports, after it each sentence says it less.
_TITLE = 1.3
_LEAD = (1.0, 0.93, 0.85, 0.7, 0.6, 0.5)
BODY = 0.3
_CAPTION = 0.25
# A second event needs this much: a strong row, or a fair one with its own day and a verb that says it was held.
_SECONDARY = 4.0
_DAY_BONUS = 0.8
_MONTH_BONUS = 0.5
_HELD_BONUS = 0.6
# A weight that no bonus lifts to that.
FAINT = _SECONDARY - _DAY_BONUS - _HELD_BONUS
# "Dịp này, …" tells what went along with the event that the article reports.
_HERE = 0.7
# "Trước đó, …" tells what came before the news.
_EARLIER = 0.55
# A sentence that takes up the title's own words tells what the title reports.
_TITLE_WORDS = 0.8
# An article with a title reports something, be it a statement; a text without one needs more than a lone "nghị quyết".
_TITLED = 0.5
_UNTITLED = 2.0
_PLURAL_MALUS = 1.5
# "Quy định đình công …", and no strike below: title and text name the matter, nothing that happened.
_TALK = 0.4
# A word in quotation marks in a title (“đảo chính” at a company) is a manner of speaking or somebody's own words.
_SCARE = 0.7
# A title's word that the lead takes up only as an aim, a duty or a matter of law.
_UNTOLD = 0.6
# What the classifier's certainty counts beside the triggers, and how sure it must be of what no trigger tells.
CLASSIFIER = 4.0
_HEARD = 0.5
# … and beside one trigger, where a chance as good as even changes nothing.
SENTENCE = 1.0
_EVEN = 0.1
NO_CHANCES: Mapping[str, float] = MappingProxyType({})
_DROPPING = frozenset(
    ("aim", "duty", "generic", "document", "occasion", "habitual", "agenda", "name", "manner", "averted", "law")
)
_HELD = frozenset(("past", "held", "passive"))


@dataclass(slots=True)
class Hit:
    """A trigger met in the text, and the effects of the cues that govern it."""

    start: int
    end: int
    row: int
    type: str
    weight: float
    bare: bool  # the row asks for nothing after its head
    text: str
    sentence: int
    offset: int  # in its sentence
    zone: str
    position: float
    effects: set[str] = field(default_factory=set)
    dated: bool = False  # its sentence says a day
    monthly: bool = False  # … or a month
    chance: float | None = None  # how likely the classifier finds its type in its sentence; None: not asked

    @property
    def dropped(self) -> bool:
        """An aim, a duty, a mere occasion, a name: nothing that happened here."""
        return bool(self.effects & _DROPPING)

    @property
    def strength(self) -> float:
        """How surely it tells a happening of its own."""
        weight = self.weight * (0.6 if "refers" in self.effects and self.bare else 1.0)
        weight -= _PLURAL_MALUS * ("plural" in self.effects)
        when = _DAY_BONUS if self.dated else _MONTH_BONUS * self.monthly
        heard = 0.0 if self.chance is None else SENTENCE * (self.chance - _EVEN)
        return weight + when + heard + _HELD_BONUS * bool(self.effects & _HELD)

    @property
    def doubtful(self) -> bool:
        """Neither surely another event nor surely none, so that the classifier's word decides."""
        if self.dropped or self.zone == "title":
            return False
        return _SECONDARY - SENTENCE * (1 - _EVEN) <= self.strength < _SECONDARY + SENTENCE * _EVEN

    @property
    def vote(self) -> float:
        """Its voice in what the article reports; of two in a sentence the earlier one is the louder."""
        softened = (0.6 if self.zone == "title" else 0.4) if self.dropped else 1.0
        softened *= _SCARE if self.zone == "title" and "quoted" in self.effects else 1.0
        softened *= _HERE if "here" in self.effects else 1.0
        softened *= _EARLIER if "earlier" in self.effects else 1.0
        early = 0.5 * max(0.0, 1 - self.offset / 300)
        return (self.strength + early) * self.position * softened


def sentence_positions(zones: list[str]) -> Iterator[float]:
    """What each sentence's position counts, given the sentences' zones."""
    told = 0
    for zone in zones:
        if zone == "title":
            yield _TITLE
        elif zone == "caption":
            yield _CAPTION
        else:
            yield _LEAD[told] if told < len(_LEAD) else BODY
            told += 1


def choose_main(hits: list[Hit], *, titled: bool, chances: Mapping[str, float] = NO_CHANCES) -> Hit | None:
    """The trigger of the event that the article reports; None where no trigger tells it.

    ``chances``: type → how likely title and lead are to tell it, as the classifier has it.
    """
    kind = main_type(hits, titled=titled, chances=chances)
    return None if kind is None else main_trigger(hits, kind)


def main_type(
    hits: list[Hit], *, titled: bool, chances: Mapping[str, float] = NO_CHANCES, named: bool = False
) -> str | None:
    """The type with the most votes: those of its triggers, and what title and lead sound like as a whole.

    ``named``: a title stands there, so that a type can win that no trigger tells.
    """
    by_type: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_type[hit.type].append(hit)
    votes = {kind: _votes(own, _TITLED if titled else _UNTITLED) for kind, own in by_type.items()}
    for kind, chance in chances.items():
        if votes.get(kind) or (named and chance >= _HEARD):
            votes[kind] = votes.get(kind, 0.0) + CLASSIFIER * chance
    best = max(sorted(votes), key=lambda kind: votes[kind], default=None)
    return best if best is not None and votes[best] else None


def main_trigger(hits: list[Hit], kind: str) -> Hit | None:
    """The trigger that tells the main event best, given its type; below the title if it is told there again."""
    own = [hit for hit in hits if hit.type == kind]
    told = [hit for hit in own if hit.zone not in ("title", "caption")] or [hit for hit in own if hit.zone == "caption"]
    words = {word for hit in own if hit.zone == "title" for word in hit.text.split()}

    def likeness(hit: Hit) -> float:
        said = set(hit.text.split())
        return _TITLE_WORDS * len(said & words) / len(said)

    return max(told or own, key=lambda hit: (not hit.dropped, hit.vote + likeness(hit)), default=None)


def _votes(own: list[Hit], least: float) -> float:
    """What a type's hits count together; a type that only aims and duties name counts nothing."""
    title = max((hit.vote for hit in own if hit.zone == "title"), default=0.0)
    told = [hit for hit in own if hit.zone != "title"]
    if not title and all(hit.dropped for hit in told):
        return 0.0
    repeated = sum(not hit.dropped for hit in told)
    if any(hit.dropped for hit in told) and all(hit.dropped or hit.position <= BODY for hit in told):
        title *= _UNTOLD
    votes = max((hit.vote for hit in told), default=0.0) + 0.12 * min(5, repeated)
    if told and all(hit.dropped for hit in own):
        return (title + votes) * _TALK
    return title + votes if title or votes >= least else 0.0


def choose_others(hits: list[Hit], main: Hit) -> list[Hit]:
    """The other events that are told as happenings of their own: the strongest trigger a type and sentence."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        if hit is main or hit.zone == "title" or hit.dropped or "quoted" in hit.effects or hit.strength < _SECONDARY:
            continue
        if "planned" in hit.effects and not hit.dated:
            continue
        if "refers" in hit.effects and not (hit.dated or hit.monthly) and hit.type in ("culture_sport", "emulation"):
            continue
        if hit.type == main.type and not _is_another(hit, main):
            continue
        known = best.get((hit.type, hit.sentence))
        if known is None or hit.strength > known.strength:
            best[hit.type, hit.sentence] = hit
    # "cuộc thi" ten times is one contest; "tặng 20 suất quà" and "tặng 40 suất quà" are two gifts.
    distinct: dict[tuple[str, str], Hit] = {}
    for hit in best.values():
        distinct.setdefault((hit.type, hit.text), hit)
    return list(distinct.values())


def _is_another(hit: Hit, main: Hit) -> bool:
    """A trigger of the main event's type tells another event only with what follows its head, said as done."""
    told = bool(hit.effects & _HELD) and "refers" not in hit.effects and hit.zone != "caption"
    return told and not hit.bare and hit.sentence != main.sentence and hit.text != main.text
