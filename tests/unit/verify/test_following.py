from collections.abc import Sequence
from pathlib import Path

import pytest

from consolidator.transparency.edges import TileEdge
from consolidator.transparency.tree import CompactRange, TreeHead
from consolidator.verify.following import Following, check_tree, follow
from consolidator.verify.sources import MissingFileError, read_from_folder
from schemas.errors import VerificationError
from tests.support.published import render_log, write_files
from tests.unit.verify.story import STORY, render

BORDERS = (0, 1, 255, 256, 257, 511, 512, 513, 4095, 4096, 4097, 65_535, 65_536, 65_537)
LEAVES = [b"%d" % number for number in range(65_537)]
RAW = [render(entry) for entry in STORY]


def head(entries: Sequence[bytes]) -> TreeHead:
    """Give the head of a log of these entries, by the tree alone."""
    tree = CompactRange().append_many(entries)
    return TreeHead(tree.size, tree.root())


def files_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Give a log's files, which a test may change."""
    return dict(render_log(entries))


@pytest.mark.parametrize("size", BORDERS)
def test_a_log_of_each_border_size_is_followed_to_its_head(size: int) -> None:
    files = files_of(LEAVES[:size])
    unread = set(files)

    def read(path: str) -> bytes:
        unread.discard(path)
        return files[path]

    edge = check_tree(read, TileEdge(), head(LEAVES[:size]))
    assert edge.size == size
    assert not unread  # every file was looked at


@pytest.mark.parametrize("old", [1, 255, 256, 300, 512])
def test_a_log_is_followed_from_where_it_was(old: int) -> None:
    edge = check_tree(files_of(LEAVES[:old]).__getitem__, TileEdge(), head(LEAVES[:old]))
    for size in (old, old + 1, 513, 5000):
        edge = check_tree(files_of(LEAVES[:size]).__getitem__, edge, head(LEAVES[:size]))
        assert edge.size == size


def test_entries_are_checked_as_the_log_grows(tmp_path: Path) -> None:
    following, heard = Following(), list[tuple[int, int]]()
    for size in (1, 7, len(RAW)):
        write_files(tmp_path, render_log(RAW[:size]))
        follow(
            following,
            read_from_folder(tmp_path),
            head(RAW[:size]),
            lambda entries, first: heard.append((first, len(entries))),
        )
    assert heard == [(0, 1), (1, 6), (7, len(RAW) - 7)]
    assert following.books.kinds.total() == following.edge.size == len(RAW)


def test_a_wrong_entry_is_named_by_its_index_in_the_log() -> None:
    following = Following()
    follow(following, files_of(RAW[:7]).__getitem__, head(RAW[:7]))
    wrong = [*RAW[:7], RAW[0], *RAW[7:]]
    with pytest.raises(VerificationError, match=r"entry 7: .*genesis"):
        follow(following, files_of(wrong).__getitem__, head(wrong))


def test_another_root_than_the_heads_is_refused() -> None:
    with pytest.raises(VerificationError, match="the tree's root is not the checkpoint's"):
        check_tree(files_of(LEAVES[:300]).__getitem__, TileEdge(), TreeHead(300, bytes(32)))


def test_a_head_behind_what_was_followed_is_refused() -> None:
    edge = check_tree(files_of(LEAVES[:300]).__getitem__, TileEdge(), head(LEAVES[:300]))
    with pytest.raises(VerificationError, match="had 300 entries before, and has 299 now"):
        check_tree(files_of(LEAVES[:299]).__getitem__, edge, head(LEAVES[:299]))


def test_entries_that_changed_since_they_were_followed_are_refused() -> None:
    edge = check_tree(files_of(LEAVES[:300]).__getitem__, TileEdge(), head(LEAVES[:300]))
    changed = [*LEAVES[:299], b"other", *LEAVES[300:400]]
    with pytest.raises(VerificationError, match="entries before 300 are not those that stood there before"):
        check_tree(files_of(changed).__getitem__, edge, head(changed))


SMALL = LEAVES[:600]
SMALL_FILES = render_log(SMALL)


@pytest.mark.parametrize("path", sorted(SMALL_FILES))
def test_a_file_with_another_byte_is_noticed(path: str) -> None:
    whole = SMALL_FILES[path]
    changed = {**SMALL_FILES, path: whole[:-1] + bytes([whole[-1] ^ 1])}
    check_tree(SMALL_FILES.__getitem__, TileEdge(), head(SMALL))
    with pytest.raises(VerificationError, match="are not those of the entries"):
        check_tree(changed.__getitem__, TileEdge(), head(SMALL))


@pytest.mark.parametrize("path", sorted(SMALL_FILES))
@pytest.mark.parametrize("change", [lambda whole: whole[:-1], lambda whole: whole + b"\0", lambda whole: whole + whole])
def test_a_file_that_was_cut_or_lengthened_is_named(path: str, change: type[bytes]) -> None:
    changed = {**SMALL_FILES, path: change(SMALL_FILES[path])}
    with pytest.raises(VerificationError, match=path.replace(".", r"\.")):
        check_tree(changed.__getitem__, TileEdge(), head(SMALL))


@pytest.mark.parametrize("path", sorted(SMALL_FILES))
def test_a_file_that_is_missing_is_named(tmp_path: Path, path: str) -> None:
    write_files(tmp_path, {name: content for name, content in SMALL_FILES.items() if name != path})
    with pytest.raises(MissingFileError, match=path.replace(".", r"\.")):
        check_tree(read_from_folder(tmp_path), TileEdge(), head(SMALL))
