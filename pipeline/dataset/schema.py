"""The tables and their columns, each with its meaning: the one place that states them (data/README.md is made from it).

A table is ``stored`` in one of four ways. ``shard``: written with each shard of articles and never changed.
``working``: like ``shard``, but only consolidation reads it: no reader's table.
``derived``: made anew from all shards by every run that changes something. ``manifest``: the manifest itself holds it.
A column marked ``derived`` in a shard's table is not in the shard: it depends on other articles, so the run writes
it beside the shards (keyed by the table's first ``key`` columns) and the snapshot joins it in.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

# Of the folder's layout. Columns may change without it: a shard's fingerprint holds the code's version.
LAYOUT_VERSION = 1

TEXT, INT, FLOAT, DAY, FLAG = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()
BYTES = pa.binary()
WHEN = pa.timestamp("us")
LIST = pa.list_(pa.field("element", pa.string(), nullable=False))
NUMBERS = pa.list_(pa.field("element", pa.int64(), nullable=False))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type and meaning; ``derived`` where other articles decide its values."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, one row's ``meaning``, and where it is ``stored``."""

    name: str
    stored: str  # shard, working, derived, manifest
    meaning: str
    columns: tuple[Column, ...]
    key: int = 1  # how many of the first columns tell its rows apart

    @property
    def arrow(self) -> pa.Schema:
        """Schema of the whole table, as the snapshot shows it."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    @property
    def in_shard(self) -> pa.Schema:
        """Schema of the table's file in a shard: without what other articles decide."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns if not c.derived])

    @property
    def joined_in(self) -> tuple[Column, ...]:
        """The columns that the snapshot joins in."""
        return tuple(c for c in self.columns if c.derived) if self.stored == "shard" else ()

    @property
    def is_facts(self) -> bool:
        """Each row stands on a stretch of an article's text."""
        return any(c.name == "surface" for c in self.columns)


def _evidence(table: str, where: str) -> tuple[Column, ...]:
    return (
        Column("row_id", TEXT, f"Key: 20 hex of sha256 over {table}|article|start|end|kind|value; same in every run."),
        Column("article_id", TEXT, "The article that states it (articles.article_id)."),
        Column("zone", TEXT, "Part of the page: title, lead, body, caption."),
        Column("sentence", INT, "Index of the sentence in the article, from 0."),
        Column("start", INT, f"Offset of {where} in articles.text, in code points, from 0."),
        Column("end", INT, "Offset after its last character: text[start:end] = surface."),
        Column("surface", TEXT, f"{where[0].upper()}{where[1:]} exactly as written."),
        Column("evidence", TEXT, "The whole sentence; of one over 4,000 characters 1,000 before and after."),
        Column("confidence", FLOAT, "0 to 1: how far the rule that found it is to be trusted."),
        Column("rule", TEXT, "The rule that found it."),
        Column(
            "flags",
            LIST,
            "What to mind: implausible, ambiguous, planned, historical, quoted, inferred_year …; and what people said "
            "of it (corrections): wrong (don't count it; it points to nothing), corrected, confirmed.",
        ),
        Column("run_id", TEXT, "The run that extracted it (runs.run_id)."),
    )


_ORG_TYPES = (
    "union_central, union_sector, union_province, union_district, union_corporate, union_grassroots, party, state, "
    "company, school, press, international, bloc, other"
)

