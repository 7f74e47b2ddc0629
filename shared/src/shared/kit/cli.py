"""The command line that every service has: `api`, `worker`, `migrate`, `keys …`, `parked …`.

What it prints is Chinese: its readers are the people who operate the city's servers.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from fastapi import FastAPI

from shared.kit import api_keys, migrations
from shared.kit.clock import Clock, ShiftedClock, SystemClock
from shared.kit.errors import DomainError
from shared.kit.lifecycle import Lifecycle, together
from shared.kit.observability import configure_logging
from shared.kit.parked_cli import TIME_FORMATS, By, Run, actor_of, parked_cli
from shared.kit.replay_cli import Wanted, run_replay, start_of
from shared.kit.runtime import Runtime, open_runtime
from shared.kit.server import AddressTaken, Draining, collect_rarely, listen, serve, stop_on_signals
from shared.kit.settings import ConfigurationError, ServiceSettings, load_settings
from shared.kit.subscriptions import Subscriptions
from shared.kit.worker import Worker
from shared.kit.worker_health import worker_health_app

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """What a service's `__main__` hands to the command line."""

    name: str
    settings_type: type[ServiceSettings]
    create_app: Callable[[Runtime], FastAPI]
    create_worker: Callable[[Runtime], Worker]


def clock_of(settings: ServiceSettings) -> Clock:
    """The machine's clock, or one that was started at `clock_start` (demonstrations only)."""
    return SystemClock() if settings.clock_start is None else ShiftedClock(settings.clock_start)


