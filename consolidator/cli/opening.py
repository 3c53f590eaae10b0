"""Owns ``log prove --open``: the request is signed and recorded; once the log has it, the opened proof is given."""

import time
from argparse import Namespace

from consolidator.bootstrap import Office, load_view, open_desk, open_home
from consolidator.cli.terminal import put_json, say
from consolidator.home.epochs.reports import list_retired, tell_retired
from consolidator.home.verifying import read_own_log
from consolidator.intake.acting import send_act
from consolidator.intake.opening import OpeningRequest, is_waiting, make_access, was_recorded
from consolidator.keys import read_epoch_keys, read_signer
from consolidator.language import pick, tag
from consolidator.privacy.openings import open_private
from consolidator.transparency.keys import Ed25519Signer
from consolidator.transparency.policy import Policy
from consolidator.verify.proving import prove_entry
from consolidator.views.reading import read_raw_entry
from schemas.errors import ConfigurationError, UsageError, VerificationError
from streams.embedded.journal import open_journal_read_only
from streams.embedded.lock import find_holder

WAIT_SECONDS = 10.0  # how long a running county may take to record a request
_LOOK_SECONDS = 0.2


def prove_opened(args: Namespace, policy: Policy, index: int) -> bytes | None:
    """Give the opened proof of an entry, or None where its ``access`` entry has still to be made; that is then told."""
    _check_words(args)
    signer, office = read_signer(args.key), open_home(args.home)
    raw = _open(office, policy, index)
    request = OpeningRequest(signer.verifier.public.hex(), index, args.reader, args.asker, args.ground)
    if not _is_recorded(office, request):
        _send(office, signer, request)
        if not _wait(office, request):
            _tell_waiting(args, index)
            return None
    return raw


def _check_words(args: Namespace) -> None:
    if args.home is None or args.key is None or args.ground is None:
        message = "开示须用 --home、--key 与 --ground / an opening is given out with --home, --key and --ground"
        raise UsageError(message)


def _open(office: Office, policy: Policy, index: int) -> bytes:
    """Make the opened proof in memory; what stands in its way is told before anything is recorded."""
    with open_journal_read_only(office.home.journal) as journal:
        found = read_raw_entry(journal.bundles(index), index)
        gone = tell_retired(list_retired(journal), index)
    if found is None:
        message = f"日志没有条目 {index} / the log has no entry {index}: see --index"
        raise VerificationError(message)
    if gone:
        raise ConfigurationError(gone)
    opened = open_private(read_epoch_keys(office.home.epoch_keys), index, *found)
    return prove_entry(read_own_log(office.home), policy.log_key, index, opened)


def _is_recorded(office: Office, request: OpeningRequest) -> bool:
    with open_journal_read_only(office.home.journal) as journal:
        return was_recorded(journal.bundles(), request)


def _send(office: Office, signer: Ed25519Signer, request: OpeningRequest) -> None:
    """Bring the request into the journal, unless it waits there already."""
    view = load_view(office)
    with open_desk(office) as desk:
        if not is_waiting(desk.journal.commands(view.position), request):
            send_act(desk, view, signer, make_access(view.state, request), int(time.time()))


def _wait(office: Office, request: OpeningRequest) -> bool:
    """Wait a little for the log where a process runs the county; nobody else can record the request."""
    until = time.monotonic() + WAIT_SECONDS
    while find_holder(office.home.lock) is not None and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        if _is_recorded(office, request):
            return True
    return False


def _tell_waiting(args: Namespace, index: int) -> None:
    if args.json:
        put_json({"index": index, "opened": False, "proof": None, "to": None})
    say(pick("查阅已报送,入日志后才开示", "the request is sent; the opening is given out once the log has it"))
    say(f"{tag('下一步', 'next')}: consolidator run --home {args.home} --once")
    say(pick("然后再次运行本命令", "then run this command again"))
