"""Across articles: copies, namesakes, one event told by several sites; nothing but the input decides."""

import json
import random
from datetime import date
from functools import cache

import numpy as np
import pyarrow.parquet as pq
import pytest

import pipeline.run
from pipeline import engine
from pipeline.copies import are_series, contained
from pipeline.dataset import manifest, snapshot
from pipeline.dataset.schema import TABLES
from pipeline.signatures import STORED, signature
from pipeline.venues import CONFLICT, SAME, WIDER, relation
from tests.small_language import language, line


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


def tables_of(out):
    with snapshot.open_snapshot(out) as con:
        return {name: con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in TABLES}


def made(tmp_path, *lines, name="dataset", **options):
    """The snapshot's tables of these articles, as lists of rows."""
    file = tmp_path / f"{name}.jsonl"
    file.write_text("".join(text + "\n" for text in lines), encoding="utf-8")
    out = tmp_path / name
    engine.run([str(file)], out, engine.RunOptions(**options))
    return tables_of(out)


def by_input(tables):
    return {row["input_id"]: row for row in tables["articles"]}


# --- copies ---------------------------------------------------------------------------------------------------------

WORDS = (
    "ca",
    "kíp",
    "xưởng",
    "may",
    "giày",
    "tổ trưởng",
    "bữa ăn",
    "nhà trọ",
    "đêm nay",
    "hàng cây",
    "cổng",
    "mưa",
    "quê",
)


def told(seed, n=14, size=22):
    """An article's paragraphs, each its own; the same for the same seed."""
    words = random.Random(seed)
    return [" ".join(words.choices(WORDS, k=size)).capitalize() + f" {seed}-{i}." for i in range(n)]


def article(number, paragraphs, **fields):
    return line(number, "\n".join(paragraphs), **fields)


def test_syndicated_and_near_copies_point_to_the_first_published(tmp_path):
    body = told(1)
    edited = [p.replace("mưa", "nắng") if i % 5 == 0 else p for i, p in enumerate(body)]
    rows = by_input(
        made(
            tmp_path,
            article(3, [*body[:7], "Theo báo bạn."], published="2022-04-03"),
            article(4, body[3:5], published="2022-04-04", title="Tóm tắt"),
            article(2, edited, published="2022-04-02"),
            article(9, told(2), published="2022-04-01"),
            article(1, body, published="2022-04-01", title="Bài gốc"),
            article(5, body, published="2022-04-05", title="Đăng lại nguyên văn"),
            article(6, [" ".join(edited)], published="2022-04-06", title="Một đoạn liền"),
        )
    )
    head = rows["a1"]["article_id"]
    assert {name: row["dup_of"] for name, row in rows.items()} == {
        "a1": None, "a9": None, "a2": head, "a3": head, "a4": head, "a5": head, "a6": head,
    }  # fmt: skip
    reasons = {name: row["dup_reason"] for name, row in rows.items()}
    assert reasons["a5"] == "body" and reasons["a4"] == reasons["a3"] == "paragraphs" and reasons["a6"] == "shingles"
    assert all(0.6 <= row["dup_score"] <= 1 for row in rows.values() if row["dup_of"])


def test_articles_that_share_a_quoted_paragraph_are_no_copies(tmp_path):
    quoted = told(7, n=1)
    rows = by_input(made(tmp_path, article(1, [*told(3), *quoted]), article(2, [*quoted, *told(4)])))
    assert [row["dup_of"] for row in rows.values()] == [None, None]


def test_editions_of_one_form_are_no_copies(tmp_path):
    one = told(5)
    other = [p.replace("mưa", "nắng").replace("quê", "phố") if i % 2 else p for i, p in enumerate(one)]
    titles = ("Sổ tay đoàn viên tháng 3", "Sổ tay đoàn viên tháng 4")
    rows = by_input(made(tmp_path, article(1, one, title=titles[0]), article(2, other, title=titles[1])))
    assert [row["dup_of"] for row in rows.values()] == [None, None]
    assert are_series(*titles) and not are_series(titles[0], titles[0])
    assert not are_series("Hơn 600 người nghỉ", "Gần 700 người nghỉ") and not are_series(None, "Tin 3")


