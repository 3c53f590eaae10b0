"""Owns the list of all commands with their arguments. Light: it imports nothing of the product."""

from pathlib import Path

from consolidator.cli.commands_brokers import add_brokers
from consolidator.cli.commands_cluster import add_bank, add_cluster, add_topics, add_worker
from consolidator.cli.commands_county import add_keys, add_policy
from consolidator.cli.commands_epochs import add_epochs
from consolidator.cli.commands_home import add_init, add_order
from consolidator.cli.commands_log import add_log
from consolidator.cli.commands_monitor import add_monitor
from consolidator.cli.commands_people import add_census, add_designations
from consolidator.cli.commands_publish import add_publish
from consolidator.cli.commands_submit import add_submit
from consolidator.cli.commands_witness import add_witness
from consolidator.cli.parsing import Nouns, Parser, add_document_id, add_full, add_home, add_key, add_noun, add_verb
from consolidator.language import choose


def make_parser() -> Parser:
    """Make the parser of the whole command line."""
    parser = Parser(
        prog="consolidator",
        description="惠农补贴一卡通:先比对后发放,条条可验证 / every subsidy checked before it is paid",
    )
    parser.examples = [
        "consolidator demo                                          三十秒演示 / a county's month on generated data",
        "consolidator status --home county                          现在到哪一步 / where the county stands",
        "consolidator log verify --home county                      核验公开日志 / verify the log",
    ]
    nouns = parser.add_subparsers(title=choose("命令 commands"), metavar="COMMAND", required=True, parser_class=Parser)
    _add_trials(nouns)
    add_init(nouns)
    _add_work(nouns)
    add_keys(nouns)
    add_policy(nouns)
    _add_batches(nouns)
    _add_reviews(nouns)
    _add_acts(nouns)
    add_log(nouns)
    add_order(nouns)
    add_publish(nouns)
    add_census(nouns)
    add_designations(nouns)
    add_witness(nouns)
    add_epochs(nouns)
    add_topics(nouns)
    add_brokers(nouns)
    add_worker(nouns)
    add_monitor(nouns)
    add_cluster(nouns)
    add_bank(nouns)
    _add_upkeep(nouns)
    return parser


def _add_trials(nouns: Nouns) -> None:
    demo = add_verb(
        nouns,
        "demo",
        "trials:demo",
        "三十秒演示 / a county's month, end to end, on generated data",
        "demo",
        "demo --lines 50000 --seed 7 --json",
    )
    demo.add_argument(
        "--home",
        type=Path,
        default=Path("demo-home"),
        metavar="DIR",
        help="演示主目录,默认 demo-home / default: demo-home",
    )
    demo.add_argument(
        "--witnesses",
        choices=("four", "none"),
        default="four",
        help="四个见证方(两个逐条核验),各是一个进程;或没有见证方 / "
        "four witnesses, two of them following, a process each; or nobody",
    )
    _add_size(demo, 2000)
    sample = add_verb(
        nouns,
        "sample",
        "trials:sample",
        "只生成示例文件 / only write the sample county's files",
        "sample --to sample --lines 2000 --seed 7",
        "sample --to neighbour --county 511113 --seed 8",
    )
    sample.add_argument("--to", type=Path, required=True, metavar="DIR", help="空文件夹 / an empty folder")
    sample.add_argument(
        "--county", default="511112", metavar="CODE", help="县区代码,默认 511112 / the county's 6-digit code"
    )
    _add_size(sample, 2000)
    bench = add_verb(
        nouns,
        "bench",
        "trials:bench",
        "测量速度 / measure the speed",
        "bench --lines 300000 --json",
        "bench --engine kafka --lines 100000 --json",
        "bench --engine kafka --what delay",
    )
    bench.add_argument(
        "--engine", choices=("embedded", "kafka"), default="embedded", help="引擎,默认 embedded / engine"
    )
    bench.add_argument(
        "--what",
        choices=("lines", "acts", "small", "size", "pair", "log", "delay", "start"),
        default="lines",
        help="测什么:全程、分步、小批、规模、两县、公开日志;kafka:全程、报送到可见的延迟、接管 / "
        "whole way, separate acts, small batches, size, two counties, published log; "
        "on kafka: whole way, delay from submit until seen, start of a new owner",
    )
    bench.add_argument("--batches", type=int, default=300, metavar="N", help="小批次个数 / small batches")
    bench.add_argument("--people", type=int, default=500_000, metavar="N", help="人数 / people, for size")
    bench.add_argument("--lines", type=int, default=300_000, metavar="N", help="明细条数 / number of lines")
    bench.add_argument("--runs", type=int, default=5, metavar="N", help="次数,取中位数 / runs, the median counts")


