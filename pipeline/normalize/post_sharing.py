"""Organizations that a post leaves out: what its chain, its sentence or its article means."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.normalize import role_links
from pipeline.normalize.person_names import form_of
from pipeline.normalize.post_organizations import (
    Directory,
    Organization,
    generics,
    never_shared,
    of_same_place,
    title_houses,
)
from pipeline.normalize.post_words import names_of, role_class, title_house
from pipeline.normalize.posts import Chain, Person, Post

_HOUSE_PARTY = re.compile(r"bí thư (?:thường trực )?(?:đảng ủy|đảng bộ|chi bộ|chi ủy)")
# A union has "ban", its employer "phòng" and "xưởng".
_EMPLOYERS_PART = re.compile(r"(?<![^\W_])(?:(?<!văn )phòng|khoa|xưởng)(?![^\W_])")
_HOUSE_PARTY_IN = ("đảng ủy viên", "chi ủy viên", "cấp ủy viên")
_ELECTED = re.compile(
    r"(?:đắc cử|trúng cử|tái cử|bầu(?: bổ sung)?(?: làm| giữ(?: chức(?: vụ)?)?)?|cử giữ chức)"
    r"(?: thêm)?(?: \d{1,2}| các| hai| ba| bốn| năm)?(?: đồng chí)? \Z"
)
_SENTENCE_REACH = 250
_SIDE_REACH = 700
_SIDE = re.compile(r"(?:về phía|phía|đại diện)(?: lãnh đạo)? \Z")
_SIDE_HAS = re.compile(r" (?:có|là|gồm|còn có)(?::| )")
_SENTENCE_END = re.compile(r"[.!?…] |\n")
# "đoàn Công đoàn X do ông A, Phó Chủ tịch làm trưởng đoàn", "LĐLĐ huyện X, nơi ông A làm chủ tịch"
_LED_BY = re.compile(r"(?: gồm [^.;,\n]{0,30})?(?: do|, nơi) (?:đồng chí |đ/c |ông |bà |anh |chị )?\Z")
_LEADING = re.compile(r"(?<![^\W_])(?:làm|dẫn đầu|đứng đầu|là trưởng đoàn)(?![^\W_])")
_SPEAKS_FOR = ("thay mặt", "đại diện", "lãnh đạo", "về phía", "phía", "thay mặt cho", "đoàn", "đoàn công tác")
_OF_HOUSE = re.compile(r"\)? (?:của|thuộc) (?:đội |đội bóng )?[“\"]?|(?<!\)) \(")
_BEFORE_PERSON = re.compile(r" ?[,–-] ?(?:đồng chí |ông |bà |anh |chị )?\Z")


def fill_organizations(form: str, found: list[Chain], known: Directory, persons: list[Person]) -> None:
    """Give posts without an organization the one that the chain, the sentence or the article means."""
    stated = {known_post for chain in found for known_post in _stated(chain, persons)}
    for i, chain in enumerate(found):
        if i:
            stated |= _stated(found[i - 1], persons)
        others = _others_last(form, chain, persons)
        side = _side_of(form, chain, known, persons)
        own = chain.posts[:-1] if others else chain.posts
        for post in own:
            if post.organization and post.generic:
                post.organization = known.union_near(post.generic, post.start) or post.organization
                post.generic = None
            if post.organization is None and not (side and not post.generic and _leads(post)):
                post.organization = _generic(post, chain, known)
        for j, post in enumerate(chain.posts):
            if post.organization is None and not post.generic and side and _leads(post):
                post.organization = side
            elif post.organization is None and not (others and post is chain.posts[-1]):
                post.organization = None if post.generic else _shared(chain, j, known)
        if others:
            continue
        open_posts = [
            post for post in chain.posts if post.organization is None and post.role_id not in role_class("own")
        ]
        if not open_posts or any(post.generic for post in open_posts):
            continue
        before = _behind_name(form, chain, known, persons) or _before_holder(form, chain, known, persons)
        if before is None and chain.plural and i and open_posts[0].role_id in role_class("chair"):
            before = _of_last_chair(found[:i], chain)
        before = before or _on_behalf(form, chain, known)
        if (
            before is None
            and open_posts[0].role_id in role_class("elected")
            and _ELECTED.search(form, max(0, chain.start - 30), chain.start)
            and not (
                chain.previous_person is not None
                and (persons[chain.previous_person].name, open_posts[0].role_id) in stated
            )
        ):
            before = known.resolve("công đoàn", chain.start)
        for post in open_posts:
            if before and post.kind != "party":
                post.organization = before
    _from_the_next(form, found, persons)


def _from_the_next(form: str, found: list[Chain], persons: list[Person]) -> None:
    """ "ông A, Phó Chủ tịch; ông B, Phó Chủ tịch Công đoàn X": a list of people whose house its end names."""
    for chain, following in reversed(list(pairwise(found))):
        if chain.next_person is None or following.previous_person is None:
            continue
        listed = persons[chain.next_person : following.previous_person + 1]
        gap = form[chain.end : persons[chain.next_person].start]
        if not listed or role_links.before_person(gap) == "tight" or not role_links.joins_persons(gap):
            continue
        if not all(role_links.joins_persons(form[a.end : b.start]) for a, b in pairwise(listed)):
            continue
        named = next((post for post in following.posts if post.organization), None)
        for post in chain.posts:
            if named and not post.organization and not post.generic and _same_rank_of_house(post, named):
                post.organization = named.organization


def _same_rank_of_house(one: Post, other: Post) -> bool:
    """Whether two posts are of one kind of house: both lead a union or sit in its committee, or both manage."""
    return any(one.role_id in ids and other.role_id in ids for ids in (role_class("elected"), role_class("manager")))


def _is_own(post: Post) -> bool:
    return post.role_id in role_class("own")


def _leads(post: Post) -> bool:
    """Whether the post leads a house that has no union or state level: its managers, its board, its Party."""
    return post.role_id in role_class("chair", "manager", "board") or bool(_HOUSE_PARTY.search(form_of(post.role)))


def _others_last(form: str, chain: Chain, persons: list[Person]) -> bool:
    """ "ông A, Giám đốc X, Chủ tịch B": the last post is the next person's."""
    if chain.next_person is None or chain.previous_person is None or len(chain.posts) == 1:
        return False
    if role_links.before_person(form[chain.end : persons[chain.next_person].start]) != "tight":
        return False
    return bool(role_links.after_person(form[persons[chain.previous_person].end : chain.start]))


