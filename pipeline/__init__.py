"""From clean Articles to tables. ``pipeline.load()`` gives the spaCy Language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.language import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    # spaCy takes most of a second to import; the command line's --help must not pay for it.
    if name == "load":
        from pipeline.language import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
