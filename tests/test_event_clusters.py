"""Event clusters in a snapshot in the making: any history of articles gives what all pairs, compared plainly, give."""

import re
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import event_clusters, event_merging, event_pairs, event_portions
from pipeline.annotations import Line
from pipeline.dataset import making
from pipeline.dataset.schema import TABLES
from pipeline.event_pairs import Alike, Mention
from pipeline.judgements import Judgements
from pipeline.normalize.fold import match_form
from pipeline.rows import digest
from pipeline.venues import CONFLICT, SAME, relation

DAY = date(2022, 3, 1)
PLACES = (None, "Hà Nội", "huyện Gia Lâm, Hà Nội", "quận 11, TPHCM", "TPHCM", "hội trường Công ty Alpha")
WORDS = (
    "Trao quà cho công nhân khó khăn dịp cuối năm tại xưởng may",
    "Trao quà cho công nhân khó khăn đợt hai tại nhà trọ",
    "Hội nghị tổng kết năm của tổ giày",
    "Hội nghị tổng kết năm của tổ may, bàn việc năm sau",
    "Mưa",
)

# --- the definition, each pair looked at ------------------------------------------------------------------------------


def syllable_pairs(words):
    return frozenset(pairwise(re.findall(r"\w+", match_form(words))))


def what_is_equal(a, b):
    """What is equal beside type and day; None where something said in both differs."""
    where = relation(a.place, b.place)
    if where == CONFLICT or (a.orgs and b.orgs and not a.orgs & b.orgs):
        return None
    if a.head == b.head:
        return "place+organizer" if where == SAME and a.place and a.orgs & b.orgs else None
    if a.orgs & b.orgs:
        return "place+organizer" if where == SAME and a.place else "organizer"
    if a.named and b.named and not a.named & b.named:
        return None
    return "place+words" if where == SAME and a.place else "words"


def all_pairs(mentions):
    """(rank, minus the share of words, one, other), the surest first."""
    found = []
    for (one, a), (other, b) in combinations(enumerate(mentions), 2):
        if a.dated and b.dated and (a.type, a.date_from, a.date_to) == (b.type, b.date_from, b.date_to):
            reason = what_is_equal(a, b)
            x, y = syllable_pairs(a.words), syllable_pairs(b.words)
            share = len(x & y) / max(1, min(len(x), len(y)))
            if reason and share >= event_pairs.ENOUGH[reason]:
                found.append((event_pairs.ORDER.index(reason), -share, one, other))
    return sorted(found)


def clusters(mentions, forms):
    """``forms``: (article, words) of each mention; the cluster of each mention, a list, and its reason."""
    of, reasons = [[number] for number in range(len(mentions))], {}

    def join(one, other, reason):
        a, b = sorted((of[one], of[other]))
        if a is not b:
            reasons[b[0]] = reason
            a[:] = sorted(a + b)
            for member in b:
                of[member] = a

    counted, firsts = defaultdict(int), {}
    for number, (m, (article, form)) in enumerate(zip(mentions, forms, strict=True)):
        nth = counted[article, m.type, form]
        counted[article, m.type, form] += 1
        join(firsts.setdefault((m.head, m.type, form, nth), number), number, "copy")
    for rank, _, one, other in all_pairs(mentions):
        a, b = ([mentions[member] for member in of[number]] for number in (one, other))
        orgs = [set().union(*(m.orgs for m in cluster)) for cluster in (a, b)]
        if all(orgs) and not orgs[0] & orgs[1]:
            continue
        if all(relation(x.place, y.place) != CONFLICT for x in a for y in b if x.place and y.place):
            join(one, other, event_pairs.ORDER[rank])
    return of, reasons


# --- pairs ------------------------------------------------------------------------------------------------------------

