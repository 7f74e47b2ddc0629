"""A real Kafka broker that lets nobody in without TLS and a SCRAM password, as a production cluster does."""

import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Final

from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import ServerMissing

USER: Final = "project-svc"
SECURE: Final = """\
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="{user}" password="{password}";
ssl.keystore.type=PKCS12
ssl.keystore.location={keystore}
ssl.keystore.password={password}
ssl.truststore.type=PKCS12
ssl.truststore.location={keystore}
ssl.truststore.password={password}
ssl.endpoint.identification.algorithm=
"""


class SecureKafkaServer(KafkaServer):
    """`authority` and `password_file` are what a client needs; the certificate is for 127.0.0.1."""

    def __init__(self) -> None:
        super().__init__()
        self._password = secrets.token_urlsafe(16)
        self.authority = self._folder / "ca.pem"
        self.password_file = self._folder / "password"

    def _configuration(self, controller: int) -> str:
        keystore = self._folder / "broker.p12"
        self._make_certificate(keystore)
        self.password_file.write_text(f"{self._password}\n")
        secure = SECURE.format(user=USER, password=self._password, keystore=keystore)
        kept = [line for line in super()._configuration(controller).splitlines() if not line.startswith("listener.security")]
        return "\n".join([*kept, secure])

    def _accounts(self) -> tuple[str, ...]:
        return ("--add-scram", f"SCRAM-SHA-512=[name={USER},password={self._password}]")

    def _make_certificate(self, keystore: Path) -> None:
        if (keytool := shutil.which("keytool")) is None:
            raise ServerMissing("keytool is not installed: `apt-get install openjdk-17-jre-headless`")
        store = ("-keystore", str(keystore), "-storetype", "PKCS12", "-storepass", self._password, "-alias", "broker")
        identity = ("-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-validity", "2")
        subprocess.run([keytool, "-genkeypair", "-keyalg", "EC", *store, *identity], check=True, capture_output=True)
        subprocess.run([keytool, "-exportcert", "-rfc", *store, "-file", str(self.authority)], check=True, capture_output=True)
