"""Importing a ledger over HTTP: what is proposed, what a second import proposes, what is kept sealed, who may."""

import http.client
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from server.context import Context
from sync.drawers import KIND, drawer_of
from tests.ledger.conftest import DATA
from tests.server.phone import Phone, new_id

HEAD = [
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
    "残疾情况",
    "联系电话",
]
WANG = "990237195012163738"  # sound
LI = "990587197408048193"
ROWS = [
    HEAD,
    [
        "0001",
        "上坪村",
        "3",
        "12",
        "王秀兰",
        "王秀兰",
        "户主",
        "女",
        "990001195501011221",
        "低保、残疾",
        "肢体二级",
        "13800000001",
    ],
    [None, None, None, None, None, "李小明", "孙子", "男", None, "留守儿童", None, None],
    ["0002", "下坪村", "1", "5", "赵一", "赵一", "户主", "男", "990001195001011237", "特困", None, None],
]


def upload(phone: Phone, path: Path | bytes, name: str = "台账.xlsx") -> Any:
    content = path if isinstance(path, bytes) else path.read_bytes()
    return phone.http.post("/ledger/imports", files={"file": (name, content)})


def start(phone: Phone, path: Path) -> dict[str, Any]:
    answer = upload(phone, path)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def villages_of(phone: Phone) -> list[str]:
    return [village["name"] for village in phone.policy["villages"]]


@pytest.fixture
def rows(deputy: Phone) -> list[list[Any]]:
    """ROWS in villages of the demo station, with sound numbers."""
    from tests.ledger.invented import check_digit

    first, second = villages_of(deputy)[:2]
    made = [list(row) for row in ROWS]
    made[1][1], made[3][1] = first, second
    for row in (made[1], made[3]):
        row[8] = row[8][:17] + check_digit(row[8][:17])
    return made


def sign(deputy: Phone, household: dict[str, Any]) -> str:
    """What the deputy's device does with a new household: signs the proposed operations as they are."""
    file = household["file_id"] or new_id()
    envelope = deputy.save(file, household["ops"], scope=household["scope"])
    verdict = deputy.push(envelope)[0]
    assert verdict.status == "accepted", verdict.reasons
    return file


def statuses(preview: dict[str, Any]) -> list[str]:
    return [household["status"] for household in preview["households"]]


def test_a_new_ledger_proposes_whole_files_and_writes_nothing(
    deputy: Phone, book: Callable[..., Path], rows: Any, query: Any
) -> None:
    preview = start(deputy, book(rows))
    assert statuses(preview) == ["new", "new"]
    assert preview["counts"] | {"households": 2, "people": 3, "problems": 1, "notes": 1, "new": 2} == preview["counts"]
    ops = preview["households"][0]["ops"]
    address = next(op["value"] for op in ops if op["path"] == "address")
    assert (address["group_no"], address["door"], address["village_name"]) == ("3", "12号", rows[1][1])
    members = [op["value"] for op in ops if op["op"] == "append"]
    assert members[0] | {"name": "王秀兰", "relation": "02", "gender": "2", "id_number_state": "sound"} == members[0]
    assert members[0]["disability"] == {"kind": "4", "grade": "2"}
    assert members[0]["categories"] == ["dibao", "disabled"]
    assert "id_number" not in members[1]
    assert query("SELECT count(*) FROM case_file")[0][0] == 0


