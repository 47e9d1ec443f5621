"""Cases of the log (L-1 to L-9) and of two verdicts on one change (D-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sync.tree import consistency_ranges, inclusion_ranges, leaf_hash, node_hash, root_of

Case = dict[str, Any]
SIZES = ((1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (7, 7), (8, 13), (13, 20), (16, 20))
FIRST_OF_2 = 2**32 + 1


def log() -> list[Case]:
    return [*_trees(), *_consistency(), *_inclusion(), *_epochs(), *_roots(), *_restarts(), *_sets(), *_verdicts()]


def _leaves(count: int, mark: str = "entry") -> list[bytes]:
    return [leaf_hash(f'{{"{mark}":{number}}}') for number in range(count)]


def _range(leaves: Sequence[bytes], ranges: Sequence[tuple[int, int]]) -> list[str]:
    return [root_of(leaves[first:after]).hex() for first, after in ranges]


def _root(count: int, mark: str = "entry") -> str:
    return root_of(_leaves(count, mark)).hex()


def _case(name: str, rules: str, given: dict[str, Any], **expect: Any) -> Case:
    return {"name": name, "rules": rules.split(), "input": given, "expect": expect}


def _trees() -> list[Case]:
    one, two = leaf_hash("甲"), leaf_hash("乙")
    return [
        _case("a leaf is its verdict's text", "L-1", {"leaf_of": "甲"}, leaf=one.hex()),
        _case("two leaves", "L-2", {"texts": ["甲", "乙"]}, root=node_hash(one, two).hex()),
        _case(
            "three leaves: the left subtree is the largest power of two", "L-2", {"texts": ["甲", "乙", "甲"]},
            root=node_hash(node_hash(one, two), one).hex(),
        ),
        _case("no leaf", "L-2", {"texts": []}, root="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ]  # fmt: skip


def _consistency() -> list[Case]:
    cases = []
    for old, new in SIZES:
        given = {
            "old": old, "old_root": _root(old), "size": new, "root": _root(new),
            "proof": _range(_leaves(new), consistency_ranges(old, new)),
        }  # fmt: skip
        cases.append(_case(f"{new} entries begin with these {old}", "L-3", given, consistent=True))
        other = {**given, "old_root": _root(old, "altered")}
        cases.append(_case(f"{new} entries do not begin with other {old}", "L-3", other, consistent=False))
        if given["proof"]:
            short = {**given, "proof": given["proof"][:-1]}
            cases.append(_case(f"a proof from {old} to {new} that lacks a hash", "L-3", short, consistent=False))
    empty = {"old": 0, "old_root": _root(0), "size": 5, "root": _root(5), "proof": []}
    shorter = {"old": 5, "old_root": _root(5), "size": 4, "root": _root(4), "proof": []}
    return [
        *cases,
        _case("every log begins with the empty one", "L-3", empty, consistent=True),
        _case("a shorter log is none that follows", "L-3", shorter, consistent=False),
    ]


def _inclusion() -> list[Case]:
    cases = []
    for leaf, size in ((0, 1), (0, 2), (2, 3), (4, 7), (6, 7), (11, 13), (19, 20)):
        leaves = _leaves(size)
        given = {
            "leaf": leaf, "leaf_hash": leaves[leaf].hex(), "size": size, "root": _root(size),
            "proof": _range(leaves, inclusion_ranges(leaf, size)),
        }  # fmt: skip
        cases.append(_case(f"leaf {leaf} of {size}", "L-4", given, included=True))
        if size > 1:
            moved = {**given, "leaf": (leaf + 1) % size}
            cases.append(_case(f"leaf {leaf} of {size} is not the next one", "L-4", moved, included=False))
    return cases


def _epochs() -> list[Case]:
    return [
        _case("the first position", "L-5", {"position": 1}, epoch=1),
        _case("the last of the first epoch", "L-5", {"position": FIRST_OF_2 - 1}, epoch=1),
        _case("the first of the second", "L-5", {"position": FIRST_OF_2}, epoch=2),
    ]


def _memory(
    *sizes: int, epoch: int = 1, forgotten: Sequence[tuple[int, int]] = (), mark: str = "entry"
) -> dict[str, Any]:
    return {
        "epoch": epoch,
        "roots": [{"size": size, "hash": _root(size, mark), "position": size} for size in sizes],
        "signed": None,
        "forgotten": [list(one) for one in forgotten],
    }


def _signed_root(size: int, epoch: int = 1, mark: str = "entry") -> dict[str, Any]:
    return {"epoch": epoch, "size": size, "position": size, "hash": _root(size, mark), "at": 1}


def _roots() -> list[Case]:
    def proof(old: int, new: int) -> list[str]:
        return _range(_leaves(new), consistency_ranges(old, new))

    def given(memory: dict[str, Any], root: dict[str, Any], hashes: list[str]) -> dict[str, Any]:
        return {"memory": memory, "root": root, "proof": hashes}

    none = {"epoch": 0, "roots": [], "signed": None, "forgotten": []}
    return [
        _case("the first root is taken as it is", "L-7", given(none, _signed_root(5, 3), []), memory=_memory(5, epoch=3)),
        _case("a longer log", "L-7", given(_memory(5), _signed_root(9), proof(5, 9)), memory=_memory(5, 9)),
        _case("the same log", "L-7", given(_memory(5), _signed_root(5), []), memory=_memory(5)),
        _case("a shorter log", "L-7", given(_memory(9), _signed_root(5), []), code="log_behind"),
        _case("another epoch", "L-7", given(_memory(5), _signed_root(9, 2), proof(5, 9)), code="log_behind"),
        _case(
            "another epoch, for one whom a restart left no root", "L-7", given(_memory(epoch=2), _signed_root(9), []),
            code="log_behind",
        ),
        _case(
            "the epoch that alone is remembered", "L-7", given(_memory(epoch=2), _signed_root(9, 2), []),
            memory=_memory(9, epoch=2),
        ),
        _case(
            "another past of the same length", "L-7", given(_memory(5), _signed_root(5, mark="altered"), []),
            code="log_differs",
        ),
        _case(
            "another past, longer", "L-7", given(_memory(5, mark="altered"), _signed_root(9), proof(5, 9)),
            code="log_differs",
        ),
        _case("a proof is missing", "L-7", given(_memory(5), _signed_root(9), []), code="log_differs"),
        _case(
            "of old roots the oldest at each doubling stays", "L-6",
            given(_memory(1, 2, 3, 5, 6, 7, 8), _signed_root(9), proof(8, 9)), memory=_memory(1, 2, 6, 8, 9),
        ),
    ]  # fmt: skip


def _restarts() -> list[Case]:
    def restart(epoch: int, agreed: int, position: int, size: int | None = None) -> dict[str, Any]:
        return {
            "epoch": epoch, "size": agreed if size is None else size, "hash": _root(agreed), "agreed": agreed,
            "position": position, "because": "operator", "at": 1,
        }  # fmt: skip

    def given(memory: dict[str, Any], *restarts: dict[str, Any]) -> dict[str, Any]:
        return {"memory": memory, "restarts": list(restarts)}

    def position(at: int, *forgotten: tuple[int, int]) -> dict[str, Any]:
        return {"memory": _memory(5, epoch=3, forgotten=forgotten), "lost": at}

    late = FIRST_OF_2 + 5
    return [
        _case(
            "back to the newest root from before", "L-8", given(_memory(3, 6, 9), restart(2, 7, 7)),
            memory=_memory(3, 6, epoch=2, forgotten=[(2, 6)]),
        ),
        _case(
            "a statement that is known changes nothing", "L-8", given(_memory(3, epoch=2), restart(2, 1, 1)),
            memory=_memory(3, epoch=2),
        ),
        _case(
            "two restarts: the earlier agreement counts", "L-8",
            given(_memory(3, 6, 9), restart(3, 12, late), restart(2, 4, 4)),
            memory=_memory(3, epoch=3, forgotten=[(2, 3), (3, 3)]),
        ),
        _case(
            "what was brought back after an earlier restart may be forgotten again", "L-8",
            given(_memory(6, epoch=2), restart(2, 4, 4), restart(3, 6, late)),
            memory=_memory(6, epoch=3, forgotten=[(2, 4), (3, 6)]),
        ),
        _case(
            "what is not brought back yet stays due by the smaller position", "L-8",
            given(_memory(6, epoch=2, forgotten=[(2, 4)]), restart(2, 5, 5), restart(3, 6, 6)),
            memory=_memory(6, epoch=3, forgotten=[(2, 4), (3, 6)]),
        ),
        _case(
            "a root remembered without its position proves nothing about positions", "L-8",
            given({**_memory(), "roots": [{"size": 6, "hash": _root(6)}]}, restart(2, 6, 6)),
            memory={**_memory(epoch=2, forgotten=[(2, 0)]), "roots": [{"size": 6, "hash": _root(6), "position": 0}]},
        ),
        _case("nothing agreed", "L-8", given(_memory(3, 6), restart(2, 0, 0, 5)), memory=_memory(epoch=2, forgotten=[(2, 0)])),
        _case(
            "the signed root of the remembered log is kept to be shown", "L-10",
            {"memory": _memory(3, 6), "shown": _signed_root(6)}, signed=True,
        ),
        _case(
            "that of a shorter log is not", "L-10", {"memory": _memory(3, 6), "shown": _signed_root(3)}, signed=False
        ),
        _case(
            "nor that of another epoch", "L-10", {"memory": _memory(3, 6), "shown": _signed_root(6, 2)}, signed=False
        ),
        _case("without a backup nothing is kept", "L-12", {"own": 7, "backed_up": None}, may_forget=True),
        _case("kept until the backup has passed it", "L-12", {"own": 7, "backed_up": 6}, may_forget=False),
        _case("then it may go", "L-12", {"own": 7, "backed_up": 7}, may_forget=True),
        _case("it contradicts itself", "L-8", given(_memory(3), restart(2, 9, 9, 5)), code="log_differs"),
        _case("kept", "L-8", position(7, (2, 7)), forgotten=False),
        _case("forgotten", "L-8", position(8, (2, 7)), forgotten=True),
        _case("given after the restart", "L-8", position(FIRST_OF_2, (2, 7)), forgotten=False),
        _case("forgotten by the second restart", "L-8", position(late + 1, (2, 7), (3, late)), forgotten=True),
    ]  # fmt: skip


def _sets() -> list[Case]:
    one, two = "a" * 64, "b" * 64
    return [
        _case("no accepted change", "L-9", {"accepted": []}, hash=_root(0)),
        _case(
            "two accepted changes, in any order", "L-9", {"accepted": [[two, 3], [one, 12]]},
            hash="19eb4c2d32fd83aac43dc7641834e6e8846bfd46daee79f8b84fa7f07f61d657",
        ),
    ]  # fmt: skip


def _verdicts() -> list[Case]:
    def verdict(status: str, position: int, received_at: int = 5, decided_at: int | None = None) -> dict[str, Any]:
        return {
            "type": "verdict", "v": 1, "suite": 1, "deployment": "d" * 32, "station": "5" * 32, "change": "c" * 64,
            "file": "f" * 32, "dot": ["e" * 32, 1], "status": status, "position": position, "received_at": received_at,
            "duty": "worker", "reasons": [], "by": None, "decided_at": decided_at,
        }  # fmt: skip

    def fork(position: int) -> dict[str, Any]:
        return verdict("quarantined", position) | {"reasons": [{"code": "fork"}]}

    putaway = verdict("declined", 9, 5, 20) | {"reasons": [{"code": "declined"}, {"code": "fork"}]}
    doubted = verdict("quarantined", 9) | {"reasons": [{"code": "no_longer_allowed"}]}

    def case(name: str, later: dict[str, Any], earlier: dict[str, Any] | None, replaces: bool) -> Case:
        return _case(name, "D-2", {"later": later, "earlier": earlier}, replaces=replaces)

    return [
        case("the first verdict", verdict("held", 4), None, True),
        case("a later one", verdict("returned", 5), verdict("held", 4), True),
        case("the same again", verdict("held", 4), verdict("held", 4), False),
        case("an earlier one", verdict("returned", 3), verdict("held", 4), False),
        case("a final one from before a restart", verdict("accepted", 3), verdict("held", 4), True),
        case("one that is not final never replaces a final one", verdict("held", 9), verdict("accepted", 4), False),
        case("of two final ones the first given stands", verdict("accepted", 3, 9), verdict("accepted", 7, 5), False),
        case("also where it is heard later", verdict("accepted", 7, 5), verdict("accepted", 3, 9), True),
        case(
            "a decision counts from when it was made", verdict("declined", 7, 5, 20), verdict("accepted", 3, 9), False
        ),
        case("the same verdict again", verdict("accepted", 7), verdict("accepted", 7), False),
        case("its dot went to another change", fork(9), verdict("accepted", 4), True),
        case("also where the acceptance is heard later", verdict("accepted", 4), fork(9), False),
        case("a fork that was put away", verdict("declined", 9), fork(4), True),
        case("heard without the word before", putaway, verdict("accepted", 4), True),
        case("and the acceptance after it", verdict("accepted", 4), putaway, False),
        case("another doubt takes no acceptance back", doubted, verdict("accepted", 4), False),
    ]