def _add_size(parser: Parser, lines: int) -> None:
    parser.add_argument(
        "--lines", type=int, default=lines, metavar="N", help=f"明细条数,默认 {lines} / number of lines"
    )
    parser.add_argument(
        "--seed", type=int, default=7, metavar="S", help="种子,默认 7 / the seed; the same gives the same"
    )


def _add_work(nouns: Nouns) -> None:
    add_submit(nouns)
    run = add_verb(
        nouns,
        "run",
        "run:run",
        "比对、审批、发放 / decide what came in and send order files",
        "run --home county --once",
        "run --home county",
    )
    add_home(run)
    run.add_argument("--once", action="store_true", help="处理完待办即退出 / end when nothing is pending")
    run.add_argument(
        "--wait",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="--once 最多等见证方多久,默认 30 秒 / how long --once waits for witnesses; default: 30",
    )
    status = add_verb(
        nouns,
        "status",
        "status:run",
        "现在到哪一步 / where the county stands",
        "status --home county",
        "status --home county --json",
    )
    add_home(status)


def _add_batches(nouns: Nouns) -> None:
    batch = add_noun(
        nouns, "batch", "批次 / batches", "batch list --home county", "batch show --home county bank-402/PAY-1"
    )
    add_home(add_verb(batch, "list", "batch:show_all", "全部批次 / all batches", "batch list --home county"))
    show = add_verb(
        batch,
        "show",
        "batch:show",
        "一个批次:各银行待发放数 / one batch: what is ready per paying bank",
        "batch show --home county bank-402/PAY-1",
    )
    add_home(show)
    _add_batch(show)
    _add_release(batch)
    _add_expect(batch)


def _add_expect(batch: Nouns) -> None:
    expect = add_verb(
        batch,
        "expect",
        "batch:expect",
        "预告应报批次,逾期未报即提示 / announce a batch that should come, so that its absence is noticed",
        "batch expect --home county --key clerk.key RURAL-LOW 2026-12 511112000 2026-12-10",
    )
    add_home(expect)
    add_key(expect)
    expect.add_argument("programme", metavar="PROGRAMME", help="项目编码 / the programme")
    expect.add_argument("period", metavar="PERIOD", help="期间,如 2026-12、2026Q4、2026 / the period")
    expect.add_argument("township", metavar="TOWNSHIP", help="9 位乡镇代码 / the township's 9 digits")
    expect.add_argument("due", metavar="DATE", help="应报日期 / the day it is due")
    add_document_id(expect)


def _add_release(batch: Nouns) -> None:
    release = add_verb(
        batch,
        "release",
        "batch:release",
        "支付审批(还须另一人确认) / release what is ready; another person confirms",
        "batch release --home county --key clerk.key bank-402/PAY-1 --pay 402:SQ-1:PZ-1:2026-11-16",
    )
    add_home(release)
    add_key(release)
    _add_batch(release)
    release.add_argument(
        "--pay",
        action="append",
        required=True,
        metavar="BANK:APPLICATION:VOUCHER:DATE",
        help="每家付款银行一个:申请单号、凭证号、凭证日期 / one for each paying bank",
    )
    add_document_id(release)


def _add_batch(parser: Parser) -> None:
    parser.add_argument("batch", metavar="SOURCE/DOCUMENT", help="批次,见 batch list / the batch, see batch list")


def _add_reviews(nouns: Nouns) -> None:
    review = add_noun(
        nouns,
        "review",
        "存疑明细的复核 / reviewing held lines",
        "review list --home county",
        "review clear --home county --key reviewer.key bank-402/PAY-1 7 9 --reason 已入户核实",
    )
    held = add_verb(
        review,
        "list",
        "review:show",
        "存疑拦截的明细 / the held lines",
        "review list --home county",
        "review list --home county --batch bank-402/PAY-1 --full",
    )
    add_home(held)
    held.add_argument("--batch", default="", metavar="SOURCE/DOCUMENT", help="只看一个批次 / of one batch only")
    add_full(held)
    _add_review_acts(review)


