"""Owns the commands with which a county begins and is governed: key, policy. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, add_document_id, add_home, add_key, add_noun, add_verb


def add_keys(nouns: Nouns) -> None:
    """Add the noun ``key``."""
    key = add_noun(nouns, "key", "密钥 / keys", "key new --name root-1 --to root-1.key")
    new = add_verb(
        key,
        "new",
        "key:new",
        "生成密钥,显示公钥 / make a key and print its vkey",
        "key new --name root-1 --to root-1.key",
    )
    new.add_argument(
        "--name", required=True, metavar="NAME", help="密钥名称,不含空格和加号 / the key's name, without space or plus"
    )
    new.add_argument("--to", type=Path, required=True, metavar="FILE", help="新文件 / a new file, mode 0600")
    show = add_verb(key, "show", "key:show", "显示密钥文件的公钥 / print the vkey of a key file", "key show root-1.key")
    show.add_argument("file", type=Path, metavar="FILE", help="密钥文件 / the key file")


def add_policy(nouns: Nouns) -> None:
    """Add the noun ``policy``."""
    policy = add_noun(
        nouns,
        "policy",
        "政策:项目、人员、规则与阈值 / programmes, officers, rules and thresholds",
        "policy show --home county",
        "policy propose --home county --key root-1.key policy.toml",
    )
    show = add_verb(
        policy,
        "show",
        "policy:show",
        "现行政策,可改后再提出 / the policy in force, to change and propose",
        "policy show --home county",
    )
    add_home(show)
    propose = add_verb(
        policy,
        "propose",
        "policy:propose",
        "提出政策(还须另一名根管理员确认) / propose a policy; the other root officer confirms",
        "policy propose --home county --key root-1.key policy.toml",
    )
    add_home(propose)
    add_key(propose)
    propose.add_argument("file", type=Path, metavar="FILE", help="政策文件(TOML) / the policy file, TOML")
    add_document_id(propose)
