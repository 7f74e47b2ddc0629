"""No request, however shaped, gets a 5xx, half an effect, or an answer that the service's own document does not know."""

import pytest

from shared.contracts.catalogue import SERVICES
from tests.fuzz.interface import Interface

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


@pytest.mark.parametrize("interface", SERVICES, indirect=True)
def test_every_answer_keeps_to_the_services_own_document(interface: Interface, request: pytest.FixtureRequest) -> None:
    run = interface.fuzz(
        examples=request.config.getoption("--fuzz-examples"),
        seed=request.config.getoption("--fuzz-seed"),
        phases=request.config.getoption("--fuzz-phases"),
    )
    print(run.stdout[-4000:])  # noqa: T201 - what was asked, and how to ask it again
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2000:]
