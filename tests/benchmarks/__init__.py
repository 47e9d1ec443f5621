"""What Yihu costs: bytes over the wire and of the app (gates, `budgets.json`), times on this machine (printed only)."""
