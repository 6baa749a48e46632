"""What people say of facts and of who is who: applied anew by every run, told where it can't be, never dropped."""

import csv
import json
from datetime import date
from functools import cache

import pytest

import pipeline.run
from pipeline import engine, gazetteers
from pipeline.annotations import CORRECTION_COLUMNS, CORRECTIONS, JUDGEMENT_COLUMNS, JUDGEMENTS, day, read_annotations
from pipeline.corrections import FACTS, choices
from pipeline.dataset import manifest, snapshot
from pipeline.dataset.schema import TABLES
from pipeline.dependent_columns import bounds
from pipeline.errors import UsageError
from pipeline.judgements import Groups
from tests.small_language import language, line
from tests.test_consolidate import tables_of

SAID = {"who": "Lò Thị Kiểm", "when": "2026-11-21", "why": "seen in the minutes"}


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


class Dataset:
    """Articles, what people say of them, and the tables that come of both."""

    def __init__(self, folder, *lines):
        self.input, self.out = folder / "news.jsonl", folder / "dataset"
        self.input.write_text("".join(text + "\n" for text in lines), encoding="utf-8")
        self.summary = None

    def say(self, corrections=(), judgements=()):
        self.out.mkdir(exist_ok=True)
        for name, columns, rows in (
            (CORRECTIONS, CORRECTION_COLUMNS, corrections),
            (JUDGEMENTS, JUDGEMENT_COLUMNS, judgements),
        ):
            with (self.out / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows({**SAID, **row} for row in rows)
        return self

    def run(self, **options):
        self.summary = engine.run([str(self.input)], self.out, engine.RunOptions(**options))
        return tables_of(self.out)


def problems(tables):
    return {row["input_ref"]: (row["error"], row["message"]) for row in tables["rejects"]}


def value(row, column, new):
    return {"row_id": row["row_id"], "verdict": "value", "column": column, "value": new}


def of(tables, table, row):
    return next(one for one in tables[table] if one["row_id"] == row["row_id"])


# --- corrections ----------------------------------------------------------------------------------------------------


def test_a_value_is_corrected_and_says_so(tmp_path):
    data = Dataset(tmp_path, line(1), line(2))
    figure, other = data.run()["figures"][:2]
    tables = data.say([value(figure, "value", "7"), value(figure, "counted", "")]).run()
    now = of(tables, "figures", figure)
    assert now == {**figure, "value": 7.0, "counted": None, "flags": ["corrected"], "run_id": now["run_id"]}
    assert of(tables, "figures", other) == {**other, "run_id": other["run_id"]}
    assert [row["row_id"] for row in tables["figures"]][:2] == [figure["row_id"], other["row_id"]]
    first, second = tables["corrections"]
    assert first == {
        "row_id": figure["row_id"], "table_name": "figures", "article_id": figure["article_id"], "verdict": "value",
        "column_name": "value", "value_before": "2", "value": "7", "who": "Lò Thị Kiểm", "said_on": date(2026, 11, 21),
        "why": "seen in the minutes", "source": "corrections.csv:2",
    }  # fmt: skip
    assert second["column_name"] == "counted" and second["value"] is None


def test_a_change_of_what_is_said_extracts_nothing_anew(tmp_path, monkeypatch):
    data = Dataset(tmp_path, *map(line, range(6)))
    figure = data.run(shard_size=3)["figures"][0]
    files = {file: file.stat().st_mtime_ns for file in (data.out / "shards").rglob("*.parquet")}
    report = (data.out / "report.html").read_bytes()

    def never(*_):
        raise AssertionError("an article was read")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.run, "documents", never)
        tables = data.say([value(figure, "value", "9")]).run(shard_size=3)
        assert of(tables, "figures", figure)["value"] == 9
        assert data.summary.shards_done == 0 and not data.summary.unchanged
        assert (data.out / "report.html").read_bytes() != report
        generation = manifest.committed(data.out).generation
        assert data.run(shard_size=3) == tables and data.summary.unchanged
        assert manifest.committed(data.out).generation == generation
        undone = data.say().run(shard_size=3)
    assert of(undone, "figures", figure) == figure and undone["corrections"] == []
    assert {file: file.stat().st_mtime_ns for file in (data.out / "shards").rglob("*.parquet")} == files


