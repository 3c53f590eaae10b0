"""Owns the wiring of a monitor: from the cluster's settings and a home to what the runner needs."""

import time
from pathlib import Path

from consolidator.cluster.settings import make_connection, read_cluster
from consolidator.monitoring.home import OpenedMonitor
from consolidator.monitors.crossing import CrossCounty
from consolidator.monitors.documents import render_finding_document
from schemas.anomalies import Anomaly
from schemas.commands import Command
from schemas.documents import derive_commands, parse_document
from streams.kafka.definitions import load_topics
from streams.monitors.plan import Begin, Plan

TELLER_CHARACTERS = 12


def make_plan(cluster: Path, opened: OpenedMonitor, begin: Begin = "new") -> Plan:
    """Plan a run of R17's monitor. ConfigurationError when the settings are wrong."""
    settings, rules = read_cluster(cluster), load_topics().topics["anomalies"]

    def render(anomaly: Anomaly, number: int) -> list[Command]:
        return render_commands(opened, anomaly, number, int(time.time()))

    return Plan(
        connection=make_connection(settings, cluster.parent),
        monitor=CrossCounty(opened.names),
        counties={place.code: place.partition for place in settings.county},
        folder=opened.home.root,
        teller=opened.signer.verifier.public.hex()[:TELLER_CHARACTERS],
        render=render,
        generation=opened.generation,
        begin=begin,
        replication=settings.kafka.replication or rules.replication,
        min_insync=settings.kafka.min_insync or rules.min_insync,
    )


def render_commands(opened: OpenedMonitor, anomaly: Anomaly, number: int, at: int) -> list[Command]:
    """Sign what a county is told, stamped with an instant that the document does not hold."""
    signer = opened.signer
    raw = render_finding_document(anomaly, number, signer.name, signer.verifier.public.hex(), signer.sign)
    return derive_commands(parse_document(raw), at)
