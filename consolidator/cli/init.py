"""Owns the command ``init``."""

import time
from argparse import Namespace

from consolidator.cli.terminal import put, put_json, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.creating import create_home, plan_county, plan_sample, render_log_vkey

SAMPLE_NOTE = "示例密钥,仅供演示 / sample keys: for demonstration only"


def run(args: Namespace) -> int:
    """Make a county's home."""
    if args.sample is None:
        founding = plan_county(args.county, args.origin, args.root_key, int(time.time()))
    else:
        founding = plan_sample(args.county, args.sample)
        say(SAMPLE_NOTE)
    create_home(args.home, founding)
    vkey = render_log_vkey(founding)
    if args.json:
        put_json({"home": str(args.home), "county": founding.county, "origin": founding.origin, "vkey": vkey})
        return 0
    put(f"主目录已建立 / the home is made: {args.home}")
    put(f"日志 origin: {founding.origin}")
    put(f"公钥 vkey:   {vkey}")
    say(NO_WITNESSES)
    if args.sample is None and not args.origin:
        say("正式使用前请用 --origin 指定本单位域名 / before real use, name a domain of your own with --origin")
    say(f"下一步 next: consolidator submit --home {args.home} FILE…")
    return 0
