"""The edge: body limits, fixed headers, compression, the app's files. Knows no slice."""
