"""What is fuzzed, formats of input: each takes bytes and gives what was read, in a form that can be compared.

An error that the reader documents is an answer. Anything else that is raised, and each promise that is broken
(``AssertionError``), is a finding.
"""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from pipeline import inputs
from pipeline.annotations import CORRECTIONS, JUDGEMENTS, read_annotations
from pipeline.dataset import manifest
from pipeline.errors import DatasetError, UsageError
from scrapers import discover, robots
from scrapers.errors import InputError
from scrapers.page import Page
from scrapers.sites import modules, parse_page

CAUSES = {
    "empty", "binary", "truncated", "encoding", "json", "no_article", "too_large", "damaged", "unsupported",
    "http_status",
}  # fmt: skip
FETCHED = datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
URL = "https://www.vidu.org.vn/rss/tin.xml"


def read_file(folder, ending):
    """Read bytes as an input file of this ending, the way a run does."""
    path = Path(folder) / f"x{ending}"

    def read(data):
        path.write_bytes(data)
        found = list(inputs.find_items([str(path)]))
        items = [item for item in found if not isinstance(item, InputError)]
        results = [one for one in found if isinstance(one, InputError)]
        results += [result for _, result in inputs.read_items(items)]
        assert results, "neither an article nor a reject"
        return [told(one) for one in results]

    return read


def read_page_of(site):
    """Read bytes as a page of this site; None: of none that is known."""
    host = next((m.HOSTS[0] for m in modules() if m.__name__.endswith(f".{site}")), "www.vidu.org.vn")
    page = Page("x.html", b"", f"https://{host}/tin-tuc/2024/03/trao-qua-123.html", FETCHED)

    def read(data):
        try:
            return told(parse_page(Page(page.ref, data, page.url, page.fetched_at)))
        except InputError as error:
            return told(error)

    return read


def told(result):
    """An article or an error to compare by, once what they promise is checked."""
    if isinstance(result, InputError):
        assert result.cause in CAUSES, result.cause
        assert result.ref and result.message and "\n" not in result.message
        return result.cause, result.message
    assert result.blocks or result.title
    for text in (result.title, result.byline, result.section, result.id, *(block.text for block in result.blocks)):
        if text is not None:
            assert text.strip() and "\n" not in text and "\0" not in text, f"not clean: {text!r}"
            assert unicodedata.is_normalized("NFC", text)
            text.encode()
    assert all(block.zone in ("lead", "body", "caption") for block in result.blocks)
    return repr(result)


def read_feed(data):
    try:
        found = discover.read_xml(data, URL)
    except InputError as error:
        return error.cause
    return listed(found)


def read_list(data):
    return listed(discover.read_links(data, URL))


def listed(found):
    for one in (*found.pages, *found.children):
        assert one.url.startswith(("http://", "https://")) and one.url.isascii() and one.url.isprintable()
        assert one.dated is None or 0 < one.dated < 5e9
    return found


def read_robots(data):
    rules = robots.answered(200, data, 0.0, None).rules(0.0)
    assert rules.spacing >= 0
    return (
        rules.spacing,
        rules.sitemaps,
        [rules.allows(f"https://vidu.org.vn/{name}") for name in ("", "a.html?b=1", "%")],
    )


def read_said(folder, name):
    """Read bytes as the corrections or judgements in a dataset's folder."""
    folder = Path(folder) / name.partition(".")[0]
    folder.mkdir(exist_ok=True)

    def read(data):
        (folder / name).write_bytes(data)
        try:
            found = read_annotations(folder)
        except UsageError as error:
            return str(error)
        for problem in found.problems:
            assert problem.error and problem.message and problem.source.startswith(name)
            problem.message.encode()
        return found

    return read


def read_corrections(folder):
    return read_said(folder, CORRECTIONS)


def read_judgements(folder):
    return read_said(folder, JUDGEMENTS)


def read_manifest(folder):
    path = Path(folder) / "manifest.json"

    def read(data):
        path.write_bytes(data)
        try:
            return manifest.read(path)
        except DatasetError as error:
            return str(error)

    return read
