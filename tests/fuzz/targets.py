"""The targets by name: where their seeds come from, who reads them, how many mutants each gets beside the others."""

from dataclasses import dataclass
from typing import Any

from tests.fuzz import normalizers, readers, seeds
from tests.fuzz.journal import journal_seeds, read_journal
from tests.fuzz.parquet import read_shard, shard_seeds

SITES = (
    "congdoancongthuong",
    "congdoandaukhi",
    "congdoanvienchuc",
    "dnn",
    "laodong",
    "nukeviet",
    "tongliendoan",
    "vietsov",
)


@dataclass(frozen=True)
class Target:
    """``share``: of all executions, in proportion; what takes longer gets fewer."""

    name: str
    seeds: tuple[bytes, ...]
    read: Any  # bytes -> what was read
    share: int


def targets(folder):
    """All targets; they write their files below ``folder``."""
    warc, warc_gz = seeds.archives(folder)
    return [
        Target(".txt", seeds.plain(), readers.read_file(folder, ".txt"), 60),
        Target(".html", seeds.pages(), readers.read_file(folder, ".html"), 40),
        *(Target(f"page of {site}", seeds.pages_of(site), readers.read_page_of(site), 10) for site in SITES),
        Target(".jsonl", seeds.lines(), readers.read_file(folder, ".jsonl"), 60),
        Target(".warc", warc, readers.read_file(folder, ".warc"), 25),
        Target(".warc.gz", warc_gz, readers.read_file(folder, ".warc.gz"), 25),
        Target("feed, sitemap", seeds.feeds(), readers.read_feed, 80),
        Target("list of links", seeds.pages(), readers.read_list, 30),
        Target("robots.txt", seeds.robots(), readers.read_robots, 80),
        Target("corrections.csv", seeds.corrections(), readers.read_corrections(folder), 80),
        Target("judgements.csv", seeds.judgements(), readers.read_judgements(folder), 80),
        Target("manifest.json", seeds.manifests(), readers.read_manifest(folder), 80),
        Target("Parquet shard", shard_seeds(folder), read_shard(folder), 4),
        Target("scrape journal", journal_seeds(folder), read_journal(folder), 10),
        Target("clean text", seeds.texts(), normalizers.cleaning, 60),
        Target("fold", seeds.texts(), normalizers.folding, 30),
        Target("numerals", seeds.sentences(), normalizers.numbers, 100),
        Target("quantities, money", seeds.texts(), normalizers.amounts, 30),
        Target("timex", seeds.texts(), normalizers.times, 40),
        Target("names", seeds.sentences(), normalizers.organization_names, 80),
        Target("places", seeds.sentences(), normalizers.places, 60),
        Target("stamps, bylines", seeds.sentences(), normalizers.page_dates, 80),
        Target("addresses", (*seeds.feeds(), *seeds.robots()), normalizers.addresses, 60),
        Target("charsets", seeds.legacy(), normalizers.charsets, 60),
        Target("legacy fonts", seeds.legacy(), normalizers.legacy_fonts, 60),
        Target("plain pages", seeds.plain(), normalizers.plain_pages, 40),
        Target("signatures", seeds.texts(), normalizers.compared, 20),
        Target("text to rows", (*seeds.texts(), *seeds.sentences()), normalizers.facts, 40),
    ]
