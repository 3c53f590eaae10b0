"""An opened entry is checked without the code that sealed it."""

from dataclasses import replace

import pytest

from consolidator.privacy.commitments import commit
from consolidator.verify.opened import check_opening
from schemas.errors import VerificationError
from schemas.extras import Extra

PRIVATE = '{"reason":"核实"}'.encode()
OPENED = Extra(b'{"sealed":"' + commit(bytes(32), PRIVATE).encode() + b'"}', PRIVATE, bytes(32))


def test_an_opening_that_fits_is_accepted() -> None:
    check_opening(OPENED)


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(OPENED, opening=bytes(31) + b"\1"),
        replace(OPENED, private=b""),
        replace(OPENED, private=PRIVATE + b" "),
        replace(OPENED, entry=OPENED.entry.replace(b'":"', b'":"0', 1)),
        replace(OPENED, entry=OPENED.entry.upper().replace(b"SEALED", b"sealed")),
    ],
)
def test_an_opening_that_does_not_fit_is_refused(spoiled: Extra) -> None:
    with pytest.raises(VerificationError, match="not the one that the entry commits to"):
        check_opening(spoiled)


@pytest.mark.parametrize("entry", [b"{}", b"[]", b"7", b"no json", b"\xff", b'{"Sealed":"x"}'])
def test_an_entry_that_commits_to_nothing_opens_to_nothing(entry: bytes) -> None:
    with pytest.raises(VerificationError, match="commits to nothing"):
        check_opening(replace(OPENED, entry=entry))
