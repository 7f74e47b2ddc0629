"""Figures: the two schemes, the real panel of 2004–2012, what the speech says of the city, and the boards over them."""

from dataclasses import dataclass
from typing import Final

from diaodu_embedded.client import Document, Refused, SuiteClient
from diaodu_embedded.main_job.batches import write_all
from indicator_svc import packaged

SCHEMES: Final = ("city-31", "panel-gansu")
PANEL_SCHEME: Final = "PANEL-GANSU"
CITY_SCHEME: Final = "CITY-31"
PANEL_PERIODS: Final = ("2005", "2006", "2007", "2008")
CITY_PERIOD: Final = "2022-Q2"

Place = tuple[str, str, str]


async def publish_schemes(suite: SuiteClient) -> int:
    """Publish what is not in force yet; answers how many schemes are."""
    for name in SCHEMES:
        body = packaged.scheme(name)
        published = await suite.get("indicator", "schemes", code=body["code"], state="published")
        if not published["items"]:
            draft = await suite.post("indicator", "schemes", body)
            await suite.post("indicator", f"schemes/{draft['id']}/publications", {})
    return len(SCHEMES)


async def report_figures(suite: SuiteClient) -> int:
    """Report every figure that is not there; answers how many were new."""
    known = {_place(figure) async for figure in suite.every("indicator", "observations")}
    figures = [*packaged.panel_figures(), *packaged.speech_figures()["observations"]]
    return await write_all(suite, "indicator", "observations", [figure for figure in figures if _place(figure) not in known])


@dataclass(frozen=True, slots=True)
class RefusedFigure:
    """A figure that indicator-svc did not take, and why not (Chinese)."""

    indicator: str
    detail: str


async def refused_figures(suite: SuiteClient) -> list[RefusedFigure]:
    """Offer the figures of the speech for a period that was not over; answers those that were refused."""
    refused = []
    for figure in packaged.speech_figures()["contradictory"]:
        try:
            await suite.post("indicator", "observations", figure)
        except Refused as refusal:
            refused.append(RefusedFigure(figure["indicator"], refusal.problem["detail"]))
    return refused


async def compute_boards(suite: SuiteClient) -> list[Document]:
    """Keep a board for each period; from then on the service keeps them up to date by itself."""
    wanted = [(PANEL_SCHEME, period) for period in PANEL_PERIODS] + [(CITY_SCHEME, CITY_PERIOD)]
    return [await suite.post("indicator", "scoreboards", {"scheme": scheme, "period": period}) for scheme, period in wanted]


def _place(figure: Document) -> Place:
    return figure["region"], figure["indicator"], figure["period"]
