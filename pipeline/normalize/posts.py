"""Posts and chains of posts in a text: a role, the organization after it, and the posts that stand with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.normalize import role_links, titled_names
from pipeline.normalize.person_names import UPPER, form_of
from pipeline.normalize.post_organizations import (
    Directory,
    Organization,
    generic_pattern,
    generics,
    never_shared,
    of_same_place,
)

_TO_ORGANIZATION = re.compile(r" (?:của |tại |thuộc |ở |trong )?[“\"]?\Z|, (?:thuộc )?\Z| ?[-–] ?\Z")
_ADJACENT = re.compile(r" (?:của |tại |thuộc |ở |trong )?[“\"]?\Z")
_ASIDE = re.compile(r" ?\([^()\n]{1,60}\)")
_ACRONYM_ASIDE = re.compile(r" ?\([^\W\d_]{2,5}\)(?= [^\W\d_])")
_PLACE_TAIL = re.compile(
    r"(?: ?[-–,] ?| \(| )(?:tphcm|tp\.? ?hcm|hà nội|tp hà nội|(?:tỉnh|tp\.?|thành phố|huyện|quận|thị xã|xã|phường)"
    r"(?: (?:hồ chí minh|\d{1,2}))?)\)?(?![^\W_])"
)
_TERM = re.compile(r",? ?\(?(?:khóa|nhiệm kỳ|giai đoạn|lần thứ|năm) ?[\dxvi]+(?: ?[-–] ?\d{4})?\)?(?![^\W_])")
_CENTRAL = re.compile(
    r"(?P<title>(?:nguyên |quyền )?(?:phó )?(?:trưởng )?ban(?: thường trực)?)(?: ban)?"
    r" (?:tổ chức|tuyên giáo|dân vận|nội chính|kinh tế|đối ngoại|tuyên giáo và dân vận|chính sách,? chiến lược)\Z"
)
_CENTRAL_TAIL = re.compile(r" (?:trung ương|tw)(?: đảng)?(?![^\W_])")
# A house that nobody listed, in capitals up to a sign or the next name: "Bí thư Chi bộ | Khu công nghiệp Hố Nai,".
_CAPITAL = f"[{UPPER}][\\w&.-]*"
_IN_HOUSE = r"\d+|và|nghiệp|công nghiệp|chế xuất|xuất|cơ sở|doanh|tế|viện|vực|phố"
_UNKNOWN_HOUSE = re.compile(f" (?:của |tại )?{_CAPITAL}(?: (?:{_CAPITAL}|{_IN_HOUSE})){{0,9}}(?=[,;]|\\Z)")
_ALONE = re.compile(
    r" ?[,.;:()–\n-]| (?:để|và|khóa|nhiệm kỳ|thay|từ|cho biết|nói|phát biểu|chia sẻ|khẳng định|đã|cũng)(?![^\W_])"
)
_ACRONYM_HOUSE = re.compile(r" (?:của |tại )?[A-ZĐ&]{2,}(?= ?\Z)")
_UNKNOWN = "(a house that nobody knows)"
_PLURAL_REACH = 24
_LONGEST_CHAIN = 12
_BARE_TITLE = 3  # words: "phó vụ trưởng"; a longer one names its department


@dataclass(slots=True)
class Person:
    start: int
    end: int
    name: str
    honorific: str | None = None
    has_posts: bool = False  # a post right after the name claims it


@dataclass(slots=True)
class Post:
    """``end`` takes in the organization's last word; ``after`` also asides, terms and places that follow."""

    start: int
    end: int
    after: int
    role: str
    role_id: str
    rank: int
    kind: str
    status: str
    organization: Organization | None = None
    generic: str | None = None


@dataclass(slots=True)
class Chain:
    """Posts in apposition; the indices of the persons beside it."""

    posts: list[Post]
    previous_person: int | None
    next_person: int | None
    plural: bool = False

    @property
    def start(self) -> int:
        return self.posts[0].start

    @property
    def end(self) -> int:
        return self.posts[-1].after


