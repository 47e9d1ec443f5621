"""What devices pull: pages of the log by key, and packs for the first sync."""
