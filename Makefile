# The commands of Lectern. `make` prints the list.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test check format bench lock words

BIN := .venv/bin
PORT ?= 8000
LMS_PORT ?= 8001
# Tests run in two processes: twice as fast on two cores, and no heavier than a laptop likes.
WORKERS ?= 2
TESTS ?= tests
# What a demo leaves in its data folder, and RESET=1 takes away: only where a demo ran (it keeps course-time).
DEMO_KEEPS := portal.db* queue.db* lms.db* lms.secret lms-seed.json files mail course-time

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

setup:  ## system packages, .venv from the pinned lock, .venv/bin/portal; starts nothing
	@tools/setup.sh

setup-tests:
	@tools/setup.sh tests

demo: setup  ## the portal with sample people and a sample LMS, until Ctrl-C (RESET=1 starts anew)
	@$(if $(filter-out 0,$(RESET)),cd "$${PORTAL_DATA_DIR:-instance}" 2>/dev/null && test -f course-time && rm -rf $(DEMO_KEEPS) || true)
	@exec $(BIN)/portal demo --port $(PORT) --lms-port $(LMS_PORT)

test: setup-tests  ## every test, on SQLite and PostgreSQL and in a real browser
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q $(TESTS) </dev/null

check: setup-tests  ## format, lint, types, import contracts, templates, migration drift: under a minute
	@exec tools/check.sh

format: setup-tests  ## put code into the house's format
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: setup-tests  ## ratios against named floors, and bench/results.json
	@exec $(BIN)/python -m bench

lock: setup-tests  ## pin what pyproject.toml asks for, with hashes and without host names
	@tools/lock.sh

words: setup-tests  ## find the words of the pages in several languages, and compile their catalogues
	@tools/words.sh
