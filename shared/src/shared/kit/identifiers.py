"""Codes of the state: regions (GB/T 2260), credit codes (GB 32100-2015), investment project codes (`domain.md` §3.1, §7).

All functions are pure; what they refuse they refuse with a ValueError in Chinese, which an edge may show as it is.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from stdnum.cn import uscc as _stdnum_uscc

from shared.kit.decimals import normalise_width

# --- regions -----------------------------------------------------------------------------------------------------------


class DivisionLevel(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    ZONE = "zone"
    """A part of a city that is no division of GB/T 2260; its code is ours, in the 90s of its city (`data/README.md`)."""


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    name: str
    level: DivisionLevel

    @property
    def prefix(self) -> str:
        """The digits that the codes of everything in it begin with: those before its trailing pairs of zeros."""
        digits = {DivisionLevel.PROVINCE: 2, DivisionLevel.PREFECTURE: 4, DivisionLevel.COUNTY: 6, DivisionLevel.ZONE: 6}
        return self.code[: digits[self.level]]

    def contains(self, code: str) -> bool:
        """Whether `code` is this division or lies in it."""
        return code.startswith(self.prefix)


@cache
def divisions() -> Mapping[str, Division]:
    """All divisions of the shipped tables by code, in the order of their codes."""
    folder = resources.files("shared.kit") / "data"
    found: dict[str, Division] = {}
    for table in folder.iterdir():
        if table.name.startswith("divisions-") and table.name.endswith(".csv"):
            for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
                found[row["code"]] = Division(row["code"], row["name"], DivisionLevel(row["level"]))
    return MappingProxyType(dict(sorted(found.items())))


@cache
def prefectures(province: str = "620000") -> tuple[Division, ...]:
    """The prefecture-level divisions of a province, in the order of their codes: 14 in Gansu."""
    whole = divisions()[parse_region(province)]
    return tuple(each for each in divisions().values() if each.level is DivisionLevel.PREFECTURE and whole.contains(each.code))


def parse_region(text: str) -> str:
    """The six-digit code of a known division; raises ValueError otherwise."""
    code = normalise_width(text)
    if code not in divisions():
        raise ValueError(f"区划代码“{code}”不在 GB/T 2260 区划表中")
    return code


def region_name(code: str) -> str:
    return divisions()[parse_region(code)].name


# --- unified social credit codes ---------------------------------------------------------------------------------------

_USCC_LENGTH = 18
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{8}[0-9X][0-9A-HJ-NP-RTUW-Y]", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SEEN_CATEGORY = re.compile(r"1[1239]|2[19]|3[1-59]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[123]|A[19]|N[1239]|Y1")


class UsccState(StrEnum):
    """`DOUBTFUL`: the outer check fails while the inner one holds, as in some codes that are said to be genuine."""

    VALID = "valid"
    DOUBTFUL = "doubtful"
    INVALID = "invalid"


class UsccFinding(StrEnum):
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"
    ORGANISATION_CHECK = "organisation_check"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class UsccVerdict:
    """What a credit code is worth. `reason` says why it is not valid, `warnings` what is odd about one that may pass."""

    code: str
    state: UsccState
    reason: UsccFinding | None
    warnings: tuple[UsccFinding, ...]
    detail: str

    @property
    def valid(self) -> bool:
        return self.state is UsccState.VALID


def _organisation_check(body: str) -> str:
    """Check character of an organisation code (GB 11714) from its first eight characters."""
    total = sum(int(character, 36) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def _malformed(code: str) -> UsccVerdict | None:
    if len(code) != _USCC_LENGTH:
        detail = f"统一社会信用代码应为 18 位，实为 {len(code)} 位"
        return UsccVerdict(code, UsccState.INVALID, UsccFinding.LENGTH, (), detail)
    if not _USCC.fullmatch(code):
        detail = "统一社会信用代码含有不允许的字符：不用字母 I、O、S、V、Z，第 3 至 8 位为数字"
        return UsccVerdict(code, UsccState.INVALID, UsccFinding.CHARACTERS, (), detail)
    return None


def _oddities(code: str) -> tuple[UsccFinding, ...]:
    inner = () if code[16] == _organisation_check(code[8:16]) else (UsccFinding.ORGANISATION_CHECK,)
    category = () if _SEEN_CATEGORY.match(code) else (UsccFinding.CATEGORY,)
    return inner + category


def check_uscc(text: str) -> UsccVerdict:
    """Judge a credit code, lower case, full width and inner spaces forgiven.

    `valid` wants the outer check digit. A wrong inner organisation check or an unseen category is a warning only (§7.1).
    """
    code = re.sub(r"[\s-]", "", normalise_width(text)).upper()
    if (malformed := _malformed(code)) is not None:
        return malformed
    warnings = _oddities(code)
    # stdnum's own validate() refuses the letters of A1, N1 and Y1 in front, so only its check digit is used.
    expected = _stdnum_uscc.calc_check_digit(code)
    if code[-1] == expected:
        detail = "统一社会信用代码有效" if not warnings else "统一社会信用代码有效，但组织机构代码校验位或登记类别异常，请核对"
        return UsccVerdict(code, UsccState.VALID, None, warnings, detail)
    state = UsccState.INVALID if UsccFinding.ORGANISATION_CHECK in warnings else UsccState.DOUBTFUL
    detail = f"统一社会信用代码校验位不符：末位应为 {expected}，实为 {code[-1]}"
    return UsccVerdict(code, state, UsccFinding.CHECK_DIGIT, warnings, detail)


# --- investment project codes ------------------------------------------------------------------------------------------

_PROJECT_CODE = re.compile(r"(?P<time>\d{4})-(?P<region>\d{6})-(?P<third>\d{2})-(?P<type>\d{2})-(?P<tail>\d{6})", re.ASCII)
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―"}
_OLD_YEARS = range(2015, 2021)
_NEW_SINCE = (2020, 11)
_OLD_TYPES = MappingProxyType({"01": "审批", "02": "核准", "03": "备案"})
_NEW_TYPES = MappingProxyType({"01": "基本建设", "02": "技术改造", "03": "单纯购置", "04": "信息化", "05": "其他"})
_LAST_INDUSTRY = 97


class ProjectCodeStandard(StrEnum):
    """`OLD`: year, industry and approval type, to 2020. `NEW`: GB/T 40058-2021, year and month, department and type."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A well-formed investment project code (投资项目代码); `month` is unknown to the old standard."""

    code: str
    standard: ProjectCodeStandard
    year: int
    month: int | None
    region: str
    type_name: str | None