def test_it_survives_new_articles_and_a_dataset_made_anew(tmp_path):
    data = Dataset(tmp_path, line(1))
    figure = data.run()["figures"][0]
    data.say([value(figure, "value", "9")]).run()
    data.input.write_text(f"{line(5)}\n{line(1)}\n", encoding="utf-8")
    assert of(data.run(), "figures", figure)["value"] == 9
    other = Dataset(tmp_path, line(1))
    other.out = tmp_path / "anew"
    tables = other.run(corrections=(data.out / CORRECTIONS,), judgements=(data.out / JUDGEMENTS,))
    assert of(tables, "figures", figure)["value"] == 9 and tables["rejects"] == []


def test_a_wrong_row_stays_flagged_and_counts_in_nothing(tmp_path):
    data = Dataset(tmp_path, line(1))
    before = data.run()
    wrong = [before[name][0] for name in ("officials", "event_mentions", "organization_mentions")]
    tables = data.say([{"row_id": row["row_id"], "verdict": "wrong"} for row in wrong]).run()
    official, event, mention = (
        of(tables, name, row)
        for name, row in zip(("officials", "event_mentions", "organization_mentions"), wrong, strict=True)
    )
    assert official["flags"] == event["flags"] == mention["flags"] == ["wrong"]
    assert official["person_id"] is official["org_id"] is event["event_id"] is mention["org_id"] is None
    assert official["person"] == wrong[0]["person"] and mention["surface"] == wrong[2]["surface"]
    assert tables["persons"] == tables["tenures"] == tables["events"] == []
    assert len(tables["officials"]) == len(before["officials"])


def test_what_follows_from_a_correction_goes_along(tmp_path):
    data = Dataset(tmp_path, line(1))
    before = data.run()
    day_said, mention, official, event = (
        before[name][0] for name in ("dates", "organization_mentions", "officials", "event_mentions")
    )
    said = [
        value(day_said, "value", "2023-Q2"),
        value(mention, "org_id", CENTRAL),
        value(official, "person", "Trần Thị Mây"),
        value(official, "organization", "Tổng Liên đoàn Lao động Việt Nam"),
        value(official, "role_id", "vice_chair"),
        value(event, "date_from", "2/4/2022"),
    ]
    tables = data.say(said).run()
    assert tables["rejects"] == []
    now = of(tables, "dates", day_said)
    assert (now["date_from"], now["date_to"], now["granularity"]) == (date(2023, 4, 1), date(2023, 6, 30), "quarter")
    now = of(tables, "organization_mentions", mention)
    assert (now["name"], now["org_type"], now["link_method"]) == (
        "Tổng Liên đoàn Lao động Việt Nam", "union_central", "judged",
    )  # fmt: skip
    now = of(tables, "officials", official)
    assert now["org_id"] == CENTRAL and now["role_rank"] > 1 and now["person_id"].startswith("tran-thi-may-")
    assert [row["name"] for row in tables["persons"]] == ["Trần Thị Mây"]
    assert [(row["role_id"], row["org_id"]) for row in tables["tenures"]] == [("vice_chair", CENTRAL)]
    now = of(tables, "event_mentions", event)
    assert now["date_from"] == now["date_to"] == date(2022, 4, 2) and now["date_precision"] == "day"
    assert tables["events"][0]["date_from"] == date(2022, 4, 2)


def test_right_is_noted_and_changes_nothing_else(tmp_path):
    data = Dataset(tmp_path, line(1))
    figure = data.run()["figures"][0]
    now = of(data.say([{"row_id": figure["row_id"], "verdict": "right"}]).run(), "figures", figure)
    assert now == {**figure, "flags": ["confirmed"]}


