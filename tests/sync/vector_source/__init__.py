"""Where the vectors of tests/vectors come from. `python -m tests.sync.vector_source` writes them anew.

Expected results of the canonical form, ids and signatures are computed once and then fixed by both languages; the
expected results of fold, approvals and verdicts are written by hand beside each case: a vector that only records what
the code does would protect nothing.
"""
