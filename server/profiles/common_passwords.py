"""Makes common_passwords.txt: passwords that attackers try first, of ten characters and more (shorter ones are refused anyway).

Three sources. Two lists that were counted in leaked collections and are published under licences that allow copying: Django's
(BSD-3-Clause, 20,000 of Royce Williams' from Have I Been Pwned) and zxcvbn's (MIT, 30,000 of Mark Burnett's ten million). And, marked
as what it is, a generated part: the patterns that Chinese leaks are full of (a pinyin name or words of love, and a lucky number).

`python -m server.profiles.common_passwords DJANGO.whl ZXCVBN.whl` with the wheels of PyPI; the phone's copy is written with it.
"""

import gzip
import json
import sys
import zipfile
from itertools import product
from pathlib import Path

LENGTH_MIN = 10
TEXT = Path(__file__).with_name("common_passwords.txt")
PHONE = Path(__file__).resolve().parents[2] / "pwa" / "src" / "records" / "generated" / "common_passwords.json"

WORDS = (  # noqa: SIM905 (a list would stand on 43 lines)
    "woaini woaini1314 wang zhang li liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo "
    "zheng liang xie song tang wangwei zhangwei liwei xiaoming xiaohong baobei laogong laopo mima qwe asd "
    "zxc abc qq aa a"
).split()
NUMBERS = (  # noqa: SIM905
    "123456 1234567 12345678 123456789 1234567890 123123 111111 000000 666666 888888 520 5201314 1314 1314520 147258"
).split()
YEARS = [str(year) for year in range(1970, 2011)]


def generated() -> set[str]:
    made = {word + number for word, number in product(WORDS, [*NUMBERS, *YEARS])}
    made |= {number + word for word, number in product(WORDS, NUMBERS)}
    return {one for one in made if len(one) >= LENGTH_MIN}


def counted(django: Path, zxcvbn: Path) -> set[str]:
    text = zipfile.ZipFile(django).read("django/contrib/auth/common-passwords.txt.gz")
    words = set(gzip.decompress(text).decode().split())
    source = zipfile.ZipFile(zxcvbn).read("zxcvbn/frequency_lists.py").decode()
    line = next(one for one in source.splitlines() if one.strip().startswith('"passwords"'))
    words |= set(line.split('"')[3].split(","))
    return {word.lower() for word in words if len(word) >= LENGTH_MIN and word.isprintable() and " " not in word}


def main() -> None:
    words = sorted(counted(Path(sys.argv[1]), Path(sys.argv[2])) | generated())
    TEXT.write_text("\n".join(words) + "\n", "utf-8")
    PHONE.write_text(json.dumps(" ".join(words)) + "\n", "utf-8")
    print(f"{len(words)} passwords, {len(generated())} of them generated")


if __name__ == "__main__":
    main()
