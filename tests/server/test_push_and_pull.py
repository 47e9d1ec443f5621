"""Pushing changes and pulling what others made: verdicts in order, nothing twice, nothing lost, nothing outside one's scope."""

from tests.server.phone import Phone, new_id, set_phone


def test_a_pushed_change_is_accepted_and_reaches_the_colleague_with_its_digest(worker: Phone, colleague: Phone) -> None:
    file = new_id()
    envelope = worker.save(file, [set_phone("13500000001")])
    [verdict] = worker.push(envelope)
    assert (verdict.status, verdict.position, verdict.duty) == ("accepted", 1, "worker")
    page = colleague.sync(cursor=None)
    [entry] = page["entries"]
    assert entry["envelope"] == envelope.to_json()
    assert list(page["digests"]) == [file]
