"""Owns the way of order files out: only through the gate, only complete ones, each once."""
