"""What makes a history quick: pure functions that are asked over and over remember their answers, and signatures are hashes.

Parsing a change or a verdict, checking a signature and folding the same changes in the same order give the same answer each
time, on whichever phone and on the server. The first answer always comes from the real function; memory is emptied between
histories, so no history knows of another. ECDSA is replaced by a keyed hash that fails for any altered text just the same.

Every `THOROUGH_EVERY`th history runs without any of this, and a test holds that the trace is the same either way.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from cryptography.hazmat.primitives import serialization

import sync
import sync.device
import sync.simulate
from sync.canonical import check_value, encode, parse_canonical
from sync.change import Change, Envelope, from_base64url, read_change, reread_change, sign, verify
from sync.device.keys import load_private_key
from sync.device.reading import digest
from sync.device.session import read_policy
from sync.fold import fold, state_digest
from sync.log import Root, read_root
from sync.verdict import Verdict, read_verdict, verdict_of

THOROUGH_EVERY: Final = 50
_NEVER: Final = object()
# Rules, changes and file of every fold of this history.
folds_made: Final[list[tuple[Any, list[Any], str | None]]] = []
_signed_here: Final[set[str]] = set()
_of_a_history: Final[list[dict[Any, Any]]] = []

Function = Callable[..., Any]


_LAST: Final = 1 << 60
_by_position: Final = itemgetter(0)


def is_thorough(seed: int) -> bool:
    """Whether the history of this seed runs with real signatures and without memory."""
    return seed % THOROUGH_EVERY == 0


def forget() -> None:
    _signed_here.clear()
    folds_made.clear()
    for cache in _of_a_history:
        cache.clear()


def _remembering(function: Function) -> Function:
    """The same function of hashable arguments, asked once for each within a history."""
    cache: dict[Any, Any] = {}
    _of_a_history.append(cache)

    def ask(*arguments: Any) -> Any:
        answer = cache.get(arguments, _NEVER)
        if answer is _NEVER:
            answer = cache[arguments] = function(*arguments)
        return answer

    return ask


def _remembering_text(function: Function) -> Function:
    """The same function of an envelope, asked once for each text within a history."""
    cache: dict[str, Any] = {}
    _of_a_history.append(cache)

    def ask(envelope: Envelope) -> Any:
        answer = cache.get(envelope.body, _NEVER)
        if answer is _NEVER:
            answer = cache[envelope.body] = function(envelope)
        return answer

    return ask


def _remembering_fold(function: Function) -> Function:
    """A fold by the changes and their verdicts; accepted ones by position, as every fold takes them first of all (F-1)."""
    cache: dict[Any, Any] = {}
    _of_a_history.append(cache)

    def ask(rules: Any, inputs: Any, *rest: Any, **named: Any) -> Any:
        given = list(inputs)
        asked = [_named(one) for one in given]
        asked.sort(key=_by_position)
        key = (rules.version, rest, *named.values(), *asked)
        answer = cache.get(key, _NEVER)
        if answer is _NEVER:
            folds_made.append((rules, given, next(iter((*rest, *named.values())), None)))
            answer = cache[key] = function(rules, given, *rest, **named)
        return answer

    return ask


def _named(one: Any) -> tuple[int, str, str, int, str | None]:
    """All that a fold reads of a change's verdict: after a restart a second one may give it another time at the same place."""
    verdict = one.verdict
    if verdict is None:
        return _LAST, "provisional", one.change.id, 0, None
    place = verdict.position if verdict.status == "accepted" else _LAST
    return place, verdict.status, one.change.id, verdict.received_at, verdict.duty


def _remembering_file(function: Function) -> Function:
    """The same function of a folded file, asked once for each that was folded: folds are remembered, and never altered."""
    cache: dict[int, tuple[Any, Any]] = {}
    _of_a_history.append(cache)

    def ask(folded: Any) -> Any:
        kept = cache.get(id(folded))
        if kept is None:
            kept = cache[id(folded)] = folded, function(folded)
        return kept[1]

    return ask


def _remembering_digest(function: Function) -> Function:
    asked = _remembering_fold(lambda rules, inputs, *rest, **named: function(inputs, rules, *rest, **named))
    return lambda inputs, rules, *rest, **named: asked(rules, inputs, *rest, **named)


@lru_cache(maxsize=512)
def _public_of(private: Any) -> bytes:
    form, point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    public: bytes = private.public_key().public_bytes(form, point)
    return public


def sign_quickly(body_text: str, private_key: Any) -> Envelope:
    """A hash over key and text where the signature stands, as easily spoilt."""
    _signed_here.add(body_text)
    return Envelope(body_text, _hash(body_text, _public_of(private_key)))


def verify_quickly(envelope: Envelope, public_key_raw: bytes) -> bool:
    return envelope.sig == _hash(envelope.body, public_key_raw)


def _hash(text: str, public: bytes) -> str:
    return hashlib.sha256(public + text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_change_quickly(envelope: Envelope) -> Change:
    """What was signed here was checked when it was made (`make_change`); anything else is checked now."""
    return reread_change(envelope) if envelope.body in _signed_here else read_change(envelope)


def _read_verdict_quickly(envelope: Envelope) -> Verdict:
    return verdict_of(json.loads(envelope.body)) if envelope.body in _signed_here else read_verdict(envelope)


def _read_root_quickly(envelope: Envelope) -> Root:
    if envelope.body not in _signed_here:
        return read_root(envelope)
    body = json.loads(envelope.body)
    return Root(body["epoch"], body["size"], body["position"], body["hash"], body["at"])


# The encoder of the interpreter, made once; `encode` has one made anew for each value.
_write_json: Final[Any] = vars(json.encoder)["c_make_encoder"](
    None, None, json.encoder.encode_basestring, None, ":", ",", True, False, False
)


def _encode_quickly(value: Any) -> str:
    return json.encoder.encode_basestring(value) if type(value) is str else "".join(_write_json(value, 0))


_QUICK: Final[dict[Function, Function]] = {
    read_change: _remembering_text(_read_change_quickly),
    reread_change: _remembering_text(reread_change),
    read_verdict: _remembering_text(_read_verdict_quickly),
    read_root: _remembering_text(_read_root_quickly),
    encode: _encode_quickly,
    check_value: lambda _value: None,
    parse_canonical: lru_cache(maxsize=256)(parse_canonical),
    from_base64url: lru_cache(maxsize=512)(from_base64url),
    load_private_key: lru_cache(maxsize=512)(load_private_key),
    fold: _remembering_fold(fold),
    state_digest: _remembering_file(state_digest),
    read_policy: _remembering(read_policy),
    digest: _remembering_digest(digest),
    sign: sign_quickly,
    verify: verify_quickly,
}


@lru_cache(maxsize=1)
def _places() -> list[tuple[Any, str, Function]]:
    """Every name in the engine, the device and the simulation under which one of these functions is called."""
    for package in (sync, sync.device, sync.simulate):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("sync.") and name != __name__]
    return [
        (module, name, function)
        for module in modules
        for name, function in vars(module).items()
        if callable(function) and function.__hash__ and function in _QUICK
    ]


@contextmanager
def quick(*, unless: bool = False) -> Iterator[None]:
    """Within it histories are quick. `unless`: this one is not."""
    places = [] if unless else _places()
    for module, name, function in places:
        setattr(module, name, _QUICK[function])
    try:
        yield
    finally:
        for module, name, function in places:
            setattr(module, name, function)
