"""Life cycles tried at random: a service and a model that remembers what it must say, side by side (`reliability.md` §9, 23)."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

Api = TypeVar("Api")
T = TypeVar("T")


class LifeCycle(RuleBasedStateMachine, Generic[Api]):
    """A state machine over a service of its own, empty at first; `ask` waits for what a caller asks it."""

    def __init__(self, opened: AbstractAsyncContextManager[Api]) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._opened = opened
        self.api = self._runner.run(opened.__aenter__())

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """The service's answer."""
        return self._runner.run(question)

    def teardown(self) -> None:
        self._runner.run(self._opened.__aexit__(None, None, None))
        self._runner.close()


def try_life_cycle(machine: Callable[[], LifeCycle[Any]], *, examples: int, steps: int) -> None:
    """So many lives of so many steps, the same ones in every run; the first divergence is shown as a program.

    It is not shrunk: hundreds of lives more would take minutes.
    """
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]  # it is only called: a factory will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
