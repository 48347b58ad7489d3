"""Argon2id: parameters, equal cost for nobody, a bounded queue."""

import asyncio

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from tidegate.model.errors import Code, TidegateError
from tidegate.users.passwords import MEMORY_KIB, NOBODY, PARALLELISM, QUEUE_MAX, TIME_COST, Passwords, Verdict


async def test_a_hash_is_right_for_its_password_only() -> None:
    passwords = Passwords()
    made = await passwords.hash("one password")
    assert (await passwords.verify(made, "one password")).right
    assert not (await passwords.verify(made, "another one")).right
    passwords.close()


def test_nobody_costs_what_everybody_costs() -> None:
    parameters = extract_parameters(NOBODY)
    found = (parameters.type, parameters.time_cost, parameters.memory_cost, parameters.parallelism)
    assert found == (Type.ID, TIME_COST, MEMORY_KIB, PARALLELISM)


async def test_a_hash_of_weaker_parameters_is_to_be_renewed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("one password")
    passwords = Passwords()
    assert await passwords.verify(weak, "one password") == Verdict(right=True, rehash=True)
    passwords.close()


async def test_a_flood_of_logins_is_refused() -> None:
    passwords = Passwords()
    work = [asyncio.ensure_future(passwords.verify(None, "x")) for _ in range(QUEUE_MAX + 1)]
    results = await asyncio.gather(*work, return_exceptions=True)
    refused = [result for result in results if isinstance(result, TidegateError)]
    assert [error.code for error in refused] == [Code.RATE_LIMITED]
    passwords.close()
