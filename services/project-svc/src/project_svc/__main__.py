"""`python -m project_svc`: api, worker, migrate, keys."""

from project_svc.app import create_app
from project_svc.settings import ProjectSettings
from project_svc.worker import create_worker
from shared.kit.cli import service_cli

if __name__ == "__main__":
    service_cli("project", ProjectSettings, create_app, create_worker)()
