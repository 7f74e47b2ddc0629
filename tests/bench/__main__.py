"""`make bench`: every measurement, or those named. Each prints its figures beside the bare path of the same run."""

import argparse
from collections.abc import Callable, Mapping, Sequence

from tests.bench.consuming import measure_consumer
from tests.bench.draining import measure_drain
from tests.bench.embedded import measure_embedded
from tests.bench.flatness import measure_flat
from tests.bench.inverting import measure_inverse
from tests.bench.latency import measure_latency
from tests.bench.measures import Measure, show
from tests.bench.observing import measure_as_of, measure_import
from tests.bench.relaying import measure_relay
from tests.bench.scheduling import measure_schedules
from tests.bench.scoring import measure_scoreboard
from tests.bench.screening import measure_screening

Measurement = Callable[[bool], Sequence[Measure]]

MEASUREMENTS: Mapping[str, Measurement] = {
    "embedded": lambda quick: measure_embedded(2 if quick else 5),
    "latency": lambda quick: measure_latency(20 if quick else 300),
    "consumer": lambda quick: measure_consumer(*((2_000, 2) if quick else (20_000, 4))),
    "import": lambda quick: measure_import(2 if quick else 20),
    "as-of": lambda quick: measure_as_of(50_000 if quick else 1_000_000),
    "relay": lambda quick: measure_relay(*((2_000, 2) if quick else (20_000, 5))),
    "schedule": measure_schedules,
    "inverse": lambda quick: measure_inverse(2 if quick else 10),
    "screening": lambda quick: measure_screening(3 if quick else 30),
    "scoreboard": lambda quick: measure_scoreboard(3 if quick else 30),
    "drain": lambda quick: measure_drain(10_000 if quick else 100_000),
    "flat": lambda quick: measure_flat(*(((1_000, 10_000), 2_000, 1) if quick else ((1_000, 100_000, 1_000_000), 5_000, 4))),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}; all, when none is named")
    parser.add_argument("--quick", action="store_true", help="the smallest run that shows that it works")
    options = parser.parse_args()
    unknown = set(options.names) - MEASUREMENTS.keys()
    if unknown:
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    for name in options.names or MEASUREMENTS:
        show(name, MEASUREMENTS[name](options.quick))


if __name__ == "__main__":
    main()
