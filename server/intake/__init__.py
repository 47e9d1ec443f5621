"""What devices push: envelopes, sealed items; each gets a verdict and a place in the log in one transaction."""
