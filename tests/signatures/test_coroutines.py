"""A seal is asked for from threads that run an event loop of their own."""

import asyncio

import pytest

from baqylau.signatures.coroutines import run_to_end


async def _answer() -> str:
    await asyncio.sleep(0)
    return "sealed"


async def _fail() -> None:
    raise ValueError("no key")


def test_a_coroutine_is_run_to_its_end_under_a_running_loop() -> None:
    async def caller() -> str:
        return run_to_end(_answer())

    assert asyncio.run(caller()) == "sealed"


def test_what_the_coroutine_raises_reaches_the_caller() -> None:
    with pytest.raises(ValueError, match="no key"):
        run_to_end(_fail())
