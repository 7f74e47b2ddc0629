"""The table of kept scoreboards: the last result that was told to the others."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indicator_svc.tables import Base
from shared.contracts.indicator import BoardRow, ScoreboardComputed
from shared.kit.columns import Id, Instant, JsonDoc
from shared.kit.db import Recorder
from shared.kit.tables import Versioned


class Scoreboard(Versioned, Base):
    """A scheme's board for one period. `results` counts its results, `judged` those that the standings were worked out from."""

    __tablename__ = "scoreboard"
    __table_args__ = (UniqueConstraint("scheme_code", "period"), Index("ix_scoreboard_judged", "judged"))

    scheme_id: Mapped[str] = mapped_column(Id(), ForeignKey("scheme.id"))
    scheme_code: Mapped[str] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(Integer)
    period: Mapped[str] = mapped_column(String(8))
    period_end: Mapped[date] = mapped_column(Date)
    digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(JsonDoc())
    computed_at: Mapped[datetime] = mapped_column(Instant())
    results: Mapped[int] = mapped_column(Integer, default=0)
    judged: Mapped[int] = mapped_column(Integer, default=0)

    def take(self, result: dict[str, Any], now: datetime) -> bool:
        """Keep this result if it differs from the one before; says whether it does."""
        digest = digest_of(result)
        if digest == self.digest:
            return False
        self.digest, self.result, self.computed_at = digest, result, now
        self.results += 1
        return True

    def tell(self, recorder: Recorder, home: str) -> None:
        """Record that the board changed; `home` is the deployment's region."""
        rows = tuple(BoardRow(**{name: row[name] for name in BoardRow.model_fields}) for row in self.result["rows"])
        recorder.record(
            ScoreboardComputed(
                region=home,
                scheme=self.scheme_code,
                scheme_version=self.edition,
                period=self.period,
                computed_at=self.computed_at,
                rows=rows,
                talk_line=self.result["talk_from_rank"],
            )
        )


def digest_of(result: dict[str, Any]) -> str:
    """A digest of everything that the board says; equal inputs give equal digests."""
    return hashlib.sha256(json.dumps(result, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
