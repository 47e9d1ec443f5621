"""Files that change their patch, and files that are merged: who reads them, who decides on what comes late, and the way back."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.registry import get_kind
from server.accounts import rules as accounts
from server.accounts.rules import DutyOn
from server.context import Context
from server.feed import rules as feed
from server.station import rules as stations
from sync.change import Envelope, change_id
from sync.fold import FoldInput, accepted_of, fold, state_digest
from sync.folded import FoldedFile
from sync.verdict import Verdict
from sync.versions import Base
from tests.server.phone import Phone, fold_inputs, new_id, set_phone

RULES = get_kind("household").rules()


@pytest.fixture
def patches(context: Context, station_id: str) -> dict[str, str]:
    def work(session: stations.Session) -> dict[str, str]:
        return {patch.name: patch.scope for patch in stations.list_patches(session, context.keyring, station_id, 10)}

    return context.database.read(work)


@pytest.fixture
def hire(
    context: Context, station_id: str, enrol: Callable[[str], Phone], patches: dict[str, str]
) -> Callable[[str, str, str], Phone]:
    def make(name: str, duty: str, patch: str) -> Phone:
        duties = [DutyOn(duty, patches[patch])]
        context.database.write(
            lambda session: accounts.make_person(
                session, context.keyring, station_id, name, duties, 1, context.now()
            )  # fmt: skip
        )
        return enrol(name)

    return make


@pytest.fixture
def east_deputy(hire: Callable[[str, str, str], Phone]) -> Phone:
    return hire("陆知秋", "deputy", "东片区")


@pytest.fixture
def west_deputy(hire: Callable[[str, str, str], Phone]) -> Phone:
    return hire("顾云舒", "deputy", "西片区")


class Desk:
    """What one phone holds: everything told so far, by change."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.held: dict[str, FoldInput] = {}
        self.entered: list[str] = []
        self.left: list[str] = []
        self.digests: dict[str, str] = {}
        self.whole: list[str] = []

    def pull(self, limit: int = 500) -> "Desk":
        self.entered, self.left, self.digests, self.whole = [], [], {}, []
        while True:
            page = self.phone.sync(cursor=self.phone.cursor, limit=limit)
            told = [entry for pack in page["packs"] for entry in self.phone.read_pack(pack)] + page["entries"]
            for item in fold_inputs(told):
                self.held[item.change.id] = item
                self.whole.append(item.change.id)
            for entry in page["entries"]:
                if entry["kind"] == "verdict":
                    self.take(Phone.read(entry["verdict"]))
                elif entry["kind"] in ("enter", "leave"):
                    (self.entered if entry["kind"] == "enter" else self.left).append(entry["file"])
            for file in self.left:
                self.held = {name: item for name, item in self.held.items() if item.change.file != file}
            self.digests |= page["digests"]
            self.phone.cursor = page["cursor"]
            if not page["more"]:
                return self

    def take(self, verdict: Verdict) -> None:
        item = self.held.get(verdict.change)
        if item:
            self.held[verdict.change] = FoldInput(item.change, verdict)

    def fold(self, file: str) -> FoldedFile:
        return fold(RULES, accepted_of(self.held.values()), file)

    def files(self) -> set[str]:
        return {item.change.file for item in self.held.values()}

    def base(self, file: str) -> Base:
        shown = self.fold(file)
        return Base.from_json({"vector": shown["vector"], "except": shown["except"]})


def accepted(phone: Phone, *envelopes: Envelope) -> None:
    verdicts = phone.push(*envelopes)
    assert [verdict.status for verdict in verdicts] == ["accepted"] * len(envelopes), verdicts


def household(phone: Phone, number: str = "13900000001", **changed: Any) -> str:
    file = new_id()
    accepted(phone, phone.save(file, [set_phone(number)], **changed))
    return file


def transfer(phone: Phone, file: str, to: str, base: Base, scope: str) -> Envelope:
    return phone.save(file, [], act="transfer", base=base, to=to, scope=scope)


def codes(verdict: Verdict) -> tuple[str, list[str]]:
    return verdict.status, [reason.code for reason in verdict.reasons]


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_file_that_moves_leaves_here_and_comes_whole_there(
    worker: Phone, west_worker: Phone, head: Phone, patches: dict[str, str]
) -> None:
    file = household(worker)
    east, west, top = Desk(worker), Desk(west_worker).pull(), Desk(head).pull()
    east.pull()
    accepted(head, transfer(head, file, patches["西片区"], top.base(file), patches["东片区"]))

    assert east.pull().left == [file]
    assert west.pull().entered == [file]
    assert west.fold(file)["paths"]["phone"]["value"] == "13900000001"
    assert west.digests == {file: state_digest(west.fold(file))}
    # Who reads both patches hears of the move and gets nothing twice.
    assert top.pull().entered == [file]
    assert top.whole == []
    assert Desk(_fresh(head)).pull().fold(file)["paths"]["$scope"]["value"] == patches["西片区"]


