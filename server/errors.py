"""The one catalogue of what can go wrong, and how it is told: RFC 9457 problem details with a stable code.

A `say` is read by a social worker: what happened, what is safe, what to do. No message ever holds a name, an id number or
any other value that someone typed; `field` names a place, never its content. Verdict codes are not errors and live in
`sync.errors`.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One entry of the catalogue."""

    code: str
    status: int
    title: str
    title_en: str
    say: str
    say_en: str


_ENTRIES = [
    Problem("bad_request", 400, "请求格式不对", "Malformed request", "服务器没有看懂这次请求,手机里的数据没有变化。请更新应用后重试。", "The server could not read this request; nothing changed. Update the app and try again."),
    Problem("unknown_field", 422, "请求里有不认识的内容", "Unknown content in the request", "请求里有服务器不认识的项目,没有执行。请更新应用或服务器。", "The request holds an item this server does not know, so nothing was done. Update the app or the server."),
    Problem("invalid_value", 422, "填写的内容不合要求", "A value is not acceptable", "有一项内容不合要求,没有执行。请检查后重试。", "One value is not acceptable, so nothing was done. Check it and try again."),
    Problem("too_deep", 400, "请求嵌套太深", "Nested too deeply", "请求的结构不正常,没有执行。", "The request is nested too deeply, so nothing was done."),
    Problem("too_large", 413, "内容太大", "Too large", "一次发送的内容太多,服务器没有接收;手机里的内容都还在。请分小批再发。", "Too much was sent at once and nothing was taken in; everything is still on the device. Send it in smaller parts."),
    Problem("not_signed_in", 401, "需要先解锁", "Unlock first", "登录已结束。手机里的内容都还在,请用密码解锁后再试。", "The session has ended. Everything is still on the device; unlock with your password and try again."),
    Problem("not_allowed", 403, "没有权限", "Not allowed", "您的职责不包括这项操作。如需要,请找站长调整。", "Your duties do not include this. Ask the station head if they should."),
    Problem("foreign_origin", 403, "来源不对", "Wrong origin", "这个请求来自别的网页,已拒绝。请从应用里操作。", "This request came from another page and was refused. Use the app itself."),
    Problem("not_found", 404, "没有找到", "Not found", "没有找到,或者不在您的片区内。", "It does not exist or is not in your patch."),
    Problem("method_not_allowed", 405, "不支持这种请求", "Method not allowed", "服务器不支持这种请求。", "The server does not support this kind of request."),
    Problem("conflict", 409, "状态已改变", "State has changed", "这件事已经被处理过,请刷新后再看。", "This was already dealt with. Refresh and look again."),
    Problem("unsupported_media_type", 415, "内容类型不对", "Wrong content type", "服务器不接受这种内容类型。", "The server does not take this type of content."),
    Problem("range_not_satisfiable", 416, "续传位置不对", "Range not satisfiable", "续传的位置超出了文件,请从头下载。", "The range lies outside the file. Start again from the beginning."),
    Problem("too_many", 429, "太频繁了", "Too many requests", "尝试太频繁,请稍后再试。手机里的内容都还在。", "Too many tries. Wait a while; everything is still on the device."),
    Problem("internal", 500, "服务器出错", "The server failed", "服务器出了问题,没有保存这次请求;手机里的内容都还在,稍后会自动重试。", "The server failed and saved nothing of this request. Everything is still on the device and will be sent again."),
    Problem("busy", 503, "服务器正忙", "The server is busy", "服务器正忙,没有保存这次请求;手机里的内容都还在,稍后会自动重试。", "The server is busy and saved nothing of this request. Everything is still on the device and will be sent again."),
    Problem("storage_full", 507, "服务器存储已满", "The server is full", "服务器存储已满,这次没有收下;手机里的内容都还在。请告诉站长清理服务器磁盘。", "The server's disk is full and took nothing in. Everything is still on the device; ask the station head to free space."),
    Problem("key_missing", 503, "服务器缺少密钥", "The server's key is missing", "服务器缺少解密密钥,暂时不能工作;数据没有损坏。请管理员放回密钥文件。", "The server lacks its key file and cannot work for now; nothing is damaged. The operator must put the key file back."),
    Problem("code_unknown", 404, "登记码无效", "Enrolment code not valid", "登记码不对、已过期或已用过。请核对,或请副站长重新发一个。", "The code is wrong, expired or used. Check it or ask your deputy for a new one."),
    Problem("code_used", 409, "登记码已用过", "Enrolment code used", "这个登记码已经登记过一台设备。如果不是您本人,请马上告诉副站长;需要再登记请要一个新码。", "This code has already enrolled a device. If that was not you, tell your deputy at once; ask for a new code to enrol again."),
    Problem("proof_wrong", 422, "设备证明不对", "The device's proof is wrong", "设备的签名核对不上,没有登记。登记码没有用掉,请重新打开链接再试。", "The device's signature does not match, nothing was enrolled and the code is still good. Open the link again."),
    Problem("replica_known", 409, "设备已登记", "Device already enrolled", "这台设备的钥匙已经登记过。请重新打开链接,让设备生成新的钥匙。", "This device key is already enrolled. Open the link again so that a new key is made."),
    Problem("challenge_wrong", 403, "设备验证没有通过", "Device check failed", "设备验证没有通过,请再试一次;仍不行请联系副站长。", "The device check failed. Try again, and ask your deputy if it keeps failing."),
    Problem("roles_apart", 409, "职责必须分开", "Powers must stay apart", "三类管理员必须是三个人，管理员也不能兼任本站职务，没有办理。请换一个人。", "The three administrators are three persons, and none holds a duty on files; nothing was done. Choose someone else."),
    Problem("two_needed", 403, "需要另一名管理员", "Another administrator is needed", "接管必须由系统管理员和安全管理员两个人共同办理，一个人办不了。请让另一名管理员确认。", "A recovery takes the system and the security administrator together; one alone cannot do it. Ask the other to confirm."),
    Problem("device_revoked", 403, "这台设备已停用", "Device revoked", "这台设备已被停用,不能再读取档案;还没上传的记录仍可上传。请联系副站长。", "This device was revoked and no longer reads files; what is unsent may still be uploaded. Speak to your deputy."),
    Problem("wrong_password", 403, "密码不对", "Wrong password", "密码不对。连续错 5 次要等 30 分钟,错 10 次须由副站长重新登记。", "Wrong password. After 5 in a row you wait 30 minutes, after 10 your deputy must enrol the device again."),
    Problem("locked", 429, "已暂时锁定", "Locked for a while", "密码错得太多,请等一会儿再试。手机里的内容都还在,也可以用应急码离线打开。", "Too many wrong passwords; wait. Everything is still on the device, and the field code opens it offline."),
    Problem("share_destroyed", 403, "密码解锁已停用", "Password unlock is closed", "密码连续错了 10 次,这台设备的密码解锁已停用。请用应急码打开,或请副站长重新登记。", "After 10 wrong passwords the password no longer opens this device. Use the field code or ask your deputy to enrol again."),
    Problem("change_final", 409, "已有最后结论", "Already decided", "这条记录已经有最后结论,不能再改。", "This change already has a final verdict."),
    Problem("cannot_accept", 409, "不能直接采纳", "Cannot be accepted", "这条记录不能直接采纳:它与同一编号的另一条冲突,或还缺前面的记录。可以退回,请作者重新填写。", "This change cannot be taken in: another stands under its number, or it lacks what it builds on. Decline it and ask its author to record it again."),
    Problem("needs_look", 409, "要逐条看", "Needs a look", "这条和现有内容有出入或不合规则,不能成批采纳,请打开逐条看。", "This one would open a conflict or break a rule; it is not taken in unseen. Open it and look."),
    Problem("change_waits", 409, "还在等决定", "Still undecided", "这条记录还在等结果,现在不能收起。", "This change still waits for a decision and cannot be put away."),
    Problem("keys_changed", 409, "站点密钥已更换", "The station's keys changed", "本站的密钥已经更换,手机会自己核对后继续;什么都没有丢。", "The station's keys changed hands. Nothing was taken in; fetch the policy, follow its hand-overs and call again."),
    Problem("erasure_merged", 409, "请先拆开合并", "The file is merged", "这户和另一户合并着,不能单独删除。请先撤销合并再申请。", "This file is merged with another and cannot be erased by itself. Undo the merge first."),
    Problem("another_needed", 403, "须由另一个人确认", "Another person is needed", "彻底删除必须由另一个人确认,申请人自己不能确认。", "An erasure is confirmed by someone else than who asked for it."),
    Problem("password_expired", 403, "密码该换了", "The password is too old", "密码已用满规定的天数,换一个新密码后就能继续;手机里的记录都在。", "The password is older than the station allows. Change it and go on; everything is still on the device."),
    Problem("password_reused", 422, "用过的密码", "A password used before", "这个密码最近用过,请换一个新的。", "This password was used lately. Choose another."),
    Problem("device_limit", 409, "已有一台设备", "Another device is in use", "本站规定一人只用一台设备。请先请副站长停用旧的那台,登记码还可以用。", "The station allows one device a person. Ask your deputy to revoke the old one first; the code is still good."),
    Problem("device_dormant", 403, "太久没有使用", "Unused for too long", "这台设备太久没有使用,不能再读取档案;还没上传的记录仍可上传。请副站长重新登记。", "This device was unused for too long and no longer reads files; what is unsent may still be uploaded. Ask your deputy to enrol it again."),
    Problem("log_behind", 409, "服务器的记录比这台手机记得的少", "The log is behind", "服务器现在的记录比这台手机记得的少,可能恢复过备份。没有收下任何东西,手机上的记录都在;请先核对。", "The server's log holds less than this device remembers. Nothing was taken in. Show what you remember (/log/witness)."),
    Problem("log_differs", 409, "服务器的记录和这台手机记得的不一样", "The log differs", "服务器的记录和这台手机记得的不一样。没有收下任何东西,手机上的记录都在;请告诉站长,检查服务器。", "The server's log is not the one this device remembers. Nothing was taken in; the operator must look (yihu verify)."),
    Problem("offset_wrong", 409, "续传位置不一致", "Upload offset differs", "续传位置不一致,请先查询已收到多少再续传。", "The upload offset differs. Ask how much has arrived and go on from there."),
    Problem("hash_wrong", 422, "照片核对不上", "The photo does not match", "收到的照片和手机里的不一致,没有保存;会重新上传。", "What arrived differs from the photo on the device and was not kept; it will be uploaded again."),
    Problem("exif_found", 422, "照片带有拍摄信息", "The photo carries EXIF", "照片里还带着位置等拍摄信息,没有保存。请更新应用后重新上传。", "The photo still carries location or camera data and was not kept. Update the app and upload it again."),
    Problem("image_refused", 422, "照片不能接收", "The image is refused", "这不是可以接收的照片(格式不对、损坏或太大)。", "This is not an image we take: wrong format, damaged or too many pixels."),
    Problem("referral_not_approved", 409, "转介还没有批准", "The referral is not approved", "这个转介还没有批准,或者批准的不是这个站,没有发出。请先让副站长批准。", "This referral is not approved, or not for that station; nothing was sent. Have the deputy approve it first."),
    Problem("sound_refused", 422, "不是能收的录音", "Not a recording that is taken", "这段录音的格式读不了,没有收下;手机里的还在。", "This recording's format cannot be read and was not taken; it is still on the device."),
    Problem("unsupported_tus", 412, "上传协议版本不对", "Wrong upload protocol version", "上传协议版本不对,请更新应用。", "Wrong version of the upload protocol. Update the app."),
    Problem("bundle_too_large", 413, "文件太大", "The bundle is too large", "这份捎带文件太大,没有收下;记录还在原来的手机里。请在那部手机上重新导出。", "The bundle is too large and nothing of it was taken in; the records are still on the phone that made it. Export again there."),
    Problem("not_a_bundle", 422, "不是捎带文件", "Not a bundle", "这不是本系统导出的捎带文件,没有收下。请选名字以 .yihu 或 .yihu.txt 结尾的文件。", "This is not a bundle; nothing was taken in. Choose a file that ends in .yihu or .yihu.txt."),
    Problem("bundle_damaged", 422, "文件损坏了", "The bundle is damaged", "文件在路上损坏或不完整,没有收下;记录还在原来的手机里。请重新传一次。", "The bundle was damaged or cut off on its way and nothing of it was taken in; the records are still on the phone that made it. Send it again."),
    Problem("bundle_newer", 422, "文件来自更新的版本", "The bundle is of a newer version", "文件是更新版本的应用导出的,没有收下。请先更新再导入。", "A newer version of the app made this bundle; nothing was taken in. Update first."),
    Problem("bundle_elsewhere", 422, "别的站的文件", "The bundle belongs to another station", "这是别的站的文件,没有收下。请交给那个站的同事。", "This bundle belongs to another station; nothing was taken in. Give it to someone of that station."),
    Problem("bundle_kind", 422, "这是回执", "These are receipts", "这是回执,不用上交。请交给记录的人,在她的手机上导入。", "These are receipts and need not be handed in. Give them to the people who made the records."),
    Problem("bundle_sealed", 422, "文件打不开", "The bundle cannot be opened", "文件不是封给本站的,或者被人改过,没有收下;记录还在原来的手机里。", "The bundle is not sealed to this station, or was forged; nothing was taken in. The records are still on the phone that made it."),
    Problem("bundle_content", 422, "文件内容不对", "The bundle's content is wrong", "文件里的内容不对,没有收下;记录还在原来的手机里。请重新导出。", "The bundle's content is wrong and nothing of it was taken in; the records are still on the phone that made it. Export again."),
    Problem("not_a_spreadsheet", 422, "不是电子表格", "Not a spreadsheet", "这不是电子表格文件,没有导入。请选台账的 .xlsx 或 .xls 文件。", "This is not a spreadsheet; nothing was imported. Choose the ledger's .xlsx or .xls file."),
    Problem("save_as_xlsx", 415, "请另存为 .xlsx", "Save as .xlsx", "这种表格格式读不了,没有导入。请在 WPS 里另存为 .xlsx 后再导入。", "This spreadsheet format cannot be read; nothing was imported. Save it as .xlsx and import that."),
    Problem("ledger_encrypted", 422, "表格设了密码", "The spreadsheet has a password", "表格设了打开密码,没有导入。请取消密码另存后再导入。", "The spreadsheet opens by password only; nothing was imported. Save it without a password."),
    Problem("ledger_too_large", 413, "表格太大", "The spreadsheet is too large", "表格太大,没有导入。请按村拆成几份再导入。", "The spreadsheet is too large; nothing was imported. Split it by village."),
    Problem("ledger_unreadable", 422, "表格已损坏", "The spreadsheet is damaged", "表格已损坏,没有导入。请打开后另存为 .xlsx 再导入。", "The spreadsheet is damaged; nothing was imported. Open it, save it as .xlsx and import that."),
    Problem("ledger_no_table", 422, "没找到台账表头", "No ledger found in the spreadsheet", "没找到表头(姓名、身份证号、与户主关系),没有导入。请核对文件。", "No heading with name, id number and relation was found; nothing was imported. Check the file."),
    Problem("ledger_changed", 409, "核对结果已被改动", "Someone else changed the review", "别人刚改过这份台账的核对结果,请刷新后再改。", "Someone else has just changed the review of this ledger. Refresh and go on from there."),
]  # fmt: skip

