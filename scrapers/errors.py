"""The project's errors: one small tree, rooted here because ``scrapers`` imports nothing of ours.

CongdoanError
├── UsageError        an argument that can't be used (a path that is not there)   → exit 2
├── InputError        a file, line or page that can't be read as an article      → a row in ``rejects``
├── LayoutChanged     a site parser's selector that found nothing                 → generic parser, flagged
├── FetchRefused      a URL that must not or could not be fetched
├── ClusterError      a Dask cluster that is not there or went away (pipeline.errors)
├── DatasetError      a dataset that is missing, of another version or inconsistent (pipeline.errors)
└── QueryRefused      SQL that can't run on the snapshot (pipeline.errors)
"""

from __future__ import annotations


class CongdoanError(Exception):
    """Each message says what was read, where, and what to do."""


class UsageError(CongdoanError):
    """An argument that can't be used: a path that is not there, an ending nobody reads."""


class InputError(CongdoanError):
    """An input that gives no article.

    ``ref`` names it (``path`` or ``path:line`` or ``path#offset``), ``cause`` is a short code for ``rejects.error``
    (``empty``, ``binary``, ``truncated``, ``encoding``, ``json``, ``no_article``, ``too_large`` …).
    """

    def __init__(self, ref: str, cause: str, message: str) -> None:
        super().__init__(f"{ref}: {message}")
        self.ref = ref
        self.cause = cause
        self.message = message

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        # Exceptions cross process borders; the default would call __init__ with the joined message alone.
        return type(self), (self.ref, self.cause, self.message)


class LayoutChanged(CongdoanError):
    """A site parser's selector found nothing: the site's layout is not the one the parser was written for."""

    def __init__(self, url: str | None, selector: str) -> None:
        super().__init__(f"{url or 'page without url'}: nothing found by selector {selector!r}; the layout changed")
        self.url = url
        self.selector = selector

    def __reduce__(self) -> tuple[type[LayoutChanged], tuple[str | None, str]]:
        return type(self), (self.url, self.selector)


class FetchRefused(CongdoanError):
    """A URL that must not be fetched (robots, host, size) or could not be.

    ``cause`` is a short code (``robots``, ``private_address``, ``too_large``, ``deadline`` …); ``transient``: another
    try later may go well.
    """

    def __init__(self, url: str, cause: str, message: str, *, transient: bool = False) -> None:
        super().__init__(f"{url}: {message}")
        self.url = url
        self.cause = cause
        self.message = message
        self.transient = transient
