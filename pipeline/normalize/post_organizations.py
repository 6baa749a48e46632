"""Which organization a post is held at, where the words after the title don't name it whole.

Pure choice among the organizations of an article; names are canonical names, generics are rows of
``lexicons/generic_organizations.csv``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache

from pipeline.normalize.person_names import NAME_RUN, form_of, historical, looks_foreign
from pipeline.normalize.phrases import WORD_END, alternation
from pipeline.resources import rows

_UNION = re.compile(r"(?:công đoàn(?: cơ sở)?|cđ|cđcs) (?=.)")
_UNIT = re.compile(r"(?:tỉnh|thành phố|tp|huyện|quận|thị xã|xã|phường|thị trấn) ")
_OFTEN = 3
_NEAR = 12  # mentions
_NEAR_REACH = 400  # characters
_EMPLOYERS = ("company", "school")
_COMPANY_LIKE = ("enterprise", "school", "other")


@dataclass(frozen=True, slots=True)
class Organization:
    """A mention as the choice sees it. ``start``, ``end``: characters of the article."""

    start: int
    end: int
    name: str
    org_id: str | None = None
    org_type: str = "other"


@dataclass(frozen=True, slots=True)
class Generic:
    """A row: what the canonical name begins with where the phrase stands alone ("nhà trường")."""

    names_begin: tuple[str, ...]
    kind: str


@cache
def generics() -> dict[str, Generic]:
    return {
        form_of(row["phrase"]): Generic(tuple(row["names_begin"].split("|")), row["kind"])
        for row in rows("lexicons/generic_organizations.csv")
    }


@cache
def title_houses() -> dict[str, str]:
    """Title → the generic that its own words name: the "Viện trưởng" leads the "viện"."""
    return {form_of(row["title"]): row["generic"] for row in rows("lexicons/title_houses.csv")}


def title_named(role: str) -> tuple[str, str] | None:
    """The title and the house's first word ("viện trưởng", "viện") of a role (match form) that says who leads what."""
    for title, generic in title_houses().items():
        if role == title or role.startswith(f"{title} "):
            return title, generics()[generic].names_begin[0]
    return None


@cache
def generic_pattern() -> re.Pattern[str]:
    """A generic right after a title."""
    return re.compile(f",? (?:của |tại )?(?P<phrase>{alternation(generics())}){WORD_END}")


class Directory:
    """The organizations of an article in text order; what generics mean is looked up once a phrase."""

    def __init__(self, organizations: list[Organization]) -> None:
        self.organizations = organizations
        self.starts = [o.start for o in organizations]
        self.ends = [o.end for o in organizations]
        self._by_name = {form_of(o.name): o for o in reversed(organizations)}
        self._fitting: dict[str, list[Organization]] = {}
        self._employers: list[Organization] | None = None
        self._one: list[Organization] | None = None

    def named(self, name: str) -> Organization | None:
        return self._by_name.get(form_of(name))

    def starting_after(self, offset: int) -> Organization | None:
        """The first organization that begins at ``offset`` or behind it."""
        i = bisect_left(self.starts, offset)
        return self.organizations[i] if i < len(self.organizations) else None

    def ending_before(self, offset: int) -> Organization | None:
        i = bisect_right(self.ends, offset) - 1
        return self.organizations[i] if i >= 0 else None

    def last_before(self, offset: int, number: int) -> list[Organization]:
        """The last organizations that end before ``offset``, nearest first."""
        i = bisect_right(self.ends, offset)
        return self.organizations[max(0, i - number) : i][::-1]

    def employer(self, organization: Organization) -> Organization | None:
        """The company or school itself, or the one whose union it is; None for any other."""
        if organization.org_type in _EMPLOYERS:
            return organization
        return self.owner_of_union(organization) if _UNION.match(form_of(organization.name)) else None

    def employers(self) -> list[Organization]:
        """The companies and schools, also those known by their union, in text order."""
        if self._employers is None:
            self._employers = [owner for o in self.organizations if (owner := self.employer(o))]
        return self._employers

    def one_employer(self) -> Organization | None:
        """The first mention of the one employer of the article; None where it has several or none."""
        if self._one is None:
            names = {o.name for o in self.employers()}
            self._one = self.employers()[:1] if len(names) == 1 else []
        return self._one[0] if self._one else None

    def _fit(self, phrase: str) -> list[Organization]:
        if phrase not in self._fitting:
            begins = generics()[phrase].names_begin
            found = [o for o in self.organizations if (form := form_of(o.name)).startswith(begins) and form != phrase]
            if not found and generics()[phrase].kind in _COMPANY_LIKE:
                # "Giám đốc Trung tâm", where only its union is named.
                found = [o for o in self.employers() if form_of(o.name).startswith(begins)]
            self._fitting[phrase] = found
        return self._fitting[phrase]

    def resolve(self, phrase: str, offset: int) -> Organization | None:
        """What the generic means at ``offset``: the one organization so named, or the last one named before it."""
        generic = generics()[phrase]
        fitting = self._fit(phrase)
        if near := self.union_near(phrase, offset):
            return near
        if fitting and len({o.org_id or o.name for o in fitting}) == 1:
            return fitting[0]
        if fitting and generic.kind in _COMPANY_LIKE:
            i = bisect_right([o.end for o in fitting], offset)
            return fitting[i - 1] if i else None
        if generic.kind == "main union":
            return _main(fitting)
        if not fitting and generic.kind.startswith("union of "):
            owner = {"company": "công ty", "school": "nhà trường", "group": "tập đoàn"}[generic.kind[9:]]
            # The owner's union is named after it, whether or not the article says so.
            if host := self.resolve(owner, offset):
                return self.union_of(host, phrase)
        return None

    def union_near(self, phrase: str, offset: int) -> Organization | None:
        """ "CĐ công ty" after another company than the one whose union the article names: hers; else None."""
        if generics()[phrase].kind != "union of company":
            return None
        near = self._employer_near(offset, self._fit(phrase))
        return self.union_of(near, phrase) if near else None

    def _employer_near(self, offset: int, unions: list[Organization]) -> Organization | None:
        """The company named last within reach, where the article names unions but none of hers within it."""
        if not unions:
            return None
        near = [o for o in self.last_before(offset, _NEAR) if offset - o.end < _NEAR_REACH]
        owners = [owner for o in near if (owner := self.employer(o)) and owner.org_type != "school"]
        ends = {form_of(union.name).rsplit(" ", 1)[-1] for union in unions}
        return owners[0] if owners and not any(form_of(o.name).rsplit(" ", 1)[-1] in ends for o in near) else None

    def union_of(self, employer: Organization, phrase: str) -> Organization:
        """The employer's union, as the article has it or named after the employer as ``phrase`` says."""
        union = self.named(f"Công đoàn {employer.name}") or self.named(f"Công đoàn cơ sở {employer.name}")
        base = "cơ sở " if phrase.startswith(("cđcs", "cđ cơ sở", "công đoàn cơ sở")) else ""
        name = f"Công đoàn {base}{employer.name}"
        return union or Organization(employer.start, employer.start, name, None, "union")

    def owner_of_union(self, organization: Organization) -> Organization | None:
        """The employer whose union it is ("Công đoàn Đài Tiếng nói Việt Nam" → the station); None for a union of an
        industry or a place, which has no employer."""
        match = _UNION.match(form_of(organization.name))
        if not match:
            return None
        name = organization.name[match.end() :]
        if form_of(name).startswith("cơ quan "):
            name = name[len("cơ quan ") :]
        if same := self.named(name):
            return same
        words = form_of(name).split(" ")
        company = words[0] != "công" or words[1:2] in (["ty"], ["an"])
        if (words[0] in _owner_heads() and company) or looks_foreign(words[:1]):
            return Organization(organization.start, organization.end, name)
        return None