@pytest.mark.parametrize(
    ("column", "new", "error", "words"),
    [
        ("valu", "3", "unknown_column", "did you mean value"),
        ("surface", "3", "unknown_column", "no column 'surface' that can be corrected"),
        ("", "3", "incomplete", "column is empty"),
        ("value", "nhiều", "bad_value", "a number with a decimal point"),
        ("value", "38.500", "bad_value", "no thousands signs"),
        ("value", "nan", "bad_value", "a number"),
        ("value", "", "bad_value", "can't be empty"),
        ("status", "actuall", "bad_value", "did you mean actual"),
        ("period_from", "31/2/2022", "bad_value", "a day as 2026-11-21"),
        ("value_max", "1", "bad_value", "would be after"),
        ("who_org_id", "ldld-sao-hoa", "unknown_organization", "no organization has the id"),
    ],
)
def test_what_can_t_be_applied_is_a_reject_that_says_why(tmp_path, column, new, error, words):
    data = Dataset(tmp_path, line(1))
    figure = data.run()["figures"][0]
    tables = data.say([value(figure, column, new)]).run()
    found, message = problems(tables)["corrections.csv:2"]
    assert found == error and words in message
    assert of(tables, "figures", figure) == figure and tables["corrections"] == []
    reject = tables["rejects"][0]
    assert reject["stage"] == "consolidate" and reject["run_id"] == tables["runs"][-1]["run_id"]
    assert data.summary.n_rejected == 1 and data.summary.n_in == data.summary.n_ok == 1


def test_a_fact_no_longer_found_is_told(tmp_path):
    data = Dataset(tmp_path, line(1))
    figure = data.run()["figures"][0]
    data.say([value(figure, "value", "9"), {"row_id": "x", "verdict": "wrong"}])
    data.input.write_text(line(2) + "\n", encoding="utf-8")
    found = problems(data.run())
    assert found["corrections.csv:2"][0] == found["corrections.csv:3"][0] == "unknown_row"
    assert (
        "no longer found" in found["corrections.csv:2"][1] and "copy the 20 characters" in found["corrections.csv:3"][1]
    )


def test_lines_that_contradict_each_other_are_all_left_out(tmp_path):
    data = Dataset(tmp_path, line(1), line(2))
    one, two, three = data.run()["figures"][:3]
    tables = data.say(
        [
            value(one, "value", "8"),
            value(one, "value", "9"),
            {"row_id": two["row_id"], "verdict": "wrong"},
            {"row_id": two["row_id"], "verdict": "right"},
            value(three, "value", "5"),
            value(three, "value", "5.0"),
        ]
    ).run()
    assert {source: error for source, (error, _) in problems(tables).items()} == dict.fromkeys(
        [f"corrections.csv:{number}" for number in (2, 3, 4, 5)], "contradiction"
    )
    assert of(tables, "figures", one) == one and of(tables, "figures", two) == two
    assert of(tables, "figures", three)["value"] == 5 and len(tables["corrections"]) == 2


# --- the files ------------------------------------------------------------------------------------------------------


