"""Asks witnesses for their cosignatures: bounded in time and bytes, never in the ledger's way."""
