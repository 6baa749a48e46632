"""SECURITY.md: the tests it names are there, and each guard names one."""

from __future__ import annotations

import ast
import re

import pytest

from tests.shared import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)))
GUARDS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat")]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_named_test_is_there(file, test):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    (found,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == test]
    assert any(isinstance(node, ast.Assert | ast.With) or "check_" in ast.dump(node) for node in ast.walk(found))


@pytest.mark.parametrize("line", GUARDS)
def test_every_guard_names_its_test(line):
    threat, guard, proof = [cell.strip() for cell in line.strip("| ").split(" | ")]
    assert threat and guard and re.search(r"`test_\w+\.py::test_\w+`", proof)


def test_files_that_guards_name_are_there():
    assert all((ROOT / "scrapers" / name).exists() for name in re.findall(r"\(`(\w+\.py)`\)", TEXT))
    assert len(GUARDS) >= 20
