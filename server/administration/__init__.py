"""System, security and audit administrators, each a person of its own, and what two of them can only do together."""
