"""The house of a post told without one, where what was said before leaves one choice: "Giám đốc Lò Văn Páo".

A manager's is the one employer that the article names, else the only one of the sentences before; a chair's the only
union or body of the sentences before. Where two could be meant nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.normalize import role_links
from pipeline.normalize.person_names import form_of
from pipeline.normalize.post_organizations import Directory, Organization
from pipeline.normalize.post_words import closes, house_words, names_of, role_class
from pipeline.normalize.posts import Binding, Post

_REACH = 260
_NEAR = 24  # mentions
_OVER = re.compile(r" ?(?:[,;:.()\n”\"–]|-(?!\w)|\Z)")
_LINE = re.compile(r"\n")
_NO_DEPARTMENT = ("international", "bloc", "press", "party")
_CHAIRED = ("union_central", "union_sector", "union_province", "union_district", "union_corporate", "union_grassroots")


def around(form: str, post: Post, known: Directory, *, before_name: bool) -> Organization | None:
    """The organization of a post that its own words leave out; None where none or several could be meant."""
    of_employer = post.role_id in role_class("manager", "board", "unit") and post.kind != "state"
    if of_employer and form_of(post.role) not in house_words("no-employer"):
        one = known.one_employer()
        if one and one.start < post.start:
            return one
        near = _only(known, form, post, lambda o: known.employer(o) is not None)
        return known.employer(near) if near else None
    if post.role_id in role_class("army"):
        before = known.last_before(post.start, _NEAR)
        return next((o for o in before if names_of("army").match(form_of(o.name))), None)
    if not before_name:
        return None  # "anh A làm Chủ tịch": of a house that is being founded, or of another one
    if post.role_id in role_class("chair") and post.kind == "union":
        return _only(known, form, post, lambda o: _is_chaired(form, o))
    if post.role_id in role_class("department"):
        # Of a department nothing says what kind of house it is in.
        return _only(known, form, post, lambda o: o.org_type not in _NO_DEPARTMENT)
    return None


def goes_on_list(form: str, before: Post, binding: Binding) -> bool:
    """Whether a list goes on in which each name has its posts in parentheses: "A (tổng giám đốc), B (giám đốc)"."""
    post, person = binding.post, binding.person
    if not all(_of_house(one) for one in (post, before)) or post.start < person.end:
        return False
    own = before.start > person.end and role_links.joins_posts(form[before.after : post.start])
    gap = form[before.after : person.start]
    listed = gap.startswith(")") and role_links.joins_persons(gap[1:])
    return own or (listed and form[person.end : post.start] == " (")


def _of_house(post: Post) -> bool:
    return post.role_id in role_class("manager", "board", "department", "unit") or post.kind == "school"


def is_over(form: str, post: Post) -> bool:
    """Whether a sign or a verb ends the post: after "Giám đốc | câu lạc bộ" its house is still to come."""
    return bool(_OVER.match(form, post.after)) or closes(form, form, post.after, len(form))


def _only(known: Directory, form: str, post: Post, fits: Callable[[Organization], bool]) -> Organization | None:
    """The one that fits among those ending a little before the post: in its line or the one before."""
    begin = max(0, post.start - _REACH)
    lines = [match.start() for match in _LINE.finditer(form, begin, post.start)]
    begin = lines[-2] if len(lines) > 1 else begin
    near = [o for o in known.last_before(post.start, _NEAR) if begin <= o.start and fits(o)]
    return near[0] if len({o.org_id or o.name for o in near}) == 1 else None


def _is_chaired(form: str, organization: Organization) -> bool:
    return organization.org_type in _CHAIRED or bool(names_of("chaired").match(form, organization.start))
