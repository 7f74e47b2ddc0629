"""How the sentences of alerts say days and spans."""

from datetime import date


def day_said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def days_left_said(calendar_days: int, working_days: int) -> str:
    return f"还剩{calendar_days}天（{working_days}个工作日）" if calendar_days > 0 else "当日到期"
