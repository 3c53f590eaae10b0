"""Checks a log from its entries alone, as an outsider would. It shares no code with what made the entries.

Start at :func:`consolidator.verify.log.verify_log`.
"""
