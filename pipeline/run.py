"""The corridor: items → Articles → Docs → records, or rows in a shard. What fails is an InputError in its place."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

import pipeline
from models.words import term_counts
from pipeline import document, inputs, records, rows
from pipeline.dataset.shards import Shard, shard_content, write_shard
from pipeline.inputs import Item
from pipeline.limits import ARTICLE_SECONDS, TimeUp, time_limit
from scrapers.errors import InputError
from scrapers.page import Article

Entry = Item | InputError
Tick = Callable[[], None]
_TERMS = "term_counts"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker gets at a time: items, and errors met while finding them, in intake order."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ShardSpec:
    """A batch that becomes the shard ``fingerprint`` of ``dataset``."""

    dataset: Path
    fingerprint: str
    run_id: str
    entries: tuple[Entry, ...]
    terms: bool = False  # count words too


@cache
def language() -> Language:
    """The pipeline, loaded once a process; not looked through for cycles meanwhile, as all of it stays."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return pipeline.load()
    finally:
        if collecting:
            gc.enable()


def run_shard(spec: ShardSpec, tick: Tick | None = None) -> Shard:
    """Extract the entries and write their shard: a pure function of them, so a second time gives the same files.

    Of one article's versions the one fetched last is taken, the others are rejects.
    """
    rejects: list[rows.Row] = []
    kept: dict[str, _Kept] = {}
    for found in documents(spec.entries, tick, spec.terms):
        if isinstance(found, InputError):
            rejects.append(rows.reject_row(found, spec.run_id))
            continue
        article, doc = found
        row = rows.article_row(article, doc, spec.run_id)
        former = kept.get(row["article_id"])
        if former and not _is_newer(row, former.row):
            rejects.append(_twin(article.ref, former.ref, spec.run_id))
            continue
        if former:
            rejects.append(_twin(former.ref, article.ref, spec.run_id))
        terms = rows.term_rows(row["article_id"], doc.user_data.get(_TERMS, {}))
        kept[row["article_id"]] = _Kept(
            article.ref, row, {"terms": terms, **rows.fact_rows(doc, row["article_id"], spec.run_id)}
        )
    tables: dict[str, list[rows.Row]] = defaultdict(list, rejects=rejects)
    for one in kept.values():
        tables["articles"].append(one.row)
        for table, facts in one.facts.items():
            tables[table] += facts
    return write_shard(spec.dataset, spec.fingerprint, spec.run_id, tables)


class _Kept(NamedTuple):
    ref: str
    row: rows.Row
    facts: dict[str, list[rows.Row]]


def _is_newer(row: rows.Row, former: rows.Row) -> bool:
    fetched, before = row["fetched_at"], former["fetched_at"]
    return bool(fetched and (before is None or fetched > before))


def _twin(ref: str, kept: str, run_id: str) -> rows.Row:
    return rows.reject_row(InputError(ref, "duplicate", f"same article as {kept}, which is kept"), run_id)


def shard_away(spec: ShardSpec) -> tuple[Shard, dict[str, bytes]]:
    """The shard and its files' content, for a dataset that is not written from here."""
    with TemporaryDirectory(prefix="congdoan-") as folder:
        shard = run_shard(replace(spec, dataset=Path(folder)))
        return shard, shard_content(Path(folder), shard.fingerprint)


def extract_batch(batch: Batch, tick: Tick | None = None) -> list[dict[str, Any] | InputError]:
    """The records of the entries, in their order."""
    return [
        found if isinstance(found, InputError) else records.article_record(*found)
        for found in documents(batch.entries, tick)
    ]


def probe(batch: Batch | ShardSpec) -> None:
    """Do the work of extraction and keep nothing: whoever survives it can be extracted."""
    for found in documents(batch.entries, terms=isinstance(batch, ShardSpec) and batch.terms):
        if not isinstance(found, InputError):
            rows.fact_rows(found[1], "", "")


def documents(
    entries: Sequence[Entry], tick: Tick | None = None, terms: bool = False
) -> Iterator[tuple[Article, Doc] | InputError]:
    """Each entry's Article and Doc (with its words counted, if ``terms``), or why there is none."""
    nlp = language()
    for ref, article in _articles(entries):
        yield article if isinstance(article, InputError) else _document(nlp, ref, article, terms)
        if tick:
            tick()


def _document(nlp: Language, ref: str, article: Article, terms: bool) -> tuple[Article, Doc] | InputError:
    try:
        with time_limit(ARTICLE_SECONDS):
            doc = document.build(nlp, article)
            if terms:
                doc.user_data[_TERMS] = term_counts(document.text_of(doc))
            return article, doc
    except TimeUp:
        return _too_slow(ref, "extraction")
    except Exception as error:  # noqa: BLE001 - one article's bug must not cost the others
        return _failed(ref, "extraction", error)


def _articles(entries: Sequence[Entry]) -> Iterator[tuple[str, Article | InputError]]:
    for is_error, group in groupby(entries, key=lambda entry: isinstance(entry, InputError)):
        if is_error:
            yield from ((error.ref, error) for error in group if isinstance(error, InputError))
        else:
            yield from _read([item for item in group if isinstance(item, Item)])


def _read(items: list[Item]) -> Iterator[tuple[str, Article | InputError]]:
    """Read the items; where reading itself fails, that item is a reject and the next ones are read."""
    done = 0
    while done < len(items):
        coming = inputs.read_items(items[done:])
        try:
            while found := _next(coming):
                done += 1
                yield found[0].ref, found[1]
            return
        except TimeUp:
            failure = _too_slow(items[done].ref, "reading")
        except Exception as error:  # noqa: BLE001 - as above
            failure = _failed(items[done].ref, "reading", error)
        done += 1
        yield failure.ref, failure


def _next(coming: Iterator[tuple[Item, Article | InputError]]) -> tuple[Item, Article | InputError] | None:
    with time_limit(ARTICLE_SECONDS):
        return next(coming, None)


def _too_slow(ref: str, what: str) -> InputError:
    return InputError(ref, "too_slow", f"{what} took more than {ARTICLE_SECONDS:.0f} s; look at this page alone")


def _failed(ref: str, what: str, error: Exception) -> InputError:
    if isinstance(error, MemoryError):
        return InputError(ref, "too_large", f"{what} took more memory than a worker may; look at this page alone")
    brief = f"{type(error).__name__}: {error}"[:300]
    return InputError(ref, "failed", f"{what} failed ({brief}); report this page")
