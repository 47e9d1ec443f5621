"""Erasing one file for good: asked for by one person, confirmed by another, told to every phone."""
