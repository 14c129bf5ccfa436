"""Run pyHanko's coroutines to their end, whatever the calling thread runs already."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Return what the coroutine returns, or raise what it raises.

    In a thread of its own: asyncio.run refuses where an event loop runs already, and a caller may well have one.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="signatures") as apart:
        return apart.submit(asyncio.run, coroutine).result()