@dataclass(frozen=True, slots=True)
class Binding:
    post: Post
    person: Person
    status: str


def posts_of(
    form: str, text: str, roles: Iterable[Any], organizations: list[Organization], persons: list[Person]
) -> list[Post]:
    """A post a role; its organization is the one that its words lead to."""
    starts = [o.start for o in organizations]
    person_starts = [p.start for p in persons]
    spans = sorted(roles, key=lambda span: span.start_char)
    found = []
    for i, span in enumerate(spans):
        value = span._.value
        start, end = span.start_char, span.end_char
        following = spans[i + 1].start_char if i + 1 < len(spans) else len(text)
        j = bisect_left(person_starts, end)
        limit = min(following, person_starts[j] if j < len(persons) else len(text))
        post = Post(start, end, end, value.role, value.role_id, value.rank, value.kind, value.status)
        _attach(form, post, organizations, starts, limit)
        _central(form, post)
        post.after = _after(form, text, post, limit)
        found.append(post)
    return found


def _attach(form: str, post: Post, organizations: list[Organization], starts: list[int], limit: int) -> None:
    if match := _ACRONYM_ASIDE.match(form, post.end, limit):
        post.end = match.end()
    # A role may share its last word with the organization: "Trưởng | Ban Tuyên giáo Trung ương".
    k = bisect_left(starts, post.start)
    if k < len(organizations):
        candidate = organizations[k]
        gap = form[post.end : candidate.start]
        if candidate.start < post.end and candidate.end <= post.end:
            return  # the title keeps the body it names
        if candidate.start < post.end < candidate.end or (
            candidate.start < limit and _leads_to(post, gap, form, candidate)
        ):
            post.organization, post.end = candidate, candidate.end
            return
    match = generic_pattern().match(form, post.end, limit)
    if match and not match[0].startswith(",") and _stands_alone(form, match, limit):
        post.generic, post.end = match["phrase"], match.end()


def _stands_alone(form: str, generic: re.Match[str], limit: int) -> bool:
    """ "Chủ tịch Công đoàn, ": before more words, "công đoàn" begins a name that nobody knows."""
    if generics()[generic["phrase"]].kind != "main union":
        return True
    return generic.end() >= limit - 1 or bool(_ALONE.match(form, generic.end()))


def _leads_to(post: Post, gap: str, form: str, organization: Organization) -> bool:
    # "Phó Chủ tịch Tổng Tổng Liên đoàn …": a doubled word is a slip of the pen.
    if gap == " (" and form[organization.end : organization.end + 1] == ")":
        return True
    if _ADJACENT.match(gap) or (gap.strip() and gap.strip() == form[organization.start :].split(" ", 1)[0]):
        return True
    # "Trưởng ban Ban Chính sách …, Công đoàn Viên chức Việt Nam": a department's leader names the house after a sign.
    names_department = post.role_id in ("head", "deputy_head", "standing_member") or (
        post.role_id in ("director", "deputy_director") and len(post.role.split()) > _BARE_TITLE
    )
    return names_department and bool(_TO_ORGANIZATION.match(gap))


def _central(form: str, post: Post) -> None:
    """ "Phó Trưởng ban Dân vận Trung ương": the Party's commission is the organization."""
    match = _CENTRAL.match(form_of(post.role)) if post.organization is None else None
    tail = _CENTRAL_TAIL.match(form, post.end)
    if match and tail:
        body = post.role[match.end("title") :].strip()
        post.role = post.role[: match.end("title")]
        post.end = tail.end()
        post.kind = "party"
        post.organization = Organization(post.start, post.end, f"Ban {body[:1].upper()}{body[1:]} Trung ương")


def _after(form: str, text: str, post: Post, limit: int) -> int:
    end = post.end
    for _ in range(4):
        match = (
            _ASIDE.match(form, end, limit)
            or _TERM.match(form, end, limit)
            or _PLACE_TAIL.match(form, end, limit)
            or titled_names.tail_pattern().match(form, end, limit)
        )
        if not match:
            break
        end = match.end()
    if post.organization is None and not post.generic:
        house = _UNKNOWN_HOUSE.match(text, end, limit) or _ACRONYM_HOUSE.match(text, end, limit)
        if house:
            end, post.generic = house.end(), _UNKNOWN
    return end


