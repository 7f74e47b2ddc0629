import csv
from dataclasses import replace
from datetime import date
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bond_svc.policies.rules import RuleBook, Scope, Window, department_key, flaws_of, sub_field_matches
from bond_svc.policies.shipped import shipped_policies

SHIPPED = [each for each in shipped_policies() if each.edition == 1]
BOOKS = [RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in SHIPPED]


def book_on(day: date) -> RuleBook:
    (book,) = [each for each in BOOKS if each.window.covers(day)]
    return book


def codes_on(day: date) -> list[str]:
    return [field.code for field in book_on(day).fields_on(day)]


def codes(*numbers: int) -> list[str]:
    return [f"F{number:02}" for number in numbers]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 6, 1), codes(*range(1, 8))),
        (date(2021, 1, 1), codes(*range(1, 10))),
        (date(2022, 6, 30), codes(*range(1, 10))),
        (date(2022, 7, 1), codes(*range(1, 12))),
        (date(2024, 12, 24), codes(*range(1, 12))),
        (date(2024, 12, 25), codes(*range(1, 15))),
        (date(2026, 1, 1), codes(*range(1, 15))),
    ],
)
def test_the_fields_of_a_day_are_those_of_the_domain_page(day: date, expected: list[str]) -> None:
    assert codes_on(day) == expected


def test_the_shipped_fields_say_what_the_compiled_table_says() -> None:
    text = (resources.files("bond_svc") / "data" / "bond-fields.csv").read_text(encoding="utf-8")
    columns = {
        "in_2022H1": date(2022, 3, 1),
        "in_2022H2": date(2022, 9, 1),
        "in_2023_2024": date(2023, 9, 1),
        "in_2025": date(2025, 3, 1),
    }
    for row in csv.DictReader(text.splitlines()):
        field = next(each for each in BOOKS[-1].fields if each.code == row["code"])
        assert (field.name, field.name_en, field.portfolio) == (row["name_zh"], row["name_en"], row["vice_mayor_portfolio"])
        assert list(field.departments) == row["responsible_depts_zh"].split(";")
        assert {column: row["code"] in codes_on(day) for column, day in columns.items()} == {c: row[c] == "Y" for c in columns}


def test_each_day_since_2020_has_exactly_one_shipped_version() -> None:
    windows = [book.window for book in BOOKS]

    assert windows[0].first == date(2020, 1, 1)
    assert windows[-1].last is None
    for earlier, later in pairwise(windows):
        assert earlier.last is not None
        assert (later.first - earlier.last).days == 1


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.policy_version)
def test_the_shipped_versions_may_be_published(book: RuleBook) -> None:
    assert flaws_of(book, book.window) == []


def test_the_negative_lists_change_on_the_day_of_the_new_document() -> None:
    before = {each.clause[:12] for each in book_on(date(2024, 12, 24)).negatives_on(date(2024, 12, 24)) if each.code >= "N11"}
    since = {each.clause[:12] for each in book_on(date(2024, 12, 25)).negatives_on(date(2024, 12, 25)) if each.code >= "N11"}

    assert (before, since) == ({"财预〔2021〕115号"}, {"国办发〔2024〕52号"})


def test_land_reserve_is_barred_from_2019_to_2024_only() -> None:
    days = {date(2020, 1, 1): True, date(2024, 12, 24): True, date(2024, 12, 25): False}

    assert {day: "N05" in {each.code for each in book_on(day).negatives_on(day)} for day in days} == days


def test_an_open_scope_begins_with_the_negative_list_management() -> None:
    assert [book.scope for book in BOOKS] == [Scope.LISTED] * 4 + [Scope.OPEN]


def test_capital_eligibility_widens_with_the_document_of_2024() -> None:
    early, late = (
        book_on(date(2022, 7, 1)).field("F05", date(2022, 7, 1)),
        book_on(date(2025, 1, 1)).field("F05", date(2025, 1, 1)),
    )

    assert early is not None
    assert late is not None
    assert (early.capital_on(date(2022, 7, 1)), late.capital_on(date(2025, 1, 1))) == ((), ("卫生健康", "养老托育"))


def test_a_sub_field_is_offered_from_its_own_day_on() -> None:
    field = book_on(date(2023, 1, 1)).field("F09", date(2023, 1, 1))

    assert field is not None
    assert "城中村改造" in field.sub_fields_on(date(2023, 1, 1))
    assert "城中村改造" not in field.sub_fields_on(date(2022, 12, 31))


