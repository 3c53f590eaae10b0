"""Looks a home over and says what is well, what to watch, and what is wrong with which command to run next.

It reads only, works on a broken home, and tells no personal data and no key.
"""
