"""What a page says of its article for machines: meta tags, JSON-LD (schema.org), microdata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scrapers.furniture import line_key
from scrapers.html import Tree, meta
from scrapers.lines import one_line
from scrapers.markup import class_roles
from scrapers.page import Published
from scrapers.stamps import find_stamp, parse_iso

_STAMPS = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "sailthru.date", "parsely-pub-date", "citation_publication_date",
)  # fmt: skip
_MAX_JSON = 2**20
_MAX_NODES = 5000
# Lists of other articles inside an article's own data.
_OTHERS = frozenset({"itemListElement", "hasPart", "isRelatedTo", "mentions", "relatedLink", "comment", "citation"})
_DATE_IN_URL = re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])(?=/)")
_NOT_THE_ARTICLE = frozenset({"comment", "related", "side", "foot", "nav"})


@dataclass(frozen=True, slots=True)
class Metadata:
    """``titles`` are what the page calls itself, the surest first; other fields are None where nothing is said.

    ``of_page`` is when the page was published that holds the article, as far as its software knows: a weaker witness.
    ``description`` is often the lead; ``body`` the article's text, whole or cut.
    """

    titles: tuple[str, ...] = ()
    published: Published | None = None
    author: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    of_page: Published | None = None
    description: str | None = None
    body: str | None = None


def read_metadata(tree: Tree) -> Metadata:
    """The page's metadata; what is malformed or said of several articles is none."""
    node, page = _article(tree)
    window = next((one_line(title.text or "") for title in tree.root.iter("title")), "")
    titles = (meta(tree, "og:title"), _string(node, "headline"), meta(tree, "twitter:title", "dc.title"), window)
    return Metadata(
        tuple(dict.fromkeys(title for title in titles if title)),
        meta_stamp(tree) or _stamp(_string(node, "datePublished")) or _microdata_stamp(tree),
        meta(tree, "article:author", "author", "dc.creator") or _author(node),
        meta(tree, "article:section") or _string(node, "articleSection"),
        _tags(tree, node),
        _stamp(_string(page, "datePublished")),
        meta(tree, "og:description", "description", "twitter:description") or _string(node, "description"),
        _string(node, "articleBody"),
    )


def meta_stamp(tree: Tree) -> Published | None:
    """The stamp of the page's meta tags. A malformed one is none, and so is one that several tags tell differently."""
    found = (_stamp(tree.metas.get(name)) for name in _STAMPS if name not in tree.repeated)
    return next((stamp for stamp in found if stamp), None)


def json_ld_stamp(tree: Tree) -> Published | None:
    """The stamp of the page's JSON-LD."""
    node, page = _article(tree)
    return _stamp(_string(node, "datePublished")) or _stamp(_string(page, "datePublished"))


def url_stamp(url: str | None) -> Published | None:
    """The day in an address such as ``/2022/08/10/slug/``."""
    match = _DATE_IN_URL.search(url or "")
    if match is None:
        return None
    stamp = find_stamp(f"{match['d']}/{match['m']}/{match['y']}", method="url")
    return Published(stamp.value, "url", match[0].strip("/"), False) if stamp else None


def _stamp(text: str | None) -> Published | None:
    if not text:
        return None
    found = parse_iso(text)
    return found or (find_stamp(text, method="meta") if len(text) <= 40 and "/" in text else None)


def _microdata_stamp(tree: Tree) -> Published | None:
    """``itemprop=datePublished`` of the page's own article; none where a list of teasers has one each."""
    values = set()
    for element in tree.body.iterfind(".//*[@itemprop='datePublished']"):
        if element.tag == "meta" or any(
            class_roles(f"{around.get('class') or ''} {around.get('id') or ''}") & _NOT_THE_ARTICLE
            for around in element.iterancestors()
            if around.tag != "body"
        ):
            continue
        values.add(element.get("content") or element.get("datetime") or one_line("".join(element.itertext())))
    return (_stamp(next(iter(values))) or find_stamp(next(iter(values)), method="meta")) if len(values) == 1 else None


# --- JSON-LD --------------------------------------------------------------------------------------------------------


def _article(tree: Tree) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The node of the page's article: the one whose headline is the page's title, else the only one there is; and the
    node of the page.
    """
    articles, pages = [], []
    for script in tree.root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for node in _nodes(_load(script.text or "")):
                kinds = node.get("@type")
                names = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
                if any(isinstance(name, str) and name.endswith(("Article", "Posting")) for name in names):
                    articles.append(node)
                elif "WebPage" in names:
                    pages.append(node)
    key = line_key(meta(tree, "og:title") or "".join(title.text or "" for title in tree.root.iter("title")))
    named = [node for node in articles if (own := line_key(_string(node, "headline") or "")) and own in key]
    only = articles[0] if len(articles) == 1 else None
    return named[0] if named else only, pages[0] if len(pages) == 1 else None


def _load(text: str) -> Any:
    if len(text) > _MAX_JSON:
        return None
    try:
        return json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON value, without those that tell of other articles."""
    stack = [data]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(inner for name, inner in value.items() if name not in _OTHERS)
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _string(node: dict[str, Any] | None, name: str) -> str | None:
    value = (node or {}).get(name)
    if isinstance(value, list) and value:
        value = value[0]
    return one_line(value) or None if isinstance(value, str) else None


def _author(node: dict[str, Any] | None) -> str | None:
    value = (node or {}).get("author")
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name")
    return one_line(value) or None if isinstance(value, str) else None


def _tags(tree: Tree, node: dict[str, Any] | None) -> tuple[str, ...]:
    links = [link for link in tree.body.iter("a") if "tag" in (link.get("rel") or "").lower().split()]
    found = [one_line("".join(link.itertext())) for link in links]
    if not found:
        words = (node or {}).get("keywords")
        listed = words if isinstance(words, list) else [words]
        named = [part for word in listed if isinstance(word, str) for part in word.split(",")]
        found = [one_line(part) for part in named or [tree.metas.get("article:tag", "")]]
    return tuple(dict.fromkeys(tag for tag in found if tag))
