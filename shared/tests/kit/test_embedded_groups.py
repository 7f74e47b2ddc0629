"""Membership of the embedded bus, with the time given: leases, generations, fencing, who holds what."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.bus import TP, Fenced, Lag
from shared.kit.embedded_groups import Groups, Replaced, Ticket, assigned
from shared.kit.embedded_log import RecordLog
from shared.kit.embedded_schema import open_database
from shared.tests.kit.bus_records import TOPIC, a_record

LEASE = 10.0
PARTITIONS = 4
ALL = {TP(TOPIC, part) for part in range(PARTITIONS)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path / "bus.db")
    yield connection
    connection.close()


@pytest.fixture
def log(database: sqlite3.Connection) -> RecordLog:
    return RecordLog(database, PARTITIONS)


@pytest.fixture
def groups(database: sqlite3.Connection, log: RecordLog) -> Groups:
    return Groups(database, log, LEASE)


def a_ticket(member: str, instance: str = "first", topics: tuple[str, ...] = (TOPIC,)) -> Ticket:
    return Ticket("readers", member, instance, topics)


def test_members_share_the_partitions(groups: Groups) -> None:
    groups.join(a_ticket("a"), now=0)
    second = groups.join(a_ticket("b"), now=0)
    first = groups.renew(a_ticket("a"), now=1)
    assert first.positions.keys() | second.positions.keys() == ALL
    assert not first.positions.keys() & second.positions.keys()
    assert first.generation == second.generation


def test_the_partitions_of_a_member_whose_lease_ran_out_go_to_the_others(groups: Groups) -> None:
    groups.join(a_ticket("dead"), now=0)
    before = groups.join(a_ticket("alive"), now=5)
    after = groups.renew(a_ticket("alive"), now=LEASE + 1)
    assert after.positions.keys() == ALL
    assert after.generation > before.generation


def test_a_member_that_renews_in_time_keeps_its_generation(groups: Groups) -> None:
    joined = groups.join(a_ticket("a"), now=0)
    assert groups.renew(a_ticket("a"), now=LEASE - 1) == joined


def test_a_member_that_was_put_out_comes_back_with_a_new_generation(groups: Groups) -> None:
    first = groups.join(a_ticket("frozen"), now=0)
    groups.join(a_ticket("other"), now=LEASE + 1)
    back = groups.renew(a_ticket("frozen"), now=LEASE + 2)
    assert back.generation > first.generation
    assert 0 < len(back.positions) < PARTITIONS


def test_a_restarted_member_takes_its_place_at_once_and_the_old_one_learns_of_it(groups: Groups) -> None:
    groups.join(a_ticket("a", "before the crash"), now=0)
    assert groups.join(a_ticket("a", "after it"), now=1).positions.keys() == ALL
    with pytest.raises(Replaced):
        groups.renew(a_ticket("a", "before the crash"), now=2)


def test_a_member_that_was_replaced_cannot_commit_at_the_new_generation(groups: Groups) -> None:
    groups.join(a_ticket("a", "old"), now=0)
    seat = groups.join(a_ticket("a", "new"), now=1)
    with pytest.raises(Fenced):
        groups.commit(a_ticket("a", "old"), seat.generation, {TP(TOPIC, 0): 1})


def test_a_lease_from_before_the_clock_was_set_back_counts_as_run_out(groups: Groups) -> None:
    groups.join(a_ticket("dead"), now=100_000)
    assert groups.join(a_ticket("alive"), now=10).positions.keys() == ALL


def test_an_empty_group_never_gives_a_generation_out_again(groups: Groups) -> None:
    first = groups.join(a_ticket("a"), now=0)
    groups.leave(a_ticket("a"))
    assert groups.join(a_ticket("a"), now=1).generation > first.generation + 1


def test_leaving_twice_disturbs_nobody(groups: Groups) -> None:
    groups.join(a_ticket("a"), now=0)
    groups.leave(a_ticket("a"))
    settled = groups.join(a_ticket("b"), now=0)
    groups.leave(a_ticket("a"))
    assert groups.renew(a_ticket("b"), now=1) == settled


def test_a_commit_at_an_old_generation_is_fenced_and_changes_nothing(groups: Groups) -> None:
    old = groups.join(a_ticket("a"), now=0)
    groups.join(a_ticket("b"), now=0)
    with pytest.raises(Fenced):
        groups.commit(a_ticket("a"), old.generation, {TP(TOPIC, 0): 7})
    assert set(groups.renew(a_ticket("a"), now=1).positions.values()) == {0}


def test_a_commit_that_names_one_partition_of_somebody_else_is_fenced_as_a_whole(groups: Groups) -> None:
    groups.join(a_ticket("a"), now=0)
    theirs = groups.join(a_ticket("b"), now=0)
    mine = groups.renew(a_ticket("a"), now=0)
    with pytest.raises(Fenced):
        groups.commit(a_ticket("a"), mine.generation, dict.fromkeys([*mine.positions, *theirs.positions], 3))
    assert set(groups.renew(a_ticket("a"), now=1).positions.values()) == {0}


def test_members_that_read_other_topics_get_no_partition_of_this_one(groups: Groups) -> None:
    groups.join(a_ticket("alerts", topics=("diaodu.alert.v1",)), now=0)
    assert groups.join(a_ticket("projects"), now=0).positions.keys() == ALL


def test_lag_is_counted_and_aged_from_the_first_record_that_is_not_committed(groups: Groups, log: RecordLog) -> None:
    seat = groups.join(a_ticket("a"), now=100)
    acks = [log.append([a_record(n)], now=100 + n)[0] for n in range(3)]
    groups.commit(a_ticket("a"), seat.generation, {acks[0].tp: acks[1].offset})
    assert groups.lag("readers", now=110)[acks[0].tp] == Lag(2, 9.0)


def test_a_group_that_nobody_knows_has_no_lag(groups: Groups) -> None:
    assert groups.lag("nobody", now=0) == {}


@given(
    members=st.dictionaries(st.text(min_size=1, max_size=5), st.sets(st.sampled_from(["x", "y"])), max_size=6),
    partitions=st.integers(min_value=1, max_value=24),
)
def test_every_partition_has_one_reader_and_shares_differ_by_one_at_most(members: dict[str, set[str]], partitions: int) -> None:
    readers = {member: sorted(topics) for member, topics in members.items()}
    for topic in ("x", "y"):
        places = [TP(topic, part) for part in range(partitions)]
        shares = [assigned(member, readers, places) for member, topics in members.items() if topic in topics]
        if shares:
            assert sorted(tp for share in shares for tp in share) == places
            assert max(map(len, shares)) - min(map(len, shares)) <= 1
