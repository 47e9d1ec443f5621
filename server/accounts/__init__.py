"""People of a station, their duties, and the one-time codes that enrol their devices."""
