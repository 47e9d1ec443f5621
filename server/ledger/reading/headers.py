"""Finds the head of each table in a sheet and says which column means what. Words come from columns.yaml, doubts go to `sniff`.

A head is one to three rows; a parent label spans the columns under it whether merged or not. Sheets may hold several tables.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from server.ledger.reading.model import ColumnReport
from server.ledger.reading.sniff import find_by_heads, guess_field, looks_like_id
from server.ledger.reading.text import Cell, bare, column_letter, fold, is_empty, without_brackets
from server.ledger.reading.vocabulary import columns as known_columns
from server.ledger.reading.vocabulary import words
from server.ledger.reading.workbook import Sheet

HEAD_ROWS_MAX = 3
HEAD_SEARCH_ROWS = 40
LABEL_LENGTH_MAX = 40
TITLE_LENGTH_MIN = 24
TITLE_ROWS_MAX = 6
PERSON_FIELDS = (
    "name",
    "id_number",
    "gender",
    "relation",
    "born",
    "age",
    "category",
    "phone",
    "number",
    "village",
    "address",
    "head_name",
)
_LONG_DIGITS = re.compile(r"\d{6}")
Matches = dict[int, tuple[int, str]]  # column -> (rank, field); lower ranks are surer


@dataclass(frozen=True, slots=True)
class Head:
    top: int
    height: int
    matched: Matches
    paths: dict[int, list[str]]
    score: int  # distinct fields named

    @property
    def labels(self) -> dict[int, str]:
        return {column: "/".join(path) for column, path in self.paths.items()}


@dataclass(slots=True)
class Table:
    """`columns[field]` lists column indexes, best first. Rows from `first` to `last` (exclusive) belong to this head."""

    head: int
    first: int
    last: int
    columns: dict[str, list[int]]
    labels: dict[int, str]
    reports: list[ColumnReport] = field(default_factory=list)
    title: list[str] = field(default_factory=list)


def _label_variants(path: list[str]) -> list[str]:
    """Joined, child alone, parent alone; each with and without what stands in brackets."""
    whole = ["".join(path), path[-1], *path[:-1]]
    variants = [bare(text) for text in whole] + [bare(without_brackets(text)) for text in whole]
    return [text for text in dict.fromkeys(variants) if text]


def _match(path: list[str]) -> tuple[int, str] | None:
    """(rank, field) of a label path; lower rank is surer. `?` before a field list means that the cells must decide."""
    known = known_columns()
    joined, child = bare("".join(path)), bare(path[-1])
    variants = _label_variants(path)
    own = [
        text
        for text in variants
        if text in (joined, child, bare(without_brackets(path[-1])), bare(without_brackets("".join(path))))
    ]
    for text in own:
        if text in known.exact and not (text != joined and _claimed_by_parent(path)):
            return 0, known.exact[text]
    for text in own:
        if text in known.ambiguous:
            return 1, "?" + ",".join(known.ambiguous[text])
    for name, pattern in known.patterns:
        if pattern.search(joined) and name != "ignored":
            return 2, name
    if _claimed_by_parent(path):
        return 3, "ignored"
    for name, pattern in known.patterns:
        if pattern.search(child):
            return 3, name
    return None


def _claimed_by_parent(path: list[str]) -> bool:
    """姓名, 身份证号, 电话 under a head such as 监护人 or 户主 are not the person's own."""
    return bool(
        re.search(
            "户主(基本)?(信息|情况)|^户主$|监护人|父亲|母亲|父母|联系人|帮扶(人|干部|责任)|责任人|负责人|开户|网格员|社工",
            bare("".join(path[:-1])),
        )
    )


def _is_data(cells: list[Cell]) -> bool:
    """A row that holds numbers, dates or sexes is never part of a head."""
    numbers = 0
    for cell in cells:
        if cell is None or isinstance(cell, bool):
            continue
        text = fold(cell)
        if not isinstance(cell, str) or _LONG_DIGITS.search(text) and "位" not in text or bare(text) in words().gender:
            return True
        numbers += text.isdigit()
        if len(text) > 2 * LABEL_LENGTH_MAX:
            return True
    return numbers > len([cell for cell in cells if not is_empty(cell)]) / 2


