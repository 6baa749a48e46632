"""Who is who, by the word of people: lines of ``judgements.csv`` as pairs that must, or must not, be one.

What is said to be the same is joined first, and what is said to be different is never joined by a rule. Lines that
contradict each other, if only by way of others, are all left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pipeline.annotations import Line, Problem

Row = dict[str, Any]
T = TypeVar("T", bound=Hashable)


class Groups(Generic[T]):
    """Disjoint sets; the representative of a set is its first member in order of adding. Some never come together."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        self._parents: dict[T, T] = {}
        self._ranks: dict[T, int] = {}
        self._apart: dict[T, set[T]] = {}
        self._marked: dict[T, list[T]] = {}
        for member in members:
            self.add(member)

    def add(self, member: T) -> None:
        """Make a set of its own; nothing where the member is known."""
        if member not in self._parents:
            self._parents[member] = member
            self._ranks[member] = len(self._ranks)

    def find(self, member: T) -> T:
        """The representative of the member's set."""
        parents = self._parents
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member

    def keep_apart(self, one: T, other: T) -> None:
        """Never let the sets of these two be one; they aren't yet."""
        for a, b in ((one, other), (other, one)):
            self._apart.setdefault(a, set()).add(b)
            marked = self._marked.setdefault(self.find(a), [])
            if a not in marked:
                marked.append(a)

    def may_join(self, one: T, other: T) -> bool:
        """Whether nothing keeps the sets of the two apart."""
        a, b = self.find(one), self.find(other)
        if a not in self._marked or b not in self._marked:
            return True
        return not any(self.find(far) == b for member in self._marked[a] for far in self._apart[member])

    def join(self, one: T, other: T) -> bool:
        """Make one set of the two; False where something keeps them apart."""
        if not self.may_join(one, other):
            return False
        first, second = sorted((self.find(one), self.find(other)), key=self._ranks.__getitem__)
        if first != second:
            self._parents[second] = first
            if second in self._marked:
                self._marked.setdefault(first, []).extend(self._marked.pop(second))
        return True


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """What a line names, as members of what is grouped."""

    one: T
    other: T
    line: Line


@dataclass(frozen=True, slots=True)
class Settled(Generic[T]):
    """The pairs of a kind that can all hold."""

    same: tuple[Pair[T], ...] = ()
    different: tuple[Pair[T], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.same or self.different)

    def apply(self, groups: Groups[T]) -> None:
        """Join and keep apart; the members are in groups of one."""
        for pair in self.same:
            groups.join(pair.one, pair.other)
        for pair in self.different:
            groups.keep_apart(pair.one, pair.other)


@dataclass(slots=True)
class Judgements:
    """All lines; ``applied`` (rows for ``judgements``) and ``problems`` fill while they are used."""

    lines: tuple[Line, ...] = ()
    applied: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, kind: str) -> tuple[Line, ...]:
        """The lines about organizations, persons or events."""
        return tuple(line for line in self.lines if line["kind"] == kind)

    def settle(self, lines: Iterable[Line], find: Callable[[str], T | None]) -> Settled[T]:
        """The lines whose names ``find`` knows and that contradict none of the others; the rest are problems."""
        pairs: list[Pair[T]] = []
        for line in lines:
            one, other = find(line["one"]), find(line["other"])
            if one is None or other is None:
                self._unknown(line, line["one"] if one is None else line["other"])
            elif one == other and line["one"] == line["other"]:
                self.problems.append(Problem(line.source, "bad_value", f"one and other are both {line['one']!r}"))
            else:
                pairs.append(Pair(one, other, line))
        same = [pair for pair in pairs if pair.line["verdict"] == "same"]
        different = [pair for pair in pairs if pair.line["verdict"] == "different"]
        groups = Groups(member for pair in pairs for member in (pair.one, pair.other))
        for pair in same:
            groups.join(pair.one, pair.other)
        against: dict[T, list[Pair[T]]] = defaultdict(list)
        for pair in different:
            if groups.find(pair.one) == groups.find(pair.other):
                against[groups.find(pair.one)].append(pair)
        for root, contested in against.items():
            said = [pair for pair in same if groups.find(pair.one) == root]
            self._contradiction(said, contested)
        return Settled(
            tuple(pair for pair in same if groups.find(pair.one) not in against),
            tuple(pair for pair in different if groups.find(pair.one) != groups.find(pair.other)),
        )

    def note(self, line: Line, one_id: str, other_id: str, was_one: bool) -> None:
        """The line holds; ``was_one``: without it the two would be one."""
        same = line["verdict"] == "same"
        effect = "already_so" if was_one == same else "merged" if same else "split"
        names = {name: line[name] for name in ("kind", "verdict", "one", "other")}
        ids = {"one_id": one_id, "other_id": other_id, "effect": effect}
        self.applied.append({**names, **ids, **line.said})

    def _unknown(self, line: Line, name: str) -> None:
        if not line.shipped:
            message = (
                f"no {line['kind']} of this dataset is {name!r}: it is no longer found, its article is not among the "
                "inputs, or the id is mistyped"
            )
            self.problems.append(Problem(line.source, "unknown_id", message))

    def _contradiction(self, same: list[Pair[T]], different: list[Pair[T]]) -> None:
        if not same:
            for pair in different:
                message = (
                    f"{pair.line['one']!r} and {pair.line['other']!r} name one thing; give rows or names that differ"
                )
                self.problems.append(Problem(pair.line.source, "contradiction", message))
            return
        yes, no = (", ".join(pair.line.source for pair in pairs) for pairs in (same, different))
        message = f"the same by {yes}, different by {no}: none of these lines is applied"
        for pair in (*same, *different):
            self.problems.append(Problem(pair.line.source, "contradiction", message))
