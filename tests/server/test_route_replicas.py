"""Route replicas: a key certified for today's files records them, and nothing else."""

from cryptography.hazmat.primitives.asymmetric import ec

from server.context import Context
from server.crypto import raw_point
from sync.change import Envelope, replica_id, sign_document, to_base64url
from sync.versions import Dot
from tests.server.phone import Phone, new_id, set_phone

HOUR = 3_600_000


class Route:
    def __init__(self, parent: Phone, files: list[str], **changed: object) -> None:
        self.parent = parent
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = raw_point(self.key.public_key())
        self.replica = replica_id(public)
        body = {
            "type": "certificate", "v": 1, "deployment": parent.policy["deployment"],
            "station": parent.policy["station"]["id"], "parent": parent.replica, "replica": self.replica,
            "public_key": to_base64url(public), "person": parent.me, "files": files,
            "may_create": ["unlinked_record"], "from": 1_795_000_000_000, "until": 1_795_000_000_000 + 24 * HOUR,
        }  # fmt: skip
        self.certificate = sign_document({**body, **changed}, parent.key)

    def save(self, file: str, **changed: object) -> Envelope:
        body = self.parent.body(file, [set_phone("13500000009")], dot=Dot(self.replica, 1), prev=None, **changed)
        return sign_document(body, self.key)


def test_a_certified_route_key_records_its_files_in_its_persons_name(worker: Phone, colleague: Phone) -> None:
    file = new_id()
    route = Route(worker, [file])
    worker.push(worker.save(file, [set_phone("13500000001")]))
    envelope = route.save(file)
    [verdict] = worker.push(envelope, certificates=[route.certificate])
    assert verdict.status == "accepted"
    item = worker.seal(envelope, [route.certificate])
    worker.http.cookies.delete("yihu_read")
    assert worker.http.post("/sealed", json={"items": [item]}).json()["results"][0]["code"] == "known"
    assert len(colleague.pull_all()) == 2


def test_a_route_key_beyond_its_files_is_returned(worker: Phone) -> None:
    route = Route(worker, [new_id()])
    [verdict] = worker.push(route.save(new_id()), certificates=[route.certificate])
    assert (verdict.status, verdict.reasons[0].code) == ("returned", "not_certified")


def test_a_route_key_makes_unlinked_records(worker: Phone) -> None:
    route, file = Route(worker, []), new_id()
    body = worker.body(
        file, [{"op": "set", "path": "note", "value": "敲门无人"}], dot=Dot(route.replica, 1), prev=None,
        kind="unlinked_record", schema=worker.policy["schema_versions"]["unlinked_record"],
    )  # fmt: skip
    [verdict] = worker.push(sign_document(body, route.key), certificates=[route.certificate])
    assert (verdict.status, verdict.reasons) == ("accepted", ())


def test_false_certificates_make_no_author(worker: Phone, colleague: Phone, context: Context) -> None:
    file = new_id()
    too_long = Route(worker, [file], until=1_795_000_000_000 + 48 * HOUR)
    too_many = Route(worker, [new_id() for _ in range(context.settings.route_households_max + 1)] + [file])
    not_mine = Route(worker, [file], person=colleague.me)
    forged = Route(worker, [file])
    forged.certificate = Envelope(forged.certificate.body, sign_document({"a": 1}, colleague.key).sig)
    elsewhere = Route(worker, [file], station=new_id())
    for route in (too_long, too_many, not_mine, forged, elsewhere):
        [verdict] = worker.push(route.save(file), certificates=[route.certificate])
        assert (verdict.status, verdict.reasons[0].code) == ("returned", "bad_signature")
