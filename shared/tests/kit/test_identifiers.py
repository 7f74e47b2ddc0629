"""Regions, credit codes and project codes against the vectors of `domain.md` §3.1, §7."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from shared.kit.identifiers import (
    DivisionLevel,
    ProjectCodeStandard,
    UsccFinding,
    UsccState,
    check_uscc,
    divisions,
    parse_region,
    prefectures,
    project_code,
    region_name,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALID = [
    "91350100M000100Y43",
    "91110000101623741K",
    "911101066976941872",
    "91620200YYY0001340",
    "91620200YYY000011Y",
    "91620200YYY00002XN",
    "91620200YYY0000702",
    "91620200YYY000433X",
    "11620200YYY0000117",
    "12620200YYY0000114",
    "92620200YYY000011U",
    "93620200YYY000011Q",
]


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def test_the_table_holds_the_province_its_14_prefectures_and_86_counties() -> None:
    levels = [each.level for each in divisions().values()]
    assert {level: levels.count(level) for level in DivisionLevel} == {"province": 1, "prefecture": 14, "county": 86, "zone": 2}


def test_the_14_prefectures_of_gansu_are_those_of_the_standard() -> None:
    assert [(each.code, each.name) for each in prefectures()] == [
        ("620100", "兰州市"),
        ("620200", "嘉峪关市"),
        ("620300", "金昌市"),
        ("620400", "白银市"),
        ("620500", "天水市"),
        ("620600", "武威市"),
        ("620700", "张掖市"),
        ("620800", "平凉市"),
        ("620900", "酒泉市"),
        ("621000", "庆阳市"),
        ("621100", "定西市"),
        ("621200", "陇南市"),
        ("622900", "临夏回族自治州"),
        ("623000", "甘南藏族自治州"),
    ]


def test_a_division_contains_itself_and_what_lies_in_it() -> None:
    gansu, lanzhou = divisions()["620000"], divisions()["620100"]
    assert divisions()["620200"].contains("620291")
    assert gansu.contains("620102")
    assert lanzhou.contains("620102")
    assert lanzhou.contains("620100")
    assert not lanzhou.contains("620302")
    assert not lanzhou.contains("620000")


def test_a_region_is_read_in_full_width_too() -> None:
    assert parse_region(f"\u3000{full_width('620200')} ") == "620200"
    assert region_name("620200") == "嘉峪关市"


@pytest.mark.parametrize("code", ["629900", "620201", "62020", "嘉峪关市", ""])
def test_an_unknown_region_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="区划代码"):
        parse_region(code)


@pytest.mark.parametrize("code", VALID)
def test_a_genuine_credit_code_is_valid_without_a_warning(code: str) -> None:
    verdict = check_uscc(code)
    assert (verdict.state, verdict.reason, verdict.warnings) == (UsccState.VALID, None, ())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91310115MA1H8R7C6D", UsccFinding.CHECK_DIGIT),
        ("91350100M000100Y34", UsccFinding.CHECK_DIGIT),
        ("91350100M000100Y4I", UsccFinding.CHARACTERS),
        ("9135010OM000100Y43", UsccFinding.CHARACTERS),
        ("91350100M000100YA3", UsccFinding.CHARACTERS),
        ("91350100M000100Y4", UsccFinding.LENGTH),
        ("", UsccFinding.LENGTH),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(code: str, reason: UsccFinding) -> None:
    verdict = check_uscc(code)
    assert (verdict.valid, verdict.state, verdict.reason) == (False, UsccState.INVALID, reason)


def test_a_failed_check_names_the_expected_character() -> None:
    verdict = check_uscc("91310115MA1H8R7C6D")
    assert "应为 7" in verdict.detail
    assert verdict.warnings == (UsccFinding.ORGANISATION_CHECK,)


def test_a_code_said_to_be_genuine_that_fails_only_the_outer_check_is_doubtful() -> None:
    verdict = check_uscc("91350211M0000XUF46")
    assert (verdict.state, verdict.reason, verdict.warnings) == (UsccState.DOUBTFUL, UsccFinding.CHECK_DIGIT, ())
    assert "应为 R" in verdict.detail


def with_check(body: str) -> str:
    return body + stdnum_uscc.calc_check_digit(body)


def test_a_wrong_organisation_check_inside_a_sound_code_is_a_warning_only() -> None:
    verdict = check_uscc(with_check("91620200YYY000012"))
    assert (verdict.valid, verdict.warnings) == (True, (UsccFinding.ORGANISATION_CHECK,))


def test_an_unseen_category_is_a_warning_only() -> None:
    verdict = check_uscc(with_check("99620200YYY000011"))
    assert (verdict.valid, verdict.warnings) == (True, (UsccFinding.CATEGORY,))


SEEN = "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 A1 A9 N1 N2 N3 N9 Y1"


@pytest.mark.parametrize("prefix", SEEN.split())
def test_a_category_that_was_seen_is_valid_without_a_warning(prefix: str) -> None:
    verdict = check_uscc(with_check(f"{prefix}620200YYY000011"))
    assert (verdict.valid, UsccFinding.CATEGORY in verdict.warnings) == (True, False)


@pytest.mark.parametrize(("body", "check"), [("M000100Y", "4"), ("MA1H8R7C", "4"), ("YYY00002", "X"), ("YYY00007", "0")])
def test_the_inner_check_of_an_organisation_code_is_that_of_its_standard(body: str, check: str) -> None:
    verdict = check_uscc(with_check(f"91620200{body}{check}"))
    assert UsccFinding.ORGANISATION_CHECK not in verdict.warnings


@pytest.mark.parametrize(
    "text", ["91350100m000100y43", full_width("91350100m000100y43"), " 9135 0100 M000100Y43 ", "913501-00M000-100Y43"]
)
def test_case_width_and_spacing_are_forgiven(text: str) -> None:
    verdict = check_uscc(text)
    assert (verdict.code, verdict.valid) == ("91350100M000100Y43", True)


def test_a_digit_of_another_script_is_no_digit() -> None:
    assert check_uscc("9135010٠M000100Y43").reason is UsccFinding.CHARACTERS


@given(code=st.sampled_from(VALID), place=st.integers(0, 17), other=st.sampled_from(ALPHABET))
def test_changing_one_character_never_leaves_a_valid_code(code: str, place: int, other: str) -> None:
    assume(code[place] != other)
    assert not check_uscc(code[:place] + other + code[place + 1 :]).valid


@given(body=st.from_regex(r"9[123]620[1-9]00[0-9A-HJ-NP-RTUW-Y]{8}[0-9X]", fullmatch=True))
def test_exactly_one_of_31_check_characters_is_right(body: str) -> None:
    assert [end for end in ALPHABET if check_uscc(body + end).valid] == [stdnum_uscc.calc_check_digit(body)]


def test_a_new_project_code_tells_its_month_region_and_type() -> None:
    code = project_code("2106-620200-04-01-123456")
    assert (code.standard, code.year, code.month, code.region, code.type_name) == (
        ProjectCodeStandard.NEW,
        2021,
        6,
        "620200",
        "基本建设",
    )


def test_an_old_project_code_tells_its_year_and_approval_type() -> None:
    code = project_code("2020-620200-47-03-012345")
    assert (code.standard, code.year, code.month, code.type_name) == (ProjectCodeStandard.OLD, 2020, None, "备案")


@pytest.mark.parametrize(("text", "month"), [("2011-620200-04-01-123456", 11), ("2012-620200-04-01-123456", 12)])
def test_2011_and_2012_are_months_of_2020_in_the_new_standard(text: str, month: int) -> None:
    code = project_code(text)
    assert (code.standard, code.year, code.month) == (ProjectCodeStandard.NEW, 2020, month)


@pytest.mark.parametrize("year", range(2015, 2021))
def test_2015_to_2020_are_years_of_the_old_standard(year: int) -> None:
    assert project_code(f"{year}-620200-47-03-012345").standard is ProjectCodeStandard.OLD


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2113-620200-04-01-123456", "时间段"),
        ("2100-620200-04-01-123456", "时间段"),
        ("2010-620200-04-01-123456", "时间段"),
        ("1911-620200-04-01-123456", "时间段"),
        ("2020-620200-47-04-012345", "类型"),
        ("2020-620200-98-03-012345", "行业大类"),
        ("2020-620200-00-03-012345", "行业大类"),
        ("2106-629900-04-01-123456", "区划代码"),
        ("2020-629900-47-03-012345", "区划代码"),
        ("2106-620200-04-01-12345", "格式"),
        ("2106620200040112345", "格式"),
        ("", "格式"),
    ],
)
def test_a_wrong_project_code_says_which_segment_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        project_code(text)


def test_full_width_digits_and_dashes_are_forgiven() -> None:
    assert project_code(f"{full_width('2106-620200')}–04—01-123456").code == "2106-620200-04-01-123456"


def test_a_known_check_digit_can_be_plugged_in_for_new_codes_only() -> None:
    with pytest.raises(ValueError, match="校验位"):
        project_code("2106-620200-04-01-123456", check=lambda _code: False)
    assert project_code("2020-620200-47-03-012345", check=lambda _code: False).standard is ProjectCodeStandard.OLD


def test_an_unnamed_new_type_is_kept_without_a_name() -> None:
    assert project_code("2106-620200-04-06-123456").type_name is None