def _paths(sheet: Sheet, top: int, height: int) -> dict[int, list[str]]:
    """Label path of each column of a head; parents spread to the right over columns that have a child."""
    width = len(sheet.rows[top])
    grid = [[fold(cell) for cell in sheet.rows[top + k]] for k in range(height)]
    for merged_top, left, bottom, right in sheet.merged:
        if top <= merged_top < top + height:
            text = grid[merged_top - top][left] if left < width else ""
            for row in range(merged_top, min(bottom, top + height - 1) + 1):
                for column in range(left, min(right, width - 1) + 1):
                    grid[row - top][column] = (
                        text if row == merged_top or column > left or bottom > merged_top else grid[row - top][column]
                    )
    for k in range(height - 1):
        for column in range(1, width):
            below = any(grid[j][column] for j in range(k + 1, height))
            left_below = any(
                grid[j][column - 1] and grid[j][column - 1] != grid[k][column - 1] for j in range(k + 1, height)
            )
            if not grid[k][column] and below and grid[k][column - 1] and left_below:
                grid[k][column] = grid[k][column - 1]
    paths = {}
    for column in range(width):
        path = [
            text
            for k, text in enumerate(row[column] for row in grid)
            if text and (k == 0 or text != grid[k - 1][column])
        ]
        if path and all(len(text) <= 2 * LABEL_LENGTH_MAX for text in path):
            paths[column] = path
    return paths


def _matches(paths: dict[int, list[str]]) -> Matches:
    return {column: found for column, path in paths.items() if (found := _match(path))}


def _only_labels(cells: list[Cell]) -> bool:
    """Every cell written is a label we know: the lower row of a head."""
    known = known_columns()
    filled = [bare(fold(cell)) for cell in cells if not is_empty(cell)]
    return bool(filled) and all(text in known.exact or text in known.ambiguous for text in filled)


def _is_title(cells: list[Cell]) -> bool:
    """One text alone, or a line such as 填报单位:… 填报日期:…; never the upper row of a head."""
    texts = {fold(cell) for cell in cells if not is_empty(cell)}
    if len(texts) < 2:
        return True
    if sum(bare(without_brackets(text)) in known_columns().exact for text in texts) >= 2:
        return False
    return any(len(text) > TITLE_LENGTH_MIN or re.search("[::]", text) for text in texts)


def _head_at(sheet: Sheet, top: int) -> Head | None:
    """The best head that starts at this row: the fewest rows that name the most fields."""
    best: Head | None = None
    if _is_title(sheet.rows[top]):
        return None
    for height in range(1, HEAD_ROWS_MAX + 1):
        if top + height > len(sheet.rows) or _is_data(sheet.rows[top + height - 1]):
            break
        paths = _paths(sheet, top, height)
        matched = _matches(paths)
        fields = {name for _, name in matched.values() if name != "ignored"}
        named = fields & {"name", "id_number", "head_name"} or any("name" in name for name in fields)
        if not named or len(fields) < 3 or len(fields & set(PERSON_FIELDS)) < 2:
            continue
        if (
            best is None
            or len(fields) > best.score
            or (best.height == height - 1 and _only_labels(sheet.rows[top + height - 1]))
        ):
            best = Head(top, height, matched, paths, len(fields))
    return best


def _head_by_content(sheet: Sheet) -> Head | None:
    """Where no row has words we know: a row of words above a row of numbers with an identity number in it."""
    for top in range(min(HEAD_SEARCH_ROWS, len(sheet.rows) - 1)):
        cells, below = sheet.rows[top], sheet.rows[top + 1]
        texts = {fold(cell) for cell in cells if not is_empty(cell)}
        if len(texts) >= 3 and not _is_data(cells) and any(looks_like_id(cell) for cell in below):
            paths = _paths(sheet, top, 1)
            return Head(top, 1, _matches(paths), paths, 0)
    return None


