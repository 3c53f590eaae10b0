# 唯一的镜像:所有服务都用它,命令写在 docker-compose.yml / the one image: every service is this, with a command of its own.
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
COPY requirements/ requirements/
# 只按锁定文件安装现成的包,不编译 / built packages by the lock alone: nothing is compiled or resolved anew
RUN python -m venv /opt/consolidator && \
    /opt/consolidator/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --no-deps \
        --requirement requirements/run.txt
RUN python -m venv /opt/tools && \
    /opt/tools/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --no-deps \
        --requirement requirements/dev.txt
COPY pyproject.toml README.md LICENSE ./
COPY bank_adapters/ bank_adapters/
COPY schemas/ schemas/
COPY streams/ streams/
COPY consolidator/ consolidator/
RUN /opt/tools/bin/pip wheel --no-build-isolation --no-deps --no-index --wheel-dir wheels . && \
    /opt/consolidator/bin/pip install --no-cache-dir --no-deps --no-index wheels/*.whl && \
    /opt/consolidator/bin/pip uninstall --yes setuptools pip

FROM python:3.11.13-slim-bookworm
ENV PATH=/opt/consolidator/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# 编号 1000 与官方 Kafka 镜像相同,密钥文件两边都能读 / 1000 as in Kafka's own image: both read the same key files
RUN groupadd --gid 1000 consolidator && \
    useradd --uid 1000 --gid 1000 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin consolidator && \
    install --directory --owner 1000 --group 1000 /cluster
COPY --from=build /opt/consolidator/ /opt/consolidator/
COPY deploy/*.sh deploy/*.py /deploy/
USER 1000:1000
WORKDIR /cluster
CMD ["consolidator", "--help"]
# 是否正常只有各服务自己知道,检查写在 docker-compose.yml / only a service knows what being well means: its check stands there
HEALTHCHECK NONE
