"""Owns the doctor's look at keys, policy file, adapters, replay and clock: what needs settings to be judged."""

from collections.abc import Iterator

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.profiles import find_order_profile, load_own_profiles
from consolidator.bootstrap import Office
from consolidator.facts.state import State
from consolidator.gate.quorums import find_standing, render_derived_policy
from consolidator.gate.records import read_records
from consolidator.home.doctor.findings import RESTORE, Finding, error, fine, note
from consolidator.home.status import read_policy
from consolidator.keys import read_epoch_keys, read_signer
from consolidator.ledger.powers import find_officer
from consolidator.settings import Adapter, is_trial
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.keys import Verifier
from schemas.commits import Head
from schemas.instants import derive_year, render_instant
from streams.embedded.journal import open_journal_read_only


def check_log_key(office: Office, _now: int) -> Iterator[Finding]:
    """The log's key has the log's name, and the last checkpoint is signed by it."""
    key = read_signer(office.home.log_key).verifier
    if key.name != office.settings.origin:
        yield error("keys", "日志密钥与 origin 不符", "keys/log.key is not the key of the origin", RESTORE)
        return
    head = _read_head(office)
    if head is not None:
        open_checkpoint(head.checkpoint.encode(), key)
    yield fine("keys", "日志密钥与检查点相符", "keys/log.key fits origin and checkpoint")


def check_epochs(office: Office, now: int) -> Iterator[Finding]:
    """There is an epoch key for this year, the next, and the last command's."""
    head = _read_head(office)
    year = derive_year(now)
    years = [year, year + 1, *([] if head is None else [derive_year(head.now)])]
    keys = read_epoch_keys(office.home.epoch_keys)
    missing = [str(each) for each in sorted(set(years)) if each not in keys]
    if missing:
        names = ", ".join(missing)
        yield error("epochs", f"缺年度密钥 {names}", f"no epoch key for {names}", RESTORE)
    else:
        yield fine("epochs", f"年度密钥至 {max(keys)} 年", f"epoch keys until {max(keys)}")


def _derive_policy(office: Office, key: Verifier) -> bytes | None:
    """Give the policy file of the quorum in force; None when nothing was run yet."""
    with read_records(office.home.gate) as records:
        terms = [] if records is None else records.list_quorums()
        if records is None or not terms:
            return None
        return render_derived_policy(find_standing(records, terms, key).policy)


def check_policy(office: Office, _now: int) -> Iterator[Finding]:
    """The policy file is what the quorum in force gives; before a first run, it has the log's key."""
    key = read_signer(office.home.log_key).verifier
    stated, wanted = read_policy(office.home.policy), _derive_policy(office, key)
    if stated.log_key == key and wanted in (None, office.home.policy.read_bytes()):
        yield fine("policy", "policy.txt 与台账一致", "policy.txt is what the ledger's policy gives")
    else:
        yield error("policy", "policy.txt 与台账不一致", "policy.txt differs from the ledger's policy", RESTORE)


def check_profiles(office: Office, _now: int) -> Iterator[Finding]:
    """All profiles can be read, the county's own as well, and those that adapters name exist."""
    profiles = load_own_profiles(office.home.profiles)
    named = sorted({name for adapter in office.settings.adapter for name in adapter.profiles})
    unknown = [name for name in named if name not in profiles]
    if unknown:
        names, step = ", ".join(unknown), f"edit {office.home.settings} or {office.home.profiles}/"
        yield error("profiles", f"没有文件格式 {names}", f"no profile {names}", step)
    else:
        yield fine("profiles", f"文件格式 {len(profiles)} 种", f"{len(profiles)} profiles can be read")


def check_payers(office: Office, state: State) -> Iterator[Finding]:
    """The banks that pay have a layout for order files, and none of these states a payer that is made up."""
    profiles = load_own_profiles(office.home.profiles)
    paying = sorted({bank for programme in state.policy.programmes.values() for bank in programme.paying_banks})
    odd = [found for bank in paying for found in _judge_payer(office, bank, find_order_profile(bank, profiles))]
    yield from odd
    if not odd:
        yield fine(
            "payers", f"付款银行 {len(paying)} 家都有代发文件格式", f"all {len(paying)} paying banks have profiles"
        )


def _judge_payer(office: Office, bank: str, layout: OrderLayout | None) -> Iterator[Finding]:
    place = f"{office.home.profiles}/"
    if layout is None:
        zh, en = f"付款银行 {bank} 没有代发文件格式", f"paying bank {bank} has no profile for order files"
        yield error("payers", zh, en, f"写 {place}orders-{bank}.toml / write {place}orders-{bank}.toml")
    elif layout.sample_payer:
        zh = f"付款银行 {bank} 的代发文件格式里付款账号是示例"
        en = f"the order files of paying bank {bank} state a payer account that is made up"
        tell = note if is_trial(office.settings) else error
        yield tell("payers", zh, en, f"在 {place} 写本县的格式 / write your own profile into {place}")


def check_ledger(office: Office, state: State) -> Iterator[Finding]:
    """The ledger was brought to its last commit, and the adapters' keys are registered in it."""
    yield fine("ledger", "台账可恢复到最后提交", "the ledger comes to its last commit")
    unknown = [each.source for each in office.settings.adapter if not _is_registered(office, each, state)]
    for source in unknown:
        step = f"由政策登记 {source} 的密钥 / have a policy register the key of {source}"
        yield note("adapters", f"{source} 的密钥未登记", f"the key of {source} is not registered", step)


def _is_registered(office: Office, adapter: Adapter, state: State) -> bool:
    officer = find_officer(state, read_signer(office.home.root / adapter.key).verifier.public.hex())
    return officer is not None and officer.source == adapter.source


def check_adapter_keys(office: Office, _now: int) -> Iterator[Finding]:
    """Every adapter's key file can be read and is its owner's only."""
    for adapter in office.settings.adapter:
        read_signer(office.home.root / adapter.key)
    count = len(office.settings.adapter)
    yield fine("adapters", f"适配器密钥 {count} 个可用", f"{count} adapter keys can be used")


def check_clock(office: Office, now: int) -> Iterator[Finding]:
    """The last command is not from the future: the ledger's time would stand still until then."""
    head = _read_head(office)
    if head is None or head.now <= now:
        yield fine("clock", f"本机时间 {render_instant(now)}", f"this machine's clock says {render_instant(now)}")
        return
    zh, en = (
        f"最后命令在未来 {render_instant(head.now)}",
        f"the last command is of the future, {render_instant(head.now)}",
    )
    if is_trial(office.settings):
        yield note("clock", f"{zh}(示例数据)", f"{en} (sample data)", "date -u")
    else:
        yield error("clock", zh, en, "date -u")


def _read_head(office: Office) -> Head | None:
    with open_journal_read_only(office.home.journal) as journal:
        record = journal.last_commit()
    return None if record is None else record.head
