"""`python -m tests.simulation --seed 7` runs one seed again; `--seeds 5000` runs many, beginning at `--first`."""

import argparse
import sys

from tests.simulation.many import quiet, simulate_all
from tests.simulation.model import simulate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="one seed, with the end of its trace")
    parser.add_argument("--seeds", type=int, default=300, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    options = parser.parse_args()
    if options.seed is not None:
        quiet()
        verdict = simulate(options.seed)
        print(verdict)  # noqa: T201 - the program's answer
        return int(bool(verdict.broken))
    summary = simulate_all(range(options.first, options.first + options.seeds))
    print(summary)  # noqa: T201 - the program's answer
    return int(bool(summary.failed))


if __name__ == "__main__":
    sys.exit(main())
