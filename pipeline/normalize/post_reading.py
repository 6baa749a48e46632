"""A role → a post: which organization the words after the title lead to, and where the post ends.

Pure reading of a text, its match form, and the borders of its roles, organizations and persons.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from pipeline.normalize import post_houses, role_links, titled_names, titles
from pipeline.normalize.names import canonical
from pipeline.normalize.person_names import UPPER, form_of
from pipeline.normalize.post_organizations import Organization, generic_pattern, generics, title_named
from pipeline.normalize.post_words import closes, names_of, role_class, title_house
from pipeline.normalize.posts import Person, Post

_UNIT_BETWEEN = r"(?:, (?:phân xưởng|xưởng|phòng|tổ|khoa|bộ phận|đội|ca|chuyền)(?: [^\n,.;()]{1,30})?)?"
_TO_ORGANIZATION = re.compile(rf'{_UNIT_BETWEEN}(?: (?:của |tại |thuộc |ở |trong )?[“"]?\Z|, (?:thuộc )?\Z| ?[-–] ?\Z)')
# "(kế toán trưởng, Công ty …)"
_IN_PARENTHESES = re.compile(rf"{_UNIT_BETWEEN}, \Z")
_TO_HOST = re.compile(r", (?:thuộc )?| ?[-–] ?| \(| (?:của|thuộc) ")
_ADJACENT = re.compile(r" (?:của |tại |thuộc |ở |trong )?[“\"]?\Z")
_ASIDE = re.compile(r" ?\([^()\n]{1,60}\)")
_ACRONYM_ASIDE = re.compile(r" ?\([^\W\d_]{2,5}\)(?= [^\W\d_])")
_PLACE_TAIL = re.compile(
    r"(?: ?[-–,] ?| \(| )(?:tphcm|tp\.? ?hcm|hà nội|tp hà nội|(?:tỉnh|tp\.?|thành phố|huyện|quận|thị xã|xã|phường)"
    r"(?: (?:hồ chí minh|\d{1,2}))?)\)?(?![^\W_])"
)
_TERM = re.compile(
    r",? ?\(?(?:khóa|nhiệm kỳ|giai đoạn|lần thứ|năm) ?(?:\d+|[xvi]+)(?![^\W_])"
    r"(?:(?: ?[-–] ?|, ?| và |, khóa )(?:\d+|[xvi]+)(?![^\W_])){0,4}\)?"
)
_CENTRAL = re.compile(
    r"(?P<title>(?:nguyên |quyền )?(?:phó )?(?:trưởng )?ban(?: thường trực)?)(?: ban)?"
    r" (?:tổ chức|tuyên giáo|dân vận|nội chính|kinh tế|đối ngoại|tuyên giáo và dân vận|chính sách,? chiến lược)\Z"
)
_CENTRAL_TAIL = re.compile(r" (?:trung ương|tw)(?: đảng)?(?![^\W_])")
# A house that nobody listed, in capitals up to a sign or the next name: "Bí thư Chi bộ | Khu công nghiệp Đồi Sim,".
_CAPITAL = f"[{UPPER}][\\w&.-]*"
_IN_HOUSE = r"\d+|và|nghiệp|công nghiệp|chế xuất|xuất|cơ sở|doanh|tế|viện|vực|phố"
_UNKNOWN_HOUSE = re.compile(f" (?:của |tại )?{_CAPITAL}(?: (?:{_CAPITAL}|{_IN_HOUSE})){{0,9}}(?=[,;]|\\Z)")
_ALONE = re.compile(r" ?[,.;:()–\n-]| (?:và|thay)(?![^\W_])")
_ACRONYM_HOUSE = re.compile(r" (?:của |tại )?[A-ZĐ&]{2,}(?= ?\Z)")
_UNION_GAP = re.compile(
    r" ?(?:của |tại )?(?:công đoàn|cđ|cđcs|công đoàn cơ sở|cđ cơ sở)(?P<office> cơ quan)?"
    r"(?: \([^()]{1,6}\)| trực thuộc| của)? \Z"
)
_UNION_NAME = re.compile(r"(?:tổng )?(?:công đoàn|liên đoàn)(?![^\W_])")
_PLACED = re.compile(f" (?:xã|phường|thị trấn|khối|khu|huyện|quận|thị xã|thành phố|tỉnh) [{UPPER}\\d]")
_LEFTOVER = re.compile(r" [A-ZĐ]{2,6}(?=[,;.)])")
_COMMITTEE = re.compile(r" (?:ủy ban (?!kiểm tra)|hội đồng dân tộc).*\Z")
_UNKNOWN = "(a house that nobody knows)"
_BARE_TITLE = 3  # words: "phó vụ trưởng"; a longer one names its department


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
        _attach(form, text, post, organizations, starts, limit)
        _central(form, post)
        _assembly_committee(post, organizations)
        post.after = _after(form, text, post, limit)
        if post.organization is None and (not post.generic or post.generic == _UNKNOWN):
            _house(form, text, post, organizations, limit)
        found.append(post)
    return found


def _attach(form: str, text: str, post: Post, organizations: list[Organization], starts: list[int], limit: int) -> None:
    k = bisect_left(starts, post.end)
    aside = _ACRONYM_ASIDE.match(form, post.end, limit)
    if aside and not (k < len(starts) and starts[k] < aside.end()):
        post.end = aside.end()
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
            phrase = form[candidate.start : candidate.end]
            if phrase in generics() and generics()[phrase].kind == "union of company":
                post.generic = phrase
            _in_host(text, form, post, organizations, k, limit)
            return
        if candidate.start < limit and (union := _union_of(gap, candidate, organizations)):
            post.organization, post.end = union, candidate.end
            return
    match = generic_pattern().match(form, post.end, limit)
    if match and not match[0].startswith(",") and _stands_alone(form, text, match, limit):
        post.generic, post.end = match["phrase"], match.end()


def _in_host(text: str, form: str, post: Post, organizations: list[Organization], k: int, limit: int) -> None:
    """ "Phó Vụ trưởng | Vụ Pháp chế, Bộ Y tế": the department belongs to the title, the ministry is the house."""
    inner = organizations[k]
    if k + 1 == len(organizations) or not names_of("inner body").match(form_of(inner.name)):
        return
    host = organizations[k + 1]
    if host.start < limit and _TO_HOST.fullmatch(form, inner.end, host.start):
        post.role = " ".join(f"{post.role} {text[inner.start : inner.end]}".split())
        post.organization, post.end = host, host.end


def _union_of(gap: str, owner: Organization, organizations: list[Organization]) -> Organization | None:
    """ "Chủ tịch công đoàn | Sawaco": the union named after an organization that stands for itself."""
    match = _UNION_GAP.match(gap)
    if not match or (_UNION_NAME.match(form_of(owner.name)) and not match["office"]):
        return None
    kind = "cơ quan " if match["office"] else "cơ sở " if "cs" in gap or "cơ sở" in gap else ""
    name = f"Công đoàn {kind}{owner.name}"
    same = next((known for known in organizations if form_of(known.name) == form_of(name)), None)
    return same or Organization(owner.start, owner.end, name, None, "union")


def _house(form: str, text: str, post: Post, organizations: list[Organization], limit: int) -> None:
    """Where no organization was read, the name that the text gives."""
    if post.role_id in role_class("houseless") or post.role.endswith((" huyện", " tỉnh", " xã", " phường", " quận")):
        return
    role = form_of(post.role)
    if (led := title_named(role)) and (
        named := post_houses.house_of_title(form, text, post.end - len(role) + len(led[0]), limit, led[1])
    ):
        # "Viện trưởng | Nghiên cứu …": the title's own word begins the name.
        post.role = post.role[: len(led[0])]
        _set_house(post, *named, organizations)
        return
    named = None
    party = title_house(role, "party house") if _PLACED.match(text, post.end) else None
    if own := title_house(role) or party:
        # "Giám đốc Chi nhánh | Cấp nước Chợ Lớn": the title's last word begins the name.
        named = post_houses.named_house(form, text, post.end - len(own) - 1, limit)
        if named and named[0] > post.end and text[post.end - len(own) - 1] == " ":
            # "Trưởng | Ban Quản lý …" stays a "Trưởng Ban".
            kept = len("ban") + 1 if own.startswith("ban ") else 0
            post.role = post.role[: len(post.role) - len(own) - 1 + kept]
            role = form_of(post.role)
        else:
            named = None
    named = named or post_houses.named_house(form, text, post.end, limit)
    if named is None:
        return
    end, name = named[0], post_houses.in_city(named[1], organizations)
    if role.endswith(" ban quản lý"):
        name, post.role = f"Ban Quản lý {name}", post.role[: -len(" quản lý")]
    elif role.endswith((" ban", "trưởng ban")) and not name.startswith("Ban"):
        name = f"Ban {name}"
    _set_house(post, end, name, organizations)


def _set_house(post: Post, end: int, name: str, organizations: list[Organization]) -> None:
    post.organization = post_houses.known_house(name, organizations) or Organization(post.end, end, name)
    post.generic, post.end, post.after = None, end, max(post.after, end)


def _stands_alone(form: str, text: str, generic: re.Match[str], limit: int) -> bool:
    """ "Chủ tịch Công đoàn, ": before more words, "công đoàn" begins a name that nobody knows; "hội Mỹ thuật", "bộ
    phận" are no generics either."""
    end = generic.end()
    if end >= limit - 1 or _ALONE.match(form, end) or closes(form, text, end, limit):
        return True
    if generics()[generic["phrase"]].kind == "main union":
        return False
    following = text[end + 1 : end + 2]
    if following.islower() and post_houses.named_house(form, text, generic.start(), limit):
        return False
    return not following.isupper() and not following.isdigit() and generic["phrase"] != "bộ"


