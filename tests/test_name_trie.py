"""Names compiled group by group find what one pattern of all of them finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.name_trie import Names, pattern

# Few words and signs, so that names begin one another and stand in the texts.
_WORDS = st.sampled_from(["sở", "sở.", "ty", "y", "tế", "t.p", "p", "24h", "a&b"])
_JOINTS = st.sampled_from([" ", " ", "-", " - ", "–", "— ", ", "])


@st.composite
def _names(draw: st.DrawFn) -> str:
    words = draw(st.lists(_WORDS, min_size=1, max_size=4))
    return "".join(word + draw(_JOINTS) for word in words[:-1]) + words[-1]


_TEXTS = st.lists(st.one_of(_WORDS, _JOINTS), max_size=14).map("".join)


@given(st.lists(_names(), max_size=8), _TEXTS)
def test_groups_find_what_one_pattern_finds(names: list[str], text: str) -> None:
    grouped, whole = Names(names), pattern(names)
    for start in range(len(text) + 1):
        for ask, expected in ((grouped.match, whole.match), (grouped.search, whole.search)):
            found, wanted = ask(text, start), expected(text, start)
            assert (found and found.span()) == (wanted and wanted.span())
        found, wanted = grouped.fullmatch(text, start, len(text)), whole.fullmatch(text, start, len(text))
        assert (found and found.span()) == (wanted and wanted.span())


def test_a_group_is_compiled_when_a_text_has_its_words() -> None:
    names = Names(["sở y tế", "sở y tế dự phòng", "sở xây dựng"])
    assert not names._compiled
    found = names.search("giám đốc sở y tế dự phòng")
    assert found and found[0] == "sở y tế dự phòng"
    assert list(names._compiled) == ["sở y"]