ORGS = st.sets(st.sampled_from("abc"), max_size=2)
MENTION = st.builds(
    Mention,
    row_id=st.just(""),
    head=st.sampled_from("xyz"),
    source_id=st.none(),
    type=st.sampled_from(("welfare", "conference")),
    date_from=st.sampled_from((DAY, DAY + timedelta(days=1))),
    date_to=st.just(DAY + timedelta(days=1)),
    dated=st.sampled_from((True, True, True, False)),
    place=st.sampled_from((*PLACES, "")),
    is_main=st.booleans(),
    confidence=st.just(0.5),
    words=st.sampled_from(WORDS) | st.text("hoàHÒA uỷỦY qIİΣσ_.'\u0301\n", max_size=30),
    orgs=ORGS,
    named=ORGS,
)


@given(st.lists(MENTION, max_size=14), st.sampled_from((1, 7, 1_000_000)), st.sampled_from((1, 4, 1000)))
def test_pairs_are_those_of_all_that_are_compared_in_their_order(mentions, entries, limit):
    expected = all_pairs(mentions)
    with changed(event_pairs, _SLICE=entries):
        alike = Alike(mentions)
        found = [pair for pairs in alike.pairs() for pair in listed(pairs)]
        assert sorted(found) == expected
        held, after, more = [], None, True
        while more:
            surest, more = alike.surest(limit, np.arange(len(mentions)), after)
            held += surest.pairs
            after = (int(surest.major[-1]), int(surest.minor[-1])) if more else None
    assert held == [(one, other, rank) for rank, _, one, other in expected]


def listed(pairs):
    return [(rank, -share, one, other) for one, other, rank, share in zip(*map(list, pairs), strict=True)]


@contextmanager
def changed(module, **values):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setattr(module, name, value)
        yield


def test_a_day_of_many_alike_is_compared_in_slices():
    """Neither a slice's product nor the pairs held at once grow with the day."""
    mention = Mention("", "", None, "welfare", DAY, DAY, True, None, True, 0.5, WORDS[0], {"a"}, set())
    mentions = [replace(mention, head=f"h{n}", words=f"{WORDS[n % 2]} {n}") for n in range(600)]
    with changed(event_pairs, _SLICE=20_000), changed(event_merging, PAIRS=1000):
        alike = Alike(mentions)
        slices = [len(pairs.one) for pairs in alike.pairs()]
        assert len(slices) > 8 and max(slices) <= 20_000 and sum(slices) == 600 * 599 // 2
        joined = event_merging.Clusters(mentions)
        joined.join_alike(alike)
    assert len({id(cluster) for cluster in joined.of}) == 1


# --- histories --------------------------------------------------------------------------------------------------------

TOLD = st.tuples(
    st.sampled_from(("welfare", "welfare", "conference")),
    st.sampled_from((None, DAY, DAY, DAY + timedelta(days=1), DAY + timedelta(days=2))),
    st.sampled_from(PLACES),
    st.sampled_from(WORDS),
    st.sampled_from(("trao quà", "Trao quà", "tặng")),
    ORGS,
    ORGS,
)
# What an article tells, and of which it is a copy.
ARTICLE = st.tuples(st.lists(TOLD, min_size=1, max_size=3), st.integers(0, 5))
COLUMNS = {
    "zone": "body", "evidence": "", "rule": "r", "run_id": "run", "realis": "occurred", "date_kind": "stated",
    "trigger_start": 0, "trigger_end": 1, "flags": [],
}  # fmt: skip


