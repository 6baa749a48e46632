"""The dataset against a model of it: whatever was done before, it holds what the inputs hold and nothing else.

A machine adds articles, changes and removes them, fetches them anew, lets people judge, kills runs, damages files, goes
back to former versions and collects garbage. After each step both ways to read the dataset must agree with each other,
with a model in memory, and row for row with a dataset made from scratch of the same inputs.

``CONGDOAN_EXAMPLES=2000 pytest tests/test_dataset_model.py`` looks longer, and elsewhere each time.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import pipeline.run
from pipeline import commits, engine, report
from pipeline.annotations import CORRECTIONS, JUDGEMENTS
from pipeline.dataset import making, manifest, shards, snapshot, versions
from pipeline.dataset.schema import TABLES
from pipeline.engine import RunOptions
from pipeline.errors import DatasetError
from tests.linked_language import language, read
from tests.mortal import immortal, killed_after
from tests.stories import LINES, World, stories

OPTIONS = RunOptions(workers=1, shard_size=2)


def tables(con):
    """All tables but ``runs``, as sorted rows without the run's id."""
    found = {}
    for name in TABLES:
        if name != "runs":
            rows = con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist()
            found[name] = sorted(str({**row, "run_id": None}) for row in rows)
    return found


def ends(dataset):
    """What the last run says of itself."""
    last = [run for run in manifest.committed(dataset).runs if run.status == "finished"][-1]
    return last.n_in, last.n_ok, last.n_rejected


