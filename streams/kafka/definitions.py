"""Owns the reading of ``topics.yaml``, which comes with the program."""

from functools import cache
from importlib.resources import files

from schemas.topics import Topics, parse_topics


@cache
def load_topics() -> Topics:
    """Give what is said of all topics."""
    return parse_topics(files("schemas").joinpath("topics.yaml").read_text(encoding="utf-8"))
