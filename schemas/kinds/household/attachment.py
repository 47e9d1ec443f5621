"""A photo or paper of the file. The bytes travel apart, named by their hash; here stands what they are."""

from schemas.fields import CollectionOf, Field

ATTACHMENTS = CollectionOf(
    name="attachments",
    zh="附件",
    en="Attachments",
    fields=(
        Field(name="sha256", type="hash", zh="内容摘要", en="Content hash", policy="once"),
        Field(name="thumb", type="hash", zh="小图摘要", en="Hash of its small picture", policy="once"),
        Field(name="media_type", type="text", zh="格式", en="Media type", policy="once", length_max=60),
        Field(
            name="bytes",
            type="integer",
            zh="大小",
            en="Size",
            policy="once",
            minimum=1,
            maximum=20_000_000,
            unit="bytes",
        ),
        Field(name="kind", type="code", zh="种类", en="Kind", codes="attachment_kind"),
        Field(name="taken_at", type="instant", zh="拍摄时间", en="Taken at", policy="once"),
        Field(
            name="seconds",
            type="integer",
            zh="时长",
            en="Length",
            policy="once",
            minimum=0,
            maximum=3600,
            unit="seconds",
        ),
        Field(name="consent", type="reference", zh="拍摄的同意", en="Consent to it", refers="consents"),
        Field(name="member", type="reference", zh="关于谁", en="About whom", refers="members"),
        Field(name="caption", type="text", zh="说明", en="Caption", length_max=200, sensitivity=2),
    ),
)