class DatasetMachine(RuleBasedStateMachine):
    """``content``: generation -> (tables, model, how its run ended). ``broken``: fingerprints of damaged shards."""

    checked = 0  # how often, in all examples

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="congdoan-model-"))
        self.dataset = self.root / "dataset"
        self.world = World(self.root)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(pipeline.run, "language", language)
        self.patch.setattr(report, "write_after_run", lambda *_: None)
        # A run begins from what is there however much of it changes, and takes shards and rows a few at a time.
        self.patch.setattr(commits, "_ANEW", 1000)
        for name, few in (("_SHARDS", 2), ("_SLICE", 3), ("_SPOOLED", 2)):
            self.patch.setattr(making, name, few)
        self.content, self.scratch, self.broken = {}, {}, set()
        self.may_be_stale = False

    def teardown(self):
        self.patch.undo()
        shutil.rmtree(self.root)

    # --- what is done to the inputs ---

    @initialize(told=st.lists(stories(), min_size=3, max_size=5))
    def begin(self, told):
        for number, story in enumerate(told):
            self.world.lines[LINES[number % 2]][story.url] = story
        self.run()

    @rule(name=st.sampled_from(LINES), told=st.lists(stories(), min_size=1, max_size=2))
    def add_or_change(self, name, told):
        self.world.lines[name] |= {story.url: story for story in told}
        self.run()

    @rule(data=st.data())
    def remove(self, data):
        there = [(name, url) for name in LINES for url in self.world.lines[name]]
        for name, url in data.draw(st.lists(st.sampled_from(there), max_size=3, unique=True)) if there else ():
            del self.world.lines[name][url]
        self.run()

    @rule(data=st.data(), other=stories(), hour=st.integers(0, 9))
    def fetch(self, data, other, hour):
        """A page of an address that is there already, or of another one."""
        known = [s for told in self.world.lines.values() for s in told.values()] + [s for s, _ in self.world.fetched]
        like = data.draw(st.sampled_from(known)) if known else other
        self.world.fetched.append((other if hour % 3 == 0 else type(other)(**_with_address(other, like)), hour))
        self.run()

    @rule()
    def remove_pages(self):
        self.world.fetched = self.world.fetched[1:]
        self.run()

    @rule(name=st.sampled_from(LINES), n=st.integers(0, 2))
    def break_lines(self, name, n):
        self.world.broken[name] = n
        self.run()

    @rule(data=st.data(), table=st.sampled_from(("officials", "event_mentions", "organization_mentions")))
    def correct(self, data, table):
        """Somebody says that a fact is wrong, or takes it back."""
        ids = self._column(table, "row_id")
        if ids and not self.world.said[CORRECTIONS]:
            row = {"row_id": data.draw(st.sampled_from(ids)), "verdict": "wrong", "column": "", "value": ""}
            self.world.said[CORRECTIONS] = [row]
        else:
            self.world.said[CORRECTIONS] = []
        self.run()

    @rule(data=st.data(), kind=st.sampled_from(("organization", "person", "event")), verdict=st.booleans())
    def judge(self, data, kind, verdict):
        """Somebody says who is who, or takes it back."""
        ids = self._column(f"{kind}s", {"organization": "org_id"}.get(kind, f"{kind}_id"))
        if len(ids) > 1 and len(self.world.said[JUDGEMENTS]) < 2:
            one, other = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
            row = {"kind": kind, "verdict": "same" if verdict else "different", "one": one, "other": other}
            self.world.said[JUDGEMENTS].append(row)
        else:
            self.world.said[JUDGEMENTS] = []
        self.run()

    # --- what is done to the dataset ---

    @precondition(lambda self: self.is_up_to_date())
    @rule()
    def run_again(self):
        before = self.generation()
        self.run()
        assert self.generation() == before, "a run of the same inputs made a version"

    @rule(operations=st.integers(0, 150), told=stories(), name=st.sampled_from(LINES))
    def run_killed(self, operations, told, name):
        self.world.lines[name][told.url] = told
        self.mortal(operations, self.start_run, self.expected)

    @rule(at=st.integers(0, 2), told=stories(), name=st.sampled_from(LINES))
    def shard_killed(self, at, told, name):
        """Ctrl-C in the middle of extraction: the run cleans up behind itself."""
        self.world.lines[name][told.url] = told
        whole = engine.run_shard

        def stopped(spec, tick=None):
            nonlocal at
            at -= 1
            if at < 0:
                raise KeyboardInterrupt
            return whole(spec, tick)

        before = self.generation()
        with self.patch.context() as patch, immortal(self.patch):
            patch.setattr(engine, "run_shard", stopped)
            try:
                self.start_run()
            except KeyboardInterrupt:
                assert self.generation() == before
                return
        self._ran(before)

    @precondition(lambda self: len(self.content) > 1)
    @rule(data=st.data(), operations=st.none() | st.integers(0, 60))
    def roll_back(self, data, operations):
        former = [version.generation for version in versions.kept(self.dataset)[:-1]]
        if not former:
            return
        generation = data.draw(st.sampled_from(former))
        wanted = next(v for v in versions.kept(self.dataset) if v.generation == generation)
        if self.names(wanted) & self.broken:
            with pytest.raises(DatasetError, match="damaged"):
                versions.rollback(self.dataset, generation)
            return
        go_back = lambda: versions.rollback(self.dataset, generation)  # noqa: E731
        self.mortal(10**9 if operations is None else operations, go_back, lambda: self.content[generation])

    @precondition(lambda self: not (self.may_be_stale and self.is_broken()))
    @rule(keep=st.integers(1, 3), operations=st.none() | st.integers(0, 40))
    def gc(self, keep, operations):
        now = self.generation()
        collect = lambda: versions.gc(self.dataset, keep)  # noqa: E731
        if self.mortal(10**9 if operations is None else operations, collect, lambda: self.content[now]):
            assert len(versions.kept(self.dataset)) <= keep
            self.check_damage()

    @precondition(lambda self: not self.broken and not self.may_be_stale)
    @rule(data=st.data(), cut=st.booleans())
    def damage(self, data, cut):
        """A file of a shard is cut or gone: what reads the snapshot goes on, the next run makes the shard anew."""
        known = manifest.committed(self.dataset).shards
        if not known:
            return
        shard = data.draw(st.sampled_from(known))
        table = data.draw(st.sampled_from(sorted(shard.counts)))
        file = shards.shard_folder(self.dataset, shard.fingerprint) / f"{table}.parquet"
        file.write_bytes(file.read_bytes()[:100]) if cut else file.unlink()
        self.broken.add(shard.fingerprint)
        self.check_damage()

    @precondition(lambda self: not self.is_broken() and not self.may_be_stale)
    @rule(left=st.sampled_from((None, 0, 1, 3)), told=st.lists(stories(), max_size=1), name=st.sampled_from(LINES))
    def damage_snapshot(self, left, told, name):
        """The snapshot is gone, or cut to so many quarters: a collection makes it from the shards, or the next run."""
        file = snapshot.snapshot_file(self.dataset)
        whole = file.read_bytes()
        file.unlink() if left is None else file.write_bytes(whole[: len(whole) // 4 * left])
        assert any(snapshot.NAME in problem for problem in versions.check(self.dataset))
        if left:
            with immortal(self.patch):
                versions.gc(self.dataset)
        self.world.lines[name] |= {story.url: story for story in told}
        self.run()

    # --- doing it ---

    def generation(self):
        known = manifest.load(self.dataset)
        return known.generation if known else 0

    @staticmethod
    def names(version):
        return {shard.fingerprint for shard in version.shards}

    def is_broken(self):
        return bool(self.broken & self.names(manifest.committed(self.dataset)))

    def check_damage(self):
        """What is told to be damaged is what was damaged, in the versions that have it."""
        told = {word for problem in versions.check(self.dataset) for word in problem.replace(":", " ").split()}
        named = set().union(*map(self.names, versions.kept(self.dataset)))
        assert told & named == self.broken & named and bool(told) == bool(self.broken & named)

    def is_up_to_date(self):
        return not self.is_broken() and self.content[self.generation()] is self.scratch.get(self.world.mark())

    def start_run(self):
        self.world.write()
        self.world.say(self.dataset)
        engine.run(self.world.inputs(), self.dataset, OPTIONS)

    def run(self):
        before = self.generation()
        with immortal(self.patch):
            self.start_run()
        self._ran(before)

    def _ran(self, before):
        self.may_be_stale = False
        self.broken -= self.names(manifest.committed(self.dataset))
        self.content[self.generation()] = self.expected()
        self.check_damage()
        assert not list(self.dataset.rglob("*.tmp-*"))
        # Those that a rollback, or a run that was killed, left too many go with the next one.
        assert self.generation() == before or len(versions.kept(self.dataset)) <= versions.KEEP

    def mortal(self, operations, act, expected):
        """Do it, maybe killed; whether it came to its end. Where it committed, it is the dataset from then on."""
        before = self.generation()
        with killed_after(operations, self.patch) as life:
            act()
        if life.left >= 0 and act == self.start_run:
            self._ran(before)
        elif self.generation() != before:
            self.content[self.generation()] = expected()
        self.may_be_stale = life.left < 0 or (self.may_be_stale and self.generation() == before)
        return life.left >= 0

    def expected(self):
        """What a dataset of these inputs made from scratch holds."""
        mark = self.world.mark()
        if mark not in self.scratch:
            out = self.root / f"scratch-{len(self.scratch)}"
            self.world.say(out)
            with immortal(self.patch):
                engine.run(self.world.inputs(), out, OPTIONS)
            with snapshot.open_tables(out) as con:
                self.scratch[mark] = tables(con), self.world.model(), ends(out)
            shutil.rmtree(out)
        return self.scratch[mark]

    def _column(self, table, column):
        with snapshot.open_snapshot(self.dataset) as con:
            return sorted(row[0] for row in con.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall())

    # --- what must hold ---

    @invariant()
    def is_what_was_committed(self):
        wanted, (texts, n_rejected), ended = self.content[self.generation()]
        read_ = snapshot.generation(self.dataset)
        assert read_ == self.generation() or (self.may_be_stale and read_ in self.content)
        with snapshot.open_snapshot(self.dataset) as con:
            assert tables(con) == self.content[read_][0]
        if self.is_broken():
            return
        with snapshot.open_tables(self.dataset) as con:
            assert tables(con) == wanted
            check_model(con, texts, n_rejected)
        assert ends(self.dataset) == ended
        DatasetMachine.checked += 1


def _with_address(story, like):
    return {**{name: getattr(story, name) for name in story.__slots__}, "page": like.page, "host": like.host}


def check_model(con, texts, n_rejected):
    """What the articles say, told without any of our code."""
    assert dict(con.execute("SELECT canonical_url, text FROM articles").fetchall()) == texts
    said = con.execute("SELECT count(*) FROM rejects WHERE input_ref NOT LIKE '%.csv:%'").fetchall()
    assert said == [(n_rejected,)]
    facts = set()
    for table in {table for text in texts.values() for table, _, _ in read(text)}:
        sql = f'SELECT canonical_url, start, "end" FROM {table} JOIN articles USING (article_id)'
        facts |= {(url, table, start, end) for url, start, end in con.execute(sql).fetchall()}
    assert facts == {(url, *fact) for url, text in texts.items() for fact in read(text)}


LOOK_LONG = int(os.environ.get("CONGDOAN_EXAMPLES", "0"))


def test_any_history_gives_what_the_inputs_hold():
    run_state_machine_as_test(
        DatasetMachine,
        settings=settings(
            max_examples=LOOK_LONG or 3,
            stateful_step_count=20 if LOOK_LONG else 7,
            derandomize=not LOOK_LONG,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    assert DatasetMachine.checked > 10
