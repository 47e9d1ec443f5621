"""One file kind a module."""
