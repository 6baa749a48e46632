"""The extractors: spaCy components that each write one span group. They never import each other."""

from __future__ import annotations

from typing import Any

from spacy.language import Language

from pipeline.extractors.dates import Dates
from pipeline.extractors.events import Events
from pipeline.extractors.figures import Figures
from pipeline.extractors.officials import Officials
from pipeline.extractors.organizations import Organizations
from pipeline.extractors.persons import Persons
from pipeline.extractors.roles import Roles

FACTORIES: dict[str, Any] = {
    "congdoan_dates": Dates,
    "congdoan_organizations": Organizations,
    "congdoan_persons": Persons,
    "congdoan_roles": Roles,
    "congdoan_officials": Officials,
    "congdoan_figures": Figures,
    "congdoan_events": Events,
}

# spaCy's entry points import a module and expect the factory to be registered by that.
for _name, _component in FACTORIES.items():
    Language.factory(_name, func=_component)
