import pytest
from hypothesis import given
from hypothesis import strategies as st

from bond_svc.wording.rules import Lexicon, Standing, mentions_in_description, mentions_in_title, normalise

LEXICON = Lexicon(
    phrases=("楼堂馆所", "办公用房", "主题公园", "大型*雕塑"),
    subject_phrases=("园林绿化", "办公楼"),
    doubtful=("酒店",),
    unless=("乡镇卫生院办公用房",),
)


def standings(text: str) -> list[Standing]:
    return [mention.standing for mention in mentions_in_description(text, LEXICON)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("主 题　公园", "主题公园"),
        ("“主题公园”", "主题公园"),
        ("主题\u200b公园", "主题公园"),
        ("２０２２年（一期）", "2022年(一期)"),
        ("道路\n主题公园", "道路;主题公园"),
        ("\ufeff ＡＢＣ ", "abc"),
    ],
)
def test_text_is_read_whatever_its_width_spaces_and_quotation_marks(written: str, read: str) -> None:
    assert normalise(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "新建主题公园一座",
        "新建“主题 公园”一座",
        "建设大型城市雕塑一座",
        "不得不新建主题公园",
        "不仅建设主题公园,还修路",
        "无偿划拨土地,建设主题公园",
        "不是道路而是主题公园",
        "不涉及居民搬迁,新建主题公园",
    ],
)
def test_what_is_to_be_built_is_asserted(text: str) -> None:
    assert standings(text) == [Standing.ASSERTED]


@pytest.mark.parametrize(
    "text",
    [
        "本项目不涉及楼堂馆所",
        "本项目不属于形象工程、楼堂馆所",
        "项目不含任何 楼 堂 馆 所",
        "无任何主题公园内容",
        "严禁建设主题公园",
        "为非主题公园项目",
        "未列入主题公园等内容",
        "不包括：主题公园",
    ],
)
def test_a_denial_is_no_hit(text: str) -> None:
    assert set(standings(text)) == {Standing.DENIED}


@pytest.mark.parametrize(
    "text",
    [
        "并非不建设主题公园",
        "不涉及楼堂馆所建设任务,主题公园",
        "除主题公园外均为道路",
        "利用闲置办公用房改造养老院",
        "原有主题公园",
        "办公用房改造为托育中心",
        "主题公园周边道路",
        "建设酒店一座",
        "建设园林绿化",
    ],
)
def test_what_words_alone_do_not_tell_is_left_open(text: str) -> None:
    assert standings(text)[-1] is Standing.DOUBTFUL


@pytest.mark.parametrize("text", ["配套园林绿化及管网", "院区道路、园林绿化", "附属工程含园林绿化"])
def test_a_minor_part_of_something_else_is_ancillary(text: str) -> None:
    assert standings(text) == [Standing.ANCILLARY]


def test_the_subject_of_a_title_is_asserted_where_a_description_leaves_it_open() -> None:
    assert [each.standing for each in mentions_in_title("城区园林绿化项目", LEXICON)] == [Standing.ASSERTED]
    assert standings("城区园林绿化项目") == [Standing.DOUBTFUL]


def test_a_longer_word_that_means_something_else_shields_the_phrase_within_it() -> None:
    assert standings("新建乡镇卫生院办公用房") == []
    assert standings("新建乡镇卫生院办公用房和机关办公用房") == [Standing.ASSERTED]


def test_one_place_is_reported_once_by_its_longest_name() -> None:
    lexicon = Lexicon(phrases=("主题公园",), doubtful=("公园",))

    assert [each.phrase for each in mentions_in_description("主题公园和口袋公园", lexicon)] == ["主题公园", "公园"]


def test_a_mention_shows_its_clause() -> None:
    (mention,) = mentions_in_description("修路。新建主题公园一座，配套停车场", LEXICON)

    assert (mention.phrase, mention.excerpt) == ("主题公园", "新建主题公园一座")


@given(st.text(alphabet="建设道路水利工程、,。 　", max_size=30), st.text(alphabet=" 　\u200b", max_size=3))
def test_spaces_between_and_text_before_in_other_clauses_hide_nothing(before: str, spaces: str) -> None:
    spaced = spaces.join("主题公园")

    assert standings(f"{before}。新建{spaced}") == [Standing.ASSERTED]


@given(st.text(max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    assert all(mention.excerpt for mention in mentions_in_description(text, LEXICON))
