"""What a region is a candidate for, as one Chinese sentence."""

from decimal import Decimal
from typing import Final

from indicator_svc.awards.rules import Award, Merit
from indicator_svc.scoreboards.rules import Talk
from shared.kit.decimals import measured, shortest
from shared.kit.identifiers import divisions

AWARD_NAMES: Final = {Award.CONTRIBUTION: "贡献奖", Award.PROGRESS: "进步奖"}


def sentence_of(merit: Merit) -> str:
    name = divisions()[merit.place.region].name
    said = [_stands(merit), _progress(merit), _contribution(merit.place.contribution), *_awards(merit), _talk(merit)]
    return f"{name}：{'；'.join(each for each in said if each)}。"


def _stands(merit: Merit) -> str:
    place = merit.place
    return "总分与名次待定，不参加评奖" if place.total is None else f"总分{shortest(place.total)}，第{place.rank}位"


def _progress(merit: Merit) -> str:
    if merit.place.total is None:
        return ""
    if merit.progress is None:
        return "上一报告期没有可比的总分，进步无法计算"
    points, places = merit.progress.points, merit.progress.places
    moved = f"前进{places}位" if places > 0 else f"后退{-places}位" if places < 0 else "位次未变"
    return f"较上一报告期得分{'+' if points > 0 else ''}{shortest(points)}、{moved}"


def _contribution(share: Decimal | None) -> str:
    return "" if share is None else f"增量占全省{measured(share, '%')}"


def _awards(merit: Merit) -> list[str]:
    return [f"列入{AWARD_NAMES[award]}候选" for award in merit.awards]


def _talk(merit: Merit) -> str:
    match merit.place.talk:
        case Talk.SUMMONED:
            mayor = f"，已连续{merit.runs}期，约谈市长本人" if merit.mayor else ""
            return f"处于约谈名次{mayor}"
        case Talk.EDGE:
            return "处于约谈边缘"
        case Talk.NONE:
            return ""