def test_files_of_a_spreadsheet_set_to_vietnamese_are_read(tmp_path):
    data = Dataset(tmp_path, line(1))
    figure = data.run()["figures"][0]
    text = "\ufeffRow_id;verdict;column;value;who;when;why;note\r\n"
    text += f'\'{figure["row_id"]};value;value;9;Kiểm;21/11/2026;"đếm; hai lần";\r\n;;;;;;;\r\n'
    (data.out / CORRECTIONS).write_text(text, encoding="utf-8", newline="")
    tables = data.run()
    assert tables["rejects"] == [] and tables["corrections"][0]["why"] == "đếm; hai lần"
    assert of(tables, "figures", figure)["value"] == 9


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ("a1,wrong,,,,2026-11-21,why", "incomplete"),
        ("a1,wrong,,,who,2026-11-21,", "incomplete"),
        ("a1,perhaps,,,who,2026-11-21,why", "bad_value"),
        ("a1,wrong,,,who,yesterday,why", "bad_value"),
        ("a1,wrong,,,who,2026-11-21,why,and more", "incomplete"),
        ("a1,wrong", "incomplete"),
    ],
)
def test_a_line_of_bad_form_is_a_reject(tmp_path, cells, error):
    (tmp_path / CORRECTIONS).write_text(f"{','.join(CORRECTION_COLUMNS)}\n{cells}\n", encoding="utf-8")
    (problem,) = read_annotations(tmp_path).problems
    assert (problem.error, problem.source) == (error, "corrections.csv:2")