RUNS = Table(
    "runs",
    "manifest",
    "One row a run that changed the dataset or was cut off while doing so.",
    (
        Column("run_id", TEXT, "Key: of the inputs, the code and the runs before; a run taken up again keeps it."),
        Column("started_at", WHEN, "When it first started, local time."),
        Column("finished_at", WHEN, "When it was committed, local time; NULL for one that was not.", True),
        Column("status", TEXT, "finished, or interrupted (cut off; a later run may have kept its shards)."),
        Column("version", TEXT, "Version of congdoan."),
        Column("config_sha256", TEXT, "sha256 over the code, its resources and the options that change rows."),
        Column("engine", TEXT, "What worked: local."),
        Column("n_in", INT, "Articles and unreadable inputs that came in.", True),
        Column("n_ok", INT, "Articles in the dataset after it.", True),
        Column("n_rejected", INT, "Rows in rejects after it.", True),
    ),
)
SOURCES = Table(
    "sources",
    "derived",
    "Where articles were published.",
    (
        Column("source_id", TEXT, "Key: the host, without www."),
        Column("name", TEXT, "The publisher's name; the host where it is not in the gazetteer."),
        Column("publisher_type", TEXT, "union, state, party, press, enterprise; NULL where it is not known.", True),
        Column("scale", TEXT, "national, sector, province; NULL where it is not known.", True),
    ),
)
ARTICLES = Table(
    "articles",
    "shard",
    "One row an article. A second page of the same URL (or without URL, of the same text) is in rejects.",
    (
        Column("article_id", TEXT, "Key: 20 hex of sha256 of the canonical URL, else of the text."),
        Column("input_id", TEXT, "The id that the input gave: a JSON line's id, a file's name.", True),
        Column("url", TEXT, "The page's address as it came.", True),
        Column(
            "canonical_url", TEXT, "The address without fragment and tracking parameters, host in lower case.", True
        ),
        Column("source_id", TEXT, "The host (sources.source_id); NULL where no URL is known.", True),
        Column("title", TEXT, "The headline.", True),
        Column("text", TEXT, "Title, lead, paragraphs and captions, a line each, NFC; offsets point into it."),
        Column("text_sha256", TEXT, "sha256 of text in UTF-8."),
        Column("body_sha256", TEXT, "sha256 of the text below the title: equal in verbatim copies."),
        Column("text_fold", TEXT, "text in lower case without marks, đ as d, same length: for searching."),
        Column("lead_end", INT, "Offset after the lead; NULL where the page has none.", True),
        Column("byline", TEXT, "The author as printed.", True),
        Column("section", TEXT, "The site's section.", True),
        Column(
            "published_at",
            WHEN,
            "When the page says it was published, local time; NULL where only a day is said.",
            True,
        ),
        Column("published_date", DAY, "The day of it; NULL where the page says none.", True),
        Column("published_method", TEXT, "Where that was read: meta, site, text, url, none."),
        Column("published_raw", TEXT, "The stamp as written.", True),
        Column("fetched_at", WHEN, "When the page was fetched, local time.", True),
        Column("archive_ref", TEXT, "Where it was read: file, file:line or file#offset, without folders."),
        Column("charset", TEXT, "What its bytes were read as: a charset, a legacy table (tcvn3, vni, viscii).", True),
        Column("flags", LIST, "What was unusual in its page: generic (layout unknown), layout_changed."),
        Column(
            "dup_of",
            TEXT,
            "The article that it copies: of all alike the first published, of those the longest.",
            True,
            derived=True,
        ),
        Column(
            "dup_score",
            FLOAT,
            "How alike it is by dup_reason to dup_of or to another copy of it, 0.6 to 1.",
            True,
            derived=True,
        ),
        Column(
            "dup_reason",
            TEXT,
            "What says that it is a copy: body (equal), paragraphs (the shorter body's share in equal paragraphs), "
            "shingles (the shorter body's share in equal runs of 5 syllables, estimated by MinHash).",
            True,
            derived=True,
        ),
        Column("relevance", FLOAT, "0 to 1: how far it is about unions and labour; below 0.5 it is off topic."),
        Column("n_chars", INT, "Code points in text."),
        Column("run_id", TEXT, "The run that read it (runs.run_id)."),
    ),
)
DATES = Table(
    "dates",
    "shard",
    "One row a mention of a time.",
    (
        *_evidence("dates", "the expression"),
        Column("type", TEXT, "TIMEX3 type: DATE, TIME, DURATION, SET."),
        Column("value", TEXT, "TIMEX3 value (ISO 8601), XXXX for a year that can't be known."),
        Column("date_from", DAY, "First day it covers; NULL for durations, sets and unknown years.", True),
        Column("date_to", DAY, "Last day it covers, inclusive.", True),
        Column(
            "granularity", TEXT, "minute, part_of_day, day, week, month, quarter, half, year, range, duration, set."
        ),
        Column("is_relative", FLAG, "Said relative to another day (hôm qua, tháng trước)."),
        Column("anchor_date", DAY, "The day it was resolved against.", True),
        Column("modifier", TEXT, "start, mid, end, before, after, approx.", True),
        Column("function", TEXT, "event, term, period, deadline, anniversary.", True),
    ),
)
ORGANIZATIONS = Table(
    "organizations",
    "derived",
    "One row an organization that an article names, or that the gazetteer has above or after one of these.",
    (
        Column("org_id", TEXT, "Key: the gazetteer's id, or for a discovered one x- and its folded name."),
        Column("name", TEXT, "The gazetteer's name, else the spelling most used."),
        Column("name_en", TEXT, "The English name.", True),
        Column("name_fold", TEXT, "name in lower case without marks, for searching."),
        Column("org_type", TEXT, f"{_ORG_TYPES}."),
        Column("parent_org_id", TEXT, "The organization above it.", True),
        Column("valid_to", DAY, "Last day of it.", True),
        Column("successor_org_id", TEXT, "What it became.", True),
        Column(
            "origin",
            TEXT,
            "gazetteer, or discovered: named in an article and not linked; spellings that fold alike are one.",
        ),
    ),
)
ORGANIZATION_ALIASES = Table(
    "organization_aliases",
    "derived",
    "The spellings of the organizations above: the gazetteer's and those met in articles.",
    (
        Column("org_id", TEXT, "organizations.org_id."),
        Column("alias", TEXT, "A spelling."),
        Column("kind", TEXT, "official, short, acronym, variant, former, typo."),
        Column("origin", TEXT, "gazetteer, or discovered in an article."),
    ),
)
ORGANIZATION_MENTIONS = Table(
    "organization_mentions",
    "shard",
    "One row a mention of a named organization.",
    (
        *_evidence("organization_mentions", "the name"),
        Column("org_id", TEXT, "organizations.org_id; NULL where people say that the row is wrong.", True),
        Column("name", TEXT, "The full name, abbreviations expanded."),
        Column("org_type", TEXT, f"What the name's words say: {_ORG_TYPES}."),
        Column(
            "link_method",
            TEXT,
            "How the gazetteer's id was found: exact, alias, in_text, rule; none: discovered; judged: people said so.",
        ),
        Column("link_score", FLOAT, "0 to 1: how sure the link is; NULL where there is none.", True),
    ),
)
PERSONS = Table(
    "persons",
    "derived",
    "One row a person who holds a post. Equal names alone never make one person.",
    (
        Column("person_id", TEXT, "Key: the folded name and 8 hex of what tells namesakes apart."),
        Column("name", TEXT, "The spelling most used."),
        Column("name_fold", TEXT, "name in lower case without marks, for searching."),
        Column(
            "merge_method",
            TEXT,
            "Why its statements are one person's: name_organization (same name at the same organization), "
            "name_article (same name in one article), judged (people said so), several joined by +; single: only one "
            "statement.",
        ),
    ),
)
OFFICIALS = Table(
    "officials",
    "shard",
    "One row a statement that a person holds a post.",
    (
        *_evidence("officials", "the statement"),
        Column(
            "person_id", TEXT, "persons.person_id; NULL where people say that the row is wrong.", True, derived=True
        ),
        Column("person", TEXT, "Full name without honorific."),
        Column("honorific", TEXT, "đồng chí, ông, bà, TS. … as written.", True),
        Column("role", TEXT, "The title as written, without the organization's name."),
        Column("role_id", TEXT, "Controlled form: chair, vice_chair, standing_vice_chair, committee_member, head …"),
        Column("role_rank", INT, "1 is the highest."),
        Column("org_id", TEXT, "organizations.org_id; NULL where the text names none.", True),
        Column("organization", TEXT, "Its full name.", True),
        Column("status", TEXT, "current, former, acting, elected, appointed, retired."),
        Column("stated_from", DAY, "First day of the post's years, where the text states them.", True),
        Column("stated_to", DAY, "Last such day, inclusive.", True),
    ),
)
TENURES = Table(
    "tenures",
    "derived",
    "One row a person, post and organization. Former posts give none.",
    (
        Column("person_id", TEXT, "persons.person_id."),
        Column("role_id", TEXT, "officials.role_id."),
        Column("org_id", TEXT, "organizations.org_id.", True),
        Column(
            "first_seen", DAY, "First day of publication that shows it: a bound of the evidence, not of the term.", True
        ),
        Column("last_seen", DAY, "Last such day.", True),
        Column("stated_from", DAY, "First day of the post's years, where an article states them.", True),
        Column("stated_to", DAY, "Last such day, inclusive.", True),
        Column("n_articles", INT, "Articles that say so, copies counted once."),
        Column("n_sources", INT, "Sources that say so."),
        Column("conflict", FLAG, "Another person is seen in the same single-holder post in the same days."),
    ),
)
FIGURES = Table(
    "figures",
    "shard",
    "One row a number that counts or measures; a range is one row.",
    (
        *_evidence("figures", "the figure"),
        Column("measure", TEXT, "count, money, percent, area, age, other."),
        Column("value", FLOAT, "The number, money in đồng written out; the lower end of a range."),
        Column("value_max", FLOAT, "The upper end of a range.", True),
        Column("unit", TEXT, "VND, USD, %, or the counted noun phrase's head as written."),
        Column("unit_raw", TEXT, "The unit's words as written."),
        Column("counted", TEXT, "What is counted.", True),
        Column("currency", TEXT, "ISO 4217 code, for money.", True),
        Column("comparator", TEXT, "= exact, > hơn, < dưới, ~ khoảng, >= ít nhất, <= không quá."),
        Column("comparator_max", TEXT, "The same of a range's upper end.", True),
        Column("per", TEXT, "What one such amount is for (suất, người, tháng).", True),
        Column("who_org_id", TEXT, "Who gave, did or has it (organizations.org_id); NULL where not said.", True),
        Column("status", TEXT, "actual, target, planned."),
        Column("period_from", DAY, "First day of the time it is of; NULL where the text gives none.", True),
        Column("period_to", DAY, "Last day of it, inclusive; the day itself for a figure up to a day.", True),
        Column("period_kind", TEXT, "stated in its sentence, inherited from what stands before, none."),
    ),
)
EVENT_MENTIONS = Table(
    "event_mentions",
    "shard",
    "One row a place in an article that tells of a happening.",
    (
        *_evidence("event_mentions", "the trigger"),
        Column("event_id", TEXT, "events.event_id; NULL where people say that the row is wrong.", True, derived=True),
        Column(
            "merge_reason",
            TEXT,
            "Why it is the event of an earlier mention: copy (same words in a copy), or what is equal beside type and "
            "day: place+organizer, organizer, place+words, words; judged: people said so; NULL for an event's first "
            "mention.",
            True,
            derived=True,
        ),
        Column("type", TEXT, "conference, congress, emulation, award, welfare, training … (see events.type)."),
        Column("is_main", FLAG, "The one that the article reports."),
        Column("trigger_start", INT, "Offset of the words that say it."),
        Column("trigger_end", INT, "Offset after them."),
        Column("realis", TEXT, "occurred, ongoing, planned."),
        Column("date_from", DAY, "Its first day; NULL where the text gives none.", True),
        Column("date_to", DAY, "Its last day, inclusive.", True),
        Column("date_precision", TEXT, "day, month, quarter, half, year, range, none."),
        Column("date_kind", TEXT, "stated with it, inherited from what stands before, none."),
        Column("place", TEXT, "The named place.", True),
    ),
)
EVENT_PARTICIPANTS = Table(
    "event_participants",
    "shard",
    "One row an organization, person or group that an event's mention names as taking part.",
    (
        Column("event_row_id", TEXT, "event_mentions.row_id."),
        Column("ordinal", INT, "Counts a mention's participants in text order, from 0."),
        Column("article_id", TEXT, "articles.article_id."),
        Column("role", TEXT, "organizer, chair, attendee, giver, recipient, counterparty."),
        Column("org_id", TEXT, "organizations.org_id, for an organization.", True),
        Column("person_id", TEXT, "persons.person_id, for a person.", True, derived=True),
        Column("person", TEXT, "The person's full name.", True),
        Column("group", TEXT, "People without a name, as written (200 công nhân khó khăn).", True),
    ),
    key=2,
)
EVENTS = Table(
    "events",
    "derived",
    "One row a happening: count these. Mentions of one type, day, place and organizer are one; others one each.",
    (
        Column("event_id", TEXT, "Key."),
        Column(
            "type",
            TEXT,
            "conference, congress, emulation, award, welfare, training, culture_sport, dialogue, dispute, safety, "
            "international, organizing, personnel, commemoration, agreement, policy, other.",
        ),
        Column("date_from", DAY, "Its first day.", True),
        Column("date_to", DAY, "Its last day, inclusive.", True),
        Column("place", TEXT, "The named place.", True),
        Column("n_articles", INT, "Articles that tell of it, copies counted once."),
        Column("n_sources", INT, "Sources that tell of it."),
        Column("best_row_id", TEXT, "The mention to read first (event_mentions.row_id)."),
    ),
)
_SAID = (
    Column("who", TEXT, "Who says so."),
    Column("said_on", DAY, "When it was said."),
    Column("why", TEXT, "Why: what it rests on."),
    Column("source", TEXT, "The line that says so: file:line."),
)
CORRECTIONS = Table(
    "corrections",
    "derived",
    "One row a line of corrections.csv that was applied. The rows it speaks of have what is said here, and a flag.",
    (
        Column("row_id", TEXT, "The fact (row_id of table_name)."),
        Column("table_name", TEXT, "dates, organization_mentions, officials, figures, event_mentions."),
        Column("article_id", TEXT, "The article that states it."),
        Column("verdict", TEXT, "wrong (no such fact), value (a column has another value), right (looked at)."),
        Column("column_name", TEXT, "The column corrected, for value.", True),
        Column("value_before", TEXT, "What the extractor read there; NULL where it read nothing.", True),
        Column("value", TEXT, "What stands there now; NULL for unknown.", True),
        *_SAID,
    ),
)
JUDGEMENTS = Table(
    "judgements",
    "derived",
    "One row a line of judgements.csv that was applied: who is who.",
    (
        Column("kind", TEXT, "organization, person, event."),
        Column("verdict", TEXT, "same, different."),
        Column("one", TEXT, "The one, as the line names it: an id, a row_id, an organization's name."),
        Column("other", TEXT, "The other."),
        Column("one_id", TEXT, "The id (org_id, person_id, event_id) that the one has now."),
        Column("other_id", TEXT, "The id that the other has now: of the same, one_id."),
        Column("effect", TEXT, "merged, split, or already_so: without it nothing would be otherwise."),
        *_SAID,
    ),
)
REJECTS = Table(
    "rejects",
    "shard",
    "One row an input that gave no article, or a correction that could not be applied: nothing is dropped silently.",
    (
        Column("run_id", TEXT, "The run that met it (runs.run_id)."),
        Column("input_ref", TEXT, "path, path:line or path#offset; of a correction file:line."),
        Column("stage", TEXT, "read, extract, consolidate."),
        Column(
            "error",
            TEXT,
            "empty, binary, truncated, encoding, json, no_article, duplicate, failed, crashed …; of "
            "corrections: incomplete, bad_value, unknown_row, unknown_column, contradiction …",
        ),
        Column("message", TEXT, "What was wrong."),
        Column("attempts", INT, "How often it was tried."),
    ),
)

