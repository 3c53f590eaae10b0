"""Owns the commands that help developing with Kafka, with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, add_noun, add_verb


def add_brokers(nouns: Nouns) -> None:
    """Add the nouns ``broker`` and ``certs``."""
    _add_broker(nouns)
    _add_certs(nouns)


def _add_broker(nouns: Nouns) -> None:
    text = "本机试用的 Kafka / a Kafka on this machine, for development"
    broker = add_noun(nouns, "broker", text, "broker dev", "broker dev --brokers 3 --dir kafka --tls certs")
    dev = add_verb(
        broker,
        "dev",
        "broker:dev",
        "启动 Kafka,Ctrl-C 结束;须有 Java 17 / run a Kafka until Ctrl-C; needs Java 17",
        "broker dev",
        "broker dev --brokers 3 --dir kafka --tls certs",
    )
    dev.add_argument(
        "--brokers", type=int, choices=(1, 3), default=1, help="几个 broker,默认 1 / how many brokers; default: 1"
    )
    dev.add_argument(
        "--dir",
        type=Path,
        metavar="DIR",
        help="数据文件夹,再次启动时地址与数据不变;默认用临时文件夹 / "
        "keeps data and addresses for the next start; default: a temporary folder",
    )
    dev.add_argument(
        "--tls",
        type=Path,
        metavar="DIR",
        help="certs dev 的文件夹:另开双向 TLS 端口,principal admin 为管理员 / "
        "the folder of certs dev: one more listener with mTLS, where the principal admin may do everything",
    )


def _add_certs(nouns: Nouns) -> None:
    text = "开发用证书 / certificates for development"
    certs = add_noun(nouns, "certs", text, "certs dev --to certs --name admin worker-1 bank-402")
    dev = add_verb(
        certs,
        "dev",
        "certs:dev",
        "建立开发用 CA,每个名称一张证书 / make a development CA and a certificate per principal",
        "certs dev --to certs --name admin worker-1 bank-402",
        "certs dev --to certs --name monitor-1        用已有的 CA / with the CA that is there",
        "certs dev --to certs --name admin --host kafka-1 kafka-2",
    )
    dev.add_argument("--to", type=Path, required=True, metavar="DIR", help="文件夹 / the folder")
    dev.add_argument(
        "--name",
        nargs="+",
        action="extend",
        required=True,
        metavar="PRINCIPAL",
        help="为谁签发;broker 自动签发 / whom the certificates are for; the broker gets one by itself",
    )
    dev.add_argument(
        "--host",
        nargs="+",
        action="extend",
        default=[],
        metavar="HOST",
        help="broker 的其他主机名或 IP / other names or addresses at which brokers are reached",
    )
