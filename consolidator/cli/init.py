"""Owns the command ``init``."""

import time
from argparse import Namespace
from dataclasses import replace

from consolidator.cli.terminal import put, put_json, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.gate.quorums import read_quorum
from consolidator.home.creating import NOBODY, Founding, create_home, plan_county, plan_sample, read_log_vkey
from consolidator.home.paths import Home
from consolidator.keys import read_signer
from consolidator.language import choose, pick, tag

SAMPLE_NOTE = "示例密钥,仅供演示 / sample keys: for demonstration only"


def run(args: Namespace) -> int:
    """Make a county's home."""
    if args.sample is None:
        log_key = None if args.log_key is None else read_signer(args.log_key)
        founding = plan_county(args.county, args.origin, args.root_key, int(time.time()), log_key)
    else:
        founding = plan_sample(args.county, args.sample)
        say(choose(SAMPLE_NOTE))
    if args.quorum is not None:
        founding = replace(founding, quorum=read_quorum(args.quorum))
    vkey = read_log_vkey(_make(args, founding))
    if args.json:
        put_json({"home": str(args.home), "county": founding.county, "origin": founding.origin, "vkey": vkey})
        return 0
    put(f"{pick('主目录已建立', 'the home is made')}: {args.home}")
    put(f"{tag('日志', 'origin')}: {founding.origin}")
    put(f"{tag('公钥', 'vkey')}:   {vkey}")
    if founding.quorum == NOBODY:
        say(choose(NO_WITNESSES))
    if args.sample is None and not args.origin and args.log_key is None:
        say(pick("正式使用前请用 --origin 指定本单位域名", "before real use, name a domain of your own with --origin"))
    say(f"{tag('下一步', 'next')}: consolidator submit --home {args.home} FILE…")
    return 0


def _make(args: Namespace, founding: Founding) -> Home:
    if args.cluster is None:
        return create_home(args.home, founding)
    from consolidator.cluster.founding import found_home  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load

    return found_home(args.home, founding, args.cluster)
