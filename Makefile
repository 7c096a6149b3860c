# make setup   what running and testing share: .venv/ and the built pages
# make run     sets everything up, sample data on first start, then http://127.0.0.1:8000
# make test    sets everything up, runs every check
# Each step leaves a stamp and is done again only when what it was made from has changed.

.PHONY: setup run test
.DELETE_ON_ERROR:

VENV := .venv/.stamp-run
VENV_TEST := .venv/.stamp-test
PAGES := web/dist/.stamp
PAGE_SOURCES := $(shell find web -name node_modules -prune -o -path web/dist -prune -o -type f -print)

setup: $(VENV) $(PAGES)

run: setup
	.venv/bin/bihuan migrate
	.venv/bin/bihuan demo --if-empty
	exec .venv/bin/bihuan serve

test: $(VENV_TEST) $(PAGES)
	chromium=$$(sh tools/browser.sh) && BIHUAN_CHROMIUM=$$chromium sh tools/check.sh

$(VENV): pyproject.toml requirements.lock tools/venv.sh tools/python.sh
	sh tools/venv.sh requirements.lock
	touch $@

$(VENV_TEST): $(VENV) requirements-test.lock
	sh tools/venv.sh requirements-test.lock
	touch $@

$(PAGES): $(PAGE_SOURCES) tools/web.sh | $(VENV)
	sh tools/web.sh build
	touch $@
