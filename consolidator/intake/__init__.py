"""Owns the way of files into the journal: authenticated and whole, or turned away with a reason; no more than that."""