TERMS = Table(
    "terms",
    "shard",
    "One row a word of an article, of runs with --terms: what is written about, for trends and keyness.",
    (
        Column("article_id", TEXT, "articles.article_id."),
        Column("term", TEXT, "A word as underthesea segments it, in lower case, its syllables joined by spaces."),
        Column("count", INT, "How often the article's title and text have it."),
    ),
    key=2,
)

SIGNATURES = Table(
    "signatures",
    "working",
    "One row an article: what its body is compared by (pipeline.signatures).",
    (
        Column("article_id", TEXT, "articles.article_id."),
        Column("shingles", BYTES, "MinHash of the 5-syllable shingles: 128 little-endian uint32.", True),
        Column("paragraphs", LIST, "16 hex of sha256 of each paragraph of 60 characters or more, in match form."),
        Column("lengths", NUMBERS, "The paragraphs' lengths in code points."),
    ),
)

TABLES = {
    table.name: table
    for table in (
        RUNS, SOURCES, ARTICLES, DATES, ORGANIZATIONS, ORGANIZATION_ALIASES, ORGANIZATION_MENTIONS, PERSONS, OFFICIALS,
        TENURES, FIGURES, EVENT_MENTIONS, EVENT_PARTICIPANTS, EVENTS, TERMS, CORRECTIONS,
        JUDGEMENTS, REJECTS,
    )
}  # fmt: skip
SHARD_TABLES = (*(table for table in TABLES.values() if table.stored == "shard"), SIGNATURES)
DERIVED_TABLES = tuple(table for table in TABLES.values() if table.stored == "derived")


def joined_schema(table: Table) -> pa.Schema:
    """Schema of the file that holds a shard table's derived columns, by the table's key."""
    return pa.schema([(c.name, c.type) for c in (*table.columns[: table.key], *table.joined_in)])


# Articles of a later shard that an earlier one already has; what reads the shards leaves them out.
REPEATED_SCHEMA = pa.schema([("shard", TEXT), ("article_id", TEXT)])