def chains(form: str, posts: list[Post], persons: list[Person]) -> list[Chain]:
    """Posts joined by signs and "kiêm", "và", with no person between them."""
    found: list[Chain] = []
    starts = [p.start for p in persons]
    for post in posts:
        i = bisect_left(starts, post.start)
        previous, following = (i - 1 if i else None), (i if i < len(persons) else None)
        last = found[-1] if found else None
        if (
            last
            and len(last.posts) < _LONGEST_CHAIN
            and last.previous_person == previous
            and role_links.joins_posts(form[last.end : post.start])
        ):
            last.posts.append(post)
            continue
        plural = role_links.is_plural(form[max(0, post.start - _PLURAL_REACH) : post.start])
        found.append(Chain([post], previous, following, plural))
    for chain in found:
        _claim(form, chain, persons)
    return found


def _claim(form: str, chain: Chain, persons: list[Person]) -> None:
    """Mark the person before the chain as holding it, unless the chain is the next one's own."""
    if chain.previous_person is None:
        return
    person = persons[chain.previous_person]
    if not role_links.after_person(form[person.end : chain.start]):
        return
    if chain.next_person is not None and len(chain.posts) == 1:
        link = role_links.before_person(form[chain.end : persons[chain.next_person].start])
        if link == "tight":
            return
    person.has_posts = True


# --- organizations left out -----------------------------------------------------------------------------------------

# These posts are the state's or the Party's own; a neighbour's organization is never theirs.
_OWN = frozenset(
    (
        *("general_secretary", "politburo_member", "central_secretary", "central_committee_member"),
        *("president", "vice_president", "prime_minister", "deputy_prime_minister", "minister", "deputy_minister"),
        *("deputy", "mayor", "spokesperson", "ambassador"),
    )
)
_CHAIRS = frozenset(("chair", "vice_chair", "standing_vice_chair"))
_LEADERS = _CHAIRS | {"director", "deputy_director", "director_general", "deputy_director_general"}
_UNION_NAME = re.compile(r"(?:tổng )?(?:công đoàn|liên đoàn lao động|tổng liên đoàn)(?![^\W_])")
_STATE_NAME = re.compile(
    r"(?:ủy ban|hội đồng nhân dân|bộ|quốc hội|tỉnh ủy|thành ủy|huyện ủy|quận ủy|mặt trận)(?![^\W_])"
)
# Party groups stand inside the body they lead, a union's or a ministry's.
_PARTY_GROUP = re.compile(r"(?:đảng đoàn|ban cán sự)")
_ELECTED = re.compile(r"(?:đắc cử|trúng cử|tái cử|bầu|bầu làm|bầu giữ|bầu giữ chức|bầu giữ chức vụ|cử giữ chức) \Z")
_SENTENCE_REACH = 250
_SIDE_REACH = 700
_SIDE = re.compile(r"(?:về phía|phía|đại diện)(?: lãnh đạo)? \Z")
_SIDE_HAS = re.compile(r" (?:có|là|gồm|còn có)(?::| )")
_SENTENCE_END = re.compile(r"[.!?…] |\n")
_BEFORE_PERSON = re.compile(r" ?[,–-] ?(?:đồng chí |ông |bà |anh |chị )?\Z")


