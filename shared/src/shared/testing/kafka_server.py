"""A real Kafka broker of our own: one node in KRaft mode on free ports, stopped by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shared.testing.postgres_server import ServerMissing, free_port

VERSION: Final = "3.9.1"
START_SECONDS: Final = 90.0
CLUSTER_ID: Final = "5L6g3nShT-eMCtK--X86sw"
POM: Final = Path("deploy/kafka/pom.xml")
SETTINGS: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def jars() -> Path:
    """The folder with the broker's jars, fetched once by Maven. Raises ServerMissing."""
    if shutil.which("java") is None:
        raise ServerMissing("Java is not installed: `apt-get install openjdk-17-jre-headless maven`")
    pom = next((parent / POM for parent in Path(__file__).resolve().parents if (parent / POM).exists()), None)
    if pom is None:
        raise ServerMissing(f"{POM}, which names the broker's jars, is not here: use a checkout of the repository")
    cache = Path(os.environ.get("DIAODU_CACHE", Path.home() / ".cache" / "diaodu"))
    # Named for what it was fetched by: a folder of an older list would keep jars that are no longer wanted.
    folder = cache / f"kafka-{VERSION}-{zlib.crc32(pom.read_bytes()):08x}"
    if not list(folder.glob("kafka_2.13-*.jar")):
        _fetch(pom, folder)
    return folder


def _fetch(pom: Path, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerMissing("Kafka's jars are not here and Maven is not installed: `apt-get install maven`")
    command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerMissing(f"Maven could not fetch Kafka {VERSION}: {done.stdout[-500:]}{done.stderr[-500:]}")


class KafkaServer:
    """Started by entering it; `stop`, `kill` and `start` may be called in between, on the same port and data."""

    replication = 1

    def __init__(self, *more: str) -> None:
        """`more` are lines of its configuration."""
        self.port = free_port()
        self._more = more
        self._folder = Path(tempfile.mkdtemp(prefix="diaodu-kafka-"))
        self._classpath = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._classpath = f"{jars()}/*"
        try:
            self._format_and_start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _format_and_start(self) -> None:
        self._settings.write_text(self._configuration(free_port()))
        format_storage = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._settings), *self._accounts())
        subprocess.run(self._java("-Xmx128m", *format_storage), check=True, capture_output=True)
        self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def servers(self) -> str:
        """The bootstrap address."""
        return f"127.0.0.1:{self.port}"

    @property
    def _settings(self) -> Path:
        return self._folder / "server.properties"

    def start(self) -> None:
        """Start, and wait until it says that it has."""
        log = self._folder / "log"
        with log.open("wb") as output:
            command = self._java("-Xmx512m", "kafka.Kafka", str(self._settings))
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        deadline = time.monotonic() + START_SECONDS
        while not (b"Kafka Server started" in log.read_bytes() and self._listens()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start: {log.read_text(errors='replace')[-2000:]}")
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"Kafka ended: {log.read_text(errors='replace')[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait for its end."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing, as a broker behind a dead network does, from the moment this returns.

        On a busy machine its threads come to a halt one after the other, and one of them may still answer.
        """
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _configuration(self, controller: int) -> str:
        return "\n".join([SETTINGS.format(port=self.port, controller=controller, folder=self._folder), *self._more])

    def _accounts(self) -> tuple[str, ...]:
        return ()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _java(self, *arguments: str) -> list[str]:
        return ["java", "-cp", self._classpath, *arguments]
