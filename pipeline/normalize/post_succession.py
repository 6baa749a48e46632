"""Who held a post before: "được bầu làm Chủ tịch … thay ông B", "kế nhiệm bà C", "Người tiền nhiệm của ông A là ông B".

Reads match forms; the verbs are rows of ``lexicons/role_links.csv`` (part ``replaces``).
"""

from __future__ import annotations

import re

from pipeline.normalize import role_links
from pipeline.normalize.posts import Binding, Person

_REACH = 60
_POST_REACH = 120
_BREAK = re.compile(r"[;\n]|[.!?…](?:[”\"])? ")
_PREDECESSOR = re.compile(r"(?<![^\W_])(?:người )?(?:tiền nhiệm)(?: của)? (?:[^\W\d_.]+[.:]? ){0,2}\Z")
_IS = re.compile(r" (?:chính )?là (?:[^\W\d_.]+[.:]? ){0,2}\Z")


def replaced(form: str, person: Person) -> bool:
    """Whether the words before the name say that another comes in this person's place."""
    return role_links.replaces(form[max(0, person.start - _REACH) : person.start])


def predecessors(form: str, bindings: list[Binding], persons: list[Person]) -> list[Binding]:
    """The posts of those replaced, as former ones: the post told right before, else the replacing person's last new
    one."""
    found = []
    for i, person in enumerate(persons):
        successor = persons[i - 1] if i else None
        if replaced(form, person):
            binding = _told_before(form, bindings, person) or (_newest(form, bindings, successor, person))
        elif successor and _PREDECESSOR.search(form, max(0, successor.start - _REACH), successor.start):
            told = _IS.match(form[successor.end : person.start])
            binding = _last_of(bindings, successor, person.start) if told else None
        else:
            continue
        if binding and binding.person.name != person.name:
            found.append(Binding(binding.post, person, "former"))
    return found


def _told_before(form: str, bindings: list[Binding], person: Person) -> Binding | None:
    """The last post before the person in the same sentence."""
    near = [b for b in bindings if b.post.after <= person.start and b.person.end <= person.start]
    last = max(near, key=lambda b: b.post.after, default=None)
    if last is None or person.start - last.post.after > _POST_REACH or last.person.start > last.post.after:
        return None
    return None if _BREAK.search(form, last.post.after, person.start) else last


def _newest(form: str, bindings: list[Binding], successor: Person | None, person: Person) -> Binding | None:
    if successor is None or _BREAK.search(form, successor.end, person.start):
        return None
    return _last_of(bindings, successor, person.start)


def _last_of(bindings: list[Binding], successor: Person, before: int) -> Binding | None:
    """The last post that the successor was elected or appointed to."""
    told = [b for b in bindings if b.person.name == successor.name and b.post.after <= before]
    new = [b for b in told if b.status in ("elected", "appointed", "acting")]
    return max(new, key=lambda b: b.post.start, default=None)
