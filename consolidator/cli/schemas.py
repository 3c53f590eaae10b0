"""Owns the command ``schemas``: write."""

from argparse import Namespace

from consolidator.cli.terminal import put, put_json, say
from consolidator.home.files import disk_errors
from consolidator.language import pick, tag
from schemas.describing.rendering import render_all
from streams.kafka.definitions import load_topics


def write(args: Namespace) -> int:
    """Write the JSON Schemas, examples, the topics, and an index. Other files in the folder are left alone."""
    files = render_all(load_topics())
    with disk_errors():
        for name, content in files.items():
            path = args.to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if args.json:
        put_json({"folder": str(args.to), "files": list(files)})
        return 0
    put(f"{pick('数据规范已写出', 'the schemas are written')}: {args.to}")
    say(f"{tag('文件', 'files')} {len(files)}")
    return 0
