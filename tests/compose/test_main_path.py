"""The main path, as it is tested on the other makes of the suite, once more in containers and behind the gateway.

Without the tests that publish a scheme of their own: here the main job's scheme watches the city's indicators, and its
low-indicator warnings are counted in test_main_job.py.
"""

import pytest

from tests.e2e.test_main_path import (
    test_a_milestone_that_fell_overdue_is_warned_of_and_its_completion_closes_the_alert,
    test_a_push_that_was_refused_is_tried_again_after_a_crash,
    test_a_request_that_is_repeated_under_its_key_raises_no_second_alert,
    test_a_worker_that_is_killed_while_facts_arrive_neither_loses_nor_doubles_a_warning,
    test_facts_that_are_published_again_raise_nothing_again,
)

__all__ = [
    "test_a_milestone_that_fell_overdue_is_warned_of_and_its_completion_closes_the_alert",
    "test_a_push_that_was_refused_is_tried_again_after_a_crash",
    "test_a_request_that_is_repeated_under_its_key_raises_no_second_alert",
    "test_a_worker_that_is_killed_while_facts_arrive_neither_loses_nor_doubles_a_warning",
    "test_facts_that_are_published_again_raise_nothing_again",
]

pytestmark = pytest.mark.compose
