"""Owns a look at what a log publishes: its newest checkpoint, with whoever cosigned it."""

from consolidator.verify.sources import CHECKPOINT, read_from_url
from schemas.errors import ConsolidatorError


def read_published(url: str) -> bytes:
    """Read the checkpoint at a log's address; empty when there is none to be had now. Nothing in it is checked."""
    try:
        with read_from_url(url) as read:
            return read(CHECKPOINT)
    except ConsolidatorError:
        return b""