def test_a_sequel_that_repeats_what_went_before_is_no_copy(tmp_path):
    before = told(6, n=12)
    sequel = [" ".join([*told(11, n=6), *before[:6]])]
    rows = by_input(made(tmp_path, article(1, before), article(2, sequel, published="2022-05-01")))
    assert [row["dup_of"] for row in rows.values()] == [None, None]


def test_short_items_of_one_form_are_no_copies(tmp_path):
    form = "Ngày 3/3/2022, tại nhà văn hóa của tỉnh, Công đoàn Công ty {} đã tổ chức trao quà cho công nhân khó khăn."
    rows = by_input(made(tmp_path, line(1, form.format("Alpha")), line(2, form.format("Beta"))))
    assert [row["dup_of"] for row in rows.values()] == [None, None]


def test_short_texts_are_nobodys_copies(tmp_path):
    rows = by_input(made(tmp_path, line(1, "Tin đang cập nhật."), line(2, "Tin đang cập nhật.")))
    assert [row["dup_of"] for row in rows.values()] == [None, None]


def test_signatures_know_spelling_from_words():
    plain, spelt = (
        signature("Hoà giải viên\nký biên bản tại cơ quan"),
        signature("HÒA GIẢI VIÊN\nký biên bản tại cơ quan"),
    )
    assert plain == spelt
    other = signature(" ".join(told(8)))
    assert np.mean(np.frombuffer(plain["shingles"], STORED) == np.frombuffer(other["shingles"], STORED)) < 0.05
    assert contained(0.5, 1000, 2000) == contained(0.5, 2000, 1000) == pytest.approx(1)
    assert contained(0.45, 1000, 1000) < 0.7 < contained(0.57, 1000, 1100)
    assert signature("Bốn chữ mà thôi")["shingles"] is None and signature("")["paragraphs"] == []


# --- persons and tenures --------------------------------------------------------------------------------------------


def statement(number, person, company, word="", also="", **fields):
    text = (
        f"Ngày 3/3/2022, tại buổi gặp mặt người lao động đầu năm mới, lần thứ {number}, "
        f"có {word}Chủ tịch Công đoàn Công ty {company} {person} dự.{also}"
    )
    return article(number, [text, *told(100 + number, n=3)], **fields)


def test_namesakes_stay_apart_across_articles_and_within_one(tmp_path):
    also = " Cùng dự có Chủ tịch Công đoàn Công ty Beta Trần Thị Mai."
    tables = made(
        tmp_path,
        statement(1, "Trần Thị Mai", "Alpha"),
        statement(2, "Trần Thị Mai", "Gamma"),
        statement(3, "Trần Thị Mai", "Alpha", also=also),
        statement(4, "TRẦN THỊ MAI".title(), "Alpha"),
    )
    who = {}
    for row in tables["officials"]:
        who.setdefault(row["organization"].rpartition(" ")[2], set()).add(row["person_id"])
    assert {company: len(ids) for company, ids in who.items()} == {"Alpha": 1, "Beta": 1, "Gamma": 1}
    assert len(set.union(*who.values())) == 3
    methods = {row["person_id"]: row["merge_method"] for row in tables["persons"]}
    assert methods[min(who["Alpha"])] == "name_organization" and methods[min(who["Gamma"])] == "single"


def test_a_tenure_is_seen_from_its_first_to_its_last_day(tmp_path):
    tables = made(
        tmp_path,
        statement(1, "Trần Thị Mai", "Alpha", published="2022-05-01"),
        statement(2, "Trần Thị Mai", "Alpha", published="2021-02-01"),
        statement(3, "Trần Thị Mai", "Alpha", published=None),
        statement(4, "Trần Thị Mai", "Alpha", word="nguyên ", published="2024-01-01"),
    )
    (tenure,) = tables["tenures"]
    assert (tenure["first_seen"], tenure["last_seen"]) == (date(2021, 2, 1), date(2022, 5, 1))
    assert (tenure["n_articles"], tenure["n_sources"], tenure["conflict"]) == (3, 1, False)


# --- events ---------------------------------------------------------------------------------------------------------


def site(number, text, host):
    return line(number, text, url=f"https://{host}/{number}.html", title=f"Bài {number}")


