"""Owns the permanent codes of the gate with their texts and the next step (zh, en). A number is never reused."""

from collections.abc import Mapping

from schemas.codes import CodeText

GATE_CODES: Mapping[str, CodeText] = {
    "G01": CodeText(
        "付款银行没有代发文件格式",
        "the paying bank has no profile for order files",
        "为该银行增加 orders-银行代码 格式后重新运行",
        "add a profile orders-BANK for it, then run again",
    ),
    "G02": CodeText(
        "代发文件无法按该银行格式生成",
        "the order file cannot be written in the bank's format",
        "核对户名与该银行格式后重新运行",
        "check the names and the bank's profile, then run again",
    ),
    "G03": CodeText(
        "代发文件格式里的付款账号是示例,不能用于正式发放",
        "the bank's profile states a payer account that is made up: not for real money",
        "在本县 profiles/ 里写该银行的格式(付款账号、代理单位编号),见 docs/formats.md 第 5 节,再运行",
        "write a profile with your payer account into HOME/profiles (docs/formats.md, section 5), then run again",
    ),
    "G04": CodeText(
        "等待见证方会签",
        "waits for the witnesses' cosignatures",
        "见 status;会签满足要求后自动发出",
        "see status; it goes out by itself once enough of them have cosigned",
    ),
    "G05": CodeText(
        "已放行的代发文件不在 outbox 中,未经集群送达",
        "an order file that was let out is not in the outbox: not delivered over the cluster",
        "与银行确认是否已另行取走;如有备份,放回原处后重新运行",
        "ask the bank whether it was fetched otherwise; else put it back from a backup and run again",
    ),
    "G06": CodeText(
        "outbox 中的代发文件与放行时不同,未经集群送达",
        "an order file in the outbox is not what was let out: not delivered over the cluster",
        "查明是谁改动,从备份恢复后重新运行",
        "find out who changed it, restore it from a backup, then run again",
    ),
    "G07": CodeText(
        "代发文件过大,不能经集群送达",
        "an order file is too large to be delivered over the cluster",
        "由银行从 outbox 直接取走",
        "have the bank fetch it from the outbox",
    ),
}
