"""Owns what a witness answers over HTTP, as a value: status, body, type. Nothing here decides or sends."""

from dataclasses import dataclass
from http import HTTPStatus

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. ``note`` goes to the log of requests only: no personal data, nothing a client wrote."""

    status: int
    body: bytes = b""
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()
    note: str = ""


def refuse(status: HTTPStatus, reason: str, *headers: tuple[str, str]) -> Answer:
    """Answer with a reason, one line."""
    return Answer(status, f"{reason}\n".encode(), headers=headers, note=reason)
