"""A bank that answers, for trying things out: which orders it pays is made up. Never part of a real bank's payments."""
