"""Leave to work with minors' files: for a file or a patch, with a reason and an end, approved by a deputy, all on record."""
