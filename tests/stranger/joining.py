"""Rules N-7 and F-13 to F-15 of the protocol page: which changes of which files a file shows, in which order, under which
names. Written from the page; nothing of `sync` is used."""

from typing import Any

from tests.stranger.wire import Dot, canonical, covers, sha256

Item = dict[str, Any]
Place = tuple[float, ...]
SECRET = 10**18  # stands after every position


def name_within(replica: str, of: str, within: str) -> str:
    """N-7."""
    plain, _, other = replica.partition("@")
    home = other or of
    return plain if home == within else f"{plain}@{home}"


def rename(body: dict[str, Any], within: str) -> dict[str, Any]:
    """The body as a fold of `within` reads it: its own dot and its base under that file's names."""
    of, base = body["file"], body["base"]
    return {
        **body,
        "replica": name_within(body["replica"], of, within),
        "base": {
            "vector": {name_within(r, of, within): seq for r, seq in base["vector"].items()},
            "except": [[name_within(r, of, within), seq] for r, seq in base["except"]],
        },
    }


def id_of(item: Item) -> str:
    return sha256(canonical(item["body"]))


def in_order(items: list[Item]) -> list[tuple[Place, str, Item]]:
    """F-1, F-15: accepted changes by position, receipt, id; then undecided ones as given."""
    placed: list[tuple[Place, str, Item]] = []
    for number, item in enumerate(items):
        said, own_id = item["verdict"], id_of(item)
        if said and said["status"] == "accepted":
            placed.append(((said["position"], said["received_at"]), own_id, item))
        elif not said:
            placed.append(((SECRET, number), "", item))
    return sorted(placed, key=lambda one: one[:2])


def merges_of(file: str, placed: list[tuple[Place, str, Item]]) -> dict[str, tuple[Place, str]]:
    """F-14: the files that this one absorbs by live merges, each with the place of the merge that brought it."""
    registers: dict[str, list[dict[str, Any]]] = {}
    stood: dict[str, bool] = {}
    for place, own_id, item in placed:
        body = item["body"]
        if body["file"] != file or body["act"] not in ("merge", "unmerge"):
            continue
        target = body["merge"]["file"]
        dot: Dot = (body["replica"], body["seq"])
        known = registers.setdefault(target, [])
        write = {"value": body["act"] == "merge", "dot": dot, "base": body["base"], "place": (place, own_id)}
        overruled = any(covers(other["base"], dot) for other in known)
        write["is_live"] = not overruled
        for other in known:
            if covers(body["base"], other["dot"]):
                other["is_live"] = False
        known.append(write)
        values = {other["value"] for other in known if other["is_live"]}
        if len(values) == 1:
            stood[target] = values.pop()
    return {
        target: min(write["place"] for write in writes if write["is_live"] and write["value"])
        for target, writes in registers.items()
        if stood.get(target) and any(write["is_live"] for write in writes)
    }


def gather(items: list[Item], file: str) -> tuple[list[Item], list[dict[str, Any]], str | None]:
    """The changes that the fold of `file` shows, in folding order and under its names; `absorbs`; `absorbed_by`."""
    placed = in_order(items)
    given = {item["body"]["file"] for item in items}
    files = given | {item["body"]["merge"]["file"] for _, _, item in placed if "merge" in item["body"]}
    merges = {one: merges_of(one, placed) for one in files}
    brought = bring(file, merges)
    absorbs = [
        {"file": target, "by": by, "known": target in given}
        for by in {file, *brought}
        for target in merges.get(by, {})
        if target != file
    ]
    ordered = []
    for place, own_id, item in placed:
        of = item["body"]["file"]
        if of == file:
            ordered.append(((place, own_id), 1, (place, own_id), item))
        elif of in brought:
            at = max((place, own_id), brought[of])
            ordered.append((at, 0 if at == brought[of] else 1, (place, own_id), item))
    ordered.sort(key=lambda one: one[:3])
    shown = [{"body": rename(item["body"], file), "verdict": item["verdict"], "of": item["body"]["file"], "raw": item["body"], "id": id_of(item)} for *_, item in ordered]  # fmt: skip
    return shown, sorted(absorbs, key=lambda one: (one["file"], one["by"])), survivor_of(file, merges)


def bring(file: str, merges: dict[str, dict[str, tuple[Place, str]]]) -> dict[str, tuple[Place, str]]:
    """Each file that comes along, with the place from which it does: the latest merge of a way, the earliest way."""
    found: dict[str, tuple[Place, str]] = {}
    waiting = [(file, ((-1.0,), ""))]
    while waiting:
        by, since = waiting.pop(0)
        for target, at in merges.get(by, {}).items():
            latest = max(since, at)
            if target != file and (target not in found or latest < found[target]):
                found[target] = latest
                waiting.append((target, latest))
    return found


def survivor_of(file: str, merges: dict[str, dict[str, tuple[Place, str]]]) -> str | None:
    """F-14: under which file this one shows itself."""

    def absorbers(one: str) -> set[str]:
        found: set[str] = set()
        waiting = [one]
        while waiting:
            inner = waiting.pop()
            for by, targets in merges.items():
                if inner in targets and by not in found:
                    found.add(by)
                    waiting.append(by)
        return found

    candidates = {file, *absorbers(file)}
    final = [one for one in candidates if all(one in absorbers(by) or by == one for by in absorbers(one))]
    lowest = min(final)
    return None if lowest == file else lowest
