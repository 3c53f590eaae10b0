"""The embedded engine: one SQLite file, one process that runs the ledger, any number that append commands."""
