"""Where several processes share the tests, what is started once per folder is started in one of them."""

import ast

from conftest import TOGETHER, kept_with
from tests.architecture.source import ROOT


def _has_a_fixture_per_package(text: str) -> bool:
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return any(
        keyword.arg == "scope" and isinstance(keyword.value, ast.Constant) and keyword.value.value == "package"
        for call in calls
        for keyword in call.keywords
    )


def test_every_folder_that_starts_something_for_all_its_tests_is_kept_together() -> None:
    starts = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for path in (ROOT / "tests").rglob("conftest.py")
        if _has_a_fixture_per_package(path.read_text(encoding="utf-8"))
    }
    assert starts == set(TOGETHER)


def test_tests_of_one_file_stay_in_one_process_and_other_files_may_go_to_another() -> None:
    assert kept_with("tests/e2e/test_a.py::test_one") == kept_with("tests/e2e/test_b.py::test_two[a::b]")
    assert kept_with("services/x/test_c.py::test_three[a::b]") == "services/x/test_c.py"
