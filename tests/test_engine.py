"""Runs: what is done again and what is kept, rejects, workers that die, and streams."""

import sys
import threading
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import pytest

import pipeline.run
from pipeline import commits, engine, versions
from pipeline.dataset import manifest, snapshot
from pipeline.dataset.schema import TABLES
from pipeline.engine import RunOptions
from pipeline.errors import CongdoanError, DatasetError, InputError, UsageError
from pipeline.run import Batch
from pipeline.workers import Alone, Closed, Work, in_order
from tests import deadly
from tests.small_language import language, line

ONE_EACH = RunOptions(shard_size=1)


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


@pytest.fixture
def in_workers(monkeypatch):
    """The same in worker processes, where an input whose name has "deadly" kills its worker."""
    for name in ("run_shard", "extract_batch", "probe"):
        monkeypatch.setattr(engine, name, getattr(deadly, name))
    monkeypatch.setattr(engine, "language", deadly.prepare)


@pytest.fixture
def pages(tmp_path):
    """A folder of six files, a JSON line each."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(6):
        write(folder / f"{number}.jsonl", line(number))
    return folder


def write(file, *lines):
    file.write_text("".join(text + "\n" for text in lines), encoding="utf-8")
    return str(file)


def rows(dataset):
    """All tables, but for the times of the runs."""
    with snapshot.open_snapshot(dataset) as con:
        tables = {name: con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in TABLES}
    for run in tables["runs"]:
        del run["started_at"], run["finished_at"]
    return tables


def facts(dataset):
    """The tables without what tells runs apart."""
    tables = rows(dataset)
    del tables["runs"]
    return {name: [{**row, "run_id": None} for row in found] for name, found in tables.items()}


def files(dataset):
    """Every file with when it was written."""
    return {path: path.stat().st_mtime_ns for path in sorted(dataset.rglob("*")) if path.name != ".lock"}


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_a_second_run_does_nothing(pages, tmp_path, monkeypatch):
    out = tmp_path / "d"
    first = engine.run([str(pages)], out, ONE_EACH)
    before, written = rows(out), files(out)
    monkeypatch.setattr(engine, "run_shard", None)
    second = engine.run([str(pages)], out, ONE_EACH)
    assert (first.shards_done, first.shards_kept) == (6, 0)
    assert (second.shards_done, second.shards_kept) == (0, 6)
    assert (second.run_id, second.counts, second.n_ok) == (first.run_id, first.counts, 6)
    assert rows(out) == before and files(out) == written


def test_only_the_changed_inputs_shard_is_redone(pages, tmp_path):
    out = tmp_path / "d"
    first = engine.run([str(pages)], out, ONE_EACH)
    write(pages / "3.jsonl", line(33))
    second = engine.run([str(pages)], out, ONE_EACH)
    assert (second.shards_done, second.shards_kept) == (1, 5)
    tables = rows(out)
    assert [row["run_id"] for row in tables["articles"]] == [
        second.run_id if number == 3 else first.run_id for number in range(6)
    ]
    assert [row["run_id"] for row in tables["runs"]] == [first.run_id, second.run_id]
    engine.run([str(pages)], tmp_path / "anew", ONE_EACH)
    assert facts(out) == facts(tmp_path / "anew")


def test_a_new_file_in_front_leaves_most_shards(tmp_path):
    lines = [line(number) for number in range(60)]
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, text in enumerate(lines):
        write(folder / f"{number:03}.jsonl", text)
    out, options = tmp_path / "d", RunOptions(workers=1, shard_size=8)
    first = engine.run([str(folder)], out, options)
    write(folder / "000-new.jsonl", line(99))
    second = engine.run([str(folder)], out, options)
    assert second.shards_done <= first.shards_done // 2
    assert {row["input_id"] for row in rows(out)["articles"]} == {"a99", *(f"a{number}" for number in range(60))}


def test_a_runs_inputs_are_what_the_dataset_holds(pages, tmp_path):
    out = tmp_path / "d"
    engine.run([str(pages)], out, ONE_EACH)
    summary = engine.run([str(pages / "2.jsonl"), write(tmp_path / "more.jsonl", line(7))], out, ONE_EACH)
    assert [row["input_id"] for row in rows(out)["articles"]] == ["a2", "a7"]
    assert (summary.shards_done, summary.shards_kept, len(rows(out)["runs"])) == (1, 1, 2)


def test_changed_code_or_resources_redo_everything(pages, tmp_path, monkeypatch):
    out = tmp_path / "d"
    engine.run([str(pages)], out, ONE_EACH)
    before = facts(out)
    told = []
    engine.run([str(pages)], out, ONE_EACH, notice=told.append)
    assert told == []
    monkeypatch.setattr(engine, "extraction_sha256", lambda: "other")
    assert engine.run([str(pages)], out, ONE_EACH, notice=told.append).shards_done == 6
    assert facts(out) == before
    assert len(told) == 1 and told[0].endswith("all 6 articles are extracted anew")


def test_changed_consolidation_extracts_nothing(pages, tmp_path, monkeypatch):
    out, told = tmp_path / "d", []
    engine.run([str(pages)], out, ONE_EACH)
    before = facts(out)
    for module in (engine, commits):
        monkeypatch.setattr(module, "consolidation_sha256", lambda: "other")
    again = engine.run([str(pages)], out, ONE_EACH, notice=told.append)
    assert (again.shards_done, again.unchanged, told) == (0, False, [])
    assert facts(out) == before
    assert engine.run([str(pages)], out, ONE_EACH).unchanged


def test_the_configuration_is_of_sources_and_resources():
    assert len(versions.config_sha256()) == 64
    hashed = versions._hashes(Path(pipeline.run.__file__).parent.glob("*.py"), Path(pipeline.run.__file__).parent)
    assert any(text.startswith("rows.py ") for text in hashed)


def test_what_only_works_on_rows_makes_no_shard_anew():
    there = {file.relative_to(versions._ROOT).as_posix() for file in versions._sources()}
    assert there >= versions._CONSOLIDATION
    assert versions.extraction_sha256() != versions.consolidation_sha256()


def test_damage_is_mended(pages, tmp_path):
    out = tmp_path / "d"
    engine.run([str(pages)], out, ONE_EACH)
    before = facts(out)
    next((out / "shards").rglob("figures.parquet")).write_bytes(b"cut")
    (out / "congdoan.duckdb").unlink()
    assert engine.run([str(pages)], out, ONE_EACH).shards_done == 1
    assert facts(out) == before


def test_orphans_of_a_killed_run_are_cleaned(pages, tmp_path):
    out = tmp_path / "d"
    engine.run([str(pages)], out, ONE_EACH)
    written = files(out)
    orphans = [out / "shards" / ".tmp-x-1", out / "shards" / "0123", out / "derived" / "000009-x"]
    for folder in orphans:
        folder.mkdir()
        (folder / "dates.parquet").write_bytes(b"half")
    (out / ".tmp-congdoan.duckdb-1").write_bytes(b"half")
    engine.run([str(pages)], out, ONE_EACH)
    assert set(files(out)) == set(written)


def test_a_file_named_twice_is_read_once(pages, tmp_path):
    summary = engine.run([str(pages), str(pages / "1.jsonl")], tmp_path / "d", ONE_EACH)
    assert (summary.n_in, summary.n_rejected) == (6, 0)


def test_a_folder_that_can_not_be_written_is_told(pages, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(engine, "run_shard", full)
    with pytest.raises(DatasetError, match="No space left"):
        engine.run([str(pages)], tmp_path / "d")


def test_a_path_that_is_not_there_leaves_no_folder(tmp_path):
    with pytest.raises(UsageError):
        engine.run([str(tmp_path / "none.txt")], tmp_path / "d")
    assert not (tmp_path / "d").exists()


# --- rejects --------------------------------------------------------------------------------------------------------


def test_rejects_never_stop_a_run(pages, tmp_path):
    write(pages / "1.jsonl", "{not json")
    (pages / "2.jsonl").write_bytes(b"")
    (pages / "7.pdf").write_bytes(b"%PDF")
    summary = engine.run([str(pages)], tmp_path / "d")
    assert (summary.n_in, summary.n_ok, summary.n_rejected) == (7, 4, 3)
    assert [reject.cause for reject in summary.rejects] == ["json", "empty", "unsupported"]
    found = rows(tmp_path / "d")["rejects"]
    assert [(row["stage"], row["attempts"]) for row in found] == [("read", 1)] * 3
    assert "1.jsonl:1" in found[0]["input_ref"]


def test_an_article_that_breaks_an_extractor_is_a_reject(pages, tmp_path, monkeypatch):
    good = pipeline.run.document.build

    def build(nlp, article):
        if article.id == "a2":
            raise ZeroDivisionError("by nothing")
        return good(nlp, article)

    monkeypatch.setattr(pipeline.run.document, "build", build)
    summary = engine.run([str(pages)], tmp_path / "d")
    (reject,) = rows(tmp_path / "d")["rejects"]
    assert (summary.n_ok, reject["stage"], reject["error"]) == (5, "extract", "failed")
    assert "ZeroDivisionError: by nothing" in reject["message"]


def test_a_page_that_breaks_its_reader_is_a_reject_and_the_next_is_read(pages, tmp_path, monkeypatch):
    good = pipeline.run.inputs.read_items

    def read_items(items):
        for item, article in good(items):
            if item.path.endswith("2.jsonl"):
                raise RuntimeError("odd page")
            yield item, article

    monkeypatch.setattr(pipeline.run.inputs, "read_items", read_items)
    summary = engine.run([str(pages)], tmp_path / "d")
    assert (summary.n_ok, summary.n_rejected) == (5, 1)
    assert [row["input_id"] for row in rows(tmp_path / "d")["articles"]] == ["a0", "a1", "a3", "a4", "a5"]


# --- workers --------------------------------------------------------------------------------------------------------


def test_workers_give_what_one_process_gives(pages, tmp_path, in_workers):
    several = engine.run([str(pages)], tmp_path / "several", RunOptions(workers=2, shard_size=1))
    engine.run([str(pages)], tmp_path / "one", ONE_EACH)
    assert several.shards_done == 6
    assert rows(tmp_path / "several") == rows(tmp_path / "one")


def test_a_page_that_kills_its_worker_is_a_reject(pages, tmp_path, in_workers):
    (pages / "3.jsonl").rename(pages / "3-deadly.jsonl")
    options = RunOptions(workers=2, shard_size=3)
    summary = engine.run([str(pages)], tmp_path / "d", options)
    (reject,) = rows(tmp_path / "d")["rejects"]
    assert (summary.n_in, summary.n_ok) == (6, 5)
    assert (reject["stage"], reject["error"], reject["attempts"]) == ("extract", "crashed", 2)
    assert "3-deadly" in reject["input_ref"]
    assert engine.run([str(pages)], tmp_path / "d", options).shards_done == 0


def test_dead_workers_cost_no_batch_and_no_order():
    names = ["a", "b", "deadly-1", "c", "d", "e", "f", "deadly-2", "g"]
    piles = [deadly.Pile(tuple(map(deadly.Stone, names[start : start + 2]))) for start in range(0, len(names), 2)]
    work = Work(deadly.count, deadly.probe, deadly.nothing)
    done = [name for _, result in in_order(work, piles, 2) for name in result]
    assert done == [name + " crashed" if deadly.WORD in name else name for name in names]


@pytest.mark.timeout(120)
def test_a_page_that_takes_too_much_is_a_reject_and_the_others_are_there(pages, tmp_path, in_workers):
    for number, word in enumerate(("endless", "stuck", "hungry", "deadly")):
        (pages / f"{number}.jsonl").rename(pages / f"{number}-{word}.jsonl")
    summary = engine.run([str(pages)], tmp_path / "d", RunOptions(workers=2, shard_size=3))
    found = rows(tmp_path / "d")
    assert (summary.n_in, summary.n_ok) == (6, 2)
    assert {row["error"]: Path(row["input_ref"]).stem for row in found["rejects"]} == {
        "too_slow": "0-endless",
        "crashed": ANY,
        "too_large": "2-hungry",
    }
    assert sorted(Path(row["input_ref"]).stem for row in found["rejects"] if row["error"] == "crashed") == [
        "1-stuck",
        "3-deadly",
    ]


def test_a_page_that_takes_too_long_in_this_process_is_a_reject(pages, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "ARTICLE_SECONDS", 0.5)
    monkeypatch.setattr(pipeline.run.document, "build", partial(deadly._build, pipeline.run.document.build))
    (pages / "4.jsonl").rename(pages / "4-endless.jsonl")
    summary = engine.run([str(pages)], tmp_path / "d")
    (reject,) = rows(tmp_path / "d")["rejects"]
    assert (summary.n_ok, reject["stage"], reject["error"]) == (5, "extract", "too_slow")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("deadly_ones", [(0,), (1,), (2,), (1, 2), (0, 1, 2, 3)])
def test_a_worker_that_dies_of_its_first_batch_is_noticed(deadly_ones):
    piles = [deadly.Pile((deadly.Stone(f"{i}-{deadly.WORD if i in deadly_ones else 'good'}"),)) for i in range(4)]
    work = Work(deadly.count, deadly.probe, deadly.nothing)
    crashed = [result[0].endswith("crashed") for _, result in in_order(work, piles, 2)]
    assert crashed == [i in deadly_ones for i in range(4)]


def test_workers_that_can_not_start_are_told():
    with pytest.raises(CongdoanError, match="can't start"):
        list(in_order(Work(deadly.count, deadly.probe, deadly.die_at_once), [deadly.Pile(())], 1))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("after", [0.0, 0.3, 3.0])
def test_a_worker_is_ended_while_it_starts_or_works(after):
    alone = Alone(Work(deadly.stand_still, deadly.probe, deadly.nothing))
    closing = threading.Timer(after, alone.close)
    closing.start()
    with pytest.raises(Closed):
        alone.run(deadly.Pile((deadly.Stone("a"), deadly.Stone("b"))))
    closing.join()


def test_progress_counts_articles(pages, tmp_path):
    seen = []
    engine.run([str(pages)], tmp_path / "d", RunOptions(shard_size=4), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, None) and seen[1] == (0, 6) and seen[-1] == (6, 6)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


# --- extract --------------------------------------------------------------------------------------------------------


def test_extract_gives_records_and_rejects_in_input_order(pages):
    write(pages / "1.jsonl", "{")
    found = list(engine.extract([str(pages)]))
    assert [getattr(record, "cause", None) or record["id"] for record in found] == [
        "a0",
        "json",
        "a2",
        "a3",
        "a4",
        "a5",
    ]
    assert found[0]["figures"][1]["value"] == 20
    assert isinstance(found[1], InputError)


def test_extract_in_workers_keeps_the_order(tmp_path, in_workers):
    many = write(tmp_path / "many.jsonl", *map(line, range(70)))
    seen = []
    found = list(engine.extract([many], RunOptions(workers=2), lambda done, total: seen.append(done)))
    assert [record["id"] for record in found] == [f"a{number}" for number in range(70)]
    assert seen == list(range(1, 71))


def test_extract_streams(tmp_path, monkeypatch):
    many = write(tmp_path / "many.jsonl", *map(line, range(10_000)))
    taken = 0
    find = engine.intake.find_items

    def counted(inputs):
        nonlocal taken
        for item in find(inputs):
            taken += 1
            yield item

    monkeypatch.setattr(engine.intake, "find_items", counted)
    monkeypatch.setattr(engine, "in_order", lambda work, batches, workers: ((b, work.task(b)) for b in batches))
    records = engine.extract([many])
    assert next(records)["id"] == "a0"
    assert taken <= engine._FEW + 20
    records.close()


def test_a_batch_crosses_processes():
    import pickle

    batch = Batch((InputError("a:1", "json", "broken"),))
    again = pickle.loads(pickle.dumps(batch))
    assert (again.entries[0].ref, again.entries[0].cause, str(again.entries[0])) == ("a:1", "json", "a:1: broken")


def test_an_interrupted_run_is_noted_and_its_shards_are_kept(pages, tmp_path, monkeypatch):
    out = tmp_path / "d"
    good, done = engine.run_shard, []

    def stop_after_two(spec, tick):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(spec)
        return good(spec, tick)

    monkeypatch.setattr(engine, "run_shard", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        engine.run([str(pages)], out, ONE_EACH)
    monkeypatch.setattr(engine, "run_shard", good)
    write(pages / "9.jsonl", line(9))
    summary = engine.run([str(pages)], out, ONE_EACH)
    assert (summary.shards_done, summary.shards_kept) == (5, 2)
    assert [row["status"] for row in rows(out)["runs"]] == ["interrupted", "finished"]
    assert {row["run_id"] for row in rows(out)["articles"]} == {run.run_id for run in manifest.committed(out).runs}


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_a_file_name_that_is_not_utf8(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "b\udcff.txt").write_bytes(b"")
    summary = engine.run([str(folder)], tmp_path / "d")
    assert summary.n_rejected == 1


def fetched(number, hour, text):
    """A page of one address as it was at an hour of a day: WARC bytes."""
    title = f"Tin số {number}"
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body>"
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-0000000000{number}{hour:02}>\r\n"
        f"WARC-Target-URI: https://www.vidu.org.vn/tin-{number}.html\r\nWARC-Date: 2022-04-01T{hour:02}:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


@pytest.mark.parametrize("shard_size", [1, 20])
@pytest.mark.parametrize("hours", [(5, 9), (9, 5)])
def test_of_a_page_fetched_twice_the_later_version_is_taken(tmp_path, shard_size, hours):
    text = {hour: f"<p>Công đoàn Công ty Alpha trao {hour} suất quà cho đoàn viên khó khăn.</p>" * 3 for hour in hours}
    records = b"".join(fetched(10, hour, text[hour]) for hour in hours)
    (tmp_path / "news.warc").write_bytes(records + fetched(11, 7, text[5]))
    engine.run([str(tmp_path / "news.warc")], tmp_path / "d", RunOptions(shard_size=shard_size, workers=1))
    found = rows(tmp_path / "d")
    taken = next(row for row in found["articles"] if row["url"].endswith("tin-10.html"))
    assert (len(found["articles"]), "9 suất quà" in taken["text"]) == (2, True)
    assert [row["error"] for row in found["rejects"]] == ["duplicate"]
    assert {row["article_id"] for row in found["figures"]} <= {row["article_id"] for row in found["articles"]}
    assert 9.0 in {row["value"] for row in found["figures"] if row["article_id"] == taken["article_id"]}
