"""A filled-in instrument: every answer and the version are kept, the score can be computed again from them at any time."""

from schemas.fields import CollectionOf, Field

INSTRUMENT_RESULTS = CollectionOf(
    name="instrument_results",
    zh="量表结果",
    en="Instrument results",
    fields=(
        Field(name="instrument", type="text", zh="量表", en="Instrument", policy="once", length_max=60),
        Field(
            name="instrument_version",
            type="integer",
            zh="量表版本",
            en="Version",
            policy="once",
            minimum=1,
            maximum=999,
        ),
        Field(name="member", type="reference", zh="测评对象", en="Member", policy="review", refers="members"),
        Field(name="done_on", type="date", zh="测评日期", en="Done on", policy="review", past=True),
        Field(name="answers", type="answers", zh="逐项答案", en="Answers", policy="review", sensitivity=2),
        Field(
            name="score", type="integer", zh="得分", en="Score", policy="review", minimum=0, maximum=1000, sensitivity=2
        ),
        Field(name="band", type="text", zh="结果", en="Result", policy="review", length_max=40, sensitivity=2),
        Field(name="source", type="code", zh="作答方式", en="How it was answered", codes="answer_source"),
        Field(name="informant", type="text", zh="代答人与关系", en="Informant and relation", length_max=80),
        Field(name="worker", type="reference", zh="测评社工", en="Worker", refers="person"),
        Field(name="note", type="text", zh="备注", en="Note", length_max=500, sensitivity=2),
    ),
)
