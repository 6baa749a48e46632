"""What is fuzzed, from text to facts: normalizers, and the whole way from a text to rows."""

import unicodedata
from datetime import date
from decimal import Decimal

from pipeline import document, records, rows, venues
from pipeline.annotations import day
from pipeline.dataset.shards import check_surfaces
from pipeline.normalize import fold, names, numerals, quantities, timex
from pipeline.normalize.money import currency
from pipeline.run import language
from pipeline.signatures import signature
from scrapers import bylines, legacy, stamps, urls
from scrapers.charset import decode
from scrapers.errors import InputError
from scrapers.page import clean_text
from scrapers.plaintext import parse_page, parse_text

TODAY = date(2024, 3, 1)


def text_of(data):
    """Any text at all: bytes that are no UTF-8 become lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def stored(data):
    """Text as documents hold it."""
    return clean_text(text_of(data))


def cleaning(data):
    text = stored(data)
    assert unicodedata.is_normalized("NFC", text) and text == text.strip()
    text.encode()
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in text)
    return text


def folding(data):
    text = stored(data)
    for form in (fold.lower, fold.match_form, fold.strip_marks, fold.search_form):
        made = form(text)
        assert len(made) == len(text), form.__name__
        assert form(made) == made, f"{form.__name__} twice is another"
    return fold.search_form(text), fold.match_form(text)


def numbers(data):
    found = []
    for piece in (text_of(data), *text_of(data).split("\n")[:50]):
        for read in (numerals.parse_digits, numerals.parse_number):
            value = read(piece)
            assert value is None or (isinstance(value, Decimal) and value.is_finite())
            found.append(value)
    return found


def amounts(data):
    text = stored(data)
    low = fold.lower(text)
    found = []
    for start in [i for i, c in enumerate(low) if c.isdigit() and not low[i - 1 : i].isdigit()][:2000]:
        amount = quantities.read_amount(low, start)
        if amount is None:
            continue
        assert start <= amount.start < amount.end <= len(low)
        value = amount.value()
        assert value is None or value.is_finite()
        unit = quantities.read_unit(text, low, amount)
        assert unit is None or amount.end <= unit.end <= len(text)
        found.append((amount, unit, currency(low[start : amount.end], low[amount.end :][:20], scaled=False)))
    return repr(found)


def times(data):
    text = stored(data)
    found = timex.find(text, TODAY)
    before = (0, 0)
    for one in found:
        # The two ends of a span of lengths ("3 đến 6 tháng") stand on the same words.
        assert before[1] <= one.start or before == (one.start, one.end), "one within another"
        assert 0 <= one.start < one.end <= len(text), "out of the text"
        before, value = (one.start, one.end), one.value
        assert (value.date_from is None) == (value.date_to is None)
        assert value.date_from is None or value.date_from <= value.date_to
    return found


def organization_names(data):
    found = []
    for line in stored(data).split("\n")[:200]:
        made = names.canonical(line)
        found.append((made, names.name_key(line), names.loose_key(line), rows.discovered_org_id(line)))
        assert len(found[-1][-1]) < 120
        assert found[-1][-1].isprintable() and not set(found[-1][-1]) & set(" /\\.'\"<>|\n")
    return found


def places(data):
    lines = stored(data).split("\n")[:20]
    found = [venues.relation(one, other) for one in lines for other in lines]
    assert found == [venues.relation(other, one) for one in lines for other in lines]
    return found


def page_dates(data):
    found = []
    for line in text_of(data).split("\n")[:100]:
        clean = clean_text(line)
        made = [stamps.parse_iso(line), stamps.find_stamp(clean), stamps.stamp_line(clean), stamps.signed_stamp(clean)]
        found.append((*made, stamps.labelled_stamp(clean), day(line), bylines.parse_credit(clean)))
    return found


def addresses(data):
    found = []
    for line in text_of(data).split("\n")[:100]:
        url = urls.canonical(line, "https://www.vidu.org.vn/tin/")
        if url is not None:
            assert url.isascii() and url.isprintable() and len(url) <= 2048
            assert urls.canonical(url) == url, "canonical twice is another"
        clean = clean_text(line)
        one = rows.canonical_url(clean)
        assert rows.canonical_url(one) == one, "canonical twice is another"
        found.append((url, one, rows.source_id(clean)))
    return found


def charsets(data):
    try:
        text, charset = decode(data, ref="x")
    except InputError as error:
        return error.cause
    assert charset
    return text, charset


def legacy_fonts(data):
    return legacy.repair(text_of(data)), legacy.repair(data.decode("latin-1"))


def plain_pages(data):
    found = []
    for read in (parse_page, parse_text):
        try:
            found.append(read(text_of(data), ref="x", file="x"))
        except InputError as error:
            found.append(error.message)
    return repr(found)


def compared(data):
    return signature(stored(data))


def facts(data):
    """The whole way: a text as an article, its facts as rows and as records."""
    try:
        article = parse_text(text_of(data), ref="x", file="x", title="Tin số 3")
    except InputError as error:
        return error.message
    doc = document.build(language(), article)
    row = rows.article_row(article, doc, "r")
    tables = {"articles": [row], **rows.fact_rows(doc, row["article_id"], "r")}
    check_surfaces(tables)
    text = row["text"]
    assert len(row["text_fold"]) == len(text)
    for table, found in tables.items():
        for one in found:
            if "surface" in one:
                assert 0 <= one["start"] < one["end"] <= len(text), table
                around = text[max(0, one["start"] - 4000) : one["end"] + 4000]
                assert one["surface"] in one["evidence"] and one["evidence"] in around, table
                assert 0 <= one["confidence"] <= 1, table
    keys = {name: [one["row_id"] for one in found if "row_id" in one] for name, found in tables.items()}
    assert all(len(set(ids)) == len(ids) for ids in keys.values())
    return keys, repr(records.article_record(article, doc))