def _old_code(found: re.Match[str]) -> ProjectCode:
    if found["type"] not in _OLD_TYPES:
        raise ValueError(f"项目代码“{found[0]}”的类型 {found['type']} 无效：应为 01 审批、02 核准或 03 备案")
    if not 1 <= int(found["third"]) <= _LAST_INDUSTRY:
        raise ValueError(f"项目代码“{found[0]}”的行业大类 {found['third']} 不在 GB/T 4754 中")
    year = int(found["time"])
    return ProjectCode(found[0], ProjectCodeStandard.OLD, year, None, found["region"], _OLD_TYPES[found["type"]])


def _new_code(found: re.Match[str]) -> ProjectCode:
    year, month = 2000 + int(found["time"][:2]), int(found["time"][2:])
    if not 1 <= month <= 12 or (year, month) < _NEW_SINCE:  # noqa: PLR2004 - months of a year
        raise ValueError(f"项目代码“{found[0]}”的时间段 {found['time']} 无效：新码为 2011 起的年月，旧码为 2015 至 2020 年")
    # The numbers of the types are not certain (domain.md §3.1 [U]), so an unknown one is kept without a name.
    return ProjectCode(found[0], ProjectCodeStandard.NEW, year, month, found["region"], _NEW_TYPES.get(found["type"]))


def project_code(text: str, *, check: Callable[[str], bool] | None = None) -> ProjectCode:
    """Read an old or new project code; raises ValueError for a wrong form, time, region or type.

    The check digit of the new standard is not published: `check` is where a deployment that knows it plugs it in.
    """
    code = normalise_width(text).translate(_DASHES)
    found = _PROJECT_CODE.fullmatch(code)
    if found is None:
        raise ValueError(f"项目代码“{code}”格式不对：应为 4-6-2-2-6 位数字，以“-”分隔，共 24 位")
    parsed = _old_code(found) if int(found["time"]) in _OLD_YEARS else _new_code(found)
    parse_region(parsed.region)
    if parsed.standard is ProjectCodeStandard.NEW and check is not None and not check(code):
        raise ValueError(f"项目代码“{code}”的校验位不符")
    return parsed
