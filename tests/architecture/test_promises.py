"""docs/promises.md names tests; each of them is there."""

import re

from tests.architecture.source import ROOT, modules

PAGE = ROOT / "docs" / "promises.md"


def test_every_test_that_proves_a_promise_is_there() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", PAGE.read_text(encoding="utf-8")))
    written = {function.name for module in modules() for function in module.functions}
    assert len(named) > 15
    assert named - written == set()
