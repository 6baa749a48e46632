"""One name for one organization: shorter names of an article take the fuller one that alone contains them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline import gazetteers
from pipeline.linking import Mention, refer
from pipeline.normalize.names import name_key

_RANK = {"official": 0, "variant": 2, "": 3, "former": 4, "short": 8, "acronym": 9, "past": 10}
_LEGAL = re.compile(
    r"\b(?:tnhh|mtv|cổ phần|cp|trách nhiệm hữu hạn|một thành viên|thương mại|dịch vụ|sản xuất"
    r"|xuất nhập khẩu|ctcp|công ty cổ phần)\b"
)
_MERGING = frozenset(("công", "tổng", "tập", "đại", "trường", "xí", "nhà", "ngân", "hải"))
# Bodies whose shorter name is the fuller one's beginning: "Sở Y tế" of "Sở Y tế Đồng Nai".
_BEGINNING = frozenset(
    ("sở", "ủy", "cục", "chi", "phòng", "trung", "bệnh", "viện", "ban", "nghiệp", "học", "đài", "bộ", "khách")
)


def _plain(name: str) -> tuple[str, ...]:
    key = _LEGAL.sub(" ", name_key(name))
    key = key.replace("công đoàn cơ sở", "công đoàn").replace("trường đại học", "đại học")
    return tuple(key.split())


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


def merge_shorter(mentions: list[Mention]) -> list[Mention]:
    """ "Công ty Aleron" is "Công ty TNHH giày Aleron Việt Nam" where the article names no other that it could be."""
    names: dict[str, tuple[str, ...]] = {}
    for mention in mentions:
        if mention.kind not in ("short", "acronym"):
            names.setdefault(mention.name, _plain(mention.name))
    containing: dict[str, list[str]] = {}
    for name, words in names.items():
        for word in set(words):
            containing.setdefault(word, []).append(name)
    merged: dict[str, str] = {}
    for name, words in names.items():
        if len(words) < 3 or words[0] not in _MERGING | _BEGINNING:
            continue
        rarest = min((containing[word] for word in words), key=len)
        longer = [other for other in rarest if other != name and _fits(words, names[other], name, other)]
        if longer and len({names[other] for other in longer}) == 1:
            merged[name] = longer[0]
    out = []
    by_name = {mention.name: mention for mention in mentions if mention.kind not in ("short", "acronym")}
    for mention in mentions:
        target = by_name.get(merged.get(mention.name, ""))
        if target is None or mention.org_id:  # a known one is itself, by whatever name
            out.append(mention)
        else:
            out.append(refer(mention, target, 0.85))
    return out


def _fits(words: tuple[str, ...], more: tuple[str, ...], name: str, other: str) -> bool:
    if words == more:
        return len(name) < len(other)
    if gazetteers.find_places(" ".join(words).removeprefix("tổng ").removeprefix("công ty ")):
        return False  # "Công ty Sài Gòn" is what the legal words leave of many
    if words[0] in _BEGINNING:
        return len(words) < len(more) and more[: len(words)] == words
    union = words[:2] == ("công", "đoàn")
    if union != (more[:2] == ("công", "đoàn")) or (
        union and words[2:3] not in (("công",), ("tổng",), ("đại",), ("trường",))
    ):
        return False
    return len(words) < len(more) and words[:1] in (more[:1], more[1:2]) and _within(words, more)


def named_alike(mentions: list[Mention]) -> list[Mention]:
    """Every mention of an organization gets the article's best form of its name: the registry's, else the longest."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.get(mention.key)
        if known is None or (_RANK[mention.kind], -len(mention.name)) < (_RANK[known.kind], -len(known.name)):
            best[mention.key] = mention
    names = ((mention, best[mention.key].name) for mention in mentions)
    return [mention if mention.name == name else replace(mention, name=name) for mention, name in names]
