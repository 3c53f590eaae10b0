"""Owns the command ``certs dev``."""

from argparse import Namespace
from datetime import UTC, datetime

from consolidator.cli.terminal import put, put_json, say
from consolidator.cluster.certificates import make_certificates
from consolidator.language import pick


def dev(args: Namespace) -> int:
    """Make a development CA, or use the one that is there, and certificates for principals."""
    made = make_certificates(args.to, args.name, args.host, datetime.now(UTC))
    if args.json:
        put_json({"folder": str(args.to), "ca": "ca.pem", "made": made})
        return 0
    for name in made:
        put(f"{args.to / name}.pem  {args.to / name}.key")
    say(pick("仅供开发:私钥未加密,一年有效", "for development only: keys are not encrypted, and all ends in a year"))
    return 0
