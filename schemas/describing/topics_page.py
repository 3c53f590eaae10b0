"""Owns the page that shows people the topics and who may do what with them, written from ``topics.yaml``."""

from collections.abc import Iterator
from typing import get_args

from schemas.topics import Role, RoleRules, TopicRules, Topics, list_own_config, topic_name

_HEAD = """\
# Kafka 主题 Topics

由程序从 `schemas/topics.yaml` 写出,请勿手改。Written by the program from `schemas/topics.yaml`; do not edit:

```sh
consolidator schemas write --to docs/schemas
```

一县一分区,各主题分区号相同,终身不变,永不转给别县。记录的键是县区代码;键和消息头不含个人信息。
One county is one partition, the same number in every topic, for life, and never another county's. The key of a record
is the county's code; nothing in a key or header tells of a person.

建立与核对 To make and to compare them:

```sh
consolidator topics apply --cluster cluster.toml
consolidator topics check --cluster cluster.toml
```

`apply` 只增不减:建主题、加分区、改设置、授权;凡可能丢数据或需要人判断的,只报告。
`apply` takes nothing away: what could lose records, or needs a person's judgement, is only told. Brokers without an
authorizer let everybody do everything, and it says so.

机器可读的描述 For machines: [asyncapi.yaml](asyncapi.yaml).

"""
_RIGHTS = """
## 权限 Rights

默认拒绝。身份是客户端证书主体的 CN,角色写在 `cluster.toml` 的 `[principals]`。R 读,W 写;银行只及本行的代发主题。
Deny by default. Who one is, is the CN of the client certificate's subject; roles stand in `[principals]` of
`cluster.toml`. R reads, W writes; a bank has to do with its own orders only.

Kafka 的权限以主题为单位,不能细到分区:有权读受限主题的,读得到集群内所有县。需要分开的县应各用一个集群。
Kafka grants rights by topic and not by partition: whoever reads a restricted topic reads all counties of the cluster.
Counties that must not see each other's data need clusters of their own.

"""


def render_topics_page(topics: Topics) -> bytes:
    """Write the page."""
    return f"{_HEAD}{''.join(_list_topics(topics))}{_RIGHTS}{''.join(_list_rights(topics))}".encode()


def _list_topics(topics: Topics) -> Iterator[str]:
    yield "| 主题 topic | 内容 content | 保存 kept | 时间戳 stamp | 单条上限 bytes |\n|---|---|---|---|---|\n"
    for word, rules in topics.topics.items():
        name = topic_name("consolidator", word, "<bank>" if rules.one_per == "bank" else "")
        limit = list_own_config(rules)["max.message.bytes"]
        mark = "(受限 restricted)" if rules.restricted else ""
        yield f"| `{name}` | {rules.zh}{mark} {rules.en} | {_render_kept(rules)} | {rules.timestamp} | {limit} |\n"


def _render_kept(rules: TopicRules) -> str:
    words = {"ever": "永久 for ever", "epoch": "至年度销毁 until its year is retired"}
    return words.get(str(rules.kept), f"{rules.kept} 天 days")


def _list_rights(topics: Topics) -> Iterator[str]:
    words = list(topics.topics)
    yield f"| 角色 role | {' | '.join(words)} | 其他 other |\n|---|{'---|' * len(words)}---|\n"
    for role in get_args(Role):
        cells = [_render_cell(topics.topics[word], role) for word in words]
        rules = topics.roles[role]
        yield f"| `{role}` {rules.zh} {rules.en} | {' | '.join(cells)} | {_render_others(rules)} |\n"


def _render_cell(rules: TopicRules, role: Role) -> str:
    return ("R" if role in rules.read else "") + ("W" if role in rules.write else "")


def _render_others(rules: RoleRules) -> str:
    own = {"事务 transactions": rules.transactional, "消费组 groups": rules.groups, "自建主题 own topics": rules.topics}
    return ", ".join(f"{name} `{beginning}*`" for name, beginning in own.items() if beginning)
