"""One cell, one meaning: gender, relation, categories, disability, phone, address parts, name. Pure; codes name what is doubtful."""

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from server.ledger.reading.model import Gender
from server.ledger.reading.text import Cell, bare, fold, squeeze
from server.ledger.reading.vocabulary import categories, words

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,4})?")
_SHORT_LINE = re.compile(r"\d{7,8}")
_NAME_NOTE = re.compile(r"[(\[](?P<note>[^()\[\]]*)[)\]]")
_NAME = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff\uf900-\ufaff·〇]{1,15}$|^[A-Za-z][A-Za-z .·]{1,60}$")
_GROUP_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_GROUP = re.compile(
    r"第?(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<word>村民小组|村民组|居民小组|居民组|小组|组|生产队|队|社|屯)"
)
_VILLAGE_END = "村民委员会|居民委员会|村委会|居委会|社区|嘎查|行政村|村"
_TOWNSHIP = "(?:.{2,8}?省)?(?:.{2,8}?[市州盟])?(?:.{2,8}?[县区旗市])?.{2,8}?(?:镇|乡|街道|苏木)"
# Tried in order: a group right after the village is the surest mark; a township before it is dropped only when a whole name is left.
_VILLAGES = (
    re.compile(
        rf"^(?:{_TOWNSHIP})?(?P<village>.{{2,10}}(?:{_VILLAGE_END}))(?P<rest>第?(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}})(?:村民小组|小组|组|社|队|屯).*)$"
    ),
    re.compile(rf"^{_TOWNSHIP}(?P<village>.{{2,10}}?(?:{_VILLAGE_END}))(?P<rest>.*)$"),
    re.compile(rf"^(?P<village>.{{1,10}}?(?:{_VILLAGE_END}))(?P<rest>.*)$"),
)


T = TypeVar("T")


@dataclass
class Found(Generic[T]):
    value: T
    codes: list[str] = field(default_factory=list)


def read_name(cell: Cell) -> Found[str]:
    """A name without inner spaces; what stands in brackets after it is said, not kept."""
    text = fold(cell)
    note = _NAME_NOTE.search(text)
    text = _NAME_NOTE.sub("", text)
    text = re.sub(r"[.•・‧∙●]", "·", text) if not text.isascii() else text
    text = text if re.fullmatch(r"[A-Za-z .]+", text) else text.replace(" ", "")
    return Found(text.strip("·:,、;*"), ["name_bracket"] if note and note["note"].strip() else [])


def looks_like_name(text: str) -> bool:
    return bool(_NAME.match(text)) and bare(text) not in words().gender


def read_gender(cell: Cell) -> Found[Gender | None]:
    text = squeeze(cell)
    if not text or text in words().nothing:
        return Found(None)
    code = words().gender.get(text)
    if code == "male":
        return Found("male")
    return Found("female") if code == "female" else Found(None, ["gender_unknown"])


def read_relation(cell: Cell, gender: Gender | None) -> Found[str | None]:
    """GB/T 4761 code. Words such as 子女 take the person's sex."""
    text = bare(fold(cell))
    if not text or text in words().nothing:
        return Found(None)
    known = words()
    if re.fullmatch(r"\d{1,2}", text) and text.zfill(2) in set(known.relations.values()):
        return Found(text.zfill(2))
    for spoken in (text, re.sub(r"^户主(之|的)?|^之|^系|^为|^其|^本人(之|的)", "", text)):
        if spoken in known.relations:
            code = known.relations[spoken]
            return Found({"male": "11", "female": "12"}.get(gender or "", code) if code == "10" else code)
        if spoken in known.relations_by_gender:
            sexed = known.relations_by_gender[spoken]
            return (
                Found(sexed[gender])
                if gender
                else Found(sexed["male"][0] + "0" if sexed["male"][0] in "23" else sexed["male"], ["relation_unsure"])
            )
        if spoken in known.relations_unsure:
            return Found(known.relations_unsure[spoken][0], ["relation_unsure"])
    return Found(None, ["relation_unknown"])


def _segment(text: str) -> tuple[list[str], str]:
    """Longest known words from the left; the rest, with meaningless fillers removed, comes back as unknown."""
    known = categories()
    found, unknown, at = [], "", 0
    while at < len(text):
        for length in range(min(known.longest, len(text) - at), 1, -1):
            if text[at : at + length] in known.codes:
                found.append(text[at : at + length])
                at += length
                break
        else:
            filler = next((word for word in known.fillers if text.startswith(word, at)), None)
            if filler is None:
                unknown += text[at]
            at += len(filler or text[at])
    return found, unknown


def read_categories(cell: Cell) -> Found[list[str]]:
    """Codes in the order written. Loose words and unknown ones are said."""
    known = categories()
    text = fold(cell)
    if bare(text) in known.none or squeeze(text) in words().nothing:
        return Found([])
    spoken, unknown = [], False
    whole = squeeze(text).lower()
    parts = [bare(part) for part in known.delimiters.split(text)]
    if whole in known.codes and not all(part in known.codes for part in parts):
        parts = [whole]
    for part in parts:
        if part in known.codes:
            spoken.append(part)
        elif not part.isdigit() and None not in read_disability(part).value:  # 肢体二级 written among the categories
            spoken.append("残疾")
        elif part not in known.none:
            found, rest = _segment(part)
            spoken += found
            unknown |= bool(rest) or (not found and part not in known.fillers)
    codes = list(dict.fromkeys(known.codes[word] for word in spoken))
    doubts = ["category_unknown"] if unknown else []
    return Found(codes, doubts + (["category_loose"] if known.loose.intersection(spoken) else []))