def _stated(chain: Chain, persons: list[Person]) -> set[tuple[str, str]]:
    """Holder and role_id of the posts whose organization is known."""
    if chain.previous_person is None:
        return set()
    name = persons[chain.previous_person].name
    return {(name, post.role_id) for post in chain.posts if post.organization}


def _side_of(form: str, chain: Chain, known: Directory, persons: list[Person]) -> Organization | None:
    if chain.previous_person is None or all(post.organization for post in chain.posts):
        return None
    return _on_the_side_of(form, persons[chain.previous_person], known)


def _generic(post: Post, chain: Chain, known: Directory) -> Organization | None:
    phrase = post.generic or title_houses().get(form_of(post.role))
    if phrase is None and post.role_id == "party_committee_member":
        phrase = form_of(post.role).removesuffix(" viên")
    own = _own_house(post) if phrase is None else None
    phrase = phrase or own
    if phrase is None or phrase not in generics():
        return None
    siblings = [other.organization for other in chain.posts if other.organization]
    employer = next((owner for sibling in siblings if (owner := known.employer(sibling))), None)
    if employer and generics()[phrase].kind.startswith("union of "):
        return known.union_of(employer, phrase)
    organization = known.resolve(phrase, post.start)
    if own and organization:
        post.role = post.role[: -len(own)].rstrip()
    for sibling in siblings:
        if organization is None:
            organization = of_same_place(phrase, sibling)
    return organization