def service_cli(
    name: str,
    settings_type: type[ServiceSettings],
    create_app: Callable[[Runtime], FastAPI],
    create_worker: Callable[[Runtime], Worker],
) -> typer.Typer:
    """The commands of one service."""
    service = Service(name, settings_type, create_app, create_worker)
    cli = typer.Typer(help=f"{name}-svc", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    cli.command("api", help="启动 HTTP 接口。")(lambda: _run(service, _api))
    cli.command("worker", help="启动后台进程：消息中继、订阅处理、定时任务。")(lambda: _run(service, _worker))
    cli.command("migrate", help="把数据库升级到最新版本；可重复执行，多个进程同时执行也安全。")(lambda: _run(service, _migrate))
    _add_replay(cli, service)
    cli.add_typer(_keys_cli(service), name="keys", help="管理接口密钥。")
    cli.add_typer(parked_cli(_with_subscriptions(service)), name="parked", help="查看、重试和丢弃被搁置的消息。")
    return cli


def _add_replay(cli: typer.Typer, service: Service) -> None:
    @cli.command("replay", help="把消息总线上的历史重新处理到一个空的数据库；现有数据库与消费位置不受影响，也不再通知任何人。")
    def replay(
        into: Annotated[str, typer.Option(help="空的目标数据库，如 postgresql+asyncpg://…")],
        at: Annotated[
            datetime | None,
            typer.Option("--from", formats=TIME_FORMATS, help="从该时刻起写入总线的消息；不填则从最早的开始"),
        ] = None,
        places: Annotated[list[str] | None, typer.Option("--from-offset", help="个别分区的起点：主题/分区=位置")] = None,
        lost: Annotated[bool, typer.Option("--without-live", help="本服务的数据库已丢失：不带入规则与密钥")] = False,
        by: By = None,
    ) -> None:
        async def run(service: Service, runtime: Runtime) -> None:
            wanted = Wanted(into, start_of(at, places or []), lost, actor_of(by))
            await run_replay(runtime, service.create_worker(runtime).replay(), wanted)

        _run(service, run)


def _keys_cli(service: Service) -> typer.Typer:
    keys = typer.Typer(no_args_is_help=True)

    @keys.command("create", help="生成一把密钥；密钥只显示这一次。")
    def create(
        name: Annotated[str, typer.Option(help="持有者名称")],
        scopes: Annotated[str, typer.Option(help="权限范围，逗号分隔，如 indicator:read,indicator:write")],
        days: Annotated[int, typer.Option(help="有效天数（1–365）", min=1, max=365)] = 180,
    ) -> None:
        _run(service, lambda _service, runtime: _create_key(runtime, name, scopes.split(","), days))

    @keys.command("import", help="登记文件中已有的密钥，使一把密钥可用于多个服务；可重复执行。")
    def import_key(
        path: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
        name: Annotated[str, typer.Option(help="持有者名称")] = "admin",
        scopes: Annotated[str, typer.Option(help="权限范围，逗号分隔")] = "*",
        days: Annotated[int, typer.Option(help="有效天数（1–365）", min=1, max=365)] = 365,
    ) -> None:
        text = path.read_text(encoding="utf-8").strip()
        _run(service, lambda _service, runtime: _import_key(runtime, text, (name, scopes.split(","), days)))

    @keys.command("list", help="列出全部密钥（不含密文）。")
    def list_keys() -> None:
        _run(service, lambda _service, runtime: _list_keys(runtime))

    @keys.command("revoke", help="撤销一把密钥，半分钟内在所有进程生效。")
    def revoke(identity: Annotated[str, typer.Argument(help="密钥编号（8 位）")]) -> None:
        _run(service, lambda _service, runtime: api_keys.revoke(runtime.database, identity))

    return keys


def _with_subscriptions(service: Service) -> Run:
    """Commands that let events take effect as the worker does."""

    def run(command: Callable[[Runtime, Subscriptions], Awaitable[object]]) -> None:
        _run(service, lambda service, runtime: command(runtime, service.create_worker(runtime).subscriptions))

    return run


def _run(service: Service, command: Callable[[Service, Runtime], Awaitable[object]]) -> None:
    try:
        settings = load_settings(service.settings_type)
        configure_logging(settings.log_level)
        asyncio.run(_with_runtime(service, settings, command))
    except (ConfigurationError, AddressTaken) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except DomainError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from None


async def _with_runtime(
    service: Service, settings: ServiceSettings, command: Callable[[Service, Runtime], Awaitable[object]]
) -> None:
    runtime = open_runtime(settings, clock_of(settings))
    lifecycle = Lifecycle(settings.shutdown_deadline)
    lifecycle.add("runtime", runtime.close)
    try:
        await command(service, runtime)
    finally:
        await lifecycle.close()


async def _migrate(service: Service, runtime: Runtime) -> None:
    await migrations.upgrade(runtime.database, service.settings_type.migrations_package())
    typer.echo(f"{service.name}-svc 数据库已是最新版本。")


async def _api(service: Service, runtime: Runtime) -> None:
    settings = runtime.settings
    app = service.create_app(runtime)
    stop = asyncio.Event()
    stop_on_signals(stop)
    collect_rarely()
    draining = Draining(app.state.draining.set, settings.drain_delay, settings.shutdown_deadline)
    await serve(app, listen(settings.http_host, settings.http_port), stop, draining, _say_ready)


async def _worker(service: Service, runtime: Runtime) -> None:
    settings = runtime.settings
    worker = service.create_worker(runtime)
    stop = asyncio.Event()
    stop_on_signals(stop)
    listening = listen(settings.worker_health_host, settings.worker_health_port)
    collect_rarely()
    draining = Draining(lambda: None, timedelta(0), timedelta(seconds=2))
    await together(stop, worker.run(stop), serve(worker_health_app(worker), listening, stop, draining, _say_ready))


def _say_ready(url: str) -> None:
    typer.echo(f"ready {url}")


async def _create_key(runtime: Runtime, name: str, scopes: list[str], days: int) -> None:
    key = api_keys.new_key(runtime.settings.environment)
    expires_at = runtime.clock.now() + timedelta(days=days)
    await api_keys.register(runtime.database, key, name, scopes, expires_at)
    typer.echo(json.dumps({"id": key.id, "key": key.text, "expires_at": expires_at.isoformat()}, ensure_ascii=False))


async def _import_key(runtime: Runtime, text: str, holder: tuple[str, list[str], int]) -> None:
    name, scopes, days = holder
    key = api_keys.parse_key(text)
    if key is None or key.environment != runtime.settings.environment:
        raise api_keys.MalformedKey(f"文件中不是本环境（{runtime.settings.environment}）的密钥，请检查。")
    fresh = await api_keys.register(runtime.database, key, name, scopes, runtime.clock.now() + timedelta(days=days))
    typer.echo(f"密钥 {key.id} {'已登记' if fresh else '早已登记，有效期与权限已更新'}。")


async def _list_keys(runtime: Runtime) -> None:
    for key in await api_keys.every_key(runtime.database):
        state = "已撤销" if key.revoked_at else "有效"
        typer.echo(f"{key.id}\t{key.name}\t{','.join(sorted(key.scopes))}\t至 {key.expires_at:%Y-%m-%d}\t{state}")
