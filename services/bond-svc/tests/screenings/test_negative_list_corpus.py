"""How well the shipped negative lists read what officials write: real bond names, and a labelled corpus."""

import csv
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from bond_svc.policies.rules import RuleBook
from bond_svc.policies.shipped import shipped_policies
from bond_svc.screenings.negative_list import screen_negative_list
from bond_svc.screenings.proposals import Proposal, Verdict

BOOKS = [
    RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in shipped_policies() if each.edition == 1
]
JULY = date(2022, 7, 1)
CORPUS = Path(__file__).with_name("negative_list_corpus.csv")
PLAIN = "城区供水管网改造"


def a_proposal(name: str, description: str) -> Proposal:
    return Proposal(name, description, "F07", "供水", True, (), None, (), ())


def verdict_of(name: str, description: str, day: date) -> Verdict:
    (book,) = [each for each in BOOKS if each.window.covers(day)]
    return screen_negative_list(a_proposal(name, description), book, day).verdict


def labelled() -> list[dict[str, str]]:
    return list(csv.DictReader(CORPUS.read_text(encoding="utf-8").splitlines()))


def special_bonds() -> list[dict[str, str]]:
    text = (resources.files("bond_svc") / "data" / "gansu-government-bonds-2009-2026.csv").read_text(encoding="utf-8-sig")
    return [row for row in csv.DictReader(text.splitlines()) if row["bond_type_en"] == "special"]


@pytest.mark.parametrize("row", labelled(), ids=lambda row: row["text"])
def test_a_labelled_text_is_read_as_people_read_it(row: dict[str, str]) -> None:
    texts = (row["text"], PLAIN) if row["source"] == "name" else (PLAIN, row["text"])

    assert verdict_of(*texts, JULY) == row["expected"]


def test_the_corpus_holds_enough_of_each_kind() -> None:
    assert min(Counter(row["expected"] for row in labelled()).values()) >= 8


def test_no_real_special_bond_is_barred_by_the_policy_of_its_own_day() -> None:
    """259 names; the bonds before 2020 are older than the first shipped policy."""
    bonds = special_bonds()
    screened = [row for row in bonds if row["issue_date"] >= "2020-01-01"]
    verdicts = Counter(verdict_of(row["bond_name"], PLAIN, date.fromisoformat(row["issue_date"])) for row in screened)

    assert len(bonds) == 259
    assert verdicts == {Verdict.CLEAR: len(screened)}


@pytest.mark.parametrize("day", [JULY, date(2025, 1, 1)])
def test_the_false_positive_rate_on_all_real_names_is_zero_whatever_their_day(day: date) -> None:
    """Under the lists of 2022 the land reserve bonds of 2017, 2018 and 2025 are true positives: land reserve was barred then."""
    barred = [row["bond_name"] for row in special_bonds() if verdict_of(row["bond_name"], PLAIN, day) is not Verdict.CLEAR]

    assert [name for name in barred if "土地储备" not in name] == []
    assert len(barred) == (16 if day == JULY else 0)
