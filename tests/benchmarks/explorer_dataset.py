"""A large dataset of invented articles, made of columns at once: what the explorer's pages are timed on.

Seeded: equal arguments give equal tables. Each article is a title and sentences drawn from a pool; the facts of a
sentence are known when the pool is made, so that ``text[start:end] == surface`` holds without an extractor.
"""

# ruff: noqa: SIM905 - lists of words read better as text

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset import snapshot
from pipeline.dataset.manifest import Manifest, Run, commit
from pipeline.dataset.schema import DERIVED_TABLES, REPEATED_SCHEMA, SHARD_TABLES, TABLES, Table, joined_schema
from pipeline.dataset.shards import Shard, shard_folder, write_tables
from pipeline.normalize.fold import search_form

_SHARD = 10_000
_SENTENCES = 28  # an article; with them it has about 2,900 characters, as union news have
_POOL, _PERSONS = 12_000, 8_000
_RUN = "run-bench"
_ONSETS = "b c ch d đ g gi h k kh l m n ng nh ph qu r s t th tr v x".split()
_RIMES = (
    "a á à ã ạ an án ang ách ai ao ăn ân ầng âu e em ên ết i in inh ình iên iệc iếu o on òng ôi ốc ông ơ ơn ợp "
    "u un ùng uân uyện ư ưng ước ương y"
).split()
_PLACES = (
    "Hà Nội,Bắc Giang,Nghệ An,Long An,Đồng Nai,Bình Dương,Quảng Ninh,Thái Nguyên,Cần Thơ,Hải Phòng,Bình Định,Vĩnh Phúc,"
    "Khánh Hòa,Lâm Đồng,Gia Lai,Cà Mau,Thanh Hóa,Hà Tĩnh,Kon Tum,Tây Ninh"
).split(",")
_SECTORS = (
    "Điện lực,Dầu khí,Y tế,Giáo dục,Dệt May,Xây dựng,Công Thương,Giao thông Vận tải,Ngân hàng,Cao su,Đường sắt,"
    "Viên chức,Nông nghiệp,Hàng hải,Bưu điện"
).split(",")
_FAMILIES = "Nguyễn,Trần,Lê,Phạm,Hoàng,Phan,Vũ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Lý".split(",")
_GIVEN = "An Bình Chi Dung Giang Hà Hải Hạnh Hoa Hùng Khoa Lan Linh Mai Minh Nam Nga Ngọc Phúc Quang Sơn Thảo".split()
_EVENTS = {
    "conference": "tổ chức hội nghị", "congress": "tổ chức đại hội", "welfare": "trao quà", "training": "tập huấn",
    "award": "tuyên dương", "dialogue": "đối thoại", "safety": "phát động tháng an toàn", "dispute": "ngừng việc",
}  # fmt: skip
_UNITS = ("đoàn viên", "suất quà", "người lao động", "sáng kiến", "công đoàn cơ sở", "%", "VND")

Fact = tuple[str, int, int, dict[str, Any]]


@dataclass
class Sentences:
    """A pool of sentences; ``facts`` are (table, start, end, own columns), offsets in the sentence."""

    texts: list[str] = field(default_factory=list)
    facts: list[list[Fact]] = field(default_factory=list)


def generate(dataset: Path, n_articles: int, seed: int = 7) -> Path:
    """Write shards, manifest and snapshot of ``n_articles`` into ``dataset``; where they lie."""
    shutil.rmtree(dataset, ignore_errors=True)
    rng = Random(seed)
    organizations, persons = _organizations(), _persons(rng)
    pool = _pool(rng, organizations, persons)
    shards = []
    derived = dataset / "derived" / "d1"
    derived.mkdir(parents=True)
    joined: dict[str, list[pa.Table]] = {table.name: [] for table in SHARD_TABLES if table.joined_in}
    told = []
    for number, first in enumerate(range(0, n_articles, _SHARD)):
        tables = _shard(np.random.default_rng(seed + number), first, min(_SHARD, n_articles - first), pool)
        name = f"{number:08x}"
        folder = shard_folder(dataset, name)
        folder.mkdir(parents=True)
        for table in SHARD_TABLES:
            if table.name in joined:
                joined[table.name].append(_derived_columns(table, tables[table.name], persons))
            tables.setdefault(table.name, table.in_shard.empty_table())
        write_tables(folder, tables)
        told.append(tables["event_mentions"].select(["row_id", "type", "date_from", "date_to", "place"]))
        shards.append(Shard(name, _RUN, {k: t.num_rows for k, t in tables.items()}, {}))
    own = _derived_tables(organizations, persons, pa.concat_tables(told))
    for table in DERIVED_TABLES:
        pq.write_table(own.get(table.name, table.arrow.empty_table()), derived / f"{table.name}.parquet")
    for name, parts in joined.items():
        pq.write_table(pa.concat_tables(parts), derived / f"{name}_derived.parquet")
    pq.write_table(TABLES["rejects"].arrow.empty_table(), derived / "rejects.parquet")
    rejects = joined_schema(TABLES["rejects"]).empty_table()
    pq.write_table(rejects, derived / "rejects_derived.parquet")
    pq.write_table(REPEATED_SCHEMA.empty_table(), derived / "repeated.parquet")
    run = Run(
        _RUN, "2026-01-01T00:00:00", "0", "0", "local", "finished", "2026-01-01T01:00:00", n_articles, n_articles, 0
    )
    manifest = Manifest(1, (run,), tuple(shards), "d1")
    beside, _ = snapshot.build(dataset, manifest)
    commit(dataset, manifest)
    snapshot.swap_in(dataset, beside)
    return dataset


