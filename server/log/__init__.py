"""The log as one whole: its signed root, proofs, restarts after a restore, what devices bring back, the backup watermark."""
