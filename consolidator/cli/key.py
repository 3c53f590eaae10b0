"""Owns the commands ``key new`` and ``key show``."""

from argparse import Namespace

from consolidator.cli.terminal import put, put_json, say
from consolidator.keys import make_signer, read_signer, write_signer
from consolidator.language import pick
from consolidator.transparency.keys import render_vkey


def new(args: Namespace) -> int:
    """Make a private key file and print the public key."""
    signer = make_signer(args.name)
    write_signer(args.to, signer)
    vkey, keyid = render_vkey(signer.verifier), signer.verifier.public.hex()
    if args.json:
        put_json({"file": str(args.to), "vkey": vkey, "keyid": keyid})
        return 0
    put(vkey)
    say(f"keyid: {keyid}")
    say(f"{pick('私钥文件只留给本人', 'keep the key file to yourself')}: {args.to}")
    return 0


def show(args: Namespace) -> int:
    """Print the public key of a private key file."""
    verifier = read_signer(args.file).verifier
    if args.json:
        put_json({"file": str(args.file), "vkey": render_vkey(verifier), "keyid": verifier.public.hex()})
        return 0
    put(render_vkey(verifier))
    return 0
