"""Ends with 0 if a web server answers at an address, with anything but an error of its own: for health checks."""

import sys
import urllib.error
import urllib.request

SECONDS = 3
ERRORS_FROM = 500


def main() -> None:
    """Ask once."""
    try:
        urllib.request.urlopen(sys.argv[1], timeout=SECONDS).close()  # noqa: S310 -- the address stands in the check
    except urllib.error.HTTPError as answer:
        sys.exit(answer.code >= ERRORS_FROM)


main()