def test_a_newcomer_hears_nothing_of_a_file_that_was_here_once(
    worker: Phone, colleague: Phone, head: Phone, west_worker: Phone, patches: dict[str, str]
) -> None:
    gone, stays = household(worker), household(worker, "13900000002")
    top = Desk(head).pull()
    accepted(head, transfer(head, gone, patches["西片区"], top.base(gone), patches["东片区"]))
    assert Desk(colleague).pull().files() == {stays}
    assert Desk(west_worker).pull().files() == {gone}


def test_what_someone_of_the_former_patch_wrote_waits_for_the_new_deputy(
    worker: Phone, head: Phone, east_deputy: Phone, west_deputy: Phone, patches: dict[str, str]
) -> None:
    file = household(worker)
    east, top = Desk(worker).pull(), Desk(head).pull()
    accepted(head, transfer(head, file, patches["西片区"], top.base(file), patches["东片区"]))

    late = worker.save(file, [set_phone("13900000007")], base=east.base(file))
    assert codes(worker.push(late)[0]) == ("quarantined", ["former_scope"])
    east.pull()
    assert east.left == [file]
    assert east_deputy.http.get("/review").json()["items"] == []
    waiting = west_deputy.http.get("/review").json()["items"]
    assert [(item["change"], item["why"]) for item in waiting] == [(change_id(late.body), "former_scope")]
    answer = west_deputy.http.post(f"/review/{change_id(late.body)}", json={"decision": "accept"})
    assert Phone.read(answer.json()["verdict"]).status == "accepted"
    # Its author is told, though the file is no longer theirs.
    told = [entry for entry in worker.sync(cursor=worker.cursor)["entries"] if entry["kind"] == "verdict"]
    assert [Phone.read(entry["verdict"]).status for entry in told] == ["accepted"]
    assert Desk(west_deputy).pull().fold(file)["paths"]["phone"]["value"] == "13900000007"


def test_the_receiving_deputy_decides_whether_to_take_a_file(
    worker: Phone, east_deputy: Phone, west_deputy: Phone, patches: dict[str, str]
) -> None:
    file = household(worker)
    asked = transfer(east_deputy, file, patches["西片区"], Desk(east_deputy).pull().base(file), patches["东片区"])
    assert codes(east_deputy.push(asked)[0]) == ("quarantined", ["receiver_undecided"])
    assert east_deputy.http.get("/review").json()["items"] == []
    decision = f"/review/{change_id(asked.body)}"
    assert east_deputy.http.post(decision, json={"decision": "accept"}).status_code == 404
    assert Desk(west_deputy).pull().files() == set()  # until it is taken, nothing of it is read here
    assert [item["change"] for item in west_deputy.http.get("/review").json()["items"]] == [change_id(asked.body)]
    answer = west_deputy.http.post(decision, json={"decision": "accept"})
    assert Phone.read(answer.json()["verdict"]).status == "accepted"
    assert Desk(west_deputy).pull().files() == {file}


def test_a_file_that_comes_back_brings_ones_own_words(worker: Phone, head: Phone, patches: dict[str, str]) -> None:
    file = household(worker)
    east = Desk(worker).pull()
    for scope, to in (("东片区", "西片区"), ("西片区", "东片区")):
        top = Desk(_fresh(head)).pull()
        accepted(head, transfer(head, file, patches[to], top.base(file), patches[scope]))
    east.pull()
    assert file in east.entered
    assert east.left == []
    assert east.fold(file)["paths"]["phone"]["value"] == "13900000001"
    assert state_digest(east.fold(file)) == east.digests[file]


def _fresh(phone: Phone) -> Phone:
    """The same phone, asking from the beginning."""
    again = Phone.__new__(Phone)
    again.__dict__ = dict(phone.__dict__)
    again.cursor = None
    return again


def test_two_transfers_at_once_leave_the_file_where_the_first_put_it(
    worker: Phone, head: Phone, deputy: Phone, patches: dict[str, str]
) -> None:
    file = household(worker)
    one, other = Desk(head).pull(), Desk(deputy).pull()
    accepted(head, transfer(head, file, patches["西片区"], one.base(file), patches["东片区"]))
    accepted(deputy, transfer(deputy, file, patches["东片区"], other.base(file), patches["东片区"]))
    state = Desk(_fresh(head)).pull().fold(file)
    assert [conflict["path"] for conflict in state["conflicts"]] == ["$scope"]
    assert state["paths"]["$scope"]["stands"] == patches["西片区"]
    assert file not in Desk(worker).pull().files()


