"""The author's name behind an article: a line of its own, or glued behind the last stop."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.furniture import Line, ends_role, exact_of, has_role, is_paragraph, starts_role

_SPLIT = re.compile(r"\s*[-–,;&]\s*|\s+(?:và|&)\s+")
_TOKEN = re.compile(r"[^\W\d_]+")
_INITIAL = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]*\.?\Z")
_AGENCY = re.compile(r" ?\((?:[A-ZĐ]{2,8}(?:/[\w+.]{2,20})?|(?:Báo|Đài|Tạp chí) [^()]{2,30})\)\Z")
_SIGNED_FOR = re.compile(r"(?P<name>[^–(]{3,40}?) ?(?: [-–] |\()(?P<body>[^()]{3,60})\)?\Z")
_PHOTO_LABEL = re.compile(r"(?<=[;,–-] )(?:ảnh|tin|bài|clip|video)\s*:\s*", re.IGNORECASE)
_MAX_CREDIT = 60
_MAX_WORDS = 5
_AFTER_LENGTH = 200
_PARAGRAPH_MIN = 80
_GLUED_WORDS = 3
# Behind a stop that ends a sentence: a lower-case syllable, a digit, a closing sign or a long acronym stands before it.
_GLUED = re.compile(
    r"(?:(?<=[^\W\d_][^\W\d_])|(?<=[\d)\]\"”’]))(?:[.!?…]+[\"”)]?|[\"”](?![.!?…]))(?P<gap> ?)(?=[^\s.!?…])"
)


def parse_credit(text: str, *, glued: bool = False) -> str | None:
    """The byline of a line that credits an author ("Tin - ảnh: P. Oanh" → "P. Oanh"), None for any other line.

    What was done ("tổng hợp", "thực hiện") is dropped, a source behind the name ("Quang Bách VOV") stays.
    """
    if len(text) > _MAX_CREDIT:
        return None
    text = text.strip(" ~*")
    enclosed = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    if enclosed:
        text = text[1:-1].strip()
    if has_role("credit_outlet", text):
        return text
    if has_role("credit_source", text):
        # "(Nguồn: …)" behind a figure is its source, not the article's.
        return None if glued and enclosed else _source(text)
    prefix = starts_role("credit_prefix", text)
    name = text[prefix.end() :] if prefix else text
    while suffix := ends_role("credit_suffix", name):
        name = name[: suffix.start()]
    name = name.strip(" -–,")
    if has_role("credit_group", name):
        return name
    # "Hà Vy – Công đoàn ngành Y tế": whom the author writes for stays with the name.
    signed_for = _SIGNED_FOR.match(name)
    if signed_for and has_role("credit_body", signed_for["body"]) and is_name(signed_for["name"]):
        return name
    # "Vân Khanh (TTXVN)": the agency stays with the name.
    named = _PHOTO_LABEL.sub("", _AGENCY.sub("", name))
    parts = [part for part in _SPLIT.split(named) if part]
    # "(Guardian, BBC)" names sources, "(Hồng Hạnh thực hiện)" an author.
    if (
        not parts
        or (enclosed and name == text)
        or not all(is_name(part, alone=len(parts) == 1, glued=glued) for part in parts)
    ):
        return None
    # Where the photographer is named apart, who did what stays said.
    return text if _PHOTO_LABEL.search(name) else name


def _source(text: str) -> str | None:
    # "Theo T.L Vnexpress" names the author before the source.
    signed = text.split()[1]
    if "." in signed and signed[:1].isupper() and _INITIAL.match(signed):
        return signed
    # "Theo kế hoạch" opens a sentence, "Theo TTXVN" names a source.
    return text if text.split()[-1][:1].isupper() and text.split()[1][:1].isupper() else None


def is_name(text: str, *, alone: bool = True, glued: bool = False) -> bool:
    """Whether ``text`` has the shape of a person's name or initials: "Nguyễn Hiền", "VĨNH TÙNG", "D. Cường", "TL".

    One word is a name only beside others ("Dương - Nam - Cường") or as capitals ("SP").
    """
    key = " ".join(text.lower().split())
    # "ANH QUÝ" in capitals signs an article, "Anh Quý" is told of in one.
    refused = exact_of("not_name") if text.isupper() else exact_of("not_name") | exact_of("honorific")
    words = text.split()
    if not words or len(words) > _MAX_WORDS or key in refused:
        return False
    # Two words in capitals are a name even where the first is a common noun ("BÁO TRÂN").
    if not (text.isupper() and len(words) == 2) and any(key.startswith(start + " ") for start in refused):
        return False
    if any("." in word for word in words):
        # "Hà Vy." is a sentence, "L.A.Đ." are initials.
        closed = text.endswith(".") and words[-1].count(".") < 2
        return not closed and all(
            word[:1].isupper() and (_INITIAL.match(word) or _is_capitalized(word)) for word in words
        )
    if len(words) > 1:
        return all(map(_is_capitalized, words))
    word = words[0]
    if not alone:
        return _is_capitalized(word)
    return 2 <= len(word) <= (3 if glued else 4) and word.isalpha() and word.isupper()


def _is_capitalized(word: str) -> bool:
    return word[:1].isupper() and _TOKEN.fullmatch(word) is not None


def take_byline(lines: Sequence[Line], *, after_max: int = 8) -> tuple[list[Line], str | None, int | None]:
    """Lines without the byline; the byline; the index behind it (None where it was glued or there is none).

    Behind a byline only captions stand, short and at most ``after_max``: a name further up credits a part or is an
    entry of a list.
    """
    kept = list(lines)
    for index in range(len(kept) - 1, max(-1, len(kept) - 2 - after_max), -1):
        text = kept[index].text
        credit = parse_credit(text) if index else None
        if credit is not None:
            del kept[index]
            return kept, credit, index
        head, credit = split_glued(text)
        if credit is not None:
            kept[index] = Line(head, kept[index].apart)
            return kept, credit, None
        if len(text) > _AFTER_LENGTH:
            break
    return kept, None, None


def split_glued(text: str) -> tuple[str, str | None]:
    """A paragraph without the name behind its last stop, and that name."""
    if len(text) <= _PARAGRAPH_MIN:
        return text, None
    for match in _GLUED.finditer(text, len(text) - _MAX_CREDIT - 4):
        tail, head = text[match.end() :], text[: match.start("gap")]
        credit = parse_credit(tail, glued=True)
        # Without a space only a short name is sure: a sentence that was cut off begins with a capital too.
        if credit is not None and is_paragraph(head) and (match["gap"] or len(tail.split()) <= _GLUED_WORDS):
            return head, credit
    return text, None