@pytest.mark.parametrize(
    "content", [b"", b"id,text\n", b"\xff\xfe\x00", b'row_id,verdict,column,value,who,when,why\n"a', b"\x00\n"]
)
def test_a_file_that_is_none_is_wrong_usage(tmp_path, content):
    (tmp_path / CORRECTIONS).write_bytes(content)
    with pytest.raises(UsageError, match=r"corrections\.csv"):
        read_annotations(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        read_annotations(tmp_path / "none", [tmp_path / "absent.csv"])


def test_days():
    assert day("2026-11-21") == day("21/11/2026") == day("21.11.2026") == date(2026, 11, 21)
    assert day("2026-02-30") is day("30/2/2026") is day("20261121") is day("") is None
    assert bounds("2022-13") is bounds("XXXX-02-01") is bounds("2022-W60") is None
    assert bounds("2022-01-03TMO")[1] == (date(2022, 1, 3),) * 2


def test_every_controlled_column_exists():
    for table, column in choices():
        assert column in {one.name for one in FACTS[table].columns}


# --- judgements: organizations --------------------------------------------------------------------------------------


def judged(kind, verdict, one, other):
    return {"kind": kind, "verdict": verdict, "one": one, "other": other}


CENTRAL = next(iter(gazetteers.organizations()))  # the confederation
ALPHA, BETA = "x-cong-doan-cong-ty-alpha", "x-cong-doan-cong-ty-beta"


def test_one_organization_is_another(tmp_path):
    beta = line(2, "Ngày 3/3/2022, Chủ tịch Công đoàn Công ty Beta Trần Thị Mai trao 5 suất quà.")
    data = Dataset(tmp_path, line(1), beta)
    assert {row["org_id"] for row in data.run()["organizations"]} == {ALPHA, BETA}
    tables = data.say(judgements=[judged("organization", "same", CENTRAL, "Công đoàn Công ty Beta")]).run()
    listed = {row["org_id"] for row in tables["organizations"]}
    assert {ALPHA, CENTRAL} <= listed and BETA not in listed
    mentions = [row for row in tables["organization_mentions"] if row["surface"].endswith("Beta")]
    assert {(row["org_id"], row["link_method"], row["link_score"]) for row in mentions} == {(CENTRAL, "judged", None)}
    assert CENTRAL in {row["org_id"] for row in tables["officials"]} & {row["org_id"] for row in tables["tenures"]}
    aliases = {row["alias"] for row in tables["organization_aliases"] if row["org_id"] == CENTRAL}
    assert "Công đoàn Công ty Beta" in aliases
    (told,) = tables["judgements"]
    assert told["one_id"] == told["other_id"] == CENTRAL and told["effect"] == "merged"
    assert told["who"] == "Lò Thị Kiểm" and told["source"] == "judgements.csv:2"


def test_persons_at_houses_that_are_one_are_one(tmp_path):
    text = "Ngày {}/3/2022, Chủ tịch Công đoàn Công ty {} Trần Thị Mai trao quà."
    data = Dataset(tmp_path, line(1, text.format(1, "Alpha")), line(2, text.format(2, "Beta")))
    assert len(data.run()["persons"]) == 2
    assert len(data.say(judgements=[judged("organization", "same", ALPHA, BETA)]).run()["persons"]) == 1


def test_organizations_the_same_and_not(tmp_path):
    data = Dataset(tmp_path, line(1))
    split = judged("organization", "different", ALPHA, "Công đoàn công ty ALPHA")
    found = problems(data.say(judgements=[split]).run())
    assert found["judgements.csv:2"][0] == "contradiction" and "name one thing" in found["judgements.csv:2"][1]
    said = [judged("organization", verdict, CENTRAL, ALPHA) for verdict in ("same", "different")]
    tables = data.say(judgements=said).run()
    assert [error for error, _ in problems(tables).values()] == ["contradiction"] * 2
    assert {row["org_id"] for row in tables["organization_mentions"]} == {ALPHA}


def test_a_name_is_not_the_gazetteer_s(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", cache(pipeline.load))
    text = (
        "Ngày 3/3/2022, Công đoàn Y tế Việt Nam tổ chức hội nghị tại Hà Nội.\n"
        "Bà Lò Thị Kiểm, Chủ tịch Công đoàn Y tế Việt Nam, dự."
    )
    data = Dataset(tmp_path, line(1, text, title="Hội nghị cán bộ"))
    before = data.run(workers=1)
    org_id = before["organization_mentions"][0]["org_id"]
    assert not org_id.startswith("x-")
    said = judged("organization", "different", org_id, "Công đoàn Y tế Việt Nam")
    tables = data.say(judgements=[said]).run(workers=1)
    new = "x-cong-doan-y-te-viet-nam"
    assert {(row["org_id"], row["link_method"]) for row in tables["organization_mentions"]} == {(new, "judged")}
    assert {row["org_id"] for row in tables["officials"]} == {new}
    assert org_id not in {row["org_id"] for row in tables["event_participants"]}
    assert tables["judgements"][0]["effect"] == "split" and tables["judgements"][0]["other_id"] == new
    assert new in {row["org_id"] for row in tables["organizations"]}


# --- judgements: persons and events ---------------------------------------------------------------------------------


def people(tmp_path):
    text = "Ngày {0}/3/2022, tại buổi lễ thứ {0}, có Chủ tịch Công đoàn Công ty {1} {2} dự."
    told = (("Alpha", "Trần Thị Mai"), ("Alpha", "Trần Thị Mai"), ("Beta", "Trần Thị Mai"), ("Beta", "Trần Thị May"))
    return Dataset(tmp_path, *(line(n, text.format(n, *who)) for n, who in enumerate(told, 1)))


def test_persons_are_judged_by_their_statements(tmp_path):
    data = people(tmp_path)
    before = data.run()
    a, b, c, d = before["officials"]
    assert a["person_id"] == b["person_id"] and len(before["persons"]) == 3
    tables = data.say(
        judgements=[
            judged("person", "different", a["row_id"], b["row_id"]),
            judged("person", "same", b["row_id"], c["row_id"]),
            judged("person", "same", c["person_id"], d["person_id"]),
        ]
    ).run()
    assert tables["rejects"] == []
    now = {row["row_id"]: row["person_id"] for row in tables["officials"]}
    assert now[a["row_id"]] != now[b["row_id"]] == now[c["row_id"]] == now[d["row_id"]]
    methods = {row["person_id"]: row["merge_method"] for row in tables["persons"]}
    assert methods[now[a["row_id"]]] == "single" and "judged" in methods[now[b["row_id"]]].split("+")
    assert sorted(row["effect"] for row in tables["judgements"]) == ["merged", "merged", "split"]


def test_namesakes_at_one_house_are_two_ids(tmp_path):
    data = people(tmp_path)
    a, b, *_ = data.run()["officials"]
    tables = data.say(judgements=[judged("person", "different", a["row_id"], b["row_id"])]).run()
    ids = [row["person_id"] for row in tables["persons"]]
    assert len(ids) == len(set(ids)) == 4
    assert {row["person_id"] for row in tables["officials"]} == set(ids)
    # Each has the tenure that its own statements show, and one chair is one chair's.
    assert {row["conflict"] for row in tables["tenures"] if row["org_id"] == ALPHA} == {True}


def test_judgements_that_contradict_by_way_of_others(tmp_path):
    data = people(tmp_path)
    a, _, c, d = (row["row_id"] for row in data.run()["officials"])
    tables = data.say(
        judgements=[
            judged("person", "same", a, c),
            judged("person", "same", c, d),
            judged("person", "different", d, a),
            judged("person", "same", "nobody-00000000", a),
            judged("person", "same", a, a),
        ]
    ).run()
    found = problems(tables)
    errors = {source: error for source, (error, _) in found.items()}
    assert errors == {
        **{f"judgements.csv:{number}": "contradiction" for number in (2, 3, 4)},
        "judgements.csv:5": "unknown_id",
        "judgements.csv:6": "bad_value",
    }
    assert "judgements.csv:2, judgements.csv:3" in found["judgements.csv:4"][1]
    assert len(tables["persons"]) == 3 and tables["judgements"] == []


def test_events_are_judged_by_their_mentions(tmp_path):
    text = "Ngày {}/3/2022, Công đoàn Công ty {} trao quà cho công nhân khó khăn trong xưởng, lần thứ {}."
    data = Dataset(
        tmp_path,
        *(line(n, text.format(d, who, n)) for n, (d, who) in enumerate(((3, "Alpha"), (3, "Alpha"), (5, "Beta")), 1)),
    )
    before = data.run()
    a, b, c = before["event_mentions"]
    assert a["event_id"] == b["event_id"] != c["event_id"]
    said = [judged("event", "different", a["row_id"], b["row_id"]), judged("event", "same", a["row_id"], c["event_id"])]
    tables = data.say(judgements=said).run()
    a, b, c = tables["event_mentions"]
    assert a["event_id"] == c["event_id"] != b["event_id"] and c["merge_reason"] == "judged"
    assert len(tables["events"]) == 2 and {row["effect"] for row in tables["judgements"]} == {"split", "merged"}


def test_nothing_but_the_lines_decides(tmp_path):
    """The order of the lines is that of the tables of what was said, and nothing else's."""
    data = people(tmp_path)
    a, b, c, d = (row["row_id"] for row in data.run()["officials"])
    said = [judged("person", "different", a, b), judged("person", "same", b, c), judged("person", "different", d, b)]
    tables = data.say(judgements=said).run()
    again = data.say(judgements=said[::-1]).run()
    for name in set(TABLES) - {"judgements", "runs"}:
        assert tables[name] == again[name], name


def test_groups_keep_apart():
    groups = Groups("abcd")
    groups.keep_apart("a", "b")
    assert groups.join("a", "c") and groups.join("b", "d")
    assert not groups.join("c", "d") and groups.find("c") == "a" and groups.find("d") == "b"
    assert groups.join("a", "c") and not groups.may_join("d", "a")


# --- the bundled sample ---------------------------------------------------------------------------------------------


def test_all_that_is_said_of_the_sample_is_applied(sample_dataset):
    with snapshot.open_snapshot(sample_dataset) as con:
        assert con.sql("SELECT count(*) FROM rejects").fetchall() == [(0,)]
        verdicts = con.sql("SELECT DISTINCT verdict FROM corrections ORDER BY ALL").fetchall()
        effects = con.sql("SELECT kind, effect FROM judgements ORDER BY ALL").fetchall()
    assert verdicts == [("right",), ("value",), ("wrong",)]
    assert effects == [("organization", "merged"), ("person", "merged")]
    content = json.loads((sample_dataset / "manifest.json").read_text(encoding="utf-8"))
    assert len(content["annotations"]) == 64
