"""spaCy component ``congdoan_officials``: writes ``doc.spans["officials"]``.

One span a (person, role, organization), from the one's first character to the other's last. Posts are read off the
roles and the organizations after them, joined to chains ("Phó Tổng Giám đốc, Chủ tịch Công đoàn …"), and bound to the
person beside the chain: tightly to the one right after it, else to the one before it, else to the one after a sign.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import post_years, role_links
from pipeline.normalize.person_names import form_of, historical
from pipeline.normalize.post_binding import bind
from pipeline.normalize.post_context import around, goes_on_list, is_over
from pipeline.normalize.post_organizations import Directory, Organization
from pipeline.normalize.post_reading import posts_of
from pipeline.normalize.post_sharing import fill_organizations
from pipeline.normalize.posts import Binding, Person, Post, chains
from pipeline.values import OfficialValue, OrganizationValue, PersonValue

_WHY_REACH = 60  # characters behind a post in which its end is explained


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
        directory = Directory(organizations)
        fill_organizations(form, found, directory, persons)
        bindings = bind(form, found, persons)
        doc.spans["officials"] = [
            document.annotate(doc, start, end, label="OFFICIAL", rule=rule, value=value)
            for start, end, rule, value in _facts(form, bindings, partial(_dates, doc), directory)
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


def _dates(doc: Doc) -> list[post_years.Dated]:
    return [
        (span.start_char, span.end_char, span._.value)
        for span in doc.spans.get("dates", ())
        if span._.value is not None and span._.value.date_from is not None
    ]


# --- facts ----------------------------------------------------------------------------------------------------------


def _facts(
    form: str, bindings: list[Binding], dates: Callable[[], list[post_years.Dated]], directory: Directory
) -> list[tuple[int, int, str, OfficialValue]]:
    """Spans and values; what the article states elsewhere fills what a mention leaves out."""
    known: dict[tuple[str, str], dict[tuple[str, str], Post]] = {}
    for binding in bindings:
        post = binding.post
        if post.organization:
            same = known.setdefault((binding.person.name, _family(post)), {})
            same.setdefault((form_of(post.role), post.organization.name), post)
    _fill_around(form, bindings, known, directory)
    facts = []
    for binding in sorted(bindings, key=lambda b: (min(b.post.start, b.person.start), b.post.start)):
        post, person = binding.post, binding.person
        stated = list(known.get((person.name, _family(post)), {}).values())
        organization, role = _as_stated(post, stated)
        if organization is None and form_of(role) in ("đại biểu", "đb"):
            organization = directory.named("quốc hội")
            if organization is None:
                continue  # who sits at a congress holds no post by it
        status = binding.status if binding.status != "current" else post.status
        told = max(post.after, person.end)
        if status == "former" and role_links.retires(form[told : told + _WHY_REACH]):
            status = "retired"
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


def _fill_around(
    form: str, bindings: list[Binding], known: dict[tuple[str, str], dict[tuple[str, str], Post]], directory: Directory
) -> None:
    """Give a post that is stated nowhere with a house the one that the words before leave open."""
    last: Post | None = None
    for binding in sorted(bindings, key=lambda b: b.post.start):
        before, last = last, binding.post
        post = binding.post
        same = known.setdefault((binding.person.name, _family(post)), {})
        if post.organization or post.generic or _as_stated(post, list(same.values()))[0]:
            continue
        before_name = post.after < binding.person.start
        if before and before.organization and goes_on_list(form, before, binding):
            post.organization = before.organization
            same.setdefault((form_of(post.role), post.organization.name), post)
            continue
        if before_name or is_over(form, post):
            post.organization = around(form, post, directory, before_name=before_name)
        if post.organization:
            same.setdefault((form_of(post.role), post.organization.name), post)


def _family(post: Post) -> str:
    """One for the standing deputy and the deputy: the shorter title names the same post."""
    return post.role_id.removeprefix("standing_")


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
    if one.org_id and other.org_id:
        return one.org_id == other.org_id
    a, b = form_of(one.name), form_of(other.name)
    return a == b or a.startswith(f"{b} ") or b.startswith(f"{a} ")