def fill_organizations(form: str, found: list[Chain], known: Directory, persons: list[Person]) -> None:
    """Give posts without an organization the one that the chain, the sentence or the article means."""
    for i, chain in enumerate(found):
        side = _side_of(form, chain, known, persons)
        for j, post in enumerate(chain.posts):
            if post.organization is None and not post.generic and side and post.role_id in _LEADERS:
                post.organization = side
            elif post.organization is None:
                post.organization = _generic(post, chain, known) or (None if post.generic else _shared(chain, j, known))
        open_posts = [post for post in chain.posts if post.organization is None and post.role_id not in _OWN]
        if not open_posts or any(post.generic for post in open_posts):
            continue
        before = _before_holder(form, chain, known, persons)
        if before is None and chain.plural and i and open_posts[0].role_id in _CHAIRS:
            before = _of_last_chair(found[:i], chain)
        if (
            before is None
            and open_posts[0].role_id in _CHAIRS
            and _ELECTED.search(form, max(0, chain.start - 30), chain.start)
        ):
            before = known.resolve("công đoàn", chain.start)
        for post in open_posts:
            if before and post.kind != "party":
                post.organization = before


def _side_of(form: str, chain: Chain, known: Directory, persons: list[Person]) -> Organization | None:
    if chain.previous_person is None or all(post.organization for post in chain.posts):
        return None
    return _on_the_side_of(form, persons[chain.previous_person], known)


def _generic(post: Post, chain: Chain, known: Directory) -> Organization | None:
    phrase = post.generic
    if phrase is None and post.role_id == "party_committee_member":
        phrase = form_of(post.role).removesuffix(" viên")
    if phrase is None or phrase not in generics():
        return None
    organization = known.resolve(phrase, post.start)
    siblings = [other.organization for other in chain.posts if other.organization]
    for sibling in siblings:
        if organization is None:
            organization = of_same_place(phrase, sibling)
    return organization


def _shared(chain: Chain, index: int, known: Directory) -> Organization | None:
    """The neighbour's organization, the next one's first; the employer where the neighbour is its union."""
    post = chain.posts[index]
    if post.role_id in _OWN or post.role_id == "party_committee_member":
        return None
    neighbours = [*chain.posts[index + 1 :], *reversed(chain.posts[:index])]
    sibling = next((other for other in neighbours if other.organization and other.role_id not in _OWN), None)
    if sibling is None or sibling.organization is None:
        return None
    name = form_of(sibling.organization.name)
    if name in never_shared():
        return None
    if _PARTY_GROUP.search(form_of(post.role)):
        return sibling.organization
    if _UNION_NAME.match(name):
        # In a union house the departments and committees are the union's, the managers its employer's.
        return sibling.organization if post.kind == "union" else known.owner_of_union(sibling.organization)
    if post.kind == "party":
        return None if _STATE_NAME.match(name) else sibling.organization
    return sibling.organization if post.kind == sibling.kind or not _STATE_NAME.match(name) else None


def _before_holder(form: str, chain: Chain, known: Directory, persons: list[Person]) -> Organization | None:
    """ "Đại diện Công ty X, ông A, Giám đốc": the organization right before the person."""
    if chain.previous_person is None:
        return None
    person = persons[chain.previous_person]
    if side := _on_the_side_of(form, person, known):
        return side
    house = known.ending_before(person.start)
    if house is None or not _BEFORE_PERSON.match(form[house.end : person.start]):
        return None
    lead = form[max(0, house.start - 12) : house.start].rstrip()
    return house if lead.endswith(("đại diện", "phía", "theo", "từ")) else None


def _on_the_side_of(form: str, person: Person, known: Directory) -> Organization | None:
    """ "Về phía Tập đoàn X có ông A, Phó Tổng giám đốc; ông B, Thành viên HĐTV": all of the side they stand on."""
    for house in known.last_before(person.start, 8):
        if person.start - house.end > _SIDE_REACH or _SENTENCE_END.search(form, house.end, person.start):
            return None
        if _SIDE.search(form, max(0, house.start - 24), house.start):
            return house if _SIDE_HAS.search(form, house.end, person.start) else None
    return None


def _of_last_chair(before: list[Chain], chain: Chain) -> Organization | None:
    """ "Ông A đắc cử Chủ tịch X. 4 phó chủ tịch gồm: …": the vice chairs are X's."""
    last = before[-1]
    if chain.start - last.end > _SENTENCE_REACH:
        return None
    return next((p.organization for p in reversed(last.posts) if p.organization and p.role_id in _CHAIRS), None)
