"""Backups that the server can add to and never take away: the keeper on another host, snapshots, rebuilding."""
