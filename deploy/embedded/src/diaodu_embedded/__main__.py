"""`python -m diaodu_embedded run | demo`."""

import asyncio

import typer

from diaodu_embedded.child import ChildFailed
from diaodu_embedded.client import Refused
from diaodu_embedded.demo import run_demo
from diaodu_embedded.main_job.batches import BatchItemRefused
from diaodu_embedded.main_job.settled import NotSettled
from diaodu_embedded.report.page import page_console
from diaodu_embedded.settings import load_embedded_settings
from diaodu_embedded.suite import run_suite
from shared.kit.observability import configure_logging
from shared.kit.server import AddressTaken
from shared.kit.settings import ConfigurationError

cli = typer.Typer(
    help="一个进程运行整套系统（SQLite + 文件总线）。", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@cli.command(help="启动整套系统，直到收到停止信号。环境变量：HOST、PORT、DATA_DIR、CLOCK_START、LOG_LEVEL。")
def run() -> None:
    try:
        settings = load_embedded_settings()
        configure_logging(settings.log_level)
        asyncio.run(run_suite(settings, typer.echo))
    except (ConfigurationError, AddressTaken) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@cli.command(help="演示：装入真实数据，完成主要工作，打印调度会所看的内容。数据在 <DATA_DIR>/demo。")
def demo() -> None:
    try:
        settings = load_embedded_settings()
        asyncio.run(run_demo(settings.data_dir / "demo", page_console(), typer.echo))
    except (ConfigurationError, ChildFailed, NotSettled, Refused, BatchItemRefused) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    cli()
