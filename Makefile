# make demo   the whole portal on this machine, with its own PostgreSQL and Valkey
# make test   everything that must hold, on real servers and in a real browser

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
export CHROMIUM
export SOFTHSM2_MODULE
BIN = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check journeys bench format clean

help:
	@echo "make demo     start the portal at http://$(HOST):$(PORT) with sample people and courses (PORT=… to change it)"
	@echo "make test     format, lint, contracts, translations, all tests, and the journeys in a browser"
	@echo "make check    the first half of that: what needs no server"
	@echo "make journeys the second half's end: only the browser"
	@echo "make bench    how fast it is, beside the bare limits of this machine; a few minutes (BENCH=--quick: under one)"
	@echo "make format   put the code into its form"
	@echo "make clean    forget .venv, the demo's data and everything made"

demo: .need-python
	@$(PYTHON) portal/embedded/bootstrap.py
	@PORT=$(PORT) HOST=$(HOST) exec $(BIN)/python -m portal.embedded.demo

test: check
	@$(BIN)/python tests/packages.py chromium softhsm poppler
	@echo "The journeys play films in real time, so they run beside the other tests, which give way to them; their words follow at the end."
	@mkdir -p var/log; \
	ZHIXUN_MODE=test ZHIXUN_TEST_NAME=$${ZHIXUN_TEST_NAME:-default}-journeys \
		$(BIN)/pytest -q tests/e2e >var/log/journeys.log 2>&1 & journeys=$$!; \
	trap 'kill $$journeys 2>/dev/null' INT TERM EXIT; \
	ZHIXUN_MODE=test nice -n 10 $(BIN)/pytest -q -n 2 --dist worksteal --ignore=tests/e2e tests; others=$$?; \
	wait $$journeys; walked=$$?; trap - EXIT; \
	cat var/log/journeys.log; [ $$walked -eq 0 ] || tail -n 20 var/log/walk.log; \
	exit $$((others > walked ? others : walked))

check: .installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports
	ZHIXUN_MODE=test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	ZHIXUN_MODE=test $(BIN)/python manage.py catalogue --check

journeys: .installed
	@$(BIN)/python tests/packages.py chromium
	ZHIXUN_MODE=test $(BIN)/pytest -q tests/e2e

bench: .need-python
	@$(PYTHON) portal/embedded/bootstrap.py
	@$(BIN)/python -m benchmarks $(BENCH)

format: .installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv var

.PHONY: .need-python .installed
.need-python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make demo PYTHON=/path/to/python3"; exit 1; }

.installed: .need-python
	@$(PYTHON) portal/embedded/bootstrap.py --dev
