"""Owns the reading of bundles: each goes on where the last one ended, and holds exactly the entries it says."""

from collections.abc import Iterable, Iterator

from consolidator.transparency.bundles import parse_bundle
from schemas.commits import BUNDLE_ENTRIES_MAX, Bundle
from schemas.errors import VerificationError


def read_bundles(bundles: Iterable[Bundle], size: int) -> Iterator[list[bytes]]:
    """Give the entries of each bundle up to the tree's ``size``. Raises VerificationError at a gap or a torn bundle.

    What stands behind ``size`` is not looked at: it may have been written since the checkpoint was read.
    """
    read = 0
    for bundle in bundles:
        if read == size:
            return
        if bundle.first != read:
            message = f"the bundle after entry {read - 1} begins at entry {bundle.first}"
            raise VerificationError(message)
        entries = split_bundle(bundle)
        read += len(entries)
        if read > size:
            message = f"the checkpoint's size {size} falls into the middle of a bundle"
            raise VerificationError(message)
        yield entries
    if read != size:
        message = f"the log ends after {read} entries, its checkpoint says {size}"
        raise VerificationError(message)


def split_bundle(bundle: Bundle) -> list[bytes]:
    """Take a bundle apart. Raises VerificationError unless lengths and count fit exactly."""
    message = f"the bundle of entry {bundle.first} is torn"
    if not 0 < bundle.count <= BUNDLE_ENTRIES_MAX:
        raise VerificationError(message)
    try:
        return parse_bundle(bundle.entries, bundle.count)
    except VerificationError as error:
        raise VerificationError(message) from error
