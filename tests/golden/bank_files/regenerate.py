"""Writes what the golden tests compare with: ``python -m tests.golden.bank_files.regenerate``.

Files that come in are only written when they are missing, since they are what banks sent; delete one to make it anew.
Drafts and order files are written from them. Look at the difference before you keep it.
"""

import json
from pathlib import Path

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.orders import render_order_file
from bank_adapters.profiles import Profile, load_profiles
from bank_adapters.reading import parse_file
from tests.golden.bank_files.inputs import make_inputs
from tests.unit.bank_adapters.samples import find_cover, make_order_file, make_orders

FOLDER = Path(__file__).parent
INPUTS = FOLDER / "in"
DRAFT = ".draft.json"
NAMES = ["魏槐仓", "迪丽·热巴", "𠀀某", "=1+1"]


def render_draft(profile: InLayout, path: Path) -> str:
    """Write down what a file says."""
    draft = parse_file(profile, path.name, path.read_bytes(), find_cover(profile))
    told = {"fields": dict(draft.fields), "columns": draft.columns}
    return json.dumps(told, ensure_ascii=False, indent=1, default=list) + "\n"


def render_orders(profile: Profile) -> bytes:
    """Write four orders for a bank; one payee's name looks like a formula."""
    if isinstance(profile, InLayout):
        return b""
    return render_order_file(profile, make_order_file(4, 4936), [make_orders(NAMES)]).content


def regenerate() -> None:
    """Write missing inputs, all drafts and all order files."""
    for name, raw in make_inputs().items():
        path = INPUTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(raw)
    for name, profile in load_profiles().items():
        if isinstance(profile, InLayout):
            for path in list_inputs(name):
                path.with_name(path.name + DRAFT).write_text(render_draft(profile, path), encoding="utf-8")
        else:
            (FOLDER / f"{name}.golden").write_bytes(render_orders(profile))


def list_inputs(profile: str) -> list[Path]:
    """Give the files that came in for a profile."""
    return sorted(path for path in (INPUTS / profile).iterdir() if not path.name.endswith(DRAFT))


if __name__ == "__main__":
    regenerate()
