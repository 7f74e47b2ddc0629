"""Figures in bulk beside bare writes of the same rows; a read as of a moment beside a plain one by index; and how both grow."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from math import log2
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import asyncpg
from sqlalchemy import text

from indicator_svc.app import create_app
from indicator_svc.observations.figures import Inquiry, figures_for
from indicator_svc.settings import IndicatorSettings
from shared.kit.clock import SystemClock
from shared.kit.db import Database
from shared.kit.identifiers import divisions
from shared.kit.ids import new_id
from shared.kit.migrations import upgrade
from shared.kit.periods import Period
from shared.kit.runtime import open_runtime
from shared.testing.http import a_client, post
from shared.testing.indicators_api import API, an_observation
from shared.testing.postgres_server import PostgresServer
from shared.testing.runtimes import settings_of
from tests.bench.measures import Measure

A_REQUEST: Final = 5_000
REGIONS: Final = 100
MONTHS: Final = [f"{year}-M{month:02}" for year in range(2017, 2022) for month in range(3, 13)]
INDICATORS: Final = (
    *("E02", "E03", "E04", "E05", "E08", "L01", "L03", "L04", "L06", "L07", "L08", "L10", "L11", "L12", "L13", "L14"),
    *("B01-start-rate", "B01-pace-gap", "B03-pass-rate", "B03-failing-batches"),
)
OWED_ROWS_PER_SECOND: Final = 5_000
OWED_MILLISECONDS: Final = 50
BOARD: Final = Period.parse("2022-M06")
CITIES, ITEMS, PERIODS = 16, 28, 12
"""As many figures as 14 cities have in 32 indicators, all of them monthly."""
FIRST = datetime(2022, 7, 1, tzinfo=UTC)

FILL_OBSERVATIONS: Final = """
INSERT INTO observation (id, version, created_at, updated_at, region, indicator, period, period_end, revision, value, unit,
    status, kind, provenance, publisher, synthetic, note, state, held_because, decided_by_person, recorded_by)
SELECT gen_random_uuid(), 1, CAST(:first AS timestamptz) + n * interval '1 second', CAST(:first AS timestamptz), region,
    indicator, '2022-M' || lpad(m::text, 2, '0'), (make_date(2022, m, 1) + interval '1 month - 1 day')::date, n, n % 100, '%',
    'flash', 'growth', 'published', '', false, '', 'accepted', '[]', false, ''
FROM generate_series(1, :revisions) AS n, generate_series(1, :periods) AS m,
    unnest(CAST(:regions AS text[])) AS region, unnest(CAST(:indicators AS text[])) AS indicator
"""
FILL_MOVES: Final = """
INSERT INTO observation_move (observation_id, state, created_at, by_person, actor, reason)
SELECT id, 'accepted', created_at, false, '', '' FROM observation
"""
PLAIN_READ: Final = """
SELECT r.region, i.indicator, (SELECT value FROM observation AS o
    WHERE (o.region, o.indicator, o.period) = (r.region, i.indicator, :period) AND o.created_at <= :at
    ORDER BY revision DESC LIMIT 1)
FROM unnest(CAST(:regions AS text[])) AS r(region), unnest(CAST(:indicators AS text[])) AS i(indicator)
"""
BARE_TABLE: Final = """
CREATE TABLE bare (id uuid PRIMARY KEY, region text, indicator text, period text, revision int, value numeric, publisher text,
    created_at timestamptz, UNIQUE (region, indicator, period, revision))
"""
BARE_COLUMNS: Final = ("id", "region", "indicator", "period", "revision", "value", "publisher", "created_at")


def measure_import(requests: int) -> list[Measure]:
    """Rows per second through `POST /observations/batch`, checks and moves included, and what the same rows cost bare."""
    with PostgresServer() as postgres:
        return asyncio.run(_import(postgres, requests))


def measure_as_of(revisions: int) -> list[Measure]:
    """Milliseconds for the 448 figures of a board as they were known half way through."""
    with PostgresServer() as postgres:
        return asyncio.run(_as_of(postgres, revisions))


async def _import(postgres: PostgresServer, requests: int) -> list[Measure]:
    figures = _figures(requests)
    seconds = await _through_the_api(postgres, figures)
    copied, many = await _bare_writes(postgres.url(postgres.create_database()).replace("+asyncpg", ""), figures)
    rows, whole, first = len(figures), sum(seconds), max(1, requests // 10)
    tenth, share, owed = sum(seconds[:first]), first / requests, f"≥ {OWED_ROWS_PER_SECOND:,}"
    return [
        Measure(f"import of {rows:,} observations, beside COPY", "rows/s", rows / whole, rows / copied, owed),
        Measure("  the same, beside executemany", "rows/s", rows / whole, rows / many),
        Measure("  growth from its first tenth", "×", whole / tenth, _n_log_n(rows * share, rows), "≤ n log n"),
    ]


def _figures(requests: int) -> list[dict[str, Any]]:
    """Indicator after indicator, as a bureau exports them: each request is one indicator of 100 regions in 50 months."""
    regions = enumerate(sorted(divisions())[:REGIONS])
    return [
        an_observation(f"{60 + number % 7}.{month[-2:]}", region=region, indicator=code, period=month)
        for code, (number, region), month in product(INDICATORS[:requests], regions, MONTHS)
    ]


async def _through_the_api(postgres: PostgresServer, figures: Sequence[dict[str, Any]]) -> list[float]:
    """Seconds of every request, from the parsed body to the committed answer."""
    seconds = []
    with TemporaryDirectory() as folder:
        runtime = open_runtime(settings_of(IndicatorSettings, await _migrated(postgres), Path(folder)), SystemClock())
        try:
            async with a_client(create_app(runtime), runtime.database) as client:
                for start in range(0, len(figures), A_REQUEST):
                    body = {"mode": "all", "items": figures[start : start + A_REQUEST]}
                    began = time.monotonic()
                    answer = await post(client, f"{API}/observations/batch", body)
                    seconds.append(time.monotonic() - began)
                    answer.raise_for_status()
        finally:
            await runtime.close()
    return seconds


async def _bare_writes(url: str, figures: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Seconds for COPY and for executemany of the same rows, as many at a time, into a table with the same keys."""
    connection = await asyncpg.connect(url)
    places = ", ".join(f"${at + 1}" for at in range(len(BARE_COLUMNS)))
    insert = f"INSERT INTO bare ({', '.join(BARE_COLUMNS)}) VALUES ({places})"  # noqa: S608 - names of this module alone

    async def copied(rows: list[tuple[Any, ...]]) -> None:
        await connection.copy_records_to_table("bare", records=rows, columns=BARE_COLUMNS)

    async def inserted(rows: list[tuple[Any, ...]]) -> None:
        await connection.executemany(insert, rows)

    try:
        return await _written(connection, copied, figures), await _written(connection, inserted, figures)
    finally:
        await connection.close()


