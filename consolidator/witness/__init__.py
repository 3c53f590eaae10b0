"""A witness: a program of an oversight body, on its own machine, that cosigns a log's heads and keeps what it saw.

Start at :class:`consolidator.witness.deciding.Witness`; :mod:`consolidator.witness.serving` puts it on the network.
"""
