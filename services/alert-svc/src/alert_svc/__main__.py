"""The command line of alert-svc: `api`, `worker`, `migrate`, `keys`."""

from alert_svc.app import create_app
from alert_svc.settings import AlertSettings
from alert_svc.worker import create_worker
from shared.kit.cli import service_cli

cli = service_cli("alert", AlertSettings, create_app, create_worker)

if __name__ == "__main__":
    cli()