class World:
    """A snapshot in the making whose articles come and go, and what it must hold by the definition."""

    def __init__(self, con, articles):
        self.con, self.articles, self.present, self.heads = con, articles, set(), {}
        for table in ("event_mentions", "event_participants", "organization_mentions", "events"):
            con.execute(f"DELETE FROM {table}")

    def become(self, present):
        """Let exactly these articles be there, and bring the events up to date."""
        heads = {
            number: min(other for other in present if self.articles[other][1] == self.articles[number][1])
            for number in present
        }
        gone, fresh = self.present - present, present - self.present
        moved = {number for number in present & self.present if heads[number] != self.heads[number]}
        self.present, self.heads = present, heads
        self.list_articles("gone", gone)
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE gone_event_mentions AS FROM event_mentions SEMI JOIN gone USING (article_id)"
        )
        for table in ("event_mentions", "event_participants", "organization_mentions"):
            self.con.execute(f"DELETE FROM {table} WHERE article_id IN (FROM gone)")
            self.insert(table, [row for number in sorted(fresh) for row in self.rows(number)[table]])
        self.list_articles("fresh", fresh)
        self.list_articles("moved", moved)
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE numbered (article_id TEXT, head TEXT, source_id TEXT, title TEXT, number INT)"
        )
        for n in sorted(present):
            self.con.execute(
                "INSERT INTO numbered VALUES (?, ?, ?, 'Tin', ?)", [f"a{n}", f"a{heads[n]}", f"s{n % 3}", n + 7]
            )

    def list_articles(self, name, numbers):
        ids = pa.table({"article_id": pa.array([f"a{n}" for n in sorted(numbers)], pa.string())})
        self.con.register("arriving_ids", ids)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM arriving_ids")

    def insert(self, table, rows):
        self.con.register("arriving_rows", pa.Table.from_pylist(rows, schema=TABLES[table].arrow))
        self.con.execute(f"INSERT INTO {table} BY NAME FROM arriving_rows")

    def rows(self, number):
        found = defaultdict(list)
        for place, (kind, day, where, words, surface, orgs, named) in enumerate(self.articles[number][0]):
            row_id = digest("event_mentions", number, place)
            where_told = {"sentence": place, "start": place, "end": place + 1, "evidence": words}
            fact = {**COLUMNS, **where_told, "article_id": f"a{number}"}
            when = {"date_from": day, "date_to": day, "date_precision": "day" if day else "none", "place": where}
            what = {"type": kind, "surface": surface, "confidence": 0.5 + place / 10, "is_main": place == 1}
            found["event_mentions"].append({**fact, **when, **what, "row_id": row_id})
            for ordinal, org_id in enumerate(sorted(orgs)):
                part = {"event_row_id": row_id, "ordinal": ordinal, "article_id": f"a{number}", "role": "organizer"}
                found["event_participants"].append({**part, "org_id": org_id})
            for org_id in sorted(named):
                name = {"surface": "x", "confidence": 1.0, "name": "x", "org_type": "other", "link_method": "none"}
                key = {"row_id": digest(row_id, org_id), "org_id": org_id}
                found["organization_mentions"].append({**fact, **name, **key})
        return found

    def expected(self):
        """(row_id, event_id, merge_reason) of each mention; the rows of events."""
        mentions, forms = [], []
        for number in sorted(self.present):
            for place, row in enumerate(self.rows(number)["event_mentions"]):
                kind, day, where, words, surface, orgs, named = self.articles[number][0][place]
                known = (f"a{self.heads[number]}", f"s{number % 3}", kind, day, day, day is not None, where, place == 1)
                mentions.append(
                    Mention(row["row_id"], *known, row["confidence"], f"Tin {words}", set(orgs), set(named))
                )
                forms.append((number, match_form(surface)))
        of, reasons = clusters(mentions, forms)
        ids = {id(cluster): "e-" + digest("event", mentions[cluster[0]].row_id) for cluster in of}
        derived = {(m.row_id, ids[id(of[n])], reasons.get(n)) for n, m in enumerate(mentions)}
        return derived, {
            event_row(ids[id(cluster)], [mentions[member] for member in cluster])
            for number, cluster in enumerate(of)
            if cluster[0] == number
        }

    def found(self):
        derived = self.con.execute("SELECT row_id, event_id, merge_reason FROM event_mentions").fetchall()
        happened = self.con.execute("FROM events").fetchall()
        assert len(set(happened)) == len(happened)
        return set(derived), set(happened)


