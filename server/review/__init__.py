"""What waits for a person: changes held or quarantined, and the deputy's decision on them."""
