"""The command line of indicator-svc: `api`, `worker`, `migrate`, `keys`."""

from indicator_svc.app import create_app
from indicator_svc.settings import IndicatorSettings
from indicator_svc.worker import create_worker
from shared.kit.cli import service_cli

cli = service_cli("indicator", IndicatorSettings, create_app, create_worker)

if __name__ == "__main__":
    cli()
