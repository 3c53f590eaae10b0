"""Owns what a person types and sees. Parsers are light; what a command needs is imported when it is called."""
