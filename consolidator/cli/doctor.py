"""Owns the command ``doctor``."""

import time
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from consolidator.cli.terminal import put, put_json, put_table, say
from consolidator.home.doctor.examining import Examination, examine
from consolidator.home.doctor.findings import Level
from consolidator.language import choose, pick, tag

_LEVELS: Mapping[Level, str] = {"ok": "正常 ok", "note": "注意 note", "error": "错误 error"}
_SOURCES: Mapping[str, str] = {
    "file": "文件 file",
    "default": "默认 default",
    "sample": "示例 sample",
    "policy": "政策 policy",
}


def run(args: Namespace) -> int:
    """Look a home over."""
    found = examine(args.home, int(time.time()))
    if args.json:
        put_json({"home": str(args.home), **asdict(found)})
    else:
        _tell(found)
    return found.exit_code


def _tell(found: Examination) -> None:
    if found.settings:
        put(f"{tag('设置', 'settings')}:")
        put_table([(each.key, each.value, choose(_SOURCES[each.source])) for each in found.settings])
        put("")
    for each in found.findings:
        step = f" → {choose(each.next)}" if each.next else ""
        put(f"{choose(_LEVELS[each.level])}  {each.check}  {pick(each.zh, each.en)}{step}")
    counts = Counter(each.level for each in found.findings)
    say(" · ".join(f"{choose(text)} {counts[level]}" for level, text in _LEVELS.items()))
