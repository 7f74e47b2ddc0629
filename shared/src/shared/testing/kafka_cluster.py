"""Three real brokers as production has them: every topic on all three, a write answered when two have it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import free_port

NODES: Final = 3


class ClusterNode(KafkaServer):
    """One broker and controller of several."""

    def __init__(self, number: int, controllers: Sequence[int], *more: str) -> None:
        super().__init__(*more)
        self._number = number
        self._controllers = controllers

    def _configuration(self, controller: int) -> str:  # noqa: ARG002 - it was decided with those of the others
        own = self._controllers[self._number]
        voters = ",".join(f"{number + 1}@127.0.0.1:{port}" for number, port in enumerate(self._controllers))
        lines = (
            f"node.id={self._number + 1}",
            f"controller.quorum.voters={voters}",
            "offsets.topic.replication.factor=3",
            "transaction.state.log.replication.factor=3",
            "transaction.state.log.min.isr=2",
            "default.replication.factor=3",
            "min.insync.replicas=2",
            "unclean.leader.election.enable=false",
        )
        return "\n".join([super()._configuration(own), *lines])


class KafkaCluster:
    """Entered, all brokers run; each may be killed and started."""

    replication = NODES

    def __init__(self, *more: str) -> None:
        controllers = [free_port() for _ in range(NODES)]
        self.nodes = [ClusterNode(number, controllers, *more) for number in range(NODES)]

    def __enter__(self) -> Self:
        # Together: none says that it has started before most of them have found one another.
        with ThreadPoolExecutor(NODES) as threads:
            list(threads.map(KafkaServer.__enter__, self.nodes))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for node in self.nodes:
            node.__exit__(kind, error, trace)

    @property
    def servers(self) -> str:
        """The bootstrap addresses."""
        return ",".join(node.servers for node in self.nodes)
