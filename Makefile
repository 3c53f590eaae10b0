# What can be done with this project. Needs Python >= 3.11 and make, nothing else; everything goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check soak mutants lock clean

# The first of these that is 3.11 or newer; `make setup PYTHON=/path/to/python` chooses another.
CANDIDATES := python3.11 python3.12 python3.13 python3
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --quiet --disable-pip-version-check
STAMP := $(VENV)/.done
COMPILE := .venv-lock/bin/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header

help: ## 显示可用目标 / show what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## 准备运行环境 / prepare .venv from the lock file

demo: setup ## 三十秒演示 / a county's month, end to end
	$(VENV)/bin/consolidator demo

test: setup ## 跑全部测试 / the whole test suite, with coverage data for check
	$(RUN) -m pytest -n 2 --dist worksteal -m "not soak" --cov --cov-report=

check: setup ## 代码检查 / style, types, imports, coverage of the pure packages
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-logo
	@test -f .coverage || { echo "没有覆盖率数据,请先运行 make test / no coverage data: run make test first" >&2; exit 1; }
	$(RUN) -m coverage report --fail-under=100
	$(RUN) -m tests.architecture.sizes

soak: setup ## 长时间测试 / long forms of tests
	$(RUN) -m pytest -n 2 -m soak

mutants: setup ## 变异测试 / change the deciding code in small ways and count how many changes the tests see
	$(RUN) -m tests.mutation.run

lock: .venv-lock/.done ## 重新锁定依赖 / resolve dependencies anew (with the lowest Python, 3.11)
	.venv-lock/bin/python requirements/list_group.py | $(COMPILE) $(LOCK_ARGS) --output-file requirements/run.txt -
	.venv-lock/bin/python requirements/list_group.py test check build | \
		$(COMPILE) $(LOCK_ARGS) --constraint requirements/run.txt --output-file requirements/dev.txt -

clean: ## 删除生成的文件 / remove everything that was made
	rm -rf .venv .venv-lock .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The lock names everything, so nothing is resolved anew (--no-deps): pip would try a newer release of what is asked for with
# an extra, and find no hash for it.
$(STAMP): pyproject.toml requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed" >&2; exit 1; }
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --no-deps --requirement requirements/dev.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $(STAMP)

.venv-lock/.done: Makefile
	$(PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/python -m pip --quiet --disable-pip-version-check install pip-tools==7.6.2
	@touch .venv-lock/.done
