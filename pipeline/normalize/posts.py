"""Posts, and chains of posts that stand with one another in a text."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from pipeline.normalize import role_links
from pipeline.normalize.post_organizations import Organization

_PLURAL_REACH = 24
_LONGEST_CHAIN = 12


@dataclass(slots=True)
class Person:
    """A mention of a person, with the offsets of the name."""

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
        """Offset of the first post's title."""
        return self.posts[0].start

    @property
    def end(self) -> int:
        """Offset behind the last post, its organization and asides."""
        return self.posts[-1].after


@dataclass(frozen=True, slots=True)
class Binding:
    """A post and who holds it; ``status`` as in OfficialValue."""

    post: Post
    person: Person
    status: str


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
            and role_links.joins_posts(gap := form[last.end : post.start])
            and (post.organization or "(" not in gap)
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
