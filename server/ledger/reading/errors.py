"""What can be wrong with a ledger file as a whole. One tree; each leaf has a stable code and a sentence with what to do.

LedgerFileError
├── NotASpreadsheetError  not_a_spreadsheet
├── WrongFormatError      save_as_xlsx       .et, .csv, .ods, .xlsb, web pages named .xls
├── EncryptedError        ledger_encrypted
├── TooLargeError         ledger_too_large   bytes, rows, columns, sheets, compression ratio
├── UnreadableError       ledger_unreadable  broken inside
└── NoTableError          ledger_no_table    opened, but no sheet has a head row we understand

The sentences hold no cell of the file: they may be logged.
"""


class LedgerFileError(Exception):
    """The file cannot be read as a ledger. `say` is for the deputy, in Chinese, and ends with what to do."""

    code = "ledger_file"

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


class NotASpreadsheetError(LedgerFileError):
    code = "not_a_spreadsheet"


class WrongFormatError(LedgerFileError):
    code = "save_as_xlsx"


class EncryptedError(LedgerFileError):
    code = "ledger_encrypted"


class TooLargeError(LedgerFileError):
    code = "ledger_too_large"


class UnreadableError(LedgerFileError):
    code = "ledger_unreadable"


class NoTableError(LedgerFileError):
    code = "ledger_no_table"
