"""The printable opinion, read back as a reader opens it."""

from io import BytesIO

import httpx
from docx import Document

from bond_svc.screenings.opinion import RULES
from bond_svc.screenings.proposals import RuleId
from shared.testing.bonds_api import API, BondsApi
from shared.testing.http import is_problem

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"


async def opened(client: httpx.AsyncClient, project: str, screening: str) -> tuple[dict[str, str], list[list[str]], list[str]]:
    """The facts, the rows of the findings, and the paragraphs."""
    answer = await client.get(f"{API}/library-projects/{project}/screenings/{screening}/opinion")
    assert (answer.status_code, answer.headers["content-type"]) == (200, DOCX)
    assert answer.headers["content-disposition"] == f'attachment; filename="opinion-{screening}.docx"'
    paper = Document(BytesIO(answer.content))
    facts, findings = ([[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables)
    return dict(facts), findings, [each.text for each in paper.paragraphs]


async def test_an_opinion_says_everything_that_was_found_with_its_clause_and_what_to_supply(
    api: BondsApi, client: httpx.AsyncClient
) -> None:
    project = await api.propose(name="雄关广场大型城市雕塑", field="F12", sub_field=None, public_interest=None, rate_pct=None)
    screening = await api.screen(project["id"])
    facts, findings, paragraphs = await opened(client, project["id"], screening["id"])
    assert (facts["项目名称"], facts["审查结论"], facts["政策版本"]) == ("雄关广场大型城市雕塑", "不通过", "CN-2022.1")
    assert [(row[0][:3], row[2], row[3], row[4]) for row in findings[1:]] == [
        (
            each["rule"],
            {"hit": "不符合", "undetermined": "无法判定", "clear": "符合"}[each["outcome"]],
            each["message"],
            each["clause"],
        )
        for each in screening["findings"]
    ]
    assert "R04：填报年利率。" in paragraphs
    assert "R01：field＝F12；on＝2022-07-01；sub_field＝未知" in paragraphs
    assert not any("None" in line for line in paragraphs)


async def test_an_opinion_stays_what_it_was_when_the_project_changes(api: BondsApi, client: httpx.AsyncClient) -> None:
    project = await api.propose()
    screening = await api.screen(project["id"])
    before = await opened(client, project["id"], screening["id"])
    assert before[0]["审查结论"] == "通过"
    assert "无。" in before[2]
    path = f"{API}/library-projects/{project['id']}"
    current = await client.get(path)
    changed = await client.patch(path, json={"description": "改建"}, headers={"If-Match": current.headers["etag"]})
    assert changed.status_code == 200, changed.text
    after = await opened(client, project["id"], screening["id"])
    assert after[1:] == before[1:]
    assert "此后已有修改" in after[0]["审查所依据的项目内容"]


async def test_an_opinion_on_nothing_is_not_found(api: BondsApi, client: httpx.AsyncClient) -> None:
    project = await api.propose()
    is_problem(
        await client.get(f"{API}/library-projects/{project['id']}/screenings/{NOBODY}/opinion"), 404, "bond.screening-not-found"
    )


def test_every_rule_has_a_name_on_paper() -> None:
    assert set(RULES) == set(RuleId)