def _main(fitting: list[Organization]) -> Organization | None:
    """The one that an article is about: named twice as often as any other."""
    counted = Counter(o.org_id or o.name for o in fitting).most_common(2)
    if len(counted) == 2 and (counted[0][1] < 2 * counted[1][1] or counted[0][1] < _OFTEN):
        return None
    return next((o for o in fitting if (o.org_id or o.name) == counted[0][0]), None) if counted else None


@cache
def _owner_heads() -> frozenset[str]:
    """First words of names that own a union: công (ty), tổng (công ty), đài, trường … not ngành, tỉnh."""
    heads = {row["head"] for row in rows("lexicons/union_owner_heads.csv")}
    return frozenset(form_of(head) for head in heads)


def of_same_place(phrase: str, sibling: Organization) -> Organization | None:
    """ "Tỉnh ủy" beside "Hội đồng nhân dân tỉnh Quảng Bình" → "Tỉnh ủy Quảng Bình"."""
    form = form_of(sibling.name)
    found = None
    for found in _UNIT.finditer(form):  # noqa: B007
        pass
    if found is None:
        return None
    place = NAME_RUN.match(sibling.name, found.end())
    generic = generics().get(phrase)
    if place is None or generic is None:
        return None
    base = generic.names_begin[0]
    unit = base.rsplit(" ", 1)[-1] if base.rsplit(" ", 1)[-1] in ("tỉnh", "phố", "huyện", "quận", "xã") else ""
    sibling_unit = found[0].strip()
    level = {"tỉnh": "tỉnh", "thành": "phố", "huyện": "huyện", "quận": "quận", "thị": "xã"}.get(
        base.split(" ", 1)[0], unit
    )
    if level not in sibling_unit and not (level == "phố" and sibling_unit == "tp"):
        return None
    # "Thành ủy Thành phố Hồ Chí Minh": a place named after a person keeps its unit.
    unit = f"{found[0].strip().capitalize()} " if form_of(place[0]) in historical() else ""
    name = f"{base[:1].upper()}{base[1:]} {unit}{place[0]}"
    return Organization(sibling.start, sibling.end, name)


@cache
def never_shared() -> frozenset[str]:
    """Organizations whose posts are held beside others elsewhere ("Ủy viên Bộ Chính trị, Bí thư …")."""
    return frozenset(form_of(row["name"]) for row in rows("lexicons/never_shared_organizations.csv"))
