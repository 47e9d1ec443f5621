"""The station's server: takes in signed changes, judges them, keeps them sealed, and serves the app."""