def read_disability(cell: Cell) -> Found[tuple[int | None, int | None]]:
    """(kind, grade) of a text such as 肢体二级, 智力 3级, 42 or a certificate number; parts that are missing are None."""
    text = squeeze(cell)
    if not text or text in words().nothing or bare(text) in words().nothing:
        return Found((None, None))
    digits = re.sub(r"[^0-9]", "", text)
    if re.fullmatch(r"\d{17}[\dXx][1-7][1-4](B\d)?", text):
        return Found((int(text[18]), int(text[19])))
    if re.fullmatch(r"[1-7][1-4]", text):
        return Found((int(text[0]), int(text[1])), ["disability_digits"])
    told: list[int] = []
    rest = text
    for word, number in words().disability_kinds:
        if word in rest:
            rest = rest.replace(word, "")
            told.append(number)
    kinds = list(dict.fromkeys(told))
    rest = re.sub(r"残疾(人|类|证)?|障碍|[/、,;:\-(). ]", "", rest)
    grades = []
    for word, number in words().disability_grades:
        if word in rest:
            rest = rest.replace(word, "")
            grades.append(number)
    grade = min(grades, default=None)  # several kinds: the heaviest grade counts
    kind = None if not kinds else kinds[0] if len(kinds) == 1 else 7
    unread = kind is None and grade is None and bool(text)
    codes = (
        ["disability_unknown"]
        if unread or len(digits) > 2
        else ["disability_multiple"]
        if len(kinds) > 1 and 7 not in kinds
        else []
    )
    return Found((kind, grade), codes)


def read_phone(cell: Cell) -> Found[str | None]:
    """The first number that can be dialled: 11 digits, or an area code and number. Others are said."""
    text = squeeze(cell)
    if not text or text in words().nothing or bare(text) in words().nothing:
        return Found(None)
    tight = re.sub(r"(?<=\d)[\-. ](?=\d)", "", re.sub(r"^(\+?86|0086)-?(?=1[3-9])", "", text))
    mobiles = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", tight)
    if mobiles:
        return Found(
            mobiles[0], ["phone_several"] if len(set(mobiles)) > 1 or len(re.sub(r"\D", "", tight)) > 11 else []
        )
    line = _LANDLINE.search(text) or (_SHORT_LINE.fullmatch(text) if _SHORT_LINE.fullmatch(text) else None)
    if line and len(re.sub(r"\D", "", text)) == len(re.sub(r"\D", "", line[0])):
        return Found(line[0])
    return Found(None, ["phone_unreadable"])


def _number(text: str) -> str:
    """十二 -> 12; digits lose leading zeros."""
    if text.isdigit():
        return str(int(text))
    if "十" in text:
        tens, _, ones = text.partition("十")
        return str(
            (int(tens.translate(_GROUP_DIGITS)) if tens else 1) * 10
            + (int(ones.translate(_GROUP_DIGITS)) if ones else 0)
        )
    return text.translate(_GROUP_DIGITS)


def read_group(cell: Cell) -> str | None:
    """9, 9组, 第九组, 九社 -> 9组, 9组, 9组, 9社; a named hamlet stays as it is."""
    text = squeeze(cell)
    if not text or text in words().nothing:
        return None
    if re.fullmatch(r"\d{1,3}|[一二三四五六七八九十]{1,3}", text):
        return f"{_number(text)}组"
    match = _GROUP.fullmatch(text)
    return (
        f"{_number(match['number'])}{match['word'][-1] if match['word'] not in ('生产队',) else '队'}"
        if match
        else text
    )


def read_door(cell: Cell) -> str | None:
    text = squeeze(cell)
    if not text or text in words().nothing:
        return None
    text = re.sub(r"^(门牌号?|第)(?=\d)", "", text)
    return f"{text}号" if re.fullmatch(r"\d+([\-之附]\d+)?", text) else text


def _match_village(text: str) -> re.Match[str] | None:
    return next((match for pattern in _VILLAGES if (match := pattern.match(text))), None)


def read_village(cell: Cell) -> str | None:
    """The village's own name: township before it and 村委会 after it are dropped."""
    text = squeeze(cell)
    if not text or text in words().nothing:
        return None
    match = _match_village(text)
    name = match["village"] if match and not match["rest"] else text
    name = re.sub(r"(村)?村民委员会$|村委会$", "村", name)
    return re.sub(r"(社区)?居民委员会$|(?<=社区)居委会$", "社区" if "社区" in name else "居委会", name)


def bare_village(name: str | None) -> str:
    """上坪, 上坪村, 上坪村委会 and 桂溪镇上坪村 are one village."""
    text = squeeze(read_village(name) or name)
    for ending in ("社区", "居委会", "嘎查", "村"):
        if text.endswith(ending) and len(text) > len(ending):
            return text.removesuffix(ending)
    return text


def split_address(text: str, village: str | None) -> tuple[str | None, str | None, str | None]:
    """(village, group, door) of one address text; parts it does not hold are None."""
    text = squeeze(text)
    if not text or text in words().nothing:
        return None, None, None
    own = village
    if village and village in text:
        text = text[text.index(village) + len(village) :]
    elif match := _match_village(text):
        own, text = read_village(match["village"]), match["rest"]
    group = None
    if (match := _GROUP.match(text)) is not None:
        group, text = read_group(match[0]), text[match.end() :]
    return own, group, read_door(text) if text else None
