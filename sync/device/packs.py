"""Packs: what a device that begins anew is given as a whole. Each is fetched in parts that survive a restart, checked, and taken in.

They are written down with the answer that offered them, and its cursor counts once they are in: nothing is half known.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sync.device.errors import PackDamagedError, UnreachedError
from sync.device.store import Store
from sync.device.transport import Answer
from sync.device.witness import Witness
from sync.errors import MalformedError
from sync.log import LogError
from sync.messages import Cursor, PackedFile, PackHead, PackOffer

_GONE = frozenset({404, 410, 416})


def offered(packs: Sequence[PackOffer], cursor: Cursor | None) -> dict[str, Any]:
    """What is kept of an answer that offers packs, until they are in."""
    return {"packs": [offer.model_dump() for offer in packs], "cursor_after_packs": cursor, "again": False}


class Packs:
    """The packs that are due in one store. `get` asks the server for a path with headers; None where nothing answered."""

    def __init__(
        self,
        store: Store,
        get: Callable[[str, Mapping[str, str]], Answer | None],
        witness: Witness,
        take_files: Callable[[Iterable[PackedFile]], None],
    ) -> None:
        self._store = store
        self._get = get
        self._witness = witness
        self._take_files = take_files
        self.taken = 0

    def take_in(self) -> None:
        """All that are due, then the cursor after them. Raises UnreachedError, RefusedError or PackDamagedError: the rest stays due."""
        while offers := self._store.setting("packs") or []:
            offer = PackOffer.model_validate(offers[0])
            content = self._fetch(offer)
            if content is None or not self._take_lines(content):
                self._give_up()
            if self._store.setting("packs") == offers:  # else it was not there any more
                after = {"cursor": self._store.setting("cursor_after_packs"), "cursor_after_packs": None}
                self._store.keep_settings({"packs": offers[1:]} | ({} if offers[1:] else after))
            self._store.drop_parts(_name(offer))

    def _fetch(self, offer: PackOffer) -> bytes | None:
        """The whole pack, going on where an earlier try broke off; None where it is not there any more."""
        content = self._store.read_parts(_name(offer))
        while len(content) < offer.bytes:
            answer = self._get(f"/packs/{offer.id}", {"Range": f"bytes={len(content)}-"})
            if answer is None:
                raise UnreachedError("No answer from the server.")
            if answer.status in _GONE:
                return None
            if not answer.is_fine:
                raise answer.to_error()
            if answer.status == 200:
                content = b""  # the whole again
            self._store.keep_part(_name(offer), len(content), answer.content)
            content += answer.content
        if hashlib.sha256(content).hexdigest() != offer.sha256:
            self._store.drop_parts(_name(offer))
            raise PackDamagedError("The first download arrived damaged. It starts again at the next sync.")
        return content

    def _take_lines(self, content: bytes) -> bool:
        """Whether it is of the log that this device knows; then its files are in."""
        head, *lines = gzip.decompress(content).split(b"\n")
        try:
            self._witness.check_pack(PackHead.model_validate_json(head))
        except (LogError, MalformedError):
            return False
        for line in lines:
            if line:
                self._take_files([PackedFile.model_validate_json(line)])
        self.taken += 1
        return True

    def _give_up(self) -> None:
        """The server has made a newer one, or is another since: ask again, by the cursor from before.

        It tells nothing of scopes that were read since; what lies here of them is asked for afterwards.
        """
        self._store.keep_settings({"packs": [], "cursor_after_packs": None, "again": True, "recheck": True})


def _name(offer: PackOffer) -> str:
    return f"pack/{offer.sha256}"