def test_nobody_moves_a_file_to_a_patch_that_is_none(worker: Phone, head: Phone) -> None:
    file = household(worker)
    sent = transfer(head, file, "0" * 32, Desk(head).pull().base(file), head.scope)
    assert codes(head.push(sent)[0]) == ("returned", ["scope_unknown"])


# --- merging ----------------------------------------------------------------------------------------------------------


def merge(phone: Phone, survivor: str, absorbed: str, desk: Desk, **changed: Any) -> Envelope:
    base = desk.base(absorbed).to_json()
    return phone.save(
        survivor, [], act="merge", base=desk.base(survivor), merge={"file": absorbed, "base": base}, **changed
    )


def test_a_merged_file_shows_both_and_every_phone_agrees_with_the_server(
    worker: Phone, colleague: Phone, deputy: Phone, context: Context, station_id: str
) -> None:
    survivor, absorbed = household(worker), household(colleague, "13900000002")
    desk = Desk(deputy).pull()
    accepted(deputy, merge(deputy, survivor, absorbed, desk))
    east = Desk(worker).pull()
    state = east.fold(survivor)
    assert {value["value"] for value in state["paths"]["phone"]["values"]} == {"13900000001", "13900000002"}
    assert east.digests[survivor] == state_digest(state)

    # A late change of the absorbed file is one of the survivor, and its digest says so.
    accepted(colleague, colleague.save(absorbed, [set_phone("13900000003")], at=1_795_000_000_001))
    east.pull()
    assert east.digests == {file: state_digest(east.fold(file)) for file in (survivor, absorbed)}
    assert east.fold(survivor)["paths"]["phone"]["values"][0]["value"] == "13900000003"

    # A save of the survivor replaces what it showed of both.
    accepted(worker, worker.save(survivor, [set_phone("13900000004")], base=east.base(survivor)))
    again = Desk(_fresh(worker)).pull()
    assert [value["value"] for value in again.fold(survivor)["paths"]["phone"]["values"]] == ["13900000004"]

    def folded(session: stations.Session) -> dict[str, FoldedFile]:
        return {view.file: state for view, state in feed.list_folded(session, context.keyring, station_id, "household")}

    assert set(context.database.read(folded)) == {survivor}


def test_a_merge_across_patches_brings_the_absorbed_file_along_and_its_undoing_sends_it_back(
    worker: Phone, west_worker: Phone, head: Phone, patches: dict[str, str]
) -> None:
    survivor, absorbed = household(worker), household(west_worker, "13900000002", scope=patches["西片区"])
    west, desk = Desk(west_worker).pull(), Desk(head).pull()
    accepted(head, merge(head, survivor, absorbed, desk, scope=patches["东片区"]))
    east = Desk(worker).pull()
    assert east.files() == {survivor, absorbed}
    assert west.pull().left == [absorbed]
    late = west_worker.save(absorbed, [set_phone("13900000009")], scope=patches["西片区"])
    assert codes(west_worker.push(late)[0]) == ("quarantined", ["former_scope"])

    shown = Desk(_fresh(head)).pull()
    undo = head.save(survivor, [], act="unmerge", base=shown.base(survivor), merge={"file": absorbed})
    accepted(head, undo)
    assert east.pull().left == [absorbed]
    assert west.pull().entered == [absorbed]
    assert west.fold(absorbed)["paths"]["phone"]["value"] == "13900000002"
    assert [value["value"] for value in east.fold(survivor)["paths"]["phone"]["values"]] == ["13900000001"]


def test_a_merge_waits_for_what_it_showed(worker: Phone, deputy: Phone) -> None:
    survivor, absorbed = household(worker), new_id()
    unsent = worker.save(absorbed, [set_phone("13900000002")])
    seen = {"file": absorbed, "base": {"vector": {worker.replica: 1}, "except": []}}
    early = deputy.save(survivor, [], act="merge", base=Desk(deputy).pull().base(survivor), merge=seen)
    assert codes(deputy.push(early)[0]) == ("held", ["dependency_missing"])
    accepted(worker, unsent)
    assert [item["change"] for item in deputy.http.get("/review").json()["items"]] == []
    assert Desk(_fresh(deputy)).pull().fold(survivor)["absorbs"] == [{"file": absorbed, "by": survivor, "known": True}]


