"""One line of JSONL → Article: ``id, url, title, published, text``, any of url, title, published null or left out.

Other keys are ignored, but for ``byline``: ``extract --format jsonl`` writes it beside a text that holds it no more.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from scrapers.errors import InputError
from scrapers.page import Article, Published, clean_text
from scrapers.plaintext import parse_text
from scrapers.stamps import find_stamp, parse_iso

_OPTIONAL = ("url", "title", "published", "byline")


def parse_line(raw: bytes, *, ref: str) -> Article:
    """The article of one line. Raises InputError: encoding, json, truncated (no closing line break), no_article."""
    record = _load(raw, ref)
    identity, text = record.get("id"), record.get("text")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if not isinstance(identity, str) or not identity.strip():
        raise InputError(ref, "json", 'the line needs an "id": a string that names the article')
    if not isinstance(text, str):
        raise InputError(ref, "json", 'the line needs a "text": a string that holds the article')
    for key in _OPTIONAL:
        if not isinstance(record.get(key), str | None):
            raise InputError(ref, "json", f'"{key}" must be a string or null, not {type(record[key]).__name__}')
    identity = " ".join(clean_text(identity).split())
    article = parse_text(
        text,
        ref=ref,
        file=PurePath(ref.rpartition(":")[0] or ref).name,
        title=_one_line(record.get("title")),
        signed=bool(record.get("byline")),
    )
    return replace(
        article,
        id=identity,
        url=_one_line(record.get("url")),
        byline=_one_line(record.get("byline")) or article.byline,
        published=_published(record.get("published")) or article.published,
        charset="utf-8",
    )


def _load(raw: bytes, ref: str) -> dict[str, Any]:
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(ref, "encoding", f"not UTF-8 at byte {error.start} of the line; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        if not raw.endswith(b"\n") and _breaks_off(error):
            raise InputError(ref, "truncated", "the file breaks off in this line; write it again") from None
        reason = type(error).__name__
        if isinstance(error, json.JSONDecodeError):
            reason = f"{error.msg}, character {error.pos + 1}"
        raise InputError(ref, "json", f"not a JSON object ({reason}); mend or remove the line") from None
    if not isinstance(record, dict):
        raise InputError(ref, "json", f"not a JSON object but a {type(record).__name__}; mend or remove the line")
    return record


def _breaks_off(error: Exception) -> bool:
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())


def _one_line(text: str | None) -> str | None:
    return " ".join(clean_text(text).split()) or None if text is not None else None


def _published(text: str | None) -> Published | None:
    """The line's own stamp; one that says no day is kept as written with no value."""
    if text is None or not text.strip():
        return None
    text = clean_text(text)
    return parse_iso(text) or find_stamp(text, method="meta") or Published(raw=text)
