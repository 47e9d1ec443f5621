"""The `yihu` command, one module a subject."""
