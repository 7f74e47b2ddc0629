"""bond-svc's worker: it sends the facts that the interface wrote."""

from bond_svc.subscriptions import SUBSCRIPTIONS
from shared.kit.runtime import Runtime
from shared.kit.worker import Worker


def create_worker(runtime: Runtime) -> Worker:
    """The worker; whoever made the runtime closes it."""
    return Worker(runtime, SUBSCRIPTIONS)