Write = Callable[[list[tuple[Any, ...]]], Awaitable[None]]


async def _written(connection: Any, write: Write, figures: Sequence[dict[str, Any]]) -> float:
    await connection.execute(f"DROP TABLE IF EXISTS bare; {BARE_TABLE}")
    began = time.monotonic()
    for start in range(0, len(figures), A_REQUEST):
        await write([_bare_row(each) for each in figures[start : start + A_REQUEST]])
    return time.monotonic() - began


def _bare_row(figure: dict[str, Any]) -> tuple[Any, ...]:
    key = figure["region"], figure["indicator"], figure["period"]
    return new_id(), *key, 1, Decimal(figure["value"]), figure["publisher"], FIRST


async def _as_of(postgres: PostgresServer, revisions: int) -> list[Measure]:
    ours, bare = {}, 0.0
    for size in (revisions // 10, revisions):
        async with _filled(postgres, size) as (database, instant):
            ours[size] = await _best(lambda: _board_figures(database, instant))
            bare = await _best(lambda: _plain_read(database, instant))
    small, large = sorted(ours)
    return [
        Measure(f"as_of after {large:,} revisions", "ms", ours[large], bare, f"≤ {OWED_MILLISECONDS} ms"),
        Measure(f"  growth from {small:,}", "×", ours[large] / ours[small], _n_log_n(small, large), "≤ n log n"),
    ]


@asynccontextmanager
async def _filled(postgres: PostgresServer, revisions: int) -> AsyncIterator[tuple[Database, datetime]]:
    """A database with so many revisions of 14 × 32 figures in twelve months, and the instant half way through."""
    database = Database(await _migrated(postgres), clock=SystemClock())
    each = -(-revisions // (CITIES * ITEMS * PERIODS))
    try:
        async with database.transaction(however_long=True) as connection:
            given = {"first": FIRST, "revisions": each, "periods": PERIODS, **_asked()}
            # A million rows take longer than any statement of a service may.
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text(FILL_OBSERVATIONS), given)
            await connection.execute(text(FILL_MOVES))
            await connection.execute(text("ANALYZE"))
        yield database, FIRST + timedelta(seconds=each / 2)
    finally:
        await database.close()


def _asked() -> dict[str, list[str]]:
    codes = [*INDICATORS, *("B01", "B03", "B04", "B06", "B07", "B01-not-started", "B06-serious", "B06-major", "B07-overdue")]
    return {"regions": sorted(divisions())[:CITIES], "indicators": codes[:ITEMS]}


async def _board_figures(database: Database, instant: datetime) -> None:
    asked = _asked()
    async with database.reading() as view:
        await figures_for(view.session, Inquiry(asked["indicators"], asked["regions"], BOARD, instant))


async def _plain_read(database: Database, instant: datetime) -> None:
    async with database.reading() as view:
        (await view.session.execute(text(PLAIN_READ), {"period": str(BOARD), "at": instant, **_asked()})).all()


async def _best(read: Callable[[], Awaitable[None]], rounds: int = 7) -> float:
    """Milliseconds of the best of some rounds."""
    least = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        await read()
        least = min(least, 1_000 * (time.perf_counter() - began))
    return least


async def _migrated(postgres: PostgresServer) -> str:
    url = postgres.url(postgres.create_database())
    database = Database(url, clock=SystemClock())
    await upgrade(database, IndicatorSettings.migrations_package())
    await database.close()
    return url


def _n_log_n(small: float, large: float) -> float:
    return large * log2(large) / (small * log2(small))
