"""Who held a post before: "được bầu làm Chủ tịch … thay ông B", "kế nhiệm bà C", "Người tiền nhiệm của ông A là ông B".

Reads match forms; the verbs are rows of ``lexicons/role_links.csv`` (part ``replaces``).
"""

from __future__ import annotations

import re
from bisect import bisect_right

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
    told = _Told(bindings)
    found = []
    for i, person in enumerate(persons):
        successor = persons[i - 1] if i else None
        if replaced(form, person):
            binding = told.right_before(form, person) or (
                told.newest_of(successor, person.start)
                if successor and not _BREAK.search(form, successor.end, person.start)
                else None
            )
        elif successor and _PREDECESSOR.search(form, max(0, successor.start - _REACH), successor.start):
            is_named = _IS.match(form[successor.end : person.start])
            binding = told.newest_of(successor, person.start) if is_named else None
        else:
            continue
        if binding and binding.person.name != person.name:
            found.append(Binding(binding.post, person, "former"))
    return found


class _Told:
    """Bindings by where their posts end, and those to new posts by their holder's name."""

    def __init__(self, bindings: list[Binding]) -> None:
        self._bindings = sorted(bindings, key=lambda binding: binding.post.after)
        self._ends = [binding.post.after for binding in self._bindings]
        self._new: dict[str, list[Binding]] = {}
        for binding in self._bindings:
            if binding.status in ("elected", "appointed", "acting"):
                self._new.setdefault(binding.person.name, []).append(binding)

    def right_before(self, form: str, person: Person) -> Binding | None:
        """The last post before the person in the same sentence."""
        i = bisect_right(self._ends, person.start) - 1
        if i < 0 or person.start - self._ends[i] > _POST_REACH:
            return None
        last = self._bindings[i]
        if last.person.start > last.post.after or _BREAK.search(form, last.post.after, person.start):
            return None
        return last

    def newest_of(self, successor: Person, before: int) -> Binding | None:
        """The last post that the successor was elected or appointed to."""
        new = self._new.get(successor.name, [])
        i = bisect_right(new, before, key=lambda binding: binding.post.after)
        return new[i - 1] if i else None
