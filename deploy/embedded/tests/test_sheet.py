"""Tables of Chinese text: folded where a reader would fold it, and never wider than the page."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from diaodu_embedded.report.page import PAGE_WIDTH, page_console
from diaodu_embedded.report.sheet import Column, Sheet, folded_to


@pytest.mark.parametrize(
    ("cells", "text", "lines"),
    [
        (8, "市中医院门诊楼", ["市中医院", "门诊楼"]),
        (8, "已逾期，红色", ["已逾期，", "红色"]),
        (6, "已逾期，红色", ["已逾", "期，红", "色"]),
        (6, "应于（假定）", ["应于", "（假", "定）"]),
        (10, "缺口 140.00 亿", ["缺口", "140.00 亿"]),
        (4, "abcdefghij", ["abcd", "efgh", "ij"]),
        (20, "R03 触碰\nR04 待补充", ["R03 触碰", "R04 待补充"]),
        (8, "", [""]),
    ],
)
def test_text_is_folded_between_characters_and_not_before_a_stop_or_inside_a_number(
    cells: int, text: str, lines: list[str]
) -> None:
    assert folded_to(cells, text).split("\n") == lines


TEXTS = st.text(st.sampled_from("市逾期（）“”，。；%0123456789.-/ aZ\n"), max_size=80)


@given(TEXTS, st.integers(8, 40))
def test_folding_loses_nothing_and_no_line_is_too_wide(text: str, cells: int) -> None:
    folded = folded_to(cells, text)
    assert "".join(folded.split()) == "".join(text.split())
    assert all(cell_len(line) <= cells for line in folded.split("\n"))


@pytest.mark.parametrize("width", [80, 100, PAGE_WIDTH, 300])
def test_every_line_of_a_table_is_as_wide_as_the_others_and_none_wider_than_the_page(width: int) -> None:
    sheet = Sheet(width, "表", Column("等级", 4), Column("内容"), Column("金额（亿元）", 12, right=True))
    sheet.add("红", "老旧小区改造节点“立项批复”应于2022年6月20日（假定日期）完成，已逾期11天。" * 3, "140.00")
    sheet.rule_off()
    sheet.add("橙", "短", "1.00")
    printed = io.StringIO()
    Console(file=printed, width=width).print(sheet)
    _, *lines = printed.getvalue().splitlines()
    assert {cell_len(line) for line in lines} == {min(width, 160)}
    assert "…" not in printed.getvalue(), "nothing is cut off"


def test_a_terminal_too_narrow_for_all_columns_folds_them_and_cuts_nothing_off() -> None:
    columns = [Column("总投资（亿元）", 14, right=True), *(Column(f"第{number}列", 18) for number in range(5))]
    sheet = Sheet(80, "表", *columns)
    sheet.add("140.00", *(f"分管社会事业副市长{number}" for number in range(5)))
    printed = io.StringIO()
    Console(file=printed, width=80).print(sheet)
    _, *lines = printed.getvalue().splitlines()
    assert {cell_len(line) for line in lines} == {80}
    assert "…" not in printed.getvalue()


def test_a_page_that_goes_into_a_file_is_wide_enough_for_every_table() -> None:
    assert page_console(io.StringIO()).width == PAGE_WIDTH >= 120
