"""HTML of the pages: templates, and what they need for a request (language, links that keep the filters)."""

from __future__ import annotations

from functools import cache, partial
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.charts import stacked_bars
from pipeline.dataset.cells import cell_text
from pipeline.explorer import labels

COOKIE = "congdoan_language"
_YEAR = 365 * 24 * 3600


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.explorer", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = _number
    environment.filters["cell"] = cell_text
    environment.filters["segment"] = partial(quote, safe="")
    environment.filters["web"] = _web_address
    return environment


def _number(value: float | None) -> str:
    """1,234,567 or 0.15."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def _web_address(value: str | None) -> str | None:
    """The address if a browser may follow it; None for what would run (javascript:) or is no web page."""
    return value if value and value.lower().startswith(("http://", "https://")) else None


def language_of(request: Request) -> str:
    """By the address, else the cookie, else what the browser accepts."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wanted in labels.LANGUAGES:
            return wanted
    return labels.preferred(request.headers.get("accept-language", ""))


def respond(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The template's page in the request's language."""
    language = language_of(request)

    def t(key: str, **counts: object) -> str:
        return labels.label(key, language).format(**counts)

    def value(kind: str, of: object) -> str:
        return labels.value_label(kind, of, language)

    def here(**changed: object) -> str:
        """This page's address with other parameters; None takes one out."""
        pairs = [(key, text) for key, text in request.query_params.multi_items() if key not in changed and text]
        pairs += [(key, str(new)) for key, new in changed.items() if new is not None]
        return request.url.path + ("?" + urlencode(pairs, errors="replace") if pairs else "")

    def bars(counts: dict[str, dict[str, int]], kind: str, title: str) -> Any:
        return stacked_bars(
            {period: {value(kind, part): n for part, n in parts.items()} for period, parts in counts.items()}, title
        )

    def address(path: str, **parameters: object) -> str:
        return path + "?" + urlencode({key: str(given) for key, given in parameters.items()})

    html = _environment().get_template(template).render(
        **values, t=t, value=value, here=here, bars=bars, address=address, language=language,
        languages=[(code, labels.name_of(code)) for code in labels.LANGUAGES], path=request.url.path,
    )  # fmt: skip
    response = HTMLResponse(html, status, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") in labels.LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response