@pytest.mark.parametrize(
    ("department", "expected"),
    [
        ("市住建局", {"F01", "F04", "F07", "F09"}),
        ("市住房和城乡建设局", {"F01", "F04", "F07", "F09"}),
        ("市发展改革委", {"F01", "F02", "F06", "F08", "F10", "F11"}),
        ("市发展改革委（能源局）", {"F01", "F02", "F06", "F08", "F10", "F11"}),
        ("市 住建局 ", {"F01", "F04", "F07", "F09"}),
        ("市气象局", set()),
    ],
)
def test_a_department_finds_its_fields_by_any_of_its_names(department: str, expected: set[str]) -> None:
    day = date(2022, 7, 1)

    assert {field.code for field in book_on(day).fields_on(day) if field.led_by(department)} == expected


def test_department_names_have_one_key() -> None:
    assert department_key("市工业和信息化局") == department_key("市工信局")


@pytest.mark.parametrize("given", ["供水", " 供 水 ", "地下管廊(线)", "地下管廊（线）", "地下管廊"])
def test_a_sub_field_is_recognised_as_officials_write_it(given: str) -> None:
    day = date(2022, 7, 1)
    field = book_on(day).field("F07", day)

    assert field is not None
    assert any(sub_field_matches(listed, given) for listed in field.sub_fields_on(day))


def test_a_part_named_in_the_brackets_is_the_sub_field() -> None:
    assert sub_field_matches("教育(学前教育、职业教育)", "职业教育")
    assert not sub_field_matches("教育(学前教育、职业教育)", "义务教育")
    assert not sub_field_matches("教育(学前教育、职业教育)", "")


def with_document(**changes: Any) -> list[str]:
    shipped = SHIPPED[2]
    book = RuleBook.of("X.1", shipped.window, {**shipped.document, **changes})
    return [flaw.pointer for flaw in flaws_of(book, shipped.window)]


def test_a_version_without_fields_may_not_be_published() -> None:
    assert with_document(fields=[]) == ["/document/fields"]


def test_repeated_codes_may_not_be_published() -> None:
    fields, negatives = SHIPPED[2].document["fields"], SHIPPED[2].document["negatives"]

    assert with_document(fields=[fields[0], fields[0]]) == ["/document/fields"]
    assert with_document(negatives=[negatives[0], negatives[0]]) == ["/document/negatives"]


def test_an_entry_outside_the_window_or_without_words_may_not_be_published() -> None:
    entry = SHIPPED[2].document["negatives"][0]
    late = {**entry, "effective_from": "2030-01-01"}
    reversed_window = {**entry, "effective_from": "2022-09-01", "effective_to": "2022-08-01"}
    mute = {**entry, "phrases": [], "subject_phrases": [], "doubtful": []}

    assert with_document(negatives=[late]) == ["/document/negatives/0"]
    assert with_document(negatives=[reversed_window]) == ["/document/negatives/0/effective_to"]
    assert with_document(negatives=[mute]) == ["/document/negatives/0"]


@pytest.mark.parametrize(("floor", "required", "ceiling"), [("0", "1.2", "5"), ("1.3", "1.2", "5"), ("1.1", "1.2", "1.2")])
def test_thresholds_out_of_order_may_not_be_published(floor: str, required: str, ceiling: str) -> None:
    assert with_document(coverage={"floor": floor, "required": required, "ceiling": ceiling}) == ["/document/coverage"]


def test_a_window_that_ends_before_it_begins_may_not_be_published() -> None:
    book = replace(BOOKS[-1], fields=BOOKS[-1].fields[:1], negatives=())
    backwards = Window(date(2025, 1, 1), date(2024, 1, 1))

    assert "/effective_to" in [flaw.pointer for flaw in flaws_of(book, backwards)]


days = st.dates(date(2019, 1, 1), date(2030, 1, 1))
windows = st.builds(Window, days, st.none() | days).filter(lambda window: window.in_order)


@given(windows, windows)
def test_windows_overlap_exactly_when_they_share_a_day(one: Window, other: Window) -> None:
    shared = one.covers(other.first) or other.covers(one.first)

    assert one.overlaps(other) == other.overlaps(one) == shared
