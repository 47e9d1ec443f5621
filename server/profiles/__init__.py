"""Policy profiles: which rules on passwords, sessions and accounts a station goes by. Data, with the source of each."""
