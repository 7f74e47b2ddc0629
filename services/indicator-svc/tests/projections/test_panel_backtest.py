"""The back-test on the packaged panel, computed from the figures that ship; the README's table has to say the same."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from indicator_svc.projections.rules import Method, Scale
from indicator_svc.projections.service import BackTest, back_tests
from indicator_svc.schemes.methods import settle

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| `(?P<measure>\w+)` \|(?P<cells>.*)\|$", re.MULTILINE)


def stated() -> dict[str, list[str]]:
    """Measure → the cells of its row in the README."""
    _, _, section = README.read_text(encoding="utf-8").partition("## Pace and projection")
    return {row["measure"]: [cell.strip() for cell in row["cells"].split("|")] for row in ROW.finditer(section)}


def shown(value: Fraction | None) -> str:
    return "–" if value is None else f"{settle(value, 2):f}"


def cells_of(tests: list[BackTest]) -> list[str]:
    """The method with the smallest median error, what it got wrong, and what last year's figure would have."""
    naive = next(each.score for each in tests if each.method is Method.NAIVE)
    best = min(tests, key=median_error)
    score = best.score
    errors = (score.mean_absolute, naive.mean_absolute, score.mean_percent, score.median_percent)
    return [best.method.value, best.unit, *map(shown, errors), f"{score.covered}/{score.intervals}", f"{score.cases}"]


def median_error(test: BackTest) -> Fraction:
    error = test.score.median_percent if test.scale is Scale.RATIO else test.score.median_absolute
    return error or Fraction()


@pytest.mark.parametrize("measure", sorted({each.indicator for each in back_tests(None)}))
def test_the_readme_states_what_the_panel_gives(measure: str) -> None:
    assert stated().get(measure) == cells_of(back_tests(measure))


def test_the_readme_states_how_many_intervals_held() -> None:
    best = [min(back_tests(measure), key=median_error).score for measure in stated()]
    covered, tested = sum(each.covered for each in best), sum(each.intervals for each in best)
    nominal = sum(((each.nominal or Fraction()) * each.intervals for each in best), Fraction()) / tested
    held = shown(Fraction(covered, tested) * 100)
    said = f"{covered} of the {tested} intervals hold, {held} % beside a nominal {shown(nominal * 100)} %"
    assert said in README.read_text(encoding="utf-8")


def test_every_measure_is_tested_by_every_yearly_method() -> None:
    found = back_tests(None)
    assert len(found) == 13 * 4
    assert {each.years for each in found} == {(2006, 2008)}
