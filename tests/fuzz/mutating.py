"""Owns how right files become wrong ones: a small byte mutator, the same for the same seed."""

from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_WORDS = (
    *(word.encode() for word in ("|", ",", "※", '"', "\r\n", "\n", "\r", "\t", "\x00", "\x1a", "=", "\U00020000")),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x81", b"\x81\x30", b"\xe9\xad", b"\xe3\x80\x80", "甲".encode("gb18030")),
    *(b"0", b"-1", b"00", b"1e999", b"1.23E+18", b"0.005", b"9" * 40, b"NaN", b"null", b"true", b" " * 300),
    *(b"[", b"]", b"{", b"}", b"[" * 2_000, b'{"a":' * 2_000, b"\\ud800", b"\\u0000"),
    *(b"<", b">", b"</", b"/>", b"<a>" * 100, b"&x;", b"<!DOCTYPE x>", b"<f/>", b"<c>", b"<row>", b"<v>1</v>"),
    *(b'hidden="1"', b' r="A1"', b' t="s"', b' t="d"', b' s="99"', b"PK\x03\x04", b"PK\x05\x06"),
)
_ZIP = b"PK\x03\x04"
_BYTES_MAX = 200_000
_EDITS = (1, 1, 1, 2, 4)


def mutate(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """Change a file a little; ``others`` are right files to splice with. A zip is mostly changed inside."""
    if raw.startswith(_ZIP) and random.random() < 0.9:
        return _mutate_zip(random, raw, others)
    for _ in range(random.choice(_EDITS)):
        raw = _edit(random, raw, others)
    return raw[:_BYTES_MAX]


def _edit(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _choose_places(random, raw)
    edits: Sequence[Callable[[], bytes]] = (
        lambda: raw[:start] + raw[end:],
        lambda: raw[:start] + raw[start:end] * random.randint(2, 50) + raw[end:],
        lambda: raw[:start] + random.randbytes(random.randint(1, 4)) + raw[end:],
        lambda: raw[:start] + random.choice(_WORDS) + raw[end:],
        lambda: raw[:start] + random.choice(_WORDS) + raw[start:],
        lambda: raw[:start],
        lambda: _flip(random, raw),
        lambda: _splice(random, raw, start, random.choice(others)),
    )
    return random.choice(edits)()


def _choose_places(random: Random, raw: bytes) -> tuple[int, int]:
    """Choose a stretch: mostly one of whole characters, since broken ones are refused before anything else."""
    encoding = random.choice(("utf-8", "utf-8", "gb18030", "latin-1"))
    text = raw.decode(encoding, errors="replace")
    start = random.randint(0, len(text))
    end = min(len(text), start + int(random.expovariate(1 / 8)))
    before = len(text[:start].encode(encoding, errors="replace"))
    return before, before + len(text[start:end].encode(encoding, errors="replace"))


def _flip(random: Random, raw: bytes) -> bytes:
    if not raw:
        return raw
    place = random.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ 1 << random.randrange(8)]) + raw[place + 1 :]


def _splice(random: Random, raw: bytes, start: int, other: bytes) -> bytes:
    begin = random.randint(0, len(other))
    return raw[:start] + other[begin : begin + random.randint(1, 200)] + raw[start:]


def _mutate_zip(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """Change one part of a zip and zip it again."""
    parts = _unzip(raw)
    donors = [part for other in others if other.startswith(_ZIP) for part in _unzip(other).values()]
    name = random.choice(sorted(parts))
    match random.randrange(12):
        case 0:
            del parts[name]
        case 1:
            parts[random.choice(sorted(parts))] = parts[name]
        case _:
            parts[name] = mutate(random, parts[name], donors)
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(ZipInfo(part), content, ZIP_DEFLATED)
    return stream.getvalue()


def _unzip(raw: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
