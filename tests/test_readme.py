"""What the README shows is what the sample gives."""

from __future__ import annotations

import ast
import re

import pipeline
from tests import readme


def test_tables_are_fresh(tmp_path):
    text = readme.FILE.read_text(encoding="utf-8")
    assert text.count("<!-- sql:") >= 2
    assert readme.rendered(text, readme.sample_dataset(tmp_path / "dataset")) == text, "stale: run `make readme`"


def test_the_python_example_says_what_it_prints():
    text = readme.FILE.read_text(encoding="utf-8")
    code = next(code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "pipeline.load()" in code)
    names = {"pipeline": pipeline}
    lines = code.splitlines()
    checked = 0
    for statement in ast.parse(code).body:
        source = ast.get_source_segment(code, statement)
        shown = lines[statement.end_lineno] if statement.end_lineno < len(lines) else ""
        if isinstance(statement, ast.Expr) and shown.startswith("# "):
            assert repr(eval(source, names)) == shown.removeprefix("# ")
            checked += 1
        else:
            exec(source, names)
    assert checked == 2


def test_images_and_links_lead_somewhere():
    text = readme.FILE.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert [target for target in targets if not (readme.ROOT / target).exists()] == []
