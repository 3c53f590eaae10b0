"""Owns the page's part on witnesses: how the quorum formed, and which order files it let out, with what proofs."""

from consolidator.demo.forming import Cosigned, Forming
from consolidator.demo.page import Facts, Section, Table
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.gate.passing import NO_WITNESSES

_TITLE = "八、见证 Witnesses"


def tell_quorum(facts: Facts) -> Section:
    """Say who cosigned what and when, and which order files waited for it; or that nobody witnesses."""
    forming = facts.forming
    if forming is None:
        return Section(_TITLE, (NO_WITNESSES,))
    sentences = (
        f"四个见证方各是一个进程,各有密钥;{forming.threshold} 个会签同一检查点,代发文件才写出。",
        "其中两个先读完公开日志、逐条核验,再会签。演示里都在这台机器上;真实的县里各属一个单位。",
        "会签时间是真实时间,不进日志:同一种子,根不变。下列文件等到会签足够才写出,各附一份证明。",
        f"Four witnesses, a process and a key each: no order file is written before {forming.threshold} have cosigned.",
        "Two of them read and check every entry first. Here all run on this machine: in a real county each is a body.",
        "Cosignatures state the real time and are no part of the log: the same seed has the same root.",
        "The files below waited for the quorum; a bank checks each by the proof beside it (order check).",
    )
    heads = ("见证方 witness", "时间 when", "会签 cosigned", "条目 entries", "仍等待 files waiting")
    table = Table(heads, [_describe(forming, each) for each in forming.cosigned], 2)
    return Section(_TITLE, sentences, table, [f"{file}  + {PROOF_SUFFIX}" for file in forming.sent])


def _describe(forming: Forming, each: Cosigned) -> tuple[str, ...]:
    name = f"{each.witness} 逐条核验 follows" if each.witness in forming.follow else each.witness
    met = " 达到要求 quorum" if each.is_quorum else ""
    time = each.at.partition("T")[2]
    return name, time, f"{each.number}/{len(forming.names)}{met}", f"{each.size:,}", f"{each.waiting:,}"