def test_one_event_told_by_three_sites_is_one_row_with_its_articles_and_sources(tmp_path):
    tables = made(
        tmp_path,
        site(1, "Sáng 3/3/2022, Công đoàn Công ty Alpha trao quà Tết cho công nhân khó khăn tại xưởng chính.", "a.vn"),
        site(2, "Công đoàn Công ty Alpha vừa trao quà Tết cho công nhân khó khăn, ngày 3/3/2022.", "b.vn"),
        site(3, "Hôm 3/3/2022, nhiều công nhân khó khăn vui: Công đoàn Công ty Alpha trao quà Tết cho họ.", "c.vn"),
    )
    (event,) = tables["events"]
    assert (event["n_articles"], event["n_sources"], event["type"]) == (3, 3, "welfare")
    reasons = [row["merge_reason"] for row in tables["event_mentions"]]
    assert reasons.count(None) == 1 and reasons.count("organizer") == 2


def test_two_events_on_one_day_at_one_place_stay_two(tmp_path):
    tables = made(
        tmp_path,
        line(1, "Ngày 3/3/2022, tại nhà văn hóa, Công đoàn Công ty Alpha trao quà cho công nhân."),
        line(2, "Ngày 3/3/2022, tại nhà văn hóa, Công đoàn Công ty Beta trao quà cho công nhân."),
        line(3, "Ngày 3/3/2022, tại nhà văn hóa, Công đoàn Công ty Alpha mở hội nghị cho công nhân."),
        line(4, "Ngày 4/3/2022, tại nhà văn hóa, Công đoàn Công ty Alpha trao quà cho công nhân."),
    )
    assert [row["n_articles"] for row in tables["events"]] == [1, 1, 1, 1]
    assert {row["merge_reason"] for row in tables["event_mentions"]} == {None}


def test_an_event_told_twice_in_copies_counts_once(tmp_path):
    body = ["Công đoàn Công ty Alpha trao quà cho đoàn viên khó khăn trong xưởng.", *told(1, n=4)]
    tables = made(tmp_path, article(1, body), article(2, body, published="2022-05-05", title="Đăng lại"))
    (event,) = tables["events"]
    assert event["n_articles"] == 1
    assert [row["merge_reason"] for row in tables["event_mentions"]] == [None, "copy"]


THREE_SITES = [
    (
        "baonghean.vn",
        "Sáng 12/1/2022, tại Nhà Văn hóa Lao động tỉnh, LĐLĐ tỉnh Nghệ An tổ chức hội nghị tổng kết hoạt động công "
        "đoàn năm 2021. Đồng chí Lê Quang Vỹ, Chủ tịch LĐLĐ tỉnh chủ trì hội nghị.",
    ),
    (
        "laodong.vn",
        "Ngày 12.1.2022, Liên đoàn Lao động tỉnh Nghệ An đã tổ chức Hội nghị tổng kết phong trào công nhân, viên chức, "
        "lao động năm 2021. Hơn 200 đại biểu tới dự và nghe báo cáo.",
    ),
    (
        "congdoannghean.vn",
        "Hội nghị tổng kết hoạt động công đoàn năm 2021 do LĐLĐ tỉnh Nghệ An tổ chức diễn ra sáng 12/1/2022 tại thành "
        "phố Vinh. Nhiều tập thể, cá nhân được biểu dương.",
    ),
]
SAME_DAY = [
    (
        "baonghean.vn",
        "Sáng 12/1/2022, tại Nhà Văn hóa Lao động tỉnh, Công đoàn Viên chức tỉnh Nghệ An tổ chức hội nghị tổng kết "
        "năm 2021. Các đại biểu thảo luận về việc chăm lo cho đoàn viên.",
    ),
    (
        "laodong.vn",
        "Sáng 12/1/2022, tại Nhà Văn hóa Lao động tỉnh, LĐLĐ tỉnh Nghệ An trao 50 suất quà cho công nhân khó khăn.",
    ),
]


