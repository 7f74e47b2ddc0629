"""Validation faults as Chinese sentences that say what is wrong and what to do.

Keys are pydantic's error types; the placeholders are the values pydantic gives with them.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_TEXTS: Final[dict[str, str]] = {
    "missing": "缺少必填项，请补充。",
    "missing_argument": "缺少必填项，请补充。",
    "extra_forbidden": "不允许出现该字段，请删除或检查拼写。",
    "none_required": "只能为 null。",
    "json_invalid": "不是合法的 JSON，请检查格式。",
    "json_type": "须为 JSON 文本。",
    "model_type": "须为 JSON 对象。",
    "model_attributes_type": "须为 JSON 对象。",
    "dict_type": "须为 JSON 对象。",
    "list_type": "须为 JSON 数组。",
    "tuple_type": "须为 JSON 数组。",
    "set_type": "须为 JSON 数组。",
    "string_type": "须为字符串。",
    "string_unicode": "须为合法的 UTF-8 字符串。",
    "string_too_short": "长度不足，至少 {min_length} 个字符。",
    "string_too_long": "过长，最多 {max_length} 个字符。",
    "string_pattern_mismatch": "格式不符，须匹配 {pattern}。",
    "bool_type": "须为 true 或 false。",
    "bool_parsing": "须为 true 或 false。",
    "int_type": "须为整数，不能加引号，也不能用 true、false 代替。",
    "int_parsing": "须为整数。",
    "int_parsing_size": "整数过大。",
    "int_from_float": "须为整数，不能带小数。",
    "float_type": "须为数字。",
    "float_parsing": "须为数字。",
    "finite_number": "须为有限的数字，不能是 NaN 或 Infinity。",
    "decimal_type": '须为十进制数字的字符串，例如 "12.50"。',
    "decimal_parsing": '须为十进制数字的字符串，例如 "12.50"。',
    "decimal_max_digits": "位数过多，最多 {max_digits} 位有效数字。",
    "decimal_max_places": "小数位过多，最多 {decimal_places} 位。",
    "decimal_whole_digits": "整数位过多，最多 {whole_digits} 位。",
    "greater_than": "须大于 {gt}。",
    "greater_than_equal": "须大于或等于 {ge}。",
    "less_than": "须小于 {lt}。",
    "less_than_equal": "须小于或等于 {le}。",
    "multiple_of": "须为 {multiple_of} 的整数倍。",
    "too_short": "项数不足，至少 {min_length} 项，现有 {actual_length} 项。",
    "too_long": "项数过多，最多 {max_length} 项。",
    "enum": "取值不在允许范围内，须为 {expected} 之一。",
    "literal_error": "取值不在允许范围内，须为 {expected} 之一。",
    "union_tag_invalid": "类型标识“{tag}”不在允许范围内，须为 {expected_tags} 之一。",
    "union_tag_not_found": "缺少用来区分类型的字段 {discriminator}。",
    "date_type": "须为日期字符串，例如 2022-07-01。",
    "date_parsing": "须为日期，例如 2022-07-01。",
    "date_from_datetime_parsing": "须为日期，例如 2022-07-01。",
    "date_from_datetime_inexact": "须为日期，不能带时刻，例如 2022-07-01。",
    "date_past": "须为过去的日期。",
    "date_future": "须为将来的日期。",
    "datetime_type": "须为带时区的时刻，例如 2022-07-01T09:00:00+08:00。",
    "datetime_parsing": "须为带时区的时刻，例如 2022-07-01T09:00:00+08:00。",
    "datetime_from_date_parsing": "须为带时区的时刻，例如 2022-07-01T09:00:00+08:00。",
    "timezone_aware": "须带时区，例如 2022-07-01T09:00:00+08:00。",
    "time_delta_type": "须为时长，例如 PT10S。",
    "time_delta_parsing": "须为时长，例如 PT10S，或以秒计的数字。",
    "uuid_type": "须为 UUID，例如 0190b5e2-7c1a-7f00-8000-000000000000。",
    "uuid_parsing": "须为 UUID，例如 0190b5e2-7c1a-7f00-8000-000000000000。",
    "url_parsing": "须为合法的网址。",
    "url_type": "须为合法的网址。",
    "url_scheme": "网址协议不在允许范围内，须为 {expected_schemes}。",
    "bytes_type": "须为文本。",
    "recursion_loop": "数据引用了自身。",
}

FORMS: Final[dict[str, str]] = {
    r"^[1-9][0-9]{5}$": "须为六位行政区划代码，例如 620200。",
    r"^(19[5-9][0-9]|20[0-9]{2})(-M(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?$": "须为报告期，例如 2022-M06、2022-Q2、2022-H1 或 2022。",
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "须为编号，例如 0190b5e2-7c1a-7f00-8000-000000000000。",
    r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$": "须为 24 位投资项目代码，例如 2106-620200-04-01-123456。",
}
"""What the patterns that users meet most often stand for; nobody should have to read the pattern."""

_ENUM_MEMBER: Final = re.compile(r"<\w+\.\w+: ('[^']*'|\d+)>")
_DEFAULT: Final = "取值不合要求，请检查。"


def sentence(error_type: str, context: Mapping[str, Any], message: str) -> str:
    """The Chinese sentence for one validation fault.

    A validator of ours speaks Chinese already (`value_error`, or an own error type): its words are kept.
    """
    if error_type in ("value_error", "assertion_error"):
        return _own_words(str(context.get("error", message)))
    template = FORMS.get(str(context.get("pattern"))) or _TEXTS.get(error_type)
    if template is None:
        return _own_words(message)
    # Members of an enum come with their Python names; callers know the values only.
    expected = _ENUM_MEMBER.sub(r"\1", str(context.get("expected", ""))).replace(" or ", "、").replace(", ", "、")
    return template.format_map({**context, "expected": expected})


def _own_words(text: str) -> str:
    return text if any("一" <= character <= "鿿" for character in text) else _DEFAULT
