"""The household file (一户一档): one module for each part of it, put together in `household`."""