def _own_house(post: Post) -> str | None:
    """The generic that ends a title: "Giám đốc | Bệnh viện"."""
    return title_house(form_of(post.role)) if post.role_id in role_class("chair", "manager") else None


def _shared(chain: Chain, index: int, known: Directory) -> Organization | None:
    """The neighbour's organization, the next one's first; the employer where the neighbour is its union."""
    post = chain.posts[index]
    if _is_own(post) or (
        post.role_id == "party_committee_member" and not form_of(post.role).startswith(_HOUSE_PARTY_IN)
    ):
        return None
    neighbours = [*chain.posts[index + 1 :], *reversed(chain.posts[:index])]
    sibling = next(
        (other for other in neighbours if other.organization and other.role_id not in role_class("own")), None
    )
    if sibling is None or sibling.organization is None:
        return None
    if post.role_id == "party_committee_member" and sibling.kind == "party":
        return None
    name = form_of(sibling.organization.name)
    if name in never_shared() or names_of("own").match(name):
        return None
    if names_of("party group").search(form_of(post.role)) or (
        post.role_id == "presidium_member" and "mặt trận" in name
    ):
        return sibling.organization
    if names_of("union").match(name):
        # In a union house the departments and committees are the union's, the managers its employer's.
        owner = known.owner_of_union(sibling.organization)
        if _EMPLOYERS_PART.search(form_of(post.role)):
            return owner or sibling.organization
        return sibling.organization if post.kind == "union" else owner
    if post.kind == "party":
        # "Phó Bí thư, Bí thư Huyện ủy X": one ladder of one committee.
        ladder = form_of(post.role).endswith("bí thư") and sibling.role_id.endswith("secretary")
        return None if names_of("state").match(name) and not ladder else sibling.organization
    return sibling.organization if post.kind == sibling.kind or not names_of("state").match(name) else None


def _behind_name(form: str, chain: Chain, known: Directory, persons: list[Person]) -> Organization | None:
    """ "HLV | Lê A | của CLB X", "Lê A (giám đốc) của Công ty X": the house behind the name or the parentheses."""
    end = chain.end
    if chain.next_person is not None and (
        role_links.before_person(form[chain.end : persons[chain.next_person].start]) == "tight"
    ):
        end = persons[chain.next_person].end
    elif form[end : end + 1] != ")":
        return None
    house = known.starting_after(end)
    return house if house and _OF_HOUSE.fullmatch(form, end, house.start) else None


def _before_holder(form: str, chain: Chain, known: Directory, persons: list[Person]) -> Organization | None:
    """ "Đại diện Công ty X, ông A, Giám đốc": the organization right before the person."""
    if chain.previous_person is None:
        return None
    person = persons[chain.previous_person]
    if side := _on_the_side_of(form, person, known):
        return side
    house = known.ending_before(person.start)
    gap = form[house.end : person.start] if house else ""
    if house and _LED_BY.match(gap) and _LEADING.search(form, max(person.end, chain.start - 12), chain.end + 24):
        return house
    if house is None or not _BEFORE_PERSON.match(gap):
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


def _on_behalf(form: str, chain: Chain, known: Directory) -> Organization | None:
    """ "Thay mặt Tổng Liên đoàn, Phó Chủ tịch …": the organization right before the post."""
    house = known.ending_before(chain.start)
    if house is None or form[house.end : chain.start].strip() not in ("", ",", "-", "–", "có", "do"):
        return None
    lead = form[max(0, house.start - 14) : house.start].rstrip()
    return house if lead.endswith(_SPEAKS_FOR) else None


def _of_last_chair(before: list[Chain], chain: Chain) -> Organization | None:
    """ "Ông A đắc cử Chủ tịch X. 4 phó chủ tịch gồm: …": the vice chairs are X's."""
    last = before[-1]
    if chain.start - last.end > _SENTENCE_REACH:
        return None
    return next(
        (p.organization for p in reversed(last.posts) if p.organization and p.role_id in role_class("chair")), None
    )
