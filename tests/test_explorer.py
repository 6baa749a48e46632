"""The explorer's pages on the bundled sample: what they show, what they refuse, what they carry."""

import csv
import io
import re
import sys
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app as command
from pipeline.dataset.query import query
from pipeline.errors import CongdoanError, DatasetError, UsageError
from pipeline.explorer import labels, lists
from pipeline.explorer.app import HEADERS, create_app
from pipeline.explorer.filters import LARGEST_PAGE
from pipeline.explorer.finding import look_up
from pipeline.explorer.store import Store
from pipeline.resources import rows as resource_rows

LISTS = ("articles", "organizations", "persons", "events", "figures")


class Reader(HTMLParser):
    """A page's elements as (tag, attributes), and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def client(sample_dataset):
    return TestClient(create_app(sample_dataset), base_url="http://127.0.0.1", headers={"Accept-Language": "en"})


@pytest.fixture(scope="module")
def store(sample_dataset):
    return Store(sample_dataset)


def rows_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def shown(text):
    return int(re.search(r'id="results-heading"[^>]*>([\d,]+) rows', text)[1].replace(",", ""))


def every_page(dataset):
    ids = {
        "articles": "SELECT article_id FROM articles ORDER BY 1 LIMIT 5",
        "organizations": "SELECT org_id FROM organizations ORDER BY 1 LIMIT 5",
        "persons": "SELECT person_id FROM persons ORDER BY 1 LIMIT 3",
        "events": "SELECT event_id FROM events ORDER BY 1 LIMIT 3",
    }
    paths = ["/", "/search", "/search?q=cong+doan", "/figures?unit=VND", *(f"/{name}" for name in LISTS)]
    return paths + [f"/{name}/{row}" for name, sql in ids.items() for row in query(dataset, sql).column(0).to_pylist()]


# --- what every page has ----------------------------------------------------------------------------------------------


def test_every_page_in_both_languages_asks_nothing_of_others(client, sample_dataset):
    for path in every_page(sample_dataset):
        for language in labels.LANGUAGES:
            answer = client.get(path, params={"lang": language})
            assert answer.status_code == 200, path
            page = Reader(answer.text)
            assert page.of("html") == [{"lang": language}]
            loaded = [
                a.get("src") or a.get("href") for tag in ("script", "link", "img", "iframe") for a in page.of(tag)
            ]
            assert loaded
            assert all(address.startswith("/static/") for address in loaded), path
            assert all(client.get(address).status_code == 200 for address in set(loaded))
            assert not [tag for tag, attributes in page.elements if "style" in attributes or tag == "style"], path
            assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")], path


def test_headers_keep_pages_from_being_misused(client):
    for path in ("/", "/articles.csv", "/static/explorer.js", "/nothing", "/articles?page=x"):
        found = client.get(path).headers
        assert {name: found[name] for name in HEADERS} == HEADERS
        assert "unsafe" not in found["Content-Security-Policy"]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.post("/articles").status_code == 405


def test_pages_can_be_read_without_seeing_them(client, sample_dataset):
    for path in every_page(sample_dataset):
        page = Reader(client.get(path).text)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        assert page.elements[[tag for tag, _ in page.elements].index("a")][1] == {"class": "skip", "href": "#main"}
        assert "main" in ids
        labelled = {attributes.get("for") for attributes in page.of("label")}
        for tag in ("input", "select"):
            assert all(attributes["id"] in labelled for attributes in page.of(tag)), path
        assert all(attributes.get("scope") in ("col", "row") for attributes in page.of("th")), path
        assert all(attributes.get("aria-label") or attributes.get("aria-hidden") for attributes in page.of("svg")), path
        assert len(page.of("h1")) == 1, path
        known = {attributes.get(name) for _, attributes in page.elements for name in ("aria-labelledby",)} - {None}
        assert known <= set(ids), path
        targets = {attributes["href"][1:] for attributes in page.of("a") if attributes["href"].startswith("#")}
        assert targets <= set(ids), path


def test_language_by_address_then_cookie_then_browser(sample_dataset):
    client = TestClient(create_app(sample_dataset), base_url="http://127.0.0.1")
    assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "fr, en;q=0.5, vi;q=0.1"}).text
    assert '<html lang="en">' in client.get("/?lang=en").text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "vi"}).text
    assert '<html lang="vi">' in client.get("/?lang=vi").text
    assert labels.preferred("en;q=x, vi;q=0") == "vi"


def test_every_controlled_value_has_words(store, sample_dataset):
    roles = {f"role.{row['role_id']}" for row in resource_rows("lexicons/roles.csv")}
    for prefix, sql in {
        "event_type": "SELECT DISTINCT type FROM event_mentions",
        "org_type": "SELECT DISTINCT org_type FROM organizations",
        "measure": "SELECT DISTINCT measure FROM figures",
        "status": "SELECT DISTINCT status FROM (SELECT status FROM figures UNION SELECT status FROM officials)",
        "part": "SELECT DISTINCT role FROM event_participants",
        "alias_kind": "SELECT DISTINCT kind FROM organization_aliases",
    }.items():
        roles |= {f"{prefix}.{value}" for value in query(sample_dataset, sql).column(0).to_pylist()}
    assert roles - set(labels.labels()) == set()
    assert [key for key, words in labels.labels().items() if not all(words.values())] == []


# --- lists ------------------------------------------------------------------------------------------------------------

FILTERED = {
    "/articles?type=congress": "SELECT count(DISTINCT article_id) FROM event_mentions WHERE type = 'congress'",
    "/articles?from=2020-01-01&to=2020-12-31&site=": "SELECT count(*) FROM articles WHERE year(published_date) = 2020",
    "/articles?site=congdoancongthuong.org.vn": "SELECT count(*) FROM articles "
    "WHERE source_id = 'congdoancongthuong.org.vn'",
    "/articles?organization=cd-dau-khi": "SELECT count(DISTINCT article_id) FROM organization_mentions "
    "WHERE org_id = 'cd-dau-khi'",
    "/organizations?type=company&origin=discovered": "SELECT count(*) FROM organizations WHERE org_type = 'company' "
    "AND origin = 'discovered'",
    "/persons?role=chair": "SELECT count(DISTINCT person_id) FROM officials WHERE role_id = 'chair'",
    "/persons?q=nguyen": "SELECT count(*) FROM persons WHERE contains(name_fold, 'nguyen')",
    "/events?type=welfare&from=2021-01-01": "SELECT count(*) FROM events WHERE type = 'welfare' "
    "AND date_to >= DATE '2021-01-01'",
    "/events?organization=cd-dau-khi": "SELECT count(DISTINCT m.event_id) FROM event_participants p "
    "JOIN event_mentions m ON m.row_id = p.event_row_id WHERE p.org_id = 'cd-dau-khi'",
    "/figures?measure=money&unit=VND": "SELECT count(*) FROM figures WHERE unit = 'VND'",
    "/figures?flag=implausible": "SELECT count(*) FROM figures WHERE list_contains(flags, 'implausible')",
    "/figures?status=target&page=2": "SELECT count(*) FROM figures WHERE status = 'target'",
}


@pytest.mark.parametrize(("path", "sql"), FILTERED.items(), ids=FILTERED)
def test_a_filter_shows_and_downloads_the_same_rows(client, sample_dataset, path, sql):
    (expected,) = query(sample_dataset, sql).column(0).to_pylist()
    text = client.get(path).text
    assert expected
    assert shown(text) == expected
    (link,) = [a["href"] for a in Reader(text).of("a") if a.get("class") == "download"]
    assert len(rows_of(client, link)) == expected


def test_pages_of_a_list_add_up_to_the_download(client):
    found = []
    for number in range(1, 20):
        text = client.get(f"/events?size=10&page={number}").text
        found += re.findall(r'<td><a href="/events/([^"]+)"', text)
        if 'rel="next"' not in text:
            break
    assert found == [row["event_id"] for row in rows_of(client, "/events.csv?size=10&page=3")]


def test_an_organization_is_meant_by_id_or_name(client):
    by_id = rows_of(client, "/articles.csv?organization=cd-dau-khi")
    assert by_id
    assert rows_of(client, "/articles.csv?organization=Công đoàn Dầu khí Việt Nam") == by_id
    assert rows_of(client, "/articles.csv?organization=cong doan dau khi viet nam") == by_id


def test_figures_of_one_unit_have_a_plot_that_a_table_says_too(client, sample_dataset):
    text = client.get("/figures?unit=VND").text
    sql = "SELECT count(DISTINCT year(period_from)) AS n FROM figures WHERE unit = 'VND' AND period_from IS NOT NULL"
    (years,) = query(sample_dataset, sql).column(0).to_pylist()
    assert text.count("<circle") == years
    assert text.count('<th scope="row">') == years
    assert "<circle" not in client.get("/figures").text


# --- search -----------------------------------------------------------------------------------------------------------


def scanned(dataset, words):
    has = " AND ".join(f"regexp_matches(text_fold, '\\b{word}\\b')" for word in words.split())
    return set(query(dataset, f"SELECT article_id FROM articles WHERE {has}").column(0).to_pylist())


@pytest.mark.parametrize(
    "words", ["cong doan dien luc", "cong doan", "giao uoc thi dua", "viet nam", "khong co tu nay"]
)
def test_the_index_finds_what_reading_every_text_finds(client, sample_dataset, words):
    found = [row["article_id"] for row in rows_of(client, f"/articles.csv?q={words}")]
    assert len(found) == len(set(found))
    assert set(found) == scanned(sample_dataset, words)


def test_search_with_marks_puts_what_has_them_first(client, store):
    with_marks = [row["article_id"] for row in rows_of(client, "/articles.csv?q=quà")]
    without = [row["article_id"] for row in rows_of(client, "/articles.csv?q=qua")]
    assert set(with_marks) == set(without)
    texts = {r["article_id"]: r["text"].lower() for r in store.snapshot().rows("SELECT article_id, text FROM articles")}
    has = [bool(re.search(r"\bquà\b", texts[found])) for found in with_marks]
    assert set(has) == {True, False}
    assert has == sorted(has, reverse=True)


def test_search_takes_either_place_of_a_tone(store):
    either = [look_up(store.snapshot(), word).as_typed for word in ("hòa", "hoà", "HOÀ")]
    assert either[0] == either[1] == either[2] != ((),)


def test_snippets_show_the_words(client):
    text = client.get("/articles?q=hoi nghi").text
    assert re.search(r'class="snippet">[^\n]*<b>[Hh]ội</b> <b>nghị</b>', text)


def test_one_search_finds_organizations_persons_and_articles(client):
    text = client.get("/search?q=cong doan dau khi").text
    assert "/organizations/cd-dau-khi" in text
    assert client.get("/search?q=!!").status_code == 422


# --- details ----------------------------------------------------------------------------------------------------------


def test_an_article_marks_every_fact_and_shows_its_row(client, store):
    snapshot = store.snapshot()
    for article in snapshot.rows("SELECT article_id, text FROM articles ORDER BY article_id LIMIT 12"):
        page = Reader(client.get(f"/articles/{article['article_id']}").text)
        marked = {attributes["data-row"] for attributes in page.of("mark") if "data-row" in attributes}
        rows = {attributes["data-row"] for attributes in page.of("tr") if "data-row" in attributes}
        facts = set()
        for table in ("dates", "organization_mentions", "officials", "figures", "event_mentions"):
            sql = f"SELECT row_id FROM {table} WHERE article_id = $id"
            facts |= {row["row_id"] for row in snapshot.rows(sql, {"id": article["article_id"]})}
        assert marked == rows == facts
        assert article["text"].replace("\n", "") in "".join(page.words).replace("\n", "")


def test_an_organization_shows_what_the_tables_say(client, store):
    text = client.get("/organizations/cd-dau-khi").text
    snapshot = store.snapshot()
    words = "".join(Reader(text).words)
    for sql in (
        "SELECT alias FROM organization_aliases WHERE org_id = 'cd-dau-khi'",
        "SELECT p.name FROM tenures t JOIN persons p USING (person_id) WHERE org_id = 'cd-dau-khi'",
        "SELECT o.name FROM organizations o JOIN organizations c ON c.parent_org_id = o.org_id "
        "WHERE c.org_id = 'cd-dau-khi'",
    ):
        found = [next(iter(row.values())) for row in snapshot.rows(sql)]
        assert found
        assert [name for name in found if name not in words] == []


def test_a_person_shows_posts_over_time(client, store):
    snapshot = store.snapshot()
    row = snapshot.one("SELECT person_id, count(*) AS n FROM tenures GROUP BY 1 ORDER BY 2 DESC, 1")
    text = client.get(f"/persons/{row['person_id']}").text
    assert text.count("<rect") == row["n"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/articles?page=0",
        "/articles?page=-1",
        "/articles?page=x",
        "/articles?page=99999999999999999999",
        f"/articles?size={LARGEST_PAGE + 1}",
        "/articles?from=2020-13-45",
        "/events.csv?to=yesterday",
        "/articles?q=" + "x" * 201,
        "/articles?q=%3F%3F",
        "/figures?from=<script>alert(1)</script>",
    ],
)
def test_a_bad_parameter_gets_a_page_that_names_it(client, path):
    answer = client.get(path)
    name = re.search(r"\?(\w+)=", path)[1]
    assert answer.status_code == 422
    assert f"<code>{name}</code>" in answer.text
    assert "Traceback" not in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "path", ["/x", "/articles/none", "/organizations/a/b", "/persons/%00", "/events/%F0%28", "/.env"]
)
def test_what_is_not_there_gets_a_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


@settings(max_examples=40)
@given(
    st.sampled_from(LISTS),
    st.dictionaries(
        st.sampled_from(["q", "site", "from", "to", "type", "organization", "unit", "flag", "place", "page", "size"]),
        st.one_of(st.text(max_size=30), st.sampled_from(["'", '"', "\\", "%", "$1", "' OR 1=1 --", "{{7*7}}", "\x00"])),
        max_size=3,
    ),
)
def test_no_parameter_breaks_a_list(client, name, parameters):
    clean = {key: value.encode("utf-8", "replace").decode() for key, value in parameters.items()}
    answer = client.get(f"/{name}", params=clean)
    assert answer.status_code in (200, 422)


def test_an_unforeseen_failure_is_a_page_without_its_reason(sample_dataset, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(lists, "page", fail)
    client = TestClient(create_app(sample_dataset), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.get("/articles")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_is_wrong(tmp_path, sample_dataset, monkeypatch):
    with pytest.raises(DatasetError):
        CliRunner().invoke(command, ["explore", str(tmp_path)], catch_exceptions=False)
    arguments = ["explore", str(sample_dataset), "--host", "not a host"]
    with pytest.raises(UsageError):
        CliRunner().invoke(command, arguments, catch_exceptions=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(CongdoanError, match=r"congdoan\[explore\]"):
        CliRunner().invoke(command, ["explore", str(sample_dataset)], catch_exceptions=False)
