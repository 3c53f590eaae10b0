"""Owns a county's home directory: where things lie in it, how it is made, and the loop that runs it."""