def _settle(sheet: Sheet, table: Table, matched: Matches, paths: dict[int, list[str]]) -> None:
    """Gives each field its columns; ambiguous and unknown labels are decided by the cells below."""
    sure = {name for _, name in matched.values() if not name.startswith("?")}
    decided: dict[int, tuple[int, str, str]] = {}
    width = max((len(row) for row in sheet.rows[table.first : table.last]), default=0)
    for column in range(width):
        rank, name = matched.get(column, (9, "?"))
        how = "word"
        if name.startswith("?"):
            candidates = tuple(name[1:].split(",")) if name != "?" else ()
            rank, how = 5, "content"
            guessed = guess_field(sheet, table.first, table.last, column, candidates, sure)
            if guessed is None:
                continue
            name = guessed
            sure.add(name)
        decided[column] = (rank, name, how)
    for column, (rank, name, _) in sorted(decided.items(), key=lambda item: (item[1][0], item[0])):
        if name != "ignored" and rank < 9:
            table.columns.setdefault(name, []).append(column)
    if "number" not in table.columns and "serial" in table.columns:
        column = table.columns["serial"][0]
        if guess_field(sheet, table.first, table.last, column, ("number", "serial"), set()) == "number":
            table.columns["number"] = table.columns.pop("serial")  # numbered by household, not by person
    free = [column for column in range(width) if column not in decided]
    for name, column in find_by_heads(sheet, table.first, table.last, table.columns, free).items():
        table.columns[name] = [column]
        decided[column] = (5, name, "content")
    for column, path in paths.items():
        _, field_name, how = decided.get(column, (9, "", "none"))
        read = field_name if field_name and field_name != "ignored" else None
        table.reports.append(
            ColumnReport(
                column_letter(column),
                "/".join(path),
                read,
                "word" if how == "word" and read else "content" if read else "none",
            )
        )


def find_tables(sheet: Sheet) -> list[Table]:
    """Every head with the rows under it. A head that repeats itself (printed pages) is one table."""
    found: list[tuple[Table, Head]] = []
    row = 0
    while row < len(sheet.rows):
        may_start = _like_a_head(sheet.rows[row]) if found else row < HEAD_SEARCH_ROWS
        head = _head_at(sheet, row) if may_start else None
        following = _head_at(sheet, row + 1) if head and not found and row + 1 < len(sheet.rows) else None
        if head is None or (following and following.score > head.score):
            row += 1
            continue
        if not found or head.labels != found[-1][0].labels:
            if found:
                found[-1][0].last = row
            found.append((_table(sheet, head), head))
        row += head.height
    if not found and (head := _head_by_content(sheet)):
        found.append((_table(sheet, head), head))
    for table, head in found:
        _settle(sheet, table, head.matched, head.paths)
    return [table for table, _ in found if {"name", "head_name", "id_number"} & set(table.columns)]


def _table(sheet: Sheet, head: Head) -> Table:
    lines = sheet.rows[max(0, head.top - TITLE_ROWS_MAX) : head.top]
    title = [text for line in lines for text in dict.fromkeys(fold(cell) for cell in line) if text]
    return Table(head.top, head.top + head.height, len(sheet.rows), {}, head.labels, title=title)


def _like_a_head(cells: list[Cell]) -> bool:
    """Cheap test for a further head inside the data: several cells are labels we know."""
    labels = 0
    known = known_columns().exact
    if not any(
        isinstance(cell, str) and len(cell) <= LABEL_LENGTH_MAX and re.search("名|成员|身份", cell) for cell in cells
    ):
        return False
    for cell in cells:
        if isinstance(cell, str) and bare(cell) in known and bare(cell) not in words().relations:
            labels += 1
    return labels >= 3


def agree_on_labels(tables: list[Table]) -> None:
    """One label means one thing in a workbook: what the cells of long tables told holds for the short ones."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for table in tables:
        for report in table.reports:
            if report.how == "content" and report.field:
                votes[report.label][report.field] += table.last - table.first
    for table in tables:
        for report, column in zip(table.reports, sorted(table.labels), strict=True):
            winner = votes[report.label].most_common(1)[0][0] if report.how != "word" and votes[report.label] else None
            if winner is None or winner == report.field or winner in table.columns:
                continue
            if report.field and column in table.columns.get(report.field, []):
                table.columns[report.field].remove(column)
                if not table.columns[report.field]:
                    del table.columns[report.field]
            table.columns[winner] = [column]
            report.field, report.how = winner, "content"
