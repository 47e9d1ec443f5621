"""Photos: resumable upload, checks, sealed storage, reading within one's scope."""
