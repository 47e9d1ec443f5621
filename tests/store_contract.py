"""One suite that every store of a device passes. A test module subclasses `StoreContract` and says how to open a store."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import canonical_text
from sync.change import Envelope, make_change, read_change, sign, sign_document
from sync.device.errors import StaleSaveError
from sync.device.store import Page, Store, StoredAttachment, StoredChange
from sync.verdict import Verdict
from sync.versions import Base, Dot

KEY = ec.derive_private_key(990_101, ec.SECP256R1())
ME, OTHER = "a" * 32, "b" * 32
FILE, SECOND = "f" * 32, "e" * 32


def make_stored(
    seq: int = 1,
    prev: str | None = None,
    *,
    replica: str = ME,
    file: str = FILE,
    own: bool = True,
    value: str = "1",
    act: str = "save",
    merge: dict[str, Any] | None = None,
) -> StoredChange:
    body = make_change(
        deployment="d" * 32,
        station="5" * 32,
        scope="c" * 32,
        file=file,
        kind="household",
        dot=Dot(replica, seq),
        prev=prev,
        base=Base({replica: seq - 1}) if seq > 1 else Base(),
        seen=None,
        schema=1,
        at=1,
        server_at=0,
        person="9" * 32,
        epoch=1,
        act=act,
        ops=[] if merge else [{"op": "set", "path": "phone", "value": value}],
        salt="0" * 32,
        merge=merge,
    )
    envelope = sign(canonical_text(body), KEY)
    return StoredChange.of(read_change(envelope), envelope, own=own)


def make_verdict(change: StoredChange, status: str, position: int = 1) -> Envelope:
    verdict = Verdict(change.id, status, position, 1, "worker", dot=change.dot, file=change.file)
    return sign_document(verdict.to_body(deployment="d" * 32, station="5" * 32), KEY)


class StoreContract:
    """Subclasses implement `open_store`: called again it opens the same store as before."""

    def open_store(self) -> Store:
        raise TypeError("a store's own test says how to open it")

    @pytest.fixture
    def store(self) -> Any:
        opened = self.open_store()
        yield opened
        opened.close()

    def test_settings_come_back_and_missing_ones_are_none(self, store: Store) -> None:
        store.keep_settings({"cursor": "c1", "epoch": 2})
        store.keep_settings({"cursor": None})
        assert (store.setting("cursor"), store.setting("epoch"), store.setting("nothing")) == (None, 2, None)

    def test_own_saves_are_listed_in_the_order_they_were_made(self, store: Store) -> None:
        first = make_stored()
        second = make_stored(file=SECOND)
        third = make_stored(2, first.id)
        for change in (first, second, third):
            store.add_own(change)
        assert store.list_unsent() == [first, second, third]
        assert store.list_changes(FILE) == [first, third]
        assert [file.file for file in store.list_files()] == [SECOND, FILE]

    def test_a_dot_is_never_given_twice(self, store: Store) -> None:
        first = make_stored()
        store.add_own(first)
        for stale in (make_stored(value="2"), make_stored(3, first.id), make_stored(2, "0" * 64)):
            with pytest.raises(StaleSaveError):
                store.add_own(stale)
        assert store.list_own() == [first]

    def test_a_page_may_come_twice(self, store: Store) -> None:
        theirs = make_stored(replica=OTHER, own=False)
        page = Page(changes=[theirs], settings={"cursor": "c1"})
        store.take_page(page)
        store.take_page(page)
        assert store.list_changes(FILE) == [theirs]
        assert store.setting("cursor") == "c1"
        assert store.list_own() == []

    def test_a_broken_page_leaves_nothing_behind(self, store: Store) -> None:
        theirs = make_stored(replica=OTHER, own=False)
        with pytest.raises(TypeError):
            store.take_page(Page(changes=[theirs], settings={"cursor": "c1", "bad": {1, 2}}))
        assert store.list_changes(FILE) == []
        assert store.setting("cursor") is None

    def test_a_later_verdict_replaces_an_earlier_one_and_never_a_final_one(self, store: Store) -> None:
        mine = make_stored()
        store.add_own(mine)
        for status, position in (("held", 3), ("quarantined", 2), ("accepted", 5), ("declined", 9)):
            store.take_page(Page(verdicts=[(mine.id, make_verdict(mine, status, position))]))
        verdict = store.list_changes(FILE)[0].read_verdict()
        assert verdict
        assert (verdict.status, verdict.position) == ("accepted", 5)
        assert store.list_unsent() == []

    def test_the_verdict_of_an_unknown_change_is_passed_over(self, store: Store) -> None:
        store.take_page(Page(verdicts=[("0" * 64, make_verdict(make_stored(), "accepted"))]))
        assert store.list_own() == []

    def test_two_changes_under_one_dot_are_both_kept(self, store: Store) -> None:
        one, other = make_stored(own=False), make_stored(own=False, value="2")
        store.take_page(Page(changes=[one, other]))
        assert {change.id for change in store.list_changes(FILE)} == {one.id, other.id}

    def test_merges_are_found_again(self, store: Store) -> None:
        store.take_page(Page(changes=[make_stored(replica=OTHER, own=False)]))
        assert store.list_merges() == []
        merge = make_stored(act="merge", merge={"file": SECOND, "base": {"vector": {OTHER: 1}, "except": []}})
        store.add_own(merge)
        store.take_page(Page(changes=[merge]))
        assert store.list_merges() == [(FILE, SECOND)]

    def test_files_enter_and_leave(self, store: Store) -> None:
        store.take_page(Page(changes=[make_stored(replica=OTHER, own=False)]))
        store.take_page(Page(left=[FILE]))
        left = store.find_file(FILE)
        store.take_page(Page(entered=[(FILE, "7" * 32)]))
        back = store.find_file(FILE)
        assert left
        assert back
        assert (left.left, back.left, back.scope) == (True, False, "7" * 32)
        assert store.find_file("0" * 32) is None

    @pytest.mark.parametrize("status", [None, "held", "quarantined", "returned", "declined"])
    def test_a_file_is_not_forgotten_while_a_save_is_unfinished(self, store: Store, status: str | None) -> None:
        mine = make_stored()
        store.add_own(mine)
        if status:
            store.take_page(Page(verdicts=[(mine.id, make_verdict(mine, status))]))
        assert store.forget_file(FILE) is False
        assert [change.id for change in store.list_changes(FILE)] == [mine.id]

    def test_a_file_whose_saves_are_finished_is_forgotten_whole(self, store: Store) -> None:
        mine = make_stored()
        refused = make_stored(2, mine.id)
        store.add_own(mine)
        store.add_own(refused)
        store.take_page(
            Page(verdicts=[(mine.id, make_verdict(mine, "accepted")), (refused.id, make_verdict(refused, "returned"))])
        )
        store.dismiss(refused.id)
        store.keep_attachment(StoredAttachment(FILE, "1" * 64, "image/jpeg", 3), b"abc")
        assert store.forget_file(FILE) is True
        assert (store.list_changes(FILE), store.find_file(FILE), store.list_attachments()) == ([], None, [])

    def test_attachments_keep_their_bytes_and_how_far_they_are(self, store: Store) -> None:
        waiting = StoredAttachment(FILE, "1" * 64, "image/jpeg", 3)
        store.keep_attachment(waiting, b"abc")
        done = StoredAttachment(FILE, "1" * 64, "image/jpeg", 3, uploaded=True, upload_url="/x")
        store.keep_attachment(done, b"abc")
        assert store.list_attachments() == [done]
        assert store.read_attachment(FILE, "1" * 64) == b"abc"
        assert store.read_attachment(FILE, "2" * 64) is None

    def test_parts_of_a_download_are_put_together_in_order(self, store: Store) -> None:
        store.keep_part("pack", 3, b"def")
        store.keep_part("pack", 0, b"abc")
        store.keep_part("pack", 0, b"abc")
        store.keep_part("other", 0, b"x")
        assert store.read_parts("pack") == b"abcdef"
        store.drop_parts("pack")
        assert (store.read_parts("pack"), store.read_parts("other")) == (b"", b"x")
