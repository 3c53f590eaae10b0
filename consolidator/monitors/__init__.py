"""Monitors: pure folds over what several counties' logs disclose.

They hold nobody's ID, name or account, and decide nothing: what they find goes to ledgers as signed documents.
"""
