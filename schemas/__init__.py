"""What a record is: kinds, fields, code lists, forms, instruments, visit rules.

Pure: no clock, no randomness, no I/O besides reading the data files packaged here.
"""
