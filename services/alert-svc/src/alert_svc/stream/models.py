"""The head of the stream."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from alert_svc.tables import Base


class StreamHead(Base):
    """The last number given to an announced entry; its lock makes numbers gapless and given in the order of commits."""

    __tablename__ = "stream_head"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
