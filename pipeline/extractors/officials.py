"""spaCy component ``congdoan_officials``: writes ``doc.spans["officials"]``.

One span a (person, role, organization), from the one's first character to the other's last. Posts are read off the
roles and the organizations after them, joined to chains ("Phó Tổng Giám đốc, Chủ tịch Công đoàn …"), and bound to the
person beside the chain: tightly to the one right after it, else to the one before it, else to the one after a sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import post_years, pronouns, role_links
from pipeline.normalize.person_names import form_of, historical
from pipeline.normalize.post_organizations import Directory, Organization
from pipeline.normalize.post_sharing import fill_organizations
from pipeline.normalize.posts import Binding, Chain, Person, Post, chains, posts_of
from pipeline.values import OfficialValue, OrganizationValue, PersonValue

_LOOK_BACK = 60
_PRONOUN_REACH = 700
_PRONOUN_PERSONS = 5


class Officials:
    """Reads ``doc.spans`` roles, organizations and persons; label OFFICIAL, value an OfficialValue."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        form = document.match_form(doc)
        persons = _persons(doc)
        organizations = _organizations(doc)
        posts = posts_of(form, document.text_of(doc), doc.spans.get("roles", ()), organizations, persons)
        found = chains(form, posts, persons)
        fill_organizations(form, found, Directory(organizations), persons)
        bindings = _bind(form, found, persons)
        doc.spans["officials"] = [
            document.annotate(doc, start, end, label="OFFICIAL", rule=rule, value=value)
            for start, end, rule, value in _facts(form, bindings, partial(_dates, doc), _parliament(organizations))
        ]
        return doc


def _persons(doc: Doc) -> list[Person]:
    posts_allowed = historical()
    found = []
    for span in doc.spans.get("persons", ()):
        value: PersonValue = span._.value
        if posts_allowed.get(form_of(value.name), True):
            found.append(Person(span.start_char, span.end_char, value.name, value.honorific))
    return sorted(found, key=lambda person: person.start)


def _organizations(doc: Doc) -> list[Organization]:
    found = []
    for span in doc.spans.get("organizations", ()):
        value: OrganizationValue | None = span._.value
        if value is not None:
            found.append(Organization(span.start_char, span.end_char, value.name, value.org_id, value.org_type))
    return sorted(found, key=lambda organization: organization.start)


def _parliament(organizations: list[Organization]) -> Organization | None:
    return next((o for o in organizations if form_of(o.name) == "quốc hội"), None)


def _dates(doc: Doc) -> list[post_years.Dated]:
    return [
        (span.start_char, span.end_char, span._.value)
        for span in doc.spans.get("dates", ())
        if span._.value is not None and span._.value.date_from is not None
    ]


# --- binding --------------------------------------------------------------------------------------------------------


def _bind(form: str, found: list[Chain], persons: list[Person]) -> list[Binding]:
    bindings: list[Binding] = []
    last: Binding | None = None
    for chain in found:
        bound = _bind_chain(form, chain, persons, last)
        bindings += bound
        last = bound[-1] if bound else last
    return bindings


def _bind_chain(form: str, chain: Chain, persons: list[Person], last: Binding | None) -> list[Binding]:
    right = _to_the_right(form, chain, persons)
    left = _to_the_left(form, chain, persons, last)
    if right and right[0] == "tight" and left and len(chain.posts) > 1:
        # "ông A, Giám đốc …, Chủ tịch … B": the last post is B's, the ones before it A's.
        *own, others = chain.posts
        return [
            *_spread(form, replace(chain, posts=own), left),
            *_spread(form, replace(chain, posts=[others]), right[1]),
        ]
    if right and (right[0] in ("tight", "list") or not left):
        return _spread(form, chain, right[1])
    return _spread(form, chain, left) if left else []


def _spread(form: str, chain: Chain, holders: list[tuple[Person, str]]) -> list[Binding]:
    return [Binding(post, person, status) for person, status in holders for post in chain.posts]


def _to_the_right(form: str, chain: Chain, persons: list[Person]) -> tuple[str, list[tuple[Person, str]]] | None:
    following = chain.next_person
    if following is None:
        return None
    link = role_links.before_person(form[chain.end : persons[following].start])
    if link is None or (link == "loose" and persons[following].has_posts):
        return None
    if link == "list" and persons[following].has_posts and not chain.plural:
        # "gồm: A, Chủ tịch X": a list in which each has a post of his own.
        gap = form[chain.end : persons[following].start]
        if " là " not in f" {gap} ":
            return None
    holders = [persons[following]]
    if chain.plural or link == "list":
        for person in persons[following + 1 :]:
            if person.has_posts and not chain.plural:
                break
            if not role_links.joins_persons(form[holders[-1].end : person.start]):
                break
            holders.append(person)
    return link, [(person, "current") for person in holders]