def test_three_sites_and_two_more_events_as_the_extractors_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", cache(pipeline.load))
    lines = [site(n, text, host) for n, (host, text) in enumerate(THREE_SITES + SAME_DAY)]
    tables = made(tmp_path, *lines, workers=1)
    assert sorted((row["n_articles"], row["n_sources"]) for row in tables["events"]) == [(1, 1), (1, 1), (3, 3)]
    assert {row["org_id"] for row in tables["event_participants"] if row["role"] == "organizer"} == {
        "ldld-nghe-an",
        "cd-vc-nghe-an",
    }
    persons = {row["person_id"]: row["name"] for row in tables["persons"]}
    (chair,) = [row for row in tables["event_participants"] if row["role"] == "chair"]
    assert persons[chair["person_id"]] == chair["person"] == "Lê Quang Vỹ"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Hà Nội", "TP. Hà Nội", SAME),
        ("Cung Văn hóa Lao động, Hà Nội", "Hà Nội", WIDER),
        ("huyện Tiên Lãng", "Hải Phòng", WIDER),
        ("KCN Đồng Văn II (Hà Nam)", "Khu công nghiệp Đồng Văn II", SAME),
        ("quận 11, TPHCM", "quận 3, TP.HCM", CONFLICT),
        ("Hà Nội", "Đà Nẵng", CONFLICT),
        ("Công ty Alpha", "Công ty Beta", CONFLICT),
        ("Hà Nội", None, WIDER),
        (None, None, SAME),
    ],
)
def test_places(one, other, expected):
    assert relation(one, other) == relation(other, one) == expected


# --- the run --------------------------------------------------------------------------------------------------------

FREE = {"run_id", "archive_ref", "started_at", "finished_at", "config_sha256", "n_in", "n_ok", "n_rejected"}


def comparable(tables):
    """Rows without what tells of the run or of the input's place, in an order of their own."""
    return {
        name: sorted(json.dumps({k: v for k, v in row.items() if k not in FREE}, default=str) for row in rows)
        for name, rows in tables.items()
        if name != "runs"
    }


def mixed():
    """Articles with copies, namesakes and events told several times."""
    lines = [line(n, published=f"2022-04-{n % 9 + 1:02d}") for n in range(12)]
    lines += [article(20 + n, told(n % 3)[: 14 - n], published=f"2022-06-{n + 1:02d}") for n in range(8)]
    lines += [article(30 + n, [" ".join(told(n % 3))], published=f"2022-07-{n + 1:02d}") for n in range(3)]
    lines += [statement(40 + n, "Trần Thị Mai", ("Alpha", "Beta", "Gamma")[n % 3]) for n in range(6)]
    return lines


def test_neither_order_nor_workers_nor_shards_change_a_row(tmp_path, monkeypatch):
    lines = mixed()
    once = comparable(made(tmp_path, *lines, name="one", workers=1))
    random.Random(4).shuffle(lines)
    assert comparable(made(tmp_path, *lines, name="two", workers=1, shard_size=3)) == once
    assert any('"dup_reason": "shingles"' in row for row in once["articles"])


def test_a_run_again_and_a_run_with_more_give_what_one_run_gives(tmp_path):
    lines = mixed()
    whole = comparable(made(tmp_path, *lines, name="whole", workers=1))
    grown = made(tmp_path, *lines[:15], name="grown", workers=1, shard_size=5)
    grown = made(tmp_path, *lines, name="grown", workers=1, shard_size=5)
    assert comparable(grown) == whole
    again = made(tmp_path, *lines, name="grown", workers=1, shard_size=5)
    assert again == grown


def test_a_run_with_more_reads_the_signatures_of_the_others(tmp_path, monkeypatch):
    lines = mixed()
    made(tmp_path, *lines[:20], name="grown", workers=1, shard_size=5)
    computed = []
    real = pipeline.run.rows.signature
    monkeypatch.setattr(pipeline.run.rows, "signature", lambda body: computed.append(body) or real(body))
    made(tmp_path, *lines, name="grown", workers=1, shard_size=5)
    # The last shard of before may be cut anew.
    assert len(lines) - 20 <= len(computed) <= len(lines) - 20 + 5


def test_working_tables_are_in_the_shards_and_in_no_readers_way(tmp_path):
    made(tmp_path, *mixed(), workers=1)
    known = manifest.committed(tmp_path / "dataset")
    for shard in known.shards:
        stored = pq.read_table(tmp_path / "dataset" / "shards" / shard.fingerprint / "signatures.parquet")
        assert stored.num_rows == shard.counts["articles"]
    with snapshot.open_tables(tmp_path / "dataset") as con:
        assert "signatures" not in {name for (name,) in con.execute("SHOW TABLES").fetchall()}
