"""SCALING.md says what is: its sizing is computed, its tests exist, its filter filters."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from scrapers.archive import write_warc
from scrapers.html import host_of
from scrapers.page import Page
from scrapers.sites import modules
from tests.benchmarks import sizing
from tests.benchmarks.scaling import Row
from tests.shared import ROOT, SAMPLE

TEXT = sizing.FILE.read_text(encoding="utf-8")


def test_the_sizing_table_is_what_the_command_prints():
    assert sizing.rendered(TEXT, sizing.largest()) == TEXT, "stale: python -m tests.benchmarks.sizing"


def test_the_arithmetic():
    row = Row(1000, 4, 50.0, 2.0, 100, 7.0, 1.5, driver_mb=900.0, worker_mb=500.0, dataset_mb=20.0)
    assert sizing.core_seconds(row) == 0.2
    # A million articles: 200,000 s of a core in days of 43,200 s.
    need = sizing.need(row, 1_000_000)
    assert (need.cores, need.disk_gb) == (5, 7300.0)
    assert need.memory_gb == pytest.approx(5 * 0.5 + 0.9)


def test_every_fault_names_a_test():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 10
    for file, name in named:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_filter_keeps_the_pages_of_known_hosts(tmp_path):
    (code,) = (code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "warcio" in code)
    known = {host for module in modules() for host in module.HOSTS}
    other = Page("1", b"<p>Tin</p>", "https://tin.vidu.vn/1.html", datetime(2024, 5, 1, tzinfo=UTC))
    write_warc(tmp_path / "other.warc.gz", [other])
    archive = (SAMPLE / "pages.warc.gz").read_bytes() + (tmp_path / "other.warc.gz").read_bytes()
    done = subprocess.run([sys.executable, "-c", code], input=archive, capture_output=True, check=True, cwd=ROOT)
    wanted = [page for page in pages(archive) if host_of(page[0]) in known]
    assert pages(done.stdout) == wanted and len(wanted) == len(pages(archive)) - 1 > 20


def pages(archive):
    """Address and content of each response."""
    return [
        (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(archive))
        if record.rec_type == "response"
    ]
