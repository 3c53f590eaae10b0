"""Owns the commands of a witness with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_noun, add_verb

_EXAMPLE_KEY = "log.example/511112+0f3fd9c7+AS2D7+oYPpdIZYDQYvkVUxOiOHU2wvcRA1AXmpyEBPTs"


def add_witness(nouns: Nouns) -> None:
    """Add the noun ``witness``."""
    witness = add_noun(
        nouns,
        "witness",
        "见证方:监督部门在自己的机器上会签检查点 / a witness, run by an oversight body on its own machine",
        f"witness init --home w1 --name audit.example/w1 --log {_EXAMPLE_KEY}",
        "witness serve --home w1 --listen 0.0.0.0:9001",
    )
    init = add_verb(
        witness,
        "init",
        "witness:init",
        "建立见证方:密钥与记录,只建一次 / make a witness: its key and its store, once",
        f"witness init --home w1 --name audit.example/w1 --log {_EXAMPLE_KEY}",
    )
    _add_home(init)
    init.add_argument(
        "--name", required=True, metavar="NAME", help="名称,用本单位域名 / its name, under a domain of the body's own"
    )
    _add_log(init)
    add = add_verb(
        witness,
        "add",
        "witness:add",
        "再见证一个日志 / witness another log",
        f"witness add --home w1 --log {_EXAMPLE_KEY}",
    )
    _add_home(add)
    _add_log(add)
    serve = add_verb(
        witness,
        "serve",
        "witness:serve",
        "运行见证方 / run the witness",
        "witness serve --home w1 --listen 0.0.0.0:9001",
    )
    _add_home(serve)
    serve.add_argument(
        "--listen", required=True, metavar="ADDRESS:PORT", help="监听地址和端口 / the address and port to listen on"
    )
    status = add_verb(
        witness,
        "status",
        "witness:status",
        "会签到哪里、发现了什么 / what was cosigned last, and what was found",
        "witness status --home w1",
        "witness status --home w1 --json",
    )
    _add_home(status)
    _add_accept(witness)


def _add_accept(witness: Nouns) -> None:
    accept = add_verb(
        witness,
        "accept",
        "witness:accept",
        "越过一处已查明的问题,永久记录 / go on past one violation; who and why is shown for ever",
        "witness accept --home w1 --index 1234 --reason 已查明",
        "witness accept --home w1 --id 2 --by 张三 --reason 已查明",
    )
    _add_home(accept)
    which = accept.add_mutually_exclusive_group(required=True)
    which.add_argument("--index", type=int, metavar="N", help="有误条目的序号 / the wrong entry's index")
    which.add_argument("--id", type=int, metavar="ID", help="问题编号,见 witness status / its id in witness status")
    accept.add_argument("--reason", required=True, metavar="TEXT", help="理由,会公开 / why; it is published")
    accept.add_argument(
        "--by", default="", metavar="NAME", help="决定人,默认系统用户,会公开 / who decided; default: the system's user"
    )


def _add_home(parser: Parser) -> None:
    parser.add_argument(
        "--home", type=Path, required=True, metavar="DIR", help="见证方主目录 / the witness's home directory"
    )


def _add_log(parser: Parser) -> None:
    parser.add_argument(
        "--log",
        required=True,
        metavar="VKEY",
        help="日志公钥,须从日志之外的渠道核对 / the log's vkey, checked elsewhere",
    )
    parser.add_argument("--url", default="", metavar="URL", help="日志地址 / the address the log is published at")
    parser.add_argument(
        "--follow", action="store_true", help="会签前逐条核验,须有 --url / check its entries first; needs --url"
    )
