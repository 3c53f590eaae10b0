"""Owns how a validation error is told: where it is wrong, never the value, never a name that came from outside.

A sender chooses the names of unknown fields, so a name that is not plain ASCII letters (an ID number, a person's name,
terminal codes) is shown as ``?``.
"""

import re

from pydantic import ValidationError

_PLAIN = re.compile(r"[A-Za-z_]{1,32}[0-9]{0,3}")


def render_location(error: ValidationError) -> str:
    """Give the place of the first error, steps joined by dots (``totals.fen``); empty when the whole is wrong."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return ".".join(_render_step(step) for step in first["loc"])


def _render_step(step: int | str) -> str:
    return str(step) if isinstance(step, int) or _PLAIN.fullmatch(step) else "?"
