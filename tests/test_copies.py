"""Copies against their definition, applied to all pairs; of thousands much alike only so many pairs are compared."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import resemblance
from pipeline.copies import are_series, copies
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.resemblance import Signatures

WIDTH = 128
ARTICLES = {
    "article_id": pa.string(), "source_id": pa.string(), "published_date": pa.date32(),
    "published_at": pa.timestamp("us"), "title": pa.string(), "body_sha256": pa.string(), "n_chars": pa.int64(),
}  # fmt: skip
SIGNATURES = {
    "article_id": pa.string(), "shingles": pa.binary(), "paragraphs": pa.list_(pa.string()),
    "lengths": pa.list_(pa.int32()),
}  # fmt: skip


def connected(articles):
    """A connection with the two relations that ``copies`` reads. Missing keys are NULL, lists empty."""
    con = duckdb.connect()
    for name, columns in (("shard_articles", ARTICLES), ("shard_signatures", SIGNATURES)):
        rows = [{**{"paragraphs": [], "lengths": []}, **article} for article in articles]
        con.register(name, pa.Table.from_pylist(rows, schema=pa.schema(columns.items())))
    return con


def found(articles):
    with connected(articles) as con:
        table = copies(con)
    assert table.schema == joined_schema(TABLES["articles"])
    return table.to_pylist()


# --- the definition, all pairs --------------------------------------------------------------------------------------


def chars(article):
    return article["n_chars"] - len(article["title"] or "")


def order(article):
    return article["published_date"] is None, article["published_date"], -chars(article), article["article_id"]


def share_of_paragraphs(one, other, common):
    if not one["paragraphs"] or not other["paragraphs"]:
        return 0
    sizes = dict(zip(one["paragraphs"], one["lengths"], strict=True))
    shared = sum(n for text, n in sizes.items() if text in common and text in other["paragraphs"])
    share = shared / min(sum(one["lengths"]), sum(other["lengths"]))
    return share if share >= 0.6 else 0


def share_of_shingles(one, other):
    if one["shingles"] is None or other["shingles"] is None:
        return 0
    equal = np.frombuffer(one["shingles"], "<u4") == np.frombuffer(other["shingles"], "<u4")
    resemblance = np.count_nonzero(equal) / WIDTH
    sizes = sorted([chars(one), chars(other)])
    share = min(1.0, resemblance / (1 + resemblance) * (1 + sizes[1] / sizes[0]))
    alike = any(equal[start : start + 3].all() for start in range(0, 126, 3))
    enough = 0.9 if sizes[0] < 400 else 0.7
    return share if alike and resemblance >= 0.3 and share >= enough else 0


def by_definition(articles):
    ranked = sorted((article for article in articles if chars(article) >= 80), key=order)
    first = {}
    for article in ranked:
        first.setdefault(article["body_sha256"], article)
    heads = [article for article in ranked if first[article["body_sha256"]] is article]
    times = {}
    for text in (text for article in heads for text in article["paragraphs"]):
        times[text] = times.get(text, 0) + 1
    common = {text for text, n in times.items() if 2 <= n <= 50}
    dup_of, rows = {}, []
    for place, article in enumerate(ranked):
        pairs = []
        if article not in heads:
            pairs.append((-1.0, 0, ranked.index(first[article["body_sha256"]])))
        else:
            for before in (i for i in range(place) if ranked[i] in heads):
                shares = (
                    share_of_paragraphs(article, ranked[before], common),
                    share_of_shingles(article, ranked[before]),
                )
                pairs += [(-share, reason, before) for reason, share in enumerate(shares, 1) if share]
        pairs = [p for p in pairs if -p[0] >= 0.9 or not are_series(article["title"], ranked[p[2]]["title"])]
        if pairs:
            score, reason, before = min(pairs)
            dup_of[place] = dup_of.get(before, before)
            rows.append(
                {
                    "article_id": article["article_id"],
                    "dup_of": ranked[dup_of[place]]["article_id"],
                    "dup_score": round(-score, 3),
                    "dup_reason": ("body", "paragraphs", "shingles")[reason],
                }
            )
    return rows


def varied(seed, family, noise):
    """A signature of a family with other hashes here and there: some differ in their highest byte only."""
    base = np.random.default_rng(family).integers(0, 1 << 20, WIDTH, dtype=np.uint32)
    chance = np.random.default_rng(seed)
    other = base ^ chance.choice(np.array([1 << 24, 1 << 25, 3], np.uint32), WIDTH)
    return np.where(chance.random(WIDTH) < noise, other, base).astype("<u4").tobytes()


PARAGRAPHS = {f"{n:016x}": 60 + 7 * n for n in range(6)}
TITLES = (None, "Tin", "Sổ tay đoàn viên tháng 1", "Sổ tay đoàn viên tháng 2", "Sổ tay đoàn viên tháng 2, số 3")


@st.composite
def some_articles(draw):
    articles = []
    for n in range(draw(st.integers(1, 12))):
        noise = st.sampled_from([0, 0.02, 0.1, 0.2, 0.35, 0.5])
        signature = st.builds(varied, st.integers(0, 99), st.integers(0, 1), noise)
        paragraphs = draw(st.lists(st.sampled_from(sorted(PARAGRAPHS)), unique=True, max_size=5))
        title = draw(st.sampled_from(TITLES))
        articles.append(
            {
                "article_id": f"{draw(st.integers(0, 9))}{n}",
                "title": title,
                "published_date": draw(st.sampled_from([None, date(2022, 3, 1), date(2022, 3, 2)])),
                "body_sha256": draw(st.sampled_from(["same", "also", f"{n}", f"{n}", f"{n}"])),
                "n_chars": draw(st.sampled_from([60, 90, 399, 400, 410, 800, 1500])) + len(title or ""),
                "shingles": draw(st.none() | signature),
                "paragraphs": paragraphs,
                "lengths": [PARAGRAPHS[text] for text in paragraphs],
            }
        )
    return articles


# None is before and after no date.
def comparable(article):
    return {**article, "published_date": article["published_date"] or date(9999, 1, 1)}


@settings(max_examples=50, deadline=None)
@given(some_articles())
def test_copies_are_what_their_definition_says_of_all_pairs(articles):
    assert found(articles) == by_definition([comparable(article) for article in articles])


# --- pairs ----------------------------------------------------------------------------------------------------------


def pairs_of(numbers, rows):
    with Signatures(len(numbers)) as signatures:
        for half in np.array_split(np.arange(len(numbers)), 2):
            signatures.add(numbers[half], rows[half])
        compared = list(signatures.pairs(lambda pairs: np.ones(len(pairs.later), np.bool_)))
    return {pair for block in compared for pair in zip(*(column.tolist() for column in block), strict=True)}


def test_the_pairs_are_those_of_datasketch():
    chance = np.random.default_rng(5)
    rows = np.array([np.frombuffer(varied(n, n % 7, chance.random()), "<u4") for n in range(280)], np.uint32)
    numbers = chance.permutation(np.arange(1000))[: len(rows)]
    index = MinHashLSH(num_perm=WIDTH, params=(42, 3))
    known, expected = {}, set()
    for number, row in sorted(zip(numbers.tolist(), rows, strict=True), key=lambda pair: pair[0]):
        made = MinHash(WIDTH, hashvalues=row, scheme="affine32")
        expected |= {(number, other, round(made.jaccard(known[other]) * WIDTH)) for other in index.query(made)}
        index.insert(number, made)
        known[number] = made
    assert len(expected) > 3000
    assert pairs_of(numbers, rows) == expected


def test_a_pair_without_a_band_in_common_is_none_though_their_keys_are_equal(monkeypatch):
    monkeypatch.setattr(resemblance, "_hashed", lambda rows: np.zeros(len(rows), np.uint64))
    one = np.arange(WIDTH, dtype=np.uint32)
    two = np.where(np.arange(WIDTH) % 3 == 0, one + 1000, one).astype(np.uint32)
    assert pairs_of(np.array([1, 2, 3]), np.array([one, two, one])) == {(3, 1, WIDTH)}


def test_pairs_of_thousands_much_alike_grow_as_their_number(monkeypatch):
    monkeypatch.setattr(resemblance, "RUN", 5)
    asked = {n: asked_of(n) for n in (2000, 20_000)}
    assert 5 * 20_000 < asked[20_000] <= 43 * 6 * 20_000
    assert asked[20_000] < 10.5 * asked[2000]


def asked_of(n):
    """How many pairs of ``n`` signatures much alike are looked at."""
    chance = np.random.default_rng(3)
    rows = np.where(chance.random((n, WIDTH)) < 0.02, chance.integers(0, 1 << 32, (n, WIDTH)), np.arange(WIDTH))
    asked = []

    def worth(pairs):
        asked.append(len(pairs.later))
        return np.zeros(len(pairs.later), np.bool_)

    with Signatures(n) as signatures:
        signatures.add(np.arange(n), rows.astype(np.uint32))
        assert not any(len(pairs.later) for pairs in signatures.pairs(worth))
    return sum(asked)


def test_thousands_much_alike_have_one_head(monkeypatch):
    monkeypatch.setattr(resemblance, "RUN", 5)
    articles = [
        {
            "article_id": f"{n:05}",
            "body_sha256": f"{n}",
            "n_chars": 2000 + n % 3,
            "published_date": date(2022, 3, 1 + n // 100),
            "shingles": varied(n, 1, 0.03),
        }
        for n in range(2000)
    ]
    articles[0]["published_date"] = date(2022, 1, 1)
    rows = found(articles)
    assert len(rows) == 1999 and {row["dup_of"] for row in rows} == {"00000"}


def test_a_copy_of_equal_signature_is_found_among_thousands_much_alike(monkeypatch):
    monkeypatch.setattr(resemblance, "RUN", 5)
    articles = [
        {"article_id": f"{n:04}", "body_sha256": f"{n}", "n_chars": 2000, "shingles": varied(n, 1, 0.05)}
        for n in range(500)
    ]
    articles[499]["shingles"] = articles[250]["shingles"]
    assert found(articles)[-1]["dup_score"] == 1.0


@pytest.mark.parametrize("articles", [[], [{"article_id": "1", "body_sha256": "1", "n_chars": 900}]])
def test_nothing_to_compare(articles):
    assert found(articles) == []
