"""The command line of bond-svc: `api`, `worker`, `migrate`, `keys`."""

from bond_svc.app import create_app
from bond_svc.settings import BondSettings
from bond_svc.worker import create_worker
from shared.kit.cli import service_cli

cli = service_cli("bond", BondSettings, create_app, create_worker)

if __name__ == "__main__":
    cli()
