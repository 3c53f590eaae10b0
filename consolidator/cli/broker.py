"""Owns the command ``broker dev``."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from threading import Event

from consolidator.cli.terminal import end_on_signals, put, say
from consolidator.cluster.certificates import BROKER, CA
from consolidator.language import pick, tag
from schemas.errors import ConfigurationError
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.launching import BROKER_VARIABLE
from streams.kafka.local.layout import LONG_RUN, Certificates, Layout

_LOOK_AGAIN_SECONDS = 1.0


def dev(args: Namespace) -> int:
    """Run brokers until SIGINT or SIGTERM, or until one ends by itself. The first line on stdout is their address."""
    stop = end_on_signals(Event())
    certificates = None if args.tls is None else find_certificates(args.tls)
    with LocalCluster(Layout(args.brokers, certificates, java=LONG_RUN), args.dir) as cluster:
        _tell(cluster, as_json=args.json)
        while not stop.wait(_LOOK_AGAIN_SECONDS):
            cluster.check_running()
    say(pick("已结束", "ended"))
    return 0


def find_certificates(folder: Path) -> Certificates:
    """Give a broker's files in a folder of ``certs dev``; ConfigurationError when one is missing."""
    found = Certificates(folder / f"{CA}.pem", folder / f"{BROKER}.pem", folder / f"{BROKER}.key")
    for path in (found.ca, found.certificate, found.key):
        if not path.is_file():
            command = f"consolidator certs dev --to {folder} --name {found.super_user}"
            message = f"缺少 {path},请运行 {command} / {path} is missing: run '{command}'"
            raise ConfigurationError(message)
    return found


def _tell(cluster: LocalCluster, *, as_json: bool) -> None:
    told = {"bootstrap": cluster.bootstrap, "secure_bootstrap": cluster.secure_bootstrap}
    put(json.dumps(told) if as_json else cluster.bootstrap)
    if cluster.secure_bootstrap and not as_json:
        put(f"{tag('双向', 'mutual')} TLS: {cluster.secure_bootstrap}")
    sys.stdout.flush()
    say(pick("运行中,Ctrl-C 结束", "running, Ctrl-C ends it"))
    say(f"export {BROKER_VARIABLE}={cluster.bootstrap}")