def event_row(event_id, told):
    place = max((m.place for m in told if m.place), key=len, default=None)
    best = max(told, key=lambda m: (m.is_main, m.confidence)).row_id
    first, n_articles, n_sources = told[0], len({m.head for m in told}), len({m.source_id for m in told})
    return event_id, first.type, first.date_from, first.date_to, place, n_articles, n_sources, best


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with making.making(tmp_path_factory.mktemp("making") / "snapshot.duckdb") as con:
        making.register_told(con)
        yield con


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(ARTICLE, min_size=2, max_size=9),
    st.lists(st.sets(st.integers(0, 8)), min_size=2, max_size=4),
    st.sampled_from((1, 4, 20_000)),
    st.sampled_from((1, 1_000_000)),
)
def test_any_history_gives_what_the_articles_that_are_there_give(con, articles, history, portion, held):
    world = World(con, articles)
    with changed(event_clusters, PORTION=portion), changed(event_merging, PAIRS=held):
        for present in history:
            world.become({number for number in present if number < len(articles)})
            event_clusters.events(con, Judgements())
            assert world.found() == world.expected()


def test_what_is_new_touches_what_it_is_connected_with_and_nothing_else(con, monkeypatch):
    def told(day, words):
        return ("welfare", DAY + timedelta(days=day), None, words, "trao quà", {"a"}, set())

    # Copies carry an event from one day to the next; the third day has nothing to do with it.
    articles = [([told(0, WORDS[0])], 0), ([told(1, WORDS[0])], 0), ([told(1, WORDS[0])], 2)]
    articles += [([told(2, f"{WORDS[3]} {n}")], n) for n in range(3, 30)]
    articles += [([told(0, WORDS[0])], 30)]
    world, asked = World(con, articles), []
    world.become(set(range(30)))
    event_clusters.events(con, Judgements())
    assert world.found() == world.expected()
    portion = event_portions._portion
    monkeypatch.setattr(event_portions, "_portion", lambda *a: asked.append(portion(*a)) or asked[-1])
    world.become(set(range(31)))
    event_clusters.events(con, Judgements())
    assert world.found() == world.expected()
    assert {m.date_from for portion in asked for m in portion.mentions} == {DAY, DAY + timedelta(days=1)}
    (row,) = world.rows(30)["event_mentions"]
    of_it = {event for row_id, event, _ in world.found()[0] if row_id == row["row_id"]}
    assert sum(event in of_it for _, event, _ in world.found()[0]) == 4


def test_rows_that_people_call_wrong_are_of_no_event(con):
    told = ("welfare", DAY, None, WORDS[0], "trao quà", {"a"}, set())
    world = World(con, [([told], 0), ([told], 1)])
    world.become({0, 1})
    (row,) = world.rows(0)["event_mentions"]
    con.execute("UPDATE event_mentions SET flags = ['wrong'] WHERE row_id = ?", [row["row_id"]])
    event_clusters.events(con, Judgements())
    derived, happened = world.found()
    assert (row["row_id"], None, None) in derived and len(happened) == 1 and len(derived) == 2


def line(number, verdict, one, other):
    fields = {"kind": "event", "verdict": verdict, "one": one, "other": other, "who": "An", "why": "so"}
    return Line(f"judgements.csv:{number}", tuple(fields.items()), DAY)


def test_lines_about_events_join_and_keep_apart(con):
    same = ("welfare", DAY, None, WORDS[0], "trao quà", {"a"}, set())
    undated = ("conference", None, None, WORDS[2], "tặng", set(), set())
    world = World(con, [([same], 0), ([same], 1), ([undated], 2), ([undated], 3)])
    world.become({0, 1, 2, 3})
    ids = [world.rows(number)["event_mentions"][0]["row_id"] for number in range(4)]
    events = [f"e-{digest('event', row_id)}" for row_id in ids]
    lines = (line(1, "different", ids[0], events[1]), line(2, "same", ids[3], ids[2]), line(3, "same", "e-0", ids[2]))
    judgements = Judgements(lines)
    event_clusters.events(con, judgements)
    derived = {row_id: (event, reason) for row_id, event, reason in world.found()[0]}
    assert derived == {
        ids[0]: (events[0], None), ids[1]: (events[1], None), ids[2]: (events[2], None), ids[3]: (events[2], "judged"),
    }  # fmt: skip
    assert [row["effect"] for row in judgements.applied] == ["merged", "split"]
    assert [problem.error for problem in judgements.problems] == ["unknown_id"]
