# Tongban 通办. `make help` says what there is; nothing else needs to be installed by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak fuzz clean lock python environment-run environment-test

help: ## what there is to do 帮助
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-7s %s\n", $$1, $$2 }'
	@echo
	@echo "  make run ONCE=1       the job once, then stop 办完即止"
	@echo "  make bench ONLY=name  one row of the table 只测一项"
	@echo "  make fuzz FOR=600     so many seconds 模糊测试秒数"
	@echo "  PYTHON=/path/to/python3.11 chooses the interpreter 指定解释器"

run: environment-run ## build the demonstration city, start everything, file one company 演示
	@$(VENV_PYTHON) -m tongban.site.command demonstration $(if $(ONCE),--once)

test: environment-test ## everything: lint, types, tests on both stores, journeys 全部测试
	@$(VENV_PYTHON) -m tools.suite

check: environment-test ## lint, types, import contracts, tidiness; seconds 静态检查
	@$(VENV_PYTHON) -m tools.check

bench: environment-run ## how fast it is, one table 性能
	@$(VENV_PYTHON) -m bench $(if $(ONLY),--only $(ONLY))

soak: environment-test ## the long tests 长时间测试
	@$(VENV_PYTHON) -m tools.suite soak

fuzz: environment-test ## bytes nobody thought of, for what the verifier reads; a minute 模糊测试
	@$(VENV_PYTHON) -m tools.fuzz $(if $(FOR),--seconds $(FOR))

lock: environment-test ## resolve the requirements again and write their hashes 锁定依赖
	@$(VENV_PYTHON) -m tools.lock

clean: ## remove everything that was made here: .venv, var, caches 清除
	@rm -rf .venv var var-opening-keys build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src packages demo tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null; true
	@find src packages -name '*.egg-info' -type d -prune -exec rm -rf {} + 2>/dev/null; true

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo; echo "tongban: Python 3.11 is needed, and '$(PYTHON)' is not that."; \
	  echo "On Debian: sudo apt-get install python3.11 python3.11-venv; or say make PYTHON=/path/to/python3.11"; \
	  echo; exit 1; }

environment-run: python
	@"$(PYTHON)" tools/environment.py run

environment-test: python
	@"$(PYTHON)" tools/environment.py test
