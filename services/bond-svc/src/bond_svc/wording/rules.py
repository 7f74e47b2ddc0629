"""Whether a text means a phrase, the way officials write (`domain.md` §4.2).

A phrase is searched in text without spaces, full-width forms and quotation marks. What surrounds it decides what it means:
“不涉及楼堂馆所” denies it, “配套园林绿化” makes it an ancillary of something else, “利用闲置培训中心改造” or “主题公园周边道路”
leaves open what is being built. Only an open question is left to people; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

CLAUSE_END: Final = ",;。!?"
_LISTS_REMEMBERED: Final = 1024
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_QUOTES: Final = re.compile(r"[\"'“”‘’「」『』《》〈〉]")
_SPACE: Final = re.compile(r"[^\S\n]+")
_NEW_LINE: Final = re.compile(r"\s*\n\s*")
_GAP: Final = rf"[^{re.escape(CLAUSE_END)}]{{0,6}}"

_DENIAL: Final = re.compile(
    r"(?<!不得)不(?:含|包含|包括|涉及|属于|属|用于|新建|建设|安排|支持|列入|存在|是)|不得(?!不)|未(?:涉及|包含|包括|列入|安排|建设)"
    r"|无(?:任何|涉及|新建|新增)|没有|严禁|禁止|杜绝|避免|并非|而非|(?<!并)(?<!而)非$|(?<![得无])不$"
)
_TURN: Final = re.compile(r"而是|但|却|转而|改为|仅为|只建")
_BESIDES: Final = re.compile(r"除(?!险|尘|雪|臭|氟|磷)[^、]*$")
_FORMER_USE: Final = re.compile(r"(?:利用|闲置|原有?|旧|既有|废弃|腾退|拆除|收回|盘活|存量)[^、]{0,6}$")
_CHANGED_INTO: Final = re.compile(r"^[^、]{0,6}(?:改造为|改造成|改建为|改建成|改为|改作|转型|拆除|腾退)")
_PLACE_NEARBY: Final = re.compile(r"^(?:项目)?(?:周边|附近|旁|两侧|外围|沿线|以[东南西北]|至|门前|入口|路段|配套(?:道路|停车))")
_ANCILLARY: Final = re.compile(r"(?:配套|附属|室外|[厂院校园场小站]区|总图|红线内)[^。]{0,20}$")


class Standing(StrEnum):
    """What a mention means: it is what is built, one cannot tell, it is denied, or it merely goes with something else."""

    ASSERTED = "asserted"
    DOUBTFUL = "doubtful"
    DENIED = "denied"
    ANCILLARY = "ancillary"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one thing that is looked for; `*` in a phrase stands for up to six characters.

    `phrases` name the thing wherever they stand. `subject_phrases` name it only as the subject of a title; within a
    description they may be ancillary. `doubtful` words raise the question. `unless` are longer words that contain one of the
    phrases and mean something else: “职业技能培训中心” is no “培训中心”.
    """

    phrases: tuple[str, ...] = ()
    subject_phrases: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text names the thing; `excerpt` is its clause, as searched."""

    phrase: str
    standing: Standing
    excerpt: str


def normalise(text: str) -> str:
    """One width, no spaces, no quotation marks; a line break ends a clause."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip().lower()
    return _SPACE.sub("", _NEW_LINE.sub(";", _QUOTES.sub("", plain)))


def mentions_in_title(text: str, lexicon: Lexicon) -> list[Mention]:
    """What a title says: every phrase in it is its subject."""
    return _mentions(text, lexicon, (*lexicon.phrases, *lexicon.subject_phrases), ())


def mentions_in_description(text: str, lexicon: Lexicon) -> list[Mention]:
    """What a running text says: a subject phrase in it is ancillary or an open question."""
    return _mentions(text, lexicon, lexicon.phrases, lexicon.subject_phrases)


def _mentions(text: str, lexicon: Lexicon, naming: Sequence[str], passing: Sequence[str]) -> list[Mention]:
    searched = normalise(text)
    shielded = [match.span() for match in _matches(searched, lexicon.unless)]
    found: list[tuple[int, int, Mention]] = []
    for phrases, otherwise in ((naming, Standing.ASSERTED), (passing, Standing.DOUBTFUL), (lexicon.doubtful, Standing.DOUBTFUL)):
        for match in _matches(searched, phrases):
            if not _within(match.span(), [*shielded, *((start, end) for start, end, _ in found)]):
                found.append((*match.span(), _mention(searched, match, otherwise, ancillary=phrases is passing)))
    return [mention for _, _, mention in sorted(found, key=lambda each: each[:2])]


def _matches(text: str, phrases: Iterable[str]) -> Iterator[re.Match[str]]:
    for pattern in _patterns(tuple(phrases)):
        yield from pattern.finditer(text)


@lru_cache(maxsize=_LISTS_REMEMBERED)
def _patterns(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """A list of phrases as patterns: the longest first, so that one place is reported once, by its most telling name.

    A policy's lists come again with every project: they are made ready once.
    """
    ordered = sorted(phrases, key=len, reverse=True)
    return tuple(re.compile(_GAP.join(re.escape(part) for part in normalise(phrase).split("*"))) for phrase in ordered)


def _within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _mention(text: str, match: re.Match[str], otherwise: Standing, *, ancillary: bool) -> Mention:
    clause_start = max(text.rfind(end, 0, match.start()) for end in CLAUSE_END) + 1
    clause_end = min((at for end in CLAUSE_END if (at := text.find(end, match.end())) >= 0), default=len(text))
    before, after = text[clause_start : match.start()], text[match.end() : clause_end]
    standing = _standing(before, after, _clause_before(text, clause_start)) or otherwise
    if ancillary and standing is otherwise and _ANCILLARY.search(before):
        standing = Standing.ANCILLARY
    return Mention(match[0], standing, text[clause_start:clause_end])


def _clause_before(text: str, clause_start: int) -> str:
    return re.split(rf"[{re.escape(CLAUSE_END)}]", text[: max(clause_start - 1, 0)])[-1]


def _standing(before: str, after: str, clause_before: str) -> Standing | None:
    """What the surroundings make of a mention; None when they say nothing against it."""
    since_turn = _TURN.split(before)[-1]
    denials = len(_DENIAL.findall(since_turn))
    if denials == 1:
        return Standing.DENIED
    open_question = (
        denials > 1
        or (not before and _DENIAL.search(clause_before) is not None)
        or _BESIDES.search(since_turn)
        or _FORMER_USE.search(since_turn)
        or _CHANGED_INTO.search(after)
        or _PLACE_NEARBY.search(after)
    )
    return Standing.DOUBTFUL if open_question else None
