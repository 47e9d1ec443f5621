"""The Python device: does everything a phone does, from a terminal or a test. See `device.Device`.

Unlike the rest of `sync` it touches the world: an encrypted SQLite store, httpx, the clock, the random source.
"""
