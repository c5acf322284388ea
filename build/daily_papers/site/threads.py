"""Runs what takes time in threads."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def to_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a function returns, which runs in a thread.

    If it is cancelled, it ends when the thread does: what is computed for nobody still takes its
    turn, so that no more is computed at a time than there are turns.
    """
    return await finished(asyncio.to_thread(function, *args, **kwargs))


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that waits for a thread; ends when that does."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await end(task)
        raise


async def end(task: asyncio.Future[Any]) -> None:
    """Wait until a task ends that waits for a thread, however often this is cancelled meanwhile;
    nobody is told of its exception."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()
