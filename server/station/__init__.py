"""A station, its patches and villages, and the signed policy that devices go by."""