def _to_the_left(
    form: str, chain: Chain, persons: list[Person], last: Binding | None
) -> list[tuple[Person, str]] | None:
    if chain.previous_person is None:
        return None
    person = persons[chain.previous_person]
    if last is not None and last.person is person and last.post.end > person.end:
        # The chain goes on about the person of the one before it: "…, Chủ tịch X, được bầu giữ chức …".
        gap = form[last.post.after : chain.start]
        status = role_links.goes_on(gap)
        return [(person, _decided(form, person, gap, status))] if status else _by_pronoun(form, chain, persons)
    status = role_links.after_person(form[person.end : chain.start])
    if status is None:
        return _by_pronoun(form, chain, persons)
    holders = [(person, _decided(form, person, form[person.end : chain.start], status))]
    status = holders[0][1]
    if chain.plural:
        for other in reversed(persons[: chain.previous_person]):
            if other.has_posts or not role_links.joins_persons(form[other.end : holders[-1][0].start]):
                break
            holders.append((other, status))
    return holders


def _decided(form: str, person: Person, gap: str, status: str) -> str:
    """ "bổ nhiệm ông A, Phó Chánh Văn phòng, giữ chức …": the verb before the person gives the new post its status."""
    if status != "current" or not ("chức" in gap or "làm" in gap or "giữ" in gap):
        return status
    return role_links.decided(form[max(0, person.start - _LOOK_BACK) : person.start]) or status


def _by_pronoun(form: str, chain: Chain, persons: list[Person]) -> list[tuple[Person, str]] | None:
    """ "Ông từng giữ các chức vụ: …": of the last person so addressed, else the last who may be."""
    told = pronouns.subject(form, chain.start)
    if told is None or chain.previous_person is None:
        return None
    pronoun, status = told
    last = chain.previous_person
    near = [p for p in persons[max(0, last - _PRONOUN_PERSONS + 1) : last + 1] if chain.start - p.end < _PRONOUN_REACH]
    meant = [p for p in reversed(near) if pronouns.may_mean(pronoun, p.honorific)]
    same = [p for p in meant if p.honorific == pronoun]
    return [(person, status) for person in (same or meant)[:1]] or None


# --- facts ----------------------------------------------------------------------------------------------------------


def _facts(
    form: str, bindings: list[Binding], dates: Callable[[], list[post_years.Dated]], parliament: Organization | None
) -> list[tuple[int, int, str, OfficialValue]]:
    """Spans and values; what the article states elsewhere fills what a mention leaves out."""
    known: dict[tuple[str, str], dict[tuple[str, str], Post]] = {}
    for binding in bindings:
        post = binding.post
        if post.organization:
            same = known.setdefault((binding.person.name, post.role_id), {})
            same.setdefault((form_of(post.role), post.organization.name), post)
    facts = []
    for binding in sorted(bindings, key=lambda b: (min(b.post.start, b.person.start), b.post.start)):
        post, person = binding.post, binding.person
        stated = list(known.get((person.name, post.role_id), {}).values())
        organization, role = _as_stated(post, stated)
        if organization is None and form_of(role) == "đại biểu":
            organization = parliament
            if organization is None:
                continue  # who sits at a congress holds no post by it
        status = binding.status if binding.status != "current" else post.status
        stated_from, stated_to = post_years.years(form, post.start, post.end, dates)
        value = OfficialValue(
            person=person.name,
            role=role,
            role_id=post.role_id,
            role_rank=post.rank,
            organization=organization.name if organization else None,
            org_id=organization.org_id if organization else None,
            honorific=person.honorific,
            status=status,
            stated_from=stated_from,
            stated_to=stated_to,
            confidence=1.0 if organization else 0.8,
        )
        rule = f"official.{'person-role' if person.start < post.start else 'role-person'}"
        facts.append((min(post.start, person.start), max(post.end, person.end), rule, value))
    return facts


def _as_stated(post: Post, stated: list[Post]) -> tuple[Organization | None, str]:
    """The organization, and the role in its first spelling, of the same post where the article has it already."""
    if post.organization is None:
        same = next((other for other in stated if _same_title(post.role, other.role)), None)
        return (same.organization, same.role) if same else (None, post.role)
    for other in stated:
        if form_of(other.role) == form_of(post.role) and _same(post.organization, other.organization):
            return other.organization, other.role
    return post.organization, post.role


def _same_title(bare: str, full: str) -> bool:
    """ "Phó Chủ tịch" may be the "Phó Chủ tịch Thường trực" stated before, "TGĐ" the "Tổng Giám đốc"; "Bí thư Đảng
    ủy" is not the "Bí thư" of elsewhere."""
    a, b = form_of(bare), form_of(full)
    return a == b or b.startswith(f"{a} ") or " " not in a or " " not in b


def _same(one: Organization, other: Organization | None) -> bool:
    if other is None:
        return False
    if one.org_id or other.org_id:
        return one.org_id == other.org_id
    a, b = form_of(one.name), form_of(other.name)
    return a == b or a.startswith(f"{b} ") or b.startswith(f"{a} ")