def _organizations() -> list[dict[str, Any]]:
    rows = [_organization("tldldvn", "Tổng Liên đoàn Lao động Việt Nam", "union_central", None)]
    for sector in _SECTORS:
        rows.append(_organization(f"s-{len(rows)}", f"Công đoàn {sector} Việt Nam", "union_sector", "tldldvn"))
        above = rows[-1]["org_id"]
        for place in _PLACES:
            name = f"Công đoàn {sector} tỉnh {place}"
            rows.append(_organization(f"c-{len(rows)}", name, "union_corporate", above))
            rows += (
                _organization(f"x-{len(rows) + n}", f"{name} số {n + 1}", "union_grassroots", rows[-1]["org_id"])
                for n in range(8)
            )
    return rows


def _organization(org_id: str, name: str, kind: str, parent: str | None) -> dict[str, Any]:
    return {
        "org_id": org_id, "name": name, "name_fold": search_form(name), "org_type": kind, "parent_org_id": parent,
        "origin": "discovered" if org_id.startswith("x-") else "gazetteer",
    }  # fmt: skip


def _persons(rng: Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(_PERSONS):
        name = f"{rng.choice(_FAMILIES)} {rng.choice(_GIVEN)} {rng.choice(_GIVEN)}"
        fold = search_form(name)
        person_id = f"{fold.replace(' ', '-')}-{number:08x}"
        rows.append({"person_id": person_id, "name": name, "name_fold": fold, "merge_method": "name_organization"})
    return rows


def _pool(rng: Random, organizations: Sequence[dict[str, Any]], persons: Sequence[dict[str, Any]]) -> Sentences:
    syllables = [onset + rime for onset in _ONSETS for rime in _RIMES]
    rng.shuffle(syllables)
    weights = [1 / (rank + 3) for rank in range(len(syllables))]
    pool = Sentences()
    for _ in range(_POOL):
        filler = rng.choices(syllables, weights, k=rng.randint(8, 22))
        text, facts = filler[0].capitalize() + " " + " ".join(filler[1:]), []
        for kind in [kind for kind, share in _SHARES.items() for _ in range(3) if rng.random() < share / 3]:
            text, more = _stated(rng, kind, text, organizations, persons)
            facts.append(more)
        pool.texts.append(text + ".")
        pool.facts.append(facts)
    return pool


_SHARES = {"dates": 0.32, "organization_mentions": 0.35, "officials": 0.15, "figures": 0.6, "event_mentions": 0.12}


def _stated(
    rng: Random, kind: str, text: str, organizations: Sequence[dict[str, Any]], persons: Sequence[dict[str, Any]]
) -> tuple[str, Fact]:
    """``text`` with a fact of this kind said at its end, and the fact."""
    organization = organizations[min(int(rng.paretovariate(0.6)), len(organizations) - 1)]
    day = date(2012, 1, 1) + timedelta(days=rng.randrange(4_700))
    if kind == "dates":
        said = f"ngày {day.day}/{day.month}/{day.year}"
        own: dict[str, Any] = {
            "type": "DATE", "value": day.isoformat(), "date_from": day, "date_to": day, "granularity": "day",
            "is_relative": False,
        }  # fmt: skip
    elif kind == "organization_mentions":
        said = organization["name"]
        own = {
            "org_id": organization["org_id"], "name": said, "org_type": organization["org_type"],
            "link_method": "exact", "link_score": 1.0,
        }  # fmt: skip
    elif kind == "officials":
        person = persons[min(int(rng.paretovariate(0.7)), len(persons) - 1)]
        said = f"Chủ tịch {organization['name']} {person['name']}"
        own = {
            "person": person["name"], "role": "Chủ tịch", "role_id": "chair", "role_rank": 1,
            "org_id": organization["org_id"], "organization": organization["name"], "status": "current",
        }  # fmt: skip
    elif kind == "figures":
        unit = rng.choice(_UNITS)
        value = rng.randrange(1, 99) * (10_000_000 if unit == "VND" else 1)
        said = f"{value / 1e6:.0f} triệu đồng" if unit == "VND" else f"{value} {unit}"
        own = {
            "measure": {"VND": "money", "%": "percent"}.get(unit, "count"), "value": float(value), "unit": unit,
            "unit_raw": unit, "currency": "VND" if unit == "VND" else None, "comparator": "=", "status": "actual",
            "period_from": day, "period_to": day, "period_kind": "stated", "who_org_id": organization["org_id"],
        }  # fmt: skip
    else:
        type_ = rng.choice(list(_EVENTS))
        said = _EVENTS[type_]
        own = {
            "type": type_, "is_main": rng.random() < 0.4, "realis": "occurred", "date_from": day, "date_to": day,
            "date_precision": "day", "date_kind": "stated", "place": rng.choice(_PLACES),
        }  # fmt: skip
    start = len(text) + 2
    return f"{text}, {said}", (kind, start, start + len(said), own)


def _shard(rng: np.random.Generator, first: int, n: int, pool: Sentences) -> dict[str, pa.Table]:
    """The shard tables of the articles from ``first`` on."""
    drawn = rng.integers(0, len(pool.texts), size=(n, _SENTENCES))
    lengths = np.array([len(text) + 1 for text in pool.texts])[drawn]
    starts = np.cumsum(lengths, axis=1) - lengths  # in code points; sentences stand a line each
    # As hashes are: in no order.
    ids = [
        f"{(number + 1) * 0x9E3779B97F4A7C15 % 2**64:016x}{number % 65536:04x}" for number in range(first, first + n)
    ]
    days = np.datetime64("2012-01-01") + rng.integers(0, 4_700, size=n)
    texts = ["\n".join(pool.texts[i] for i in row) for row in drawn]
    titles = [text[: text.index("\n")] for text in texts]
    hosts = [f"congdoan{site}.example" for site in rng.integers(0, 60, size=n)]
    articles = {
        "article_id": ids,
        "url": [f"https://{host}/tin/{name}" for host, name in zip(hosts, ids, strict=True)],
        "source_id": hosts,
        "title": titles,
        "text": texts,
        "text_sha256": ["0" * 64] * n,
        "body_sha256": ["0" * 64] * n,
        "text_fold": [search_form(text) for text in texts],
        "published_date": days,
        "published_method": ["meta"] * n,
        "archive_ref": [f"bench.warc.gz#{name}" for name in ids],
        "flags": [[]] * n,
        "relevance": [0.9] * n,
        "n_chars": [len(text) for text in texts],
        "run_id": [_RUN] * n,
    }
    tables = {"articles": _table(TABLES["articles"], articles, n)}
    for kind in _SHARES:
        tables[kind] = _facts(kind, pool, drawn, starts, pa.array(ids), rng)
    tables["event_participants"] = _participants(tables["event_mentions"], rng)
    return tables


def _facts(
    kind: str, pool: Sentences, drawn: np.ndarray, starts: np.ndarray, ids: pa.Array, rng: np.random.Generator
) -> pa.Table:
    flat = [(number, fact) for number, facts in enumerate(pool.facts) for fact in facts if fact[0] == kind]
    of_sentence = np.array([number for number, _ in flat])
    begin = np.searchsorted(of_sentence, np.arange(len(pool.texts)))
    count = np.bincount(of_sentence, minlength=len(pool.texts))
    sentences = drawn.ravel()
    n_of = count[sentences]
    which = np.repeat(begin[sentences], n_of) + _within(n_of)
    offset = np.repeat(starts.ravel(), n_of)
    article = np.repeat(np.repeat(np.arange(len(drawn)), _SENTENCES), n_of)
    start = offset + np.array([fact[1] for _, fact in flat])[which]
    end = offset + np.array([fact[2] for _, fact in flat])[which]
    take = pa.array(which)
    n = len(which)
    columns: dict[str, Any] = {
        "row_id": [f"{value:020x}" for value in rng.integers(0, 2**62, size=n)],
        "article_id": ids.take(pa.array(article)),
        "zone": ["body"] * n,
        "sentence": np.tile(np.arange(_SENTENCES), len(drawn)).repeat(n_of),
        "start": start,
        "end": end,
        "surface": pa.array([pool.texts[number][fact[1] : fact[2]] for number, fact in flat]).take(take),
        "evidence": pa.array([pool.texts[number] for number, _ in flat]).take(take),
        "confidence": [0.9] * n,
        "rule": [f"{kind}.bench"] * n,
        "flags": [[]] * n,
        "run_id": [_RUN] * n,
    }
    known = {column.name: column.type for column in TABLES[kind].columns}
    for name in dict.fromkeys(name for _, fact in flat for name in fact[3]):
        columns[name] = pa.array([fact[3].get(name) for _, fact in flat], known[name]).take(take)
    if kind == "event_mentions":
        columns |= {"trigger_start": start, "trigger_end": end}
    return _table(TABLES[kind], columns, n)


def _within(counts: np.ndarray) -> np.ndarray:
    """0, 1, … inside each run of ``counts``."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _participants(mentions: pa.Table, rng: np.random.Generator) -> pa.Table:
    n = mentions.num_rows
    columns = {
        "event_row_id": mentions["row_id"],
        "ordinal": np.zeros(n, dtype=np.int64),
        "article_id": mentions["article_id"],
        "role": ["organizer"] * n,
        "org_id": ["s-1" if many else "tldldvn" for many in rng.random(n) < 0.3],
    }
    return _table(TABLES["event_participants"], columns, n)


def _table(table: Table, columns: dict[str, Any], n: int) -> pa.Table:
    arrays = []
    for field_ in table.in_shard:
        values = columns.get(field_.name)
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        arrays.append(pa.nulls(n, field_.type) if values is None else pa.array(values, field_.type))
    return pa.Table.from_arrays(arrays, schema=table.in_shard)


def _derived_columns(table: Table, rows: pa.Table, persons: Sequence[dict[str, Any]]) -> pa.Table:
    """The columns that consolidation would give these rows, by their key."""
    schema = joined_schema(table)
    n = rows.num_rows
    found: dict[str, Any] = {name: rows[name] for name in schema.names[: table.key]}
    if table.name == "officials":
        by_name = {person["name"]: person["person_id"] for person in persons}
        found["person_id"] = [by_name[name] for name in rows["person"].to_pylist()]
    elif table.name == "event_mentions":
        found["event_id"] = rows["row_id"]
    arrays = [
        pa.array(found[f.name].to_pylist() if hasattr(found[f.name], "to_pylist") else found[f.name], f.type)
        if f.name in found
        else pa.nulls(n, f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _derived_tables(
    organizations: list[dict[str, Any]], persons: list[dict[str, Any]], told: pa.Table
) -> dict[str, pa.Table]:
    one = pa.array(np.ones(told.num_rows, dtype=np.int64))
    ids = told["row_id"]
    events = [ids, told["type"], told["date_from"], told["date_to"], told["place"], one, one, ids]
    aliases = [
        {"org_id": row["org_id"], "alias": row["name"], "kind": "official", "origin": row["origin"]}
        for row in organizations
    ]
    tenures = [
        {
            "person_id": person["person_id"], "role_id": "chair",
            "org_id": organizations[place % len(organizations)]["org_id"],
            "first_seen": date(2015, 1, 1), "last_seen": date(2019, 1, 1), "n_articles": 3, "n_sources": 2,
            "conflict": False,
        }
        for place, person in enumerate(persons)
    ]  # fmt: skip
    sources = [
        {"source_id": f"congdoan{n}.example", "name": f"Công đoàn {n}", "publisher_type": "union", "scale": "province"}
        for n in range(60)
    ]
    rows = {
        "organizations": organizations, "organization_aliases": aliases, "persons": persons, "tenures": tenures,
        "sources": sources,
    }  # fmt: skip
    tables = {name: pa.Table.from_pylist(found, schema=TABLES[name].arrow) for name, found in rows.items()}
    return {**tables, "events": pa.Table.from_arrays(events, schema=TABLES["events"].arrow)}
