"""What a list's address may ask for: parameters with their bounds. An empty one, as forms send it, is none."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

PAGE_SIZE, LARGEST_PAGE, LAST_PAGE = 25, 100, 100_000


def _given(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _storable(value: str | None) -> str | None:
    # What no text of the dataset holds, and DuckDB can't take: half of a surrogate pair.
    return value if value is None else value.encode("utf-8", "replace").decode()


_Words = Annotated[str, Field(max_length=200)]
Text = Annotated[_Words | None, BeforeValidator(_given), AfterValidator(_storable), Field(default=None)]
Day = Annotated[date | None, BeforeValidator(_given), Field(default=None)]


def _number(default: int, most: int) -> Any:
    return Annotated[
        int, BeforeValidator(lambda value: default if _given(value) is None else value), Field(ge=1, le=most)
    ]


class Filters(BaseModel):
    """What every list has: its page and how many rows a page has."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    page: _number(1, LAST_PAGE) = 1  # type: ignore[valid-type]
    size: _number(PAGE_SIZE, LARGEST_PAGE) = PAGE_SIZE  # type: ignore[valid-type]

    def all(self) -> dict[str, object]:
        """The filters by their name in the address, None where not set."""
        return dict(self.model_dump(by_alias=True, exclude={"page", "size"}))

    def chosen(self) -> dict[str, object]:
        """Those that are set."""
        return {name: value for name, value in self.all().items() if value is not None}


class ArticleFilters(Filters):
    """Articles: by words, site, day of publication, type of event told, organization named."""

    q: Text
    site: Text
    since: Annotated[Day, Field(alias="from")]
    until: Annotated[Day, Field(alias="to")]
    type: Text
    organization: Text


class OrganizationFilters(Filters):
    """Organizations: by name, type, where the name comes from, and what stands above."""

    q: Text
    type: Text
    origin: Text
    parent: Text


class PersonFilters(Filters):
    """Persons: by name, post and organization."""

    q: Text
    role: Text
    organization: Text


class EventFilters(Filters):
    """Events: by type, day, place, and organization that takes part."""

    type: Text
    since: Annotated[Day, Field(alias="from")]
    until: Annotated[Day, Field(alias="to")]
    place: Text
    organization: Text


class FigureFilters(Filters):
    """Figures: by measure, unit, status, flag, whose they are, and the time they are of."""

    measure: Text
    unit: Text
    status: Text
    flag: Text
    organization: Text
    since: Annotated[Day, Field(alias="from")]
    until: Annotated[Day, Field(alias="to")]
