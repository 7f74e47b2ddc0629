"""Keys: recognised, scoped, mortal."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit import api_keys
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.eventually import eventually
from shared.testing.http import a_key, anonymous, bearer, is_problem
from shared.testing.sample.app import NOTES, create_app


def test_a_key_reads_back_as_what_it_was_written_from() -> None:
    key = api_keys.new_key("test")
    assert api_keys.parse_key(key.text) == key
    assert key.secret not in repr(key)


@given(st.integers(0, 65), st.characters(codec="ascii"))
def test_a_mistyped_key_is_none(place: int, letter: str) -> None:
    text = api_keys.FullKey("test", "abcd1234", "s" * 43).text
    mistyped = text[:place] + letter + text[place + 1 :]
    assert mistyped == text or api_keys.parse_key(mistyped) is None


async def status_with(runtime: Runtime, key: str) -> int:
    async with anonymous(create_app(runtime)) as client:
        return (await client.get(NOTES, headers=bearer(key))).status_code


async def test_a_key_of_another_environment_or_with_another_secret_is_refused(runtime: Runtime) -> None:
    assert await status_with(runtime, await a_key(runtime.database)) == 200
    assert await status_with(runtime, await a_key(runtime.database, environment="production")) == 401
    known = api_keys.parse_key(await a_key(runtime.database))
    assert known is not None
    assert await status_with(runtime, api_keys.FullKey("test", known.id, "x" * 43).text) == 401


async def test_a_key_dies_on_its_day(runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    key = await a_key(runtime.database, days=30)
    runtime.clock.advance(timedelta(days=30))
    async with anonymous(create_app(runtime)) as client:
        assert "到期" in is_problem(await client.get(NOTES, headers=bearer(key)), 401, "auth.invalid-key")["detail"]


async def test_a_revoked_key_is_refused_within_half_a_minute(runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    text = await a_key(runtime.database)
    key = api_keys.parse_key(text)
    assert key is not None
    async with anonymous(create_app(runtime)) as client:
        assert (await client.get(NOTES, headers=bearer(text))).status_code == 200
        await api_keys.revoke(runtime.database, key.id)
        runtime.clock.advance(timedelta(seconds=30))
        is_problem(await client.get(NOTES, headers=bearer(text)), 401, "auth.invalid-key")


async def test_the_use_of_a_key_is_noted(runtime: Runtime) -> None:
    text = await a_key(runtime.database)
    key = api_keys.parse_key(text)
    assert key is not None
    async with anonymous(create_app(runtime)) as client:
        await client.get(NOTES, headers=bearer(text))

    async def noted() -> bool:
        record = await api_keys.find(runtime.database, key.id)
        return record is not None and record.last_used_at == runtime.clock.now()

    await eventually(noted)


async def test_registering_a_key_twice_changes_what_it_may_and_makes_no_second(runtime: Runtime) -> None:
    key = api_keys.new_key("test")
    later = runtime.clock.now() + timedelta(days=1)
    assert await api_keys.register(runtime.database, key, "a", ["sample:read"], later)
    assert not await api_keys.register(runtime.database, key, "b", ["sample:read", "sample:write"], later)
    (record,) = await api_keys.every_key(runtime.database)
    assert (record.name, record.scopes) == ("b", frozenset({"sample:read", "sample:write"}))
    with pytest.raises(api_keys.KeyTaken):
        await api_keys.register(runtime.database, api_keys.FullKey("test", key.id, "y" * 43), "c", ["*"], later)


@pytest.mark.parametrize("scope", ["", "read", "sample:everything", "Sample:read", "sample:read "])
async def test_a_scope_that_means_nothing_is_refused(runtime: Runtime, scope: str) -> None:
    with pytest.raises(api_keys.UnknownScope):
        await api_keys.register(runtime.database, api_keys.new_key("test"), "a", [scope], runtime.clock.now())


@pytest.mark.parametrize(
    ("scope", "status"), [("sample:read", 200), ("sample:*", 200), ("*", 200), ("other:read", 403), ("other:*", 403)]
)
async def test_a_scope_admits_to_its_own_service(runtime: Runtime, scope: str, status: int) -> None:
    assert await status_with(runtime, await a_key(runtime.database, scope)) == status
