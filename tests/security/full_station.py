"""A station in which every door was used once, with canaries wherever a person can type: what the searches run over."""

import hashlib
import io
import secrets
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from PIL import Image

from tests.security.canaries import NAMES, NOTES, NUMBERS, PHONES
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_photos import upload as upload_photo

LEDGER_HEAD = [
    "户编号",
    "村",
    "组",
    "门牌",
    "户主",
    "姓名",
    "与户主关系",
    "性别",
    "身份证号",
    "对象类别",
    "联系电话",
    "备注",
]


@dataclass(frozen=True)
class Used:
    """What the station's people made: two files (one of them forked), a pack, a photo, an import."""

    file: str
    forked: str
    quarantined: str
    photo: str
    import_id: str
    packs: int


def ledger_of(names: list[str], numbers: list[str], phones: list[str], notes: list[str]) -> bytes:
    """A small ledger whose cells are these words."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(LEDGER_HEAD)
    for place, name in enumerate(names):
        row = [f"{place:04}", "桥头村", "3", "12", name, name, "户主", "女", numbers[place % len(numbers)], "低保",
               phones[place % len(phones)], notes[place % len(notes)]]  # fmt: skip
        sheet.append(row)
    for row_cells in sheet.iter_rows():
        for cell in row_cells:
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def use_every_door(worker: Phone, colleague: Phone, deputy: Phone) -> Used:
    """Saves, sealed saves, a fork and its decision, a photo, a pack, a ledger and its doubts, wrong requests too."""
    file, forked = new_id(), new_id()
    ops: list[dict[str, Any]] = [set_phone(PHONES[0])]
    ops += [
        {"op": "append", "path": "members", "id": new_id(), "value": {"name": name, "id_number": number}}
        for name, number in zip(NAMES, NUMBERS, strict=True)
    ]
    saves = [worker.save(file, ops, reason=NOTES[0]), worker.save(forked, [set_phone(PHONES[1])])]
    saves += [worker.save(new_id(), [set_phone(PHONES[place % 10])], reason=NOTES[place % 10]) for place in range(105)]
    worker.push(*saves[:90])
    worker.push(*saves[90:])
    worker.http.post("/sealed", json={"items": [worker.seal(worker.save(new_id(), [set_phone(PHONES[2])]))]})
    packs = len(colleague.sync(cursor=None)["packs"])
    worker.seqs.pop(forked)
    worker.heads.pop(forked)
    worker.push(worker.save(forked, [set_phone(PHONES[3])], reason=NOTES[1]))
    change = deputy.http.get("/review").json()["items"][0]["change"]
    deputy.http.post(f"/review/{change}", json={"decision": "decline", "reason": NOTES[2]})
    buffer = io.BytesIO()
    Image.frombytes("RGB", (64, 48), secrets.token_bytes(64 * 48 * 3)).save(buffer, "JPEG", comment=NOTES[3].encode())
    assert upload_photo(worker, file, buffer.getvalue()).status_code == 204
    book = ledger_of(NAMES, NUMBERS, PHONES, NOTES)
    made = deputy.http.post("/ledger/imports", files={"file": (f"{NAMES[4]}.xlsx", book)})
    assert made.status_code == 201, made.text
    deputy.http.get(f"/ledger/imports/{made.json()['import_id']}/doubts.xlsx")
    _ask_wrongly(worker)
    return Used(file, forked, change, hashlib.sha256(buffer.getvalue()).hexdigest(), made.json()["import_id"], packs)


def _ask_wrongly(phone: Phone) -> None:
    """Requests that fail, each with a canary where a careless log would quote it."""
    phone.http.post("/sync", json={"push": NAMES[5]})
    phone.http.post("/sync", json={NAMES[6]: 1})
    phone.http.post("/enrolment/look", json={"code": NAMES[7]})
    phone.http.post("/sync", content=NOTES[4].encode(), headers={"Content-Type": "application/json"})
    phone.http.get("/nothing", params={"name": NAMES[8]})
    phone.http.get(f"/attachments/{new_id()}/{NAMES[9]}")
    phone.http.post("/review/" + "0" * 64, json={"decision": "decline", "reason": NOTES[5]})
