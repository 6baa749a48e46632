"""The web application: which address shows what, and what every answer carries so that pages can't be misused."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pipeline.dataset.cells import spreadsheet_text
from pipeline.explorer import details, lists
from pipeline.explorer.filters import (
    ArticleFilters,
    EventFilters,
    FigureFilters,
    Filters,
    OrganizationFilters,
    PersonFilters,
)
from pipeline.explorer.finding import words_of
from pipeline.explorer.plots import Span, spans
from pipeline.explorer.rendering import respond
from pipeline.explorer.store import Row, Snapshot, Store

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}
_LISTS: tuple[tuple[lists.Listing, type[Filters]], ...] = (
    (lists.ARTICLES, ArticleFilters),
    (lists.ORGANIZATIONS, OrganizationFilters),
    (lists.PERSONS, PersonFilters),
    (lists.EVENTS, EventFilters),
    (lists.FIGURES, FigureFilters),
)
F = TypeVar("F", bound=Filters)
_STATIC = Path(__file__).parent / "static"
_LINES = 500  # of a download, sent at a time
_BARS = 40  # posts in a picture
_SHORT = 10  # hits of each kind on the search page


def create_app(dataset: Path, hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """The explorer of ``dataset``, answering only to the names ``hosts`` (other pages' scripts can't reach it then).

    DatasetError where there is no dataset with a snapshot.
    """
    app = FastAPI(title="congdoan", docs_url=None, redoc_url=None, openapi_url=None)
    store = Store(dataset)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    @app.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await go_on(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    _add_errors(app)
    for listing, model in _LISTS:
        _add_list(app, store, listing, model)
    _add_details(app, store)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(RequestValidationError)
    def refused(request: Request, error: RequestValidationError) -> Response:
        problems = [(str(one["loc"][-1]), str(one.get("input", ""))[:100], one["msg"]) for one in error.errors()]
        return respond(request, "error.html.j2", 422, code=422, problems=problems)

    @app.exception_handler(AnyHTTPException)
    def failed(request: Request, error: AnyHTTPException) -> Response:
        found = respond(request, "error.html.j2", error.status_code, code=error.status_code, problems=[])
        found.headers.update(error.headers or {})
        return found

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        # Raised again by the server after this answer, which is why it stands in its log.
        found = respond(request, "error.html.j2", 500, code=500, problems=[])
        found.headers.update(HEADERS)
        return found

    @app.exception_handler(duckdb.ConversionException)
    def inconvertible(request: Request, error: duckdb.Error) -> Response:
        return respond(request, "error.html.j2", 422, code=422, problems=[])


def _add_list(app: FastAPI, store: Store, listing: lists.Listing, model: type[Filters]) -> None:
    """The list's page and its download, which has all that the page's filters leave."""

    @app.get(f"/{listing.name}")
    def show(request: Request) -> Response:
        filters = _read(model, request)
        snapshot = store.snapshot()
        more = _plot(snapshot, filters) if isinstance(filters, FigureFilters) else {}
        return respond(
            request, f"{listing.name}.html.j2", filters=filters.all(), found=lists.page(snapshot, listing, filters),
            listing=listing.name, choices=details.choices(snapshot), **more,
        )  # fmt: skip

    @app.get(f"/{listing.name}.csv")
    def send(request: Request) -> Response:
        rows = lists.download(store.snapshot(), listing, _read(model, request))
        name = f'attachment; filename="congdoan-{listing.name}.csv"'
        return StreamingResponse(
            _csv(rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
        )


def _read(model: type[F], request: Request) -> F:
    """What the address asks for. RequestValidationError, a page that names the parameter, where it can't be."""
    try:
        filters = model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    words = getattr(filters, "q", None)
    if words is not None and not words_of(words):
        # Everything has no word at all.
        raise RequestValidationError([{"loc": ("q",), "input": words, "msg": "give a word", "type": "words"}])
    return filters


def _plot(snapshot: Snapshot, filters: FigureFilters) -> dict[str, Any]:
    """The figures of one unit over time; without a unit nothing can be drawn on one scale, and units are offered."""
    plot: tuple[str, list[Row]] = ("", [])
    if filters.unit:
        where = lists.where_of(lists.FIGURES, filters)
        plot = details.figures_over_time(snapshot, where, lists.parameters_of(filters))
    return {"plot": plot[0], "years": plot[1], "units": details.overview(snapshot)["units"]}


def _add_details(app: FastAPI, store: Store) -> None:
    @app.get("/")
    def overview(request: Request) -> Response:
        return respond(request, "overview.html.j2", **details.overview(store.snapshot()))

    @app.get("/search")
    def search(request: Request) -> Response:
        filters = _read(ArticleFilters, request)
        snapshot = store.snapshot()
        found = {}
        if filters.q:
            short = {"q": filters.q, "size": _SHORT}
            found = {
                "organizations": lists.page(snapshot, lists.ORGANIZATIONS, OrganizationFilters.model_validate(short)),
                "persons": lists.page(snapshot, lists.PERSONS, PersonFilters.model_validate(short)),
                "articles": lists.page(snapshot, lists.ARTICLES, ArticleFilters.model_validate(short)),
            }
        return respond(request, "search.html.j2", words=filters.q or "", found=found)

    @app.get("/articles/{article_id}")
    def article(request: Request, article_id: str) -> Response:
        return _detail(request, "article.html.j2", details.article(store.snapshot(), article_id), columns=details.FACTS)

    @app.get("/organizations/{org_id:path}")
    def organization(request: Request, org_id: str) -> Response:
        return _detail(request, "organization.html.j2", details.organization(store.snapshot(), org_id))

    @app.get("/persons/{person_id:path}")
    def person(request: Request, person_id: str) -> Response:
        return _detail(request, "person.html.j2", details.person(store.snapshot(), person_id), spans=_posts_chart)

    @app.get("/events/{event_id}")
    def event(request: Request, event_id: str) -> Response:
        return _detail(request, "event.html.j2", details.event(store.snapshot(), event_id))


def _detail(request: Request, template: str, found: dict[str, Any] | None, **more: Any) -> Response:
    if found is None:
        raise HTTPException(404)
    return respond(request, template, **found, **more)


def _posts_chart(posts: Sequence[dict[str, Any]], title: str, value: Callable[[str, object], str]) -> str:
    """A person's posts over time, those that an article with a day shows."""
    bars = [
        Span(
            ", ".join((value("role", row["role_id"]), row["organization"] or "?")), row["first_seen"], row["last_seen"]
        )
        for row in posts
        if row["first_seen"] and row["last_seen"]
    ]
    return spans(bars[:_BARS], title)


def _csv(rows: Iterator[list[object]]) -> Iterator[bytes]:
    """CSV that a spreadsheet opens right, as ``congdoan export`` writes it, some lines at a time."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    for number, row in enumerate(rows):
        writer.writerow([spreadsheet_text(value) for value in row])
        if number % _LINES == _LINES - 1:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")
