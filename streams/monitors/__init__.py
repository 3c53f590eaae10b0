"""Monitors on Faust: derived, idempotent, rebuilt from the log at will. What they look for is handed in."""