def _leads_to(post: Post, gap: str, form: str, organization: Organization) -> bool:
    # "Phó Chủ tịch Tổng Tổng Liên đoàn …": a doubled word is a slip of the pen.
    if gap == " (" and form[organization.end : organization.end + 1] == ")":
        return True
    if _ADJACENT.match(gap) or (gap.strip() and gap.strip() == form[organization.start :].split(" ", 1)[0]):
        return True
    # "Trưởng ban Ban Chính sách …, Công đoàn Viên chức Việt Nam": a department's leader names the house after a sign.
    if _IN_PARENTHESES.match(gap) and form[organization.end : organization.end + 1] == ")":
        return True
    names_department = (
        _names_unit(post)
        or post.role_id in ("head", "deputy_head", "standing_member")
        or (post.role_id in ("director", "deputy_director") and len(post.role.split()) > _BARE_TITLE)
    )
    return names_department and bool(_TO_ORGANIZATION.match(gap))


def _names_unit(post: Post) -> bool:
    """ "Tổ trưởng tổ cơ khí": longer than any listed title, so that it names what is led."""
    return post.role_id in role_class("unit", "manager") and form_of(post.role) not in titles.titles()


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


def _assembly_committee(post: Post, organizations: list[Organization]) -> None:
    """ "Phó Chủ nhiệm Ủy ban Pháp luật": the National Assembly's committee is the house."""
    match = _COMMITTEE.search(form_of(post.role)) if post.organization is None and post.kind == "state" else None
    if match is None or post.generic:
        return
    name = canonical(post.role[match.start() + 1 :])
    known = post_houses.known_house(name, organizations)
    post.role = post.role[: match.start()]
    post.organization = known or Organization(post.start, post.end, name)


def _after(form: str, text: str, post: Post, limit: int) -> int:
    end = post.end
    if post.organization and (leftover := _LEFTOVER.match(text, end, limit)):
        end = leftover.end()
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
        post.status = role_links.suffixes().get(match[0].strip(), post.status)
    if post.organization is None and not post.generic:
        house = _UNKNOWN_HOUSE.match(text, end, limit) or _ACRONYM_HOUSE.match(text, end, limit)
        if house:
            end, post.generic = house.end(), _UNKNOWN
    return end