def _add_review_acts(review: Nouns) -> None:
    texts = {
        "hold": "拦截 / hold lines",
        "clear": "放行(还须另一人确认) / clear lines; another person confirms",
        "stop": "停发 / stop lines",
    }
    for action, text in texts.items():
        act = add_verb(
            review,
            action,
            "review:act",
            text,
            f"review {action} --home county --key reviewer.key bank-402/PAY-1 7 9 --reason 已入户核实",
        )
        act.set_defaults(action=action)
        _add_lines(act)
    dispose = add_verb(
        review,
        "dispose",
        "review:dispose",
        "疑点处置:属实、不属实等 / what became of a finding",
        "review dispose --home county --key supervisor.key agri/DB-1 7 --code R18 --verdict confirmed --reason 已退回",
    )
    _add_lines(dispose)
    _add_code(dispose)
    dispose.add_argument(
        "--verdict",
        required=True,
        choices=("confirmed", "unfounded", "data_error", "needs_material"),
        help="属实、不属实、数据错误、待补材料 / the verdict",
    )
    suppress = add_verb(
        review,
        "suppress",
        "review:suppress",
        "误报免提至某日(还须另一人确认) / quiet a repeated false hit until a day; another person confirms",
        "review suppress --home county --key reviewer.key agri/DB-1 7 --code R18 --until 2027-06-30 --reason 已分户",
    )
    _add_lines(suppress)
    _add_code(suppress)
    suppress.add_argument("--until", required=True, metavar="DATE", help="最后一天 / the last day")


def _add_lines(act: Parser) -> None:
    add_home(act)
    add_key(act)
    _add_batch(act)
    act.add_argument("lines", nargs="+", type=int, metavar="LINE", help="明细行号 / line numbers")
    act.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why; it is kept private")
    add_document_id(act)


def _add_code(act: Parser) -> None:
    act.add_argument("--code", required=True, metavar="CODE", help="规则代码,如 R18 / the rule's code")


def _add_acts(nouns: Nouns) -> None:
    confirm = add_verb(
        nouns,
        "confirm",
        "confirm:run",
        "另一人确认 / the second person's word on a policy, release or clearing",
        "confirm --home county --key approver.key 3f1c…(digest)",
    )
    add_home(confirm)
    add_key(confirm)
    confirm.add_argument("digest", metavar="DIGEST", help="报送件摘要(64 位) / the document's digest, 64 hex digits")
    add_document_id(confirm)
    explain = add_verb(
        nouns,
        "explain",
        "explain:run",
        "一条明细的来龙去脉 / why a line is where it is",
        "explain --home county bank-402/PAY-1/7",
    )
    add_home(explain)
    explain.add_argument("line", metavar="SOURCE/DOCUMENT/LINE", help="明细 / the line")
    add_full(explain)


def _add_upkeep(nouns: Nouns) -> None:
    doctor = add_verb(
        nouns,
        "doctor",
        "doctor:run",
        "检查主目录与设置 / look a home over: settings, keys, journal, disk",
        "doctor --home county",
        "doctor --home county --json",
    )
    add_home(doctor)
    schemas = add_noun(nouns, "schemas", "数据规范 / schemas", "schemas write --to docs/schemas")
    write = add_verb(
        schemas,
        "write",
        "schemas:write",
        "写出 JSON Schema 与示例 / write JSON Schemas and an example of each kind",
        "schemas write --to docs/schemas",
    )
    write.add_argument("--to", type=Path, required=True, metavar="DIR", help="文件夹 / the folder")
    rules = add_noun(nouns, "rules", "规则手册 / the rule book", "rules write --to docs/rules.md")
    book = add_verb(
        rules,
        "write",
        "rules:write",
        "写出规则手册 / write the rule book as a page",
        "rules write --to docs/rules.md",
    )
    book.add_argument("--to", type=Path, required=True, metavar="FILE", help="文件 / the file")
