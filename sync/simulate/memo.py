"""Pure functions that the device asks over and over remember their answers for the length of one history.

Parsing a stored change, reading a verdict, checking a signature and folding the same changes in the same order give the same
answer each time; without this a history costs ten times as much. The first answer always comes from the real function.
Memory is emptied between histories, so no history knows of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import sync.device.device
import sync.device.identity
import sync.device.memory_store
import sync.device.reading
import sync.device.session
import sync.device.store
import sync.device.syncing

_PURE: Final[tuple[tuple[Any, str], ...]] = (
    (sync.device.store, "reread_change"),
    (sync.device.store, "read_verdict"),
    (sync.device.memory_store, "read_verdict"),
    (sync.device.syncing, "read_verdict"),
    (sync.device.syncing, "read_change"),
    (sync.device.syncing, "verify"),
    (sync.device.session, "verify"),
    (sync.device.session, "parse_canonical"),
    (sync.device.identity, "load_private_key"),
)
_caches: Final[list[dict[Any, Any]]] = []


def remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of hashable arguments, asked once for each."""
    cache: dict[Any, Any] = {}
    _caches.append(cache)

    def ask(*arguments: Any) -> Any:
        if arguments not in cache:
            cache[arguments] = function(*arguments)
        return cache[arguments]

    return ask


def remembering_fold(function: Callable[..., Any]) -> Callable[..., Any]:
    """A fold by the changes, their verdicts and their order: order of arrival stays part of what is asked."""
    cache: dict[Any, Any] = {}
    _caches.append(cache)

    def ask(rules: Any, inputs: Any) -> Any:
        given = list(inputs)
        key = (rules.version, tuple((item.change.id, item.status, item.position) for item in given))
        if key not in cache:
            cache[key] = function(rules, given)
        return cache[key]

    return ask


def forget() -> None:
    for cache in _caches:
        cache.clear()


@contextmanager
def remembered() -> Iterator[None]:
    """Within it the device's pure functions remember."""
    sound = [(module, name, getattr(module, name)) for module, name in _PURE]
    fold = vars(sync.device.reading)["fold"]
    for module, name, function in sound:
        setattr(module, name, remembering(function))
    sync.device.reading.fold = remembering_fold(fold)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, name, function in sound:
            setattr(module, name, function)
        sync.device.reading.fold = fold  # type: ignore[attr-defined]
        _caches.clear()
