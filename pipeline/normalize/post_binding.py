"""Whose a chain of posts is: the person's right after it, else the one's before it, else the one's after a sign.

Pure reading of a text's match form, its chains and its persons; the words that link them are rows of
``lexicons/role_links.csv`` (:mod:`pipeline.normalize.role_links`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pipeline.normalize import pronouns, role_links
from pipeline.normalize.post_succession import predecessors, replaced
from pipeline.normalize.posts import Binding, Chain, Person

_LOOK_BACK = 60
_GROUP_REACH = 32
_PRONOUN_REACH = 700
_PRONOUN_PERSONS = 5
_SEVERAL = 2
_BREAK = re.compile(r"[.!?…] |\n")
_NEW_ITEM = re.compile(r", ?(?:cùng )?(?:các|những|nhiều|\d+) \Z")
_SIGNS = (",", "-", "–", "(", ":")


def bind(form: str, found: list[Chain], persons: list[Person]) -> list[Binding]:
    """Who holds the posts of each chain, as the words around it say; ``form`` is the text's match form."""
    bindings: list[Binding] = []
    last: Binding | None = None
    for chain in found:
        bound = _bind_chain(form, chain, persons, last)
        bindings += bound
        last = bound[-1] if bound else last
    return bindings + predecessors(form, bindings, persons)


def _bind_chain(form: str, chain: Chain, persons: list[Person], last: Binding | None) -> list[Binding]:
    right = _to_the_right(form, chain, persons)
    left = _to_the_left(form, chain, persons, last)
    if right and right[0] in ("tight", "list") and left and len(chain.posts) > 1:
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
    gaps = ["", *(form[one.after : other.start] for one, other in pairwise(chain.posts))]
    return [
        Binding(post, person, "current" if status == "former" and any(map(role_links.now, gaps[: i + 1])) else status)
        for person, status in holders
        for i, post in enumerate(chain.posts)
    ]


def _to_the_right(form: str, chain: Chain, persons: list[Person]) -> tuple[str, list[tuple[Person, str]]] | None:
    following = chain.next_person
    if following is None:
        return None
    gap = form[chain.end : persons[following].start]
    if status := role_links.of_person(form[max(0, chain.start - _LOOK_BACK) : chain.start], gap):
        return "tight", [(persons[following], status)]
    link = role_links.before_person(gap)
    if link is None or (link == "loose" and persons[following].has_posts):
        return None
    # "gồm: A, Chủ tịch X": a list in which each has a post of his own.
    if link == "list" and persons[following].has_posts and not chain.plural and " là " not in f" {gap} ":
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
    if not chain.posts[-1].organization and role_links.of_group(form[chain.posts[-1].end : chain.end + _GROUP_REACH]):
        return None
    if last is not None and last.person is person and last.post.end > person.end:
        # The chain goes on about the person of the one before it: "…, Chủ tịch X, được bầu giữ chức …".
        gap = form[last.post.after : chain.start]
        status = role_links.goes_on(gap)
        return [(person, _decided(form, person, gap, status, None))] if status else _by_pronoun(form, chain, persons)
    status = role_links.after_person(form[person.end : chain.start])
    if status is None:
        return _by_pronoun(form, chain, persons)
    if taken := _in_place_of(form, chain, persons, last):
        return taken
    gap = form[person.end : chain.start]
    holders = [(person, _decided(form, person, gap, status, last))]
    status = holders[0][1]
    i = chain.previous_person
    pair = i > 0 and role_links.and_another(form[persons[i - 1].end : person.start])
    if chain.plural and not pair and _NEW_ITEM.search(gap):
        return None  # "bà A, bà B, các chủ tịch công đoàn": the list goes on, it tells nothing of them
    together = pair and role_links.of_several(gap)
    if chain.plural or together:
        for other in (persons[j] for j in range(i - 1, -1, -1)):
            if other.has_posts or not role_links.joins_persons(form[other.end : holders[-1][0].start]):
                break
            holders.append((other, status))
        if chain.plural and len(holders) < _SEVERAL:
            return None
    return holders


def _in_place_of(
    form: str, chain: Chain, persons: list[Person], last: Binding | None
) -> list[tuple[Person, str]] | None:
    """ "Ông A thay ông B làm Chủ tịch …": A's post now, B's before. Where A's new post was told already ("A giữ chức X,
    thay ông B về làm Y") and in a clause about B, the post is B's own."""
    i = chain.previous_person
    if not i or not replaced(form, persons[i]):
        return None
    gap = form[persons[i].end : chain.start]
    verb = role_links.goes_on(gap)
    told_already = last is not None and last.person is persons[i - 1] and last.post.start > last.person.start
    if verb is None or told_already or gap.lstrip()[:1] in _SIGNS:
        return None
    told = role_links.decided(form[max(0, persons[i - 1].start - _LOOK_BACK) : persons[i - 1].start])
    return [(persons[i - 1], told or ("appointed" if verb == "current" else verb)), (persons[i], "former")]


def _decided(form: str, person: Person, gap: str, status: str, last: Binding | None) -> str:
    """ "bổ nhiệm ông A, Phó Chánh Văn phòng, giữ chức …": the verb before the person gives the new post its status, so
    does the one before the last person of the sentence: "bầu ông A giữ chức …, ông B giữ chức …"."""
    if status != "current" or not ("chức" in gap or "làm" in gap or "giữ" in gap):
        return status
    if told := role_links.decided(form[max(0, person.start - _LOOK_BACK) : person.start]):
        return told
    near = last is not None and 0 < person.start - last.post.after < _LOOK_BACK
    if last and near and last.status in ("elected", "appointed") and "giữ" in gap:
        return status if _BREAK.search(form, last.post.after, person.start) else last.status
    return status


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