def test_in_a_ring_of_merges_the_lower_id_shows(
    worker: Phone, deputy: Phone, head: Phone, context: Context, station_id: str
) -> None:
    one, other = household(worker), household(worker, "13900000002")
    first, second = Desk(deputy).pull(), Desk(head).pull()
    accepted(deputy, merge(deputy, one, other, first))
    accepted(head, merge(head, other, one, second))

    def shown(session: stations.Session) -> list[str]:
        return [view.file for view, _ in feed.list_folded(session, context.keyring, station_id, "household")]

    assert context.database.read(shown) == [min(one, other)]
    east = Desk(worker).pull()
    assert east.digests == {file: state_digest(east.fold(file)) for file in (one, other)}


def test_a_file_is_absorbed_once_and_moves_with_the_one_it_shows_in(
    worker: Phone, west_worker: Phone, head: Phone, patches: dict[str, str]
) -> None:
    survivor, absorbed, third = household(worker), household(worker, "2"), household(worker, "3")
    desk = Desk(head).pull()
    accepted(head, merge(head, survivor, absorbed, desk, scope=patches["东片区"]))
    assert codes(head.push(merge(head, third, absorbed, desk))[0]) == ("returned", ["absorbed_elsewhere"])
    alone = transfer(head, absorbed, patches["西片区"], desk.base(absorbed), patches["东片区"])
    assert codes(head.push(alone)[0]) == ("returned", ["file_absorbed"])
    shown = Desk(_fresh(head)).pull()
    accepted(head, transfer(head, survivor, patches["西片区"], shown.base(survivor), patches["东片区"]))
    west = Desk(west_worker).pull()
    assert west.files() == {survivor, absorbed}
    assert west.digests[survivor] == state_digest(west.fold(survivor))
    assert Desk(worker).pull().files() == {third}


# --- beginning anew ---------------------------------------------------------------------------------------------------


def test_who_begins_anew_gets_ones_own_words_on_every_page(worker: Phone) -> None:
    file = household(worker)
    for number in range(5):
        accepted(worker, worker.save(file, [set_phone(f"1390000001{number}")]))
    assert len(Desk(_fresh(worker)).pull(limit=2).whole) == 6
    worker.pull_all()
    accepted(worker, worker.save(file, [set_phone("13900000020")]))
    assert [entry["kind"] for entry in worker.sync(cursor=worker.cursor)["entries"]] == ["verdict"]


def test_who_begins_anew_gets_what_was_returned_beside_the_pack(worker: Phone, context: Context) -> None:
    files = [new_id() for _ in range(context.settings.pack_from_entries + 5)]
    for start in range(0, len(files), 60):
        accepted(worker, *[worker.save(file, [set_phone("13900000001")]) for file in files[start : start + 60]])
    wrong = worker.save(files[0], [{"op": "set", "path": "household_size", "value": -1}])
    assert worker.push(wrong)[0].status == "returned"
    desk = Desk(_fresh(worker)).pull()
    assert desk.held[change_id(wrong.body)].status == "returned"
    assert desk.files() == set(files)


def test_a_pack_with_a_file_that_has_moved_is_shown_to_nobody(
    worker: Phone, colleague: Phone, head: Phone, context: Context, patches: dict[str, str]
) -> None:
    files = [new_id() for _ in range(context.settings.pack_from_entries + 5)]
    for start in range(0, len(files), 60):
        accepted(worker, *[worker.save(file, [set_phone("13900000001")]) for file in files[start : start + 60]])
    [old] = colleague.sync(cursor=None)["packs"]
    gone = files[0]
    top = Desk(head).pull()
    accepted(head, transfer(head, gone, patches["西片区"], top.base(gone), patches["东片区"]))
    assert colleague.http.get(f"/packs/{old['id']}").status_code == 404
    assert Desk(colleague).pull().files() == set(files) - {gone}


def test_who_asks_anew_and_gets_a_pack_is_told_what_went_from_it(
    worker: Phone, colleague: Phone, head: Phone, context: Context, patches: dict[str, str]
) -> None:
    files = [new_id() for _ in range(context.settings.pack_from_entries + 5)]
    for start in range(0, len(files), 60):
        accepted(worker, *[worker.save(file, [set_phone("13900000001")]) for file in files[start : start + 60]])
    gone = files[0]
    colleague.pull_all()
    read = colleague.cursor
    top = Desk(head).pull()
    accepted(head, transfer(head, gone, patches["西片区"], top.base(gone), patches["东片区"]))
    answer = colleague.http.post("/sync", json={"push": [], "cursor": read, "limit": 500, "again": True}).json()
    assert answer["packs"]
    assert [entry for entry in answer["entries"] if entry["kind"] == "leave"] == [{"kind": "leave", "file": gone}]
