"""The needs board: what families need, without names, for the whole station to take up."""
