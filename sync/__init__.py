"""How copies of a file agree: changes, versions, fold, conflicts, approvals, verdicts. See README.md and PROTOCOL.md."""
