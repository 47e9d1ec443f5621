"""One person in two files: pairs that the blind index of id numbers finds, told to those who may know of both files."""
