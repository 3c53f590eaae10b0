"""Publishes the log as static files that any web server serves (C2SP tlog-tiles), derived from the journal.

Start at :class:`consolidator.publishing.publisher.Publisher`.
"""
