"""Whole histories of phones, a network and a server from one seed, with oracles that know what each author saw."""
