"""What an operator decides: typed, with units, no secret defaults, and a process that refuses to start wrong."""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.kit.validation_texts import sentence

MIN_KEY_LENGTH: Final = 32
FILE_SUFFIX: Final = "_FILE"

Seconds = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))]
Port = Annotated[int, Field(ge=0, le=65535)]


class ConfigurationError(Exception):
    """The settings do not allow a start. `faults` has one Chinese sentence per wrong setting."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("配置有误，拒绝启动：\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


class ServiceSettings(BaseSettings):
    """Settings that every service has. Each is read from `<PREFIX>_<NAME>`, or from the file named by `<PREFIX>_<NAME>_FILE`."""

    model_config = SettingsConfigDict(extra="forbid", hide_input_in_errors=True, validate_default=True)

    service: ClassVar[str]
    """The name in paths, scopes and environment variables: "indicator"."""

    environment: Literal["embedded", "test", "production"]
    database_url: str = Field(repr=False)
    bus_url: str
    region: str = Field(default="620200", pattern=r"^[1-9][0-9]{5}$")
    """The deployment's home region (GB/T 2260)."""
    signing_key: SecretStr
    """Signs cursors; at least 32 characters. All replicas of a service share it."""
    clock_start: datetime | None = None
    """The instant at which the clock starts (demonstrations only)."""

    http_host: str = "127.0.0.1"
    http_port: Port = 8080
    worker_health_host: str = "127.0.0.1"
    worker_health_port: Port = 8081

    request_deadline: Seconds = timedelta(seconds=10)
    upload_deadline: Seconds = timedelta(seconds=55)
    """For batches and uploads."""
    shutdown_deadline: Seconds = timedelta(seconds=25)
    drain_delay: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(minutes=1))] = timedelta(0)
    """How long requests are still taken after the stop signal, so that a gateway can notice `/readyz`."""
    relay_poll_interval: Seconds = timedelta(milliseconds=50)
    idempotency_ttl: Annotated[timedelta, Field(ge=timedelta(hours=1), le=timedelta(days=30))] = timedelta(hours=48)

    max_body_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 1024 * 1024
    max_upload_bytes: Annotated[int, Field(ge=1024, le=256 * 1024 * 1024)] = 20 * 1024 * 1024
    max_open_requests: Annotated[int, Field(ge=1, le=100_000)] = 256
    """Requests in hand at a time: arriving, waiting for a place, being served; streams have a limit of their own."""
    max_concurrent_requests: Annotated[int, Field(ge=1, le=10_000)] = 12
    """Requests being served at a time: hardly more than there are connections, since the rest would only wait for one."""
    max_waiting_requests: Annotated[int, Field(ge=0, le=10_000)] = 48
    """Requests that wait for a place, half a second each; fewer when they take so long that not all would get one."""
    max_concurrent_uploads: Annotated[int, Field(ge=1, le=1_000)] = 4
    rate_limit_per_minute: Annotated[int, Field(ge=1)] = 60_000
    """Requests of one API key per minute and process."""

    replay_database_url: str | None = Field(default=None, repr=False)
    """An empty database that replays asked for over REST are made into; without it there are none."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_more: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed counts: `load_settings` reads the environment, once and in one place."""
        return (init_settings,)

    @model_validator(mode="after")
    def _fits_its_environment(self) -> Self:
        faults = [*self._database_faults(), *self._clock_faults(), *self._secret_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _database_faults(self) -> list[str]:
        faults = self._faults_of("database_url", self.database_url)
        if self.replay_database_url is None:
            return faults
        if self.replay_database_url == self.database_url:
            faults.append(f"{self.variable('replay_database_url')}：不能与 {self.variable('database_url')} 相同，须另建空库。")
        return faults + self._faults_of("replay_database_url", self.replay_database_url)

    def _faults_of(self, name: str, url: str) -> list[str]:
        scheme = urlsplit(url).scheme
        if scheme not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
            return [f"{self.variable(name)}：须以 sqlite+aiosqlite:// 或 postgresql+asyncpg:// 开头，现为“{scheme}://”。"]
        if self.environment == "production" and scheme.startswith("sqlite"):
            return [f"{self.variable(name)}：生产环境须使用 PostgreSQL，不允许使用 SQLite。"]
        return []

    def _clock_faults(self) -> list[str]:
        name = self.variable("clock_start")
        if self.clock_start is None:
            return []
        if self.environment == "production":
            return [f"{name}：生产环境不允许设置演示时钟，请删除该项。"]
        if self.clock_start.tzinfo is None:
            return [f"{name}：须带时区，例如 2022-07-01T09:00:00+08:00。"]
        return []

    def _secret_faults(self) -> list[str]:
        if len(self.signing_key.get_secret_value()) < MIN_KEY_LENGTH:
            return [f"{self.variable('signing_key')}：长度不足，至少 {MIN_KEY_LENGTH} 个字符的随机串。"]
        return []

    @classmethod
    def prefix(cls) -> str:
        """The prefix of this service's environment variables, e.g. `INDICATOR_`."""
        return f"{cls.service.upper()}_"

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable that sets `name`."""
        return cls.prefix() + name.upper()

    @classmethod
    def migrations_package(cls) -> str:
        """Where the service keeps its migrations: beside its settings."""
        return f"{cls.__module__.rpartition('.')[0]}.migrations"


S = TypeVar("S", bound=ServiceSettings)


def load_settings(settings_type: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read a service's settings from the environment.

    Raises `ConfigurationError` that names every wrong, missing and unknown variable at once.
    """
    source = os.environ if environ is None else environ
    values, faults = _read_variables(settings_type, source)
    try:
        settings = settings_type(**values)
    except ValidationError as error:
        faults.extend(_translated(settings_type, error))
        raise ConfigurationError(faults) from None
    if faults:
        raise ConfigurationError(faults)
    return settings


def _read_variables(settings_type: type[ServiceSettings], source: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    prefix = settings_type.prefix()
    values: dict[str, Any] = {}
    faults: list[str] = []
    for variable in sorted(name for name in source if name.startswith(prefix)):
        name, from_file = variable.removeprefix(prefix).lower(), False
        if name not in settings_type.model_fields and variable.endswith(FILE_SUFFIX):
            name, from_file = name.removesuffix(FILE_SUFFIX.lower()), True
        if name not in settings_type.model_fields:
            faults.append(f"{variable}：没有这个配置项，请检查拼写或删除。")
        elif from_file and prefix + name.upper() in source:
            faults.append(f"{variable}：与 {prefix}{name.upper()} 同时设置，只能保留一个。")
        else:
            _take(values, faults, name, (variable, source[variable], from_file))
    return values, faults


def _take(values: dict[str, Any], faults: list[str], name: str, given: tuple[str, str, bool]) -> None:
    variable, text, from_file = given
    if not from_file:
        values[name] = _parsed(name, text)
        return
    try:
        values[name] = Path(text).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{variable}：无法读取文件“{text}”，请检查路径和权限。")


def _parsed(name: str, text: str) -> Any:
    """Durations may be seconds (`10`, `0.05`) or ISO 8601 (`PT10S`); lists and mappings are JSON."""
    try:
        if name.endswith(("_deadline", "_interval", "_delay", "_ttl")):
            return float(text)
        return json.loads(text) if text.startswith(("[", "{")) else text
    except ValueError:
        return text


def _translated(settings_type: type[ServiceSettings], error: ValidationError) -> list[str]:
    faults: list[str] = []
    for item in error.errors(include_input=False, include_url=False):
        if not item["loc"]:
            faults.extend(str(item["ctx"]["error"]).splitlines())
            continue
        variable = settings_type.variable(str(item["loc"][0]))
        faults.append(f"{variable}：{sentence(item['type'], item.get('ctx', {}), item['msg'])}")
    return faults
