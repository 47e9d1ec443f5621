"""What was opened and unmasked on the phones, held against a daily budget; and which files each device was ever told."""