CATALOGUE: dict[str, Problem] = {entry.code: entry for entry in _ENTRIES}


class YihuError(Exception):
    """Anything the catalogue names. `extra` members join the problem document: counts, instants, and `reason`.

    A `reason` is a sentence that says more exactly what is wrong; it takes the place of the catalogue's `say`.
    """

    def __init__(
        self, code: str, *, field: str | None = None, headers: dict[str, str] | None = None, **extra: int | str | None
    ) -> None:
        self.problem = CATALOGUE[code]
        self.field = field
        self.headers = headers or {}
        self.extra = extra
        super().__init__(code)


class ProblemDocument(BaseModel):
    """RFC 9457 problem details as this server writes them; some codes add members, such as `remaining` or `until`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="URN of the code", examples=["urn:yihu:problem:too_large"])
    title: str = Field(description="Short, Chinese", examples=["内容太大"])
    title_en: str = Field(examples=["Too large"])
    status: int = Field(examples=[413])
    code: str = Field(description="Stable; clients branch on this", examples=["too_large"])
    say: str = Field(description="For the person: what happened, what is safe, what to do")
    say_en: str
    detail: str = Field(description="Same as `say`")
    field: str | None = Field(default=None, description="Which part of the request; a place, never a value")


def problem_body(error: YihuError) -> dict[str, Any]:
    problem = error.problem
    body: dict[str, Any] = {
        "type": f"urn:yihu:problem:{problem.code}",
        "title": problem.title,
        "title_en": problem.title_en,
        "status": problem.status,
        "code": problem.code,
        "say": problem.say,
        "say_en": problem.say_en,
        "detail": problem.say,
    }
    if error.field is not None:
        body["field"] = error.field
    if isinstance(error.extra.get("reason"), str):
        body["say"] = body["detail"] = error.extra["reason"]
    body.update({key: value for key, value in error.extra.items() if value is not None})
    return body


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` for a route: one entry a status, one example a code."""
    documented: dict[int | str, dict[str, Any]] = {}
    for code in dict.fromkeys((*codes, "bad_request", "invalid_value", "too_large", "internal", "busy")):
        problem = CATALOGUE[code]
        entry = documented.setdefault(
            problem.status,
            {"model": ProblemDocument, "description": "", "content": {PROBLEM_MEDIA_TYPE: {"examples": {}}}},
        )
        entry["description"] = "; ".join(filter(None, [entry["description"], problem.title_en]))
        entry["content"][PROBLEM_MEDIA_TYPE]["examples"][code] = {"value": problem_body(YihuError(code))}
    return documented