def test_the_proposed_files_are_accepted_as_they_stand_and_the_same_ledger_then_proposes_nothing(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    path = book(rows)
    for household in start(deputy, path)["households"]:
        sign(deputy, household)
    again = start(deputy, path)
    assert statuses(again) == ["same", "same"]
    assert all(not household["ops"] and not household["differences"] for household in again["households"])


def test_next_months_ledger_proposes_only_what_differs_and_removes_nobody(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    files = [sign(deputy, household) for household in start(deputy, book(rows))["households"]]
    rows[1][11] = "13900000009"
    rows[3][9] = "特困、高龄"
    del rows[2]
    preview = start(deputy, book(rows, name="12月.xlsx"))
    assert statuses(preview) == ["changed", "changed"]
    assert [household["file_id"] for household in preview["households"]] == files
    first, second = preview["households"]
    assert [(one["member"], one["old"], one["new"]) for one in first["differences"]] == [
        ("王秀兰", "13800000001", "13900000009")
    ]
    assert first["not_mentioned"] == ["李小明"]
    assert [(one["label"], one["new"]) for one in second["differences"]] == [("对象类别", ["elder_oldest"])]
    assert not any(
        op["op"] in ("void", "remove")
        for household in preview["households"]
        for one in household["differences"]
        for op in one["ops"]
    )


def test_accepting_a_difference_settles_it(deputy: Phone, book: Callable[..., Path], rows: Any) -> None:
    for household in start(deputy, book(rows))["households"]:
        sign(deputy, household)
    rows[1][11] = "13900000009"
    path = book(rows, name="12月.xlsx")
    changed = start(deputy, path)["households"][0]
    envelope = deputy.save(changed["file_id"], changed["differences"][0]["ops"], scope=changed["scope"])
    assert deputy.push(envelope)[0].status == "accepted"
    assert statuses(start(deputy, path)) == ["same", "same"]


def test_a_person_missing_in_the_file_is_proposed_as_a_new_member(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    for household in start(deputy, book(rows))["households"]:
        sign(deputy, household)
    rows.insert(3, [None, None, None, None, None, "李小红", "孙女", "女", None, "留守儿童", None, None])
    difference = start(deputy, book(rows, name="12月.xlsx"))["households"][0]["differences"]
    assert [one["new"]["name"] for one in difference] == ["李小红"]
    assert difference[0]["ops"][0]["op"] == "append"


def test_a_village_the_station_lacks_is_asked_and_remembered(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    rows[3][1] = "从没听过村"
    path = book(rows)
    preview = start(deputy, path)
    assert statuses(preview) == ["new", "village_unknown"]
    assert preview["villages"][0] == {"name": "从没听过村", "households": 1, "village_id": None, "mapped": False}
    village = deputy.policy["villages"][1]
    answer = deputy.http.post(
        f"/ledger/imports/{preview['import_id']}/corrections",
        json={"villages": [{"name": "从没听过村", "village_id": village["id"]}]},
    )
    assert statuses(answer.json()) == ["new", "new"]
    assert statuses(start(deputy, path)) == ["new", "new"], "the same file again keeps its decisions"


def test_corrections_are_applied_whenever_the_ledger_is_read_again(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    path = book(rows)
    preview = start(deputy, path)
    doubt = preview["households"][0]["members"][1]["doubts"][0]
    assert (doubt["code"], doubt["cell"], doubt["severity"]) == ("id_missing", "I3", "problem")
    corrected = deputy.http.post(
        f"/ledger/imports/{preview['import_id']}/corrections",
        json={"corrections": [{"row": doubt["row"], "field": doubt["field"], "value": LI}]},
    ).json()
    assert corrected["households"][0]["members"][1]["id_number"] == LI
    assert start(deputy, path)["counts"]["problems"] == 0


def test_accepting_a_doubt_closes_it_without_making_the_number_sound(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    rows[2][8] = WANG[:17] + "0"
    preview = start(deputy, book(rows))
    doubt = preview["households"][0]["members"][1]["doubts"][0]
    answer = deputy.http.post(
        f"/ledger/imports/{preview['import_id']}/corrections",
        json={"corrections": [{"row": doubt["row"], "field": "id_number"}]},
    ).json()
    member = answer["households"][0]["members"][1]
    assert member["doubts"][0]["accepted"]
    assert member["id_number"] is None
    appended = answer["households"][0]["ops"][-1]["value"]
    assert appended["id_number_state"] == "doubtful"


def test_a_row_can_be_left_out_and_taken_back(deputy: Phone, book: Callable[..., Path], rows: Any) -> None:
    preview = start(deputy, book(rows))
    address = f"/ledger/imports/{preview['import_id']}/corrections"
    decision = {"row": "台账!3", "field": "row"}
    assert deputy.http.post(address, json={"corrections": [decision]}).json()["counts"]["people"] == 2
    assert deputy.http.post(address, json={"withdraw": [decision]}).json()["counts"]["people"] == 3


def test_doubtful_cells_go_out_as_text_and_come_back_as_corrections(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    rows[2][5], rows[2][8] = "=李小明", "=HYPERLINK(1)"
    path = book(rows)
    made = openpyxl.load_workbook(path)  # a formula would have no text: write it as the text a village could type
    for cell in ("F3", "I3"):
        made.active[cell].data_type = "s"
    made.save(path)
    preview = start(deputy, path)
    sheet = deputy.http.get(f"/ledger/imports/{preview['import_id']}/doubts.xlsx")
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"
    doubts = openpyxl.load_workbook(io.BytesIO(sheet.content))
    cells = [cell for row in doubts.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    line = next(row for row in doubts.active.iter_rows(min_row=4) if row[12].value == "id_number")
    line[10].value = LI
    out = io.BytesIO()
    doubts.save(out)
    answer = upload(deputy, out.getvalue(), "核对单.xlsx")
    assert answer.status_code == 201, answer.text
    assert answer.json()["import_id"] == preview["import_id"]
    assert answer.json()["applied"] == 1
    assert answer.json()["households"][0]["members"][1]["id_number"] == LI


def test_the_ledger_and_every_decision_lie_sealed(
    deputy: Phone, book: Callable[..., Path], rows: Any, context: Context, tmp_path: Path, query: Any
) -> None:
    preview = start(deputy, book(rows))
    deputy.http.post(
        f"/ledger/imports/{preview['import_id']}/corrections",
        json={"corrections": [{"row": "台账!3", "field": "id_number", "value": LI}]},
    )
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    kept += repr(query("SELECT * FROM ledger_import")).encode()
    for told in ("王秀兰", "13800000001", LI, "台账.xlsx"):
        assert told.encode() not in kept
    assert b"PK\x03\x04" not in b"".join(
        path.read_bytes() for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()
    )


def test_only_deputies_and_heads_may_import(
    worker: Phone, head: Phone, make_phone: Callable[[], Phone], book: Callable[..., Path], rows: Any
) -> None:
    assert upload(worker, book(rows)).json()["code"] == "not_allowed"
    assert upload(make_phone(), book(rows)).json()["code"] == "not_signed_in"
    assert upload(head, book(rows)).status_code == 201


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"hello", "台账.xlsx", "not_a_spreadsheet"),
        (b"", "台账.xlsx", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "台账.et", "save_as_xlsx"),
        (b"PK\x03\x04broken", "台账.xlsx", "ledger_unreadable"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "台账.xls", "save_as_xlsx"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_with_what_to_do(
    deputy: Phone, content: bytes, name: str, code: str, query: Any
) -> None:
    answer = upload(deputy, content, name)
    assert answer.json()["code"] == code
    assert answer.json()["say"].rstrip("。").endswith(("导入", "文件"))
    assert query("SELECT count(*) FROM ledger_import")[0][0] == 0


def test_a_workbook_without_a_ledger_in_it_is_refused(deputy: Phone, book: Callable[..., Path]) -> None:
    assert upload(deputy, book([["购物单"], ["盐", 2], ["米", 5]])).json()["code"] == "ledger_no_table"


def test_a_body_of_150_megabytes_is_refused_before_it_is_read(deputy: Phone) -> None:
    url = deputy.http.base_url
    connection = http.client.HTTPConnection(url.host, url.port, timeout=20)
    connection.putrequest("POST", "/api/v1/ledger/imports")
    connection.putheader("Content-Type", "multipart/form-data; boundary=a")
    connection.putheader("Content-Length", str(150 << 20))
    connection.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in deputy.http.cookies.items()))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["code"] == "too_large"
    connection.close()


def test_another_stations_import_is_not_found(deputy: Phone) -> None:
    assert deputy.http.get(f"/ledger/imports/{new_id()}").json()["code"] == "not_found"


@pytest.mark.slow
def test_the_demo_ledger_becomes_420_files_and_then_nothing(deputy: Phone) -> None:
    path = DATA / "ledger-a.xlsx"
    preview = start(deputy, path)
    assert (preview["counts"]["households"], preview["counts"]["people"], preview["counts"]["new"]) == (420, 1079, 420)
    envelopes = [
        deputy.save(new_id(), household["ops"], scope=household["scope"]) for household in preview["households"]
    ]
    for at in range(0, len(envelopes), 100):
        assert {verdict.status for verdict in deputy.push(*envelopes[at : at + 100])} == {"accepted"}
    again = start(deputy, path)
    assert (again["counts"]["same"], again["counts"]["new"], again["counts"]["changed"]) == (420, 0, 0)
    assert len(json.dumps(again)) > 100_000


def test_what_a_ledger_says_of_a_person_for_few_goes_into_a_drawer_and_is_proposed_once(
    deputy: Phone, worker: Phone, book: Callable[..., Path], rows: Any
) -> None:
    rows[1][9] = "低保、严重精神障碍"
    path = book(rows)
    told = start(deputy, path)
    household = next(one for one in told["households"] if one["head_name"] == "王秀兰")
    assert "mental_severe" not in json.dumps([household["ops"], household["differences"]])
    [apart] = household["apart"]
    assert apart["name"] == "王秀兰"
    files = {one["key"]: sign(deputy, one) for one in told["households"]}
    ops = [{"op": "set", "path": "household", "value": files[household["key"]]}, *apart["ops"]]
    record = deputy.save(new_id(), ops, kind=KIND, scope=drawer_of(household["scope"]), schema=1)
    [verdict] = deputy.push(record)
    assert verdict.status == "accepted", verdict.reasons
    again = start(deputy, path)
    assert statuses(again) == ["same", "same"]
    assert all(one["apart"] == [] for one in again["households"])
    worker.cursor = None
    assert "mental_severe" not in json.dumps(worker.pull_all())


def test_a_household_that_is_there_gets_what_it_lacks_in_its_drawer_alone(
    deputy: Phone, book: Callable[..., Path], rows: Any
) -> None:
    for household in start(deputy, book(rows))["households"]:
        sign(deputy, household)
    rows[1][9] = "低保、残疾、社区戒毒"
    again = start(deputy, book(rows))
    assert statuses(again) == ["changed", "same"]
    assert again["households"][0]["differences"] == []
    assert {"op": "add", "path": "categories", "value": "community_detox"} in again["households"][0]["apart"][0]["ops"]
