"""A copied store and a server that was put back give one number twice: both words stay, one counts, nothing is replaced unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from server.intake import reading
from server.log import restarts, verification
from sync.change import change_id, sign_document
from sync.verdict import read_verdict
from sync.versions import Base
from tests.server.phone import Phone, new_id
from tests.server.restoring import World, put, reconnect


@pytest.mark.parametrize("is_first_brought", [True, False])
def test_of_two_changes_once_accepted_under_one_dot_both_are_kept_and_one_counts(
    world: World, is_first_brought: bool
) -> None:
    """A copied store and a restored server at once: the dot stays whose it is here; what comes back waits beside it."""
    file = new_id()
    told = []
    with world.serving() as context:
        phone = Phone(world.url).enrol(world.issue(context, "林小满"))
        phone.push(phone.save(new_id(), [put("phone", "13900000000")]))
    world.copies.copy()
    seqs, heads = dict(phone.seqs), dict(phone.heads)
    for number in range(2):
        with world.serving():
            reconnect(phone, world)
            phone.seqs, phone.heads = dict(seqs), dict(heads)
            if number == int(is_first_brought):
                phone.push(phone.save(new_id(), [put("phone", "13900000001")]))  # the other one gets a later position
            saved = phone.save(file, [put("phone", f"1390000000{number + 2}")])
            told.append((saved, phone.sync(saved)["verdicts"][0]))
        if number == 0:
            world.copies.put_back()
    with world.serving() as context:
        context.database.write(lambda session: restarts.restart_by_hand(session, context, world.station))
        reconnect(phone, world)
        items = [{"envelope": told[0][0].to_json(), "verdict": told[0][1]}]
        for code in ("taken", "known"):
            answer = phone.http.post("/log/return", json={"items": items}).json()
            assert [one["code"] for one in answer["results"]] == [code]
        phone.http.close()

        def look(session: Any) -> Any:
            found = verification.verify_station(session, context.keyring, world.station).findings
            (view,) = [view for view in reading.list_files(session, world.station) if view.file == file]
            ((_, folded),) = reading.list_folds(session, context.keyring, world.station, [view])
            kept = reading.list_current_verdicts(session, context.keyring, world.station, [change_id(told[0][0].body)])
            ((signed,),) = kept.values()
            return found, folded["paths"]["phone"]["value"], read_verdict(signed)

        findings, shown, verdict = context.database.read(look)
    assert findings == []
    assert shown == "13900000003"
    assert verdict.status == "quarantined"
    assert [reason.code for reason in verdict.reasons] == ["fork"]


@contextmanager
def serving_both_put_back(
    world: World, author: Phone, reader: Phone, past: tuple[dict[str, int], dict[str, str]]
) -> Iterator[None]:
    """The server and the author's phone are as they were at the copy; `past`: how far the phone's numbers had come then."""
    world.copies.put_back()
    with world.serving() as context:
        context.database.write(lambda session: restarts.restart_by_hand(session, context, world.station))
        for phone in (author, reader):
            reconnect(phone, world)
        author.seqs, author.heads = past
        yield
        author.http.close()
        reader.http.close()


def test_a_form_shows_nothing_of_others_that_the_server_got_later(world: World) -> None:
    """A number given twice, and what had it first is nowhere any more: who saw that one replaces nothing of the second."""
    with world.serving() as context:
        author, reader = (Phone(world.url).enrol(world.issue(context, name)) for name in ("林小满", "周青禾"))
        file = new_id()
        author.push(author.save(file, [put("phone", "13900000000")]))
    world.copies.copy()
    past = dict(author.seqs), dict(author.heads)
    with world.serving():
        for phone in (author, reader):
            reconnect(phone, world)
        author.push(author.save(file, [put("phone", "13900000001")]))
        seen_at = reader.sync()["server_at"]
    with serving_both_put_back(world, author, reader, past):
        author.push(author.save(file, [put("phone", "13900000002")]))
        digest = reader.sync()["digests"][file]
        base = Base({author.replica: 2})

        first = reader.body(file, [put("phone", "13900000003")], base=base, server_at=seen_at, seen="0" * 64)
        blind = reader.push(sign_document(first, reader.key))[0]
        assert blind.status == "quarantined"
        assert [(reason.code, reason.path) for reason in blind.reasons] == [("fork", "base")]
        told = reader.body(file, [put("phone", "13900000004")], base=base, server_at=seen_at, seen=digest)
        assert reader.push(sign_document(told, reader.key))[0].status == "accepted"


def test_a_number_that_was_shown_already_is_not_given_again(world: World) -> None:
    """A number given twice: what comes back showed the first change under it, and the second builds on what came back."""
    with world.serving() as context:
        author, reader = (Phone(world.url).enrol(world.issue(context, name)) for name in ("林小满", "周青禾"))
        file = new_id()
        author.push(author.save(file, [put("phone", "13900000000")]))
        reader.sync()
    world.copies.copy()
    past = dict(author.seqs), dict(author.heads)
    with world.serving():
        for phone in (author, reader):
            reconnect(phone, world)
        author.push(author.save(file, [put("phone", "13900000001")]))
        reader.sync()
        shown = reader.save(file, [put("phone", "13900000002")], base=Base({author.replica: 2}))
        decided = reader.sync(shown)["verdicts"][0]
    with serving_both_put_back(world, author, reader, past):
        items = [{"envelope": shown.to_json(), "verdict": decided}]
        assert reader.http.post("/log/return", json={"items": items}).json()["results"][0]["code"] == "taken"
        author.sync()
        again = author.save(file, [put("phone", "13900000003")], base=Base({author.replica: 1, reader.replica: 1}))
        judged = author.push(again)[0]
        assert judged.status == "quarantined"
        assert [(reason.code, reason.path) for reason in judged.reasons] == [("fork", None)]
