"""Owns the checking of a home's log with its private parts: each against its seal, then all totals in fen."""

import json
from collections.abc import Iterable, Mapping, Sequence

from consolidator.privacy.commitments import commit_many, derive_openings
from consolidator.transparency.checkpoint import Checkpoint
from consolidator.verify.books import Books, require
from consolidator.verify.bundles import split_bundle
from consolidator.verify.log import Report, check_entries, conclude
from consolidator.verify.opening import Opener
from schemas.commits import Bundle
from schemas.errors import VerificationError

_LENGTH = 4  # of a private part, in bytes


def verify_opened(bundles: Iterable[Bundle], head: Checkpoint, epoch_keys: Mapping[int, bytes]) -> Report:
    """Check a log that was verified once more, with its private parts: commitments, then all totals in fen.

    ``epoch_keys``: year → 32 bytes. Its report tells the fen of all lines. Raises VerificationError that says in one
    sentence what is wrong, and at which entry; so it does when a private part is not there to be looked at.
    """
    books, opener = Books(), Opener()
    for bundle in bundles:
        if bundle.first >= head.size:
            break
        entries, privates = split_bundle(bundle), _split_privates(bundle)
        _check_commitments(bundle.first, entries, privates, epoch_keys)
        check_entries(books, _open_all(opener, bundle.first, entries, privates), bundle.first)
    return conclude(books, head)


def _open_all(opener: Opener, first: int, entries: Sequence[bytes], privates: Sequence[bytes]) -> list[bytes]:
    opened = list[bytes]()
    try:
        for raw, private in zip(entries, privates, strict=True):
            opened.append(opener.open(raw, private))
    except VerificationError as error:
        message = f"entry {first + len(opened)}: {error}"
        raise VerificationError(message) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # its log may have sealed anything
        message = f"entry {first + len(opened)}: what it seals is no private part of its kind"
        raise VerificationError(message) from error
    return opened


def _split_privates(bundle: Bundle) -> list[bytes]:
    blob, privates, at = bundle.disclosures, list[bytes](), 0
    while at < len(blob):
        end = at + _LENGTH + int.from_bytes(blob[at : at + _LENGTH], "big")
        privates.append(blob[at + _LENGTH : end])
        at = end
    require(len(privates) == bundle.count and at == len(blob), f"the private parts of entry {bundle.first} are torn")
    return privates


def _check_commitments(
    first: int, entries: Sequence[bytes], privates: Sequence[bytes], epoch_keys: Mapping[int, bytes]
) -> None:
    """Compare each seal with the private part that is there, under the key of the entry's year."""
    fields = [json.loads(raw) for raw in entries]
    made: dict[int, list[str]] = {}
    for place, (entry, private) in enumerate(zip(fields, privates, strict=True)):
        sealed, year = entry.get("sealed", ""), int(entry["at"][:4])
        if sealed and year not in made:
            require(year in epoch_keys, f"entry {first + place}: there is no epoch key of {year} to open it with")
            made[year] = commit_many(derive_openings(epoch_keys[year], first, len(entries)), privates)
        fits = made[year][place] == sealed if sealed else not private
        require(fits, f"entry {first + place}: its private part is not what was sealed")
