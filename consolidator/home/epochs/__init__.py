"""Owns the end of a year's data: when it may be retired, that the rest stands without it, and that nothing is left."""
