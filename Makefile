# Everything a person types. Each target installs what it needs; the machine needs python3.11, pip and make.
.PHONY: survival run ocr test test-all bench bench-tracing pages check lock

test test-all pages: export WENXING_HOME = $(CURDIR)/.pytest_cache/home

run:  ## Open the library with samples; prints the address and the accounts
	@bin/bootstrap base
	@exec .venv/bin/python -m wenxing_web serve --demo

ocr:  ## Add what reads pictures and photographs, about 500 MB
	@bin/bootstrap ocr

test:  ## Everything that needs no outside server and no long statistics
	@bin/bootstrap dev
	@.venv/bin/pytest -n auto --dist worksteal -m "not slow and not writes"

test-all:  ## The long statistics, too
	@bin/bootstrap dev
	@.venv/bin/pytest -n auto --dist worksteal

bench:  ## Milliseconds per copy, seconds per trace and per page of pictures
	@bin/bench-engine

survival:  ## What survives what: copies harmed, read and traced; the table of docs/survival.md; some minutes
	@bin/survival

bench-tracing:  ## Sites needed and speed of tracing, beside published figures; about half an hour
	@bin/bench-tracing

pages:  ## Take the pictures and write the table of pages in the documentation again
	@bin/bootstrap dev
	@WENXING_WRITE_PICTURES=1 .venv/bin/pytest tests/e2e/test_pages.py -m ""
	@.venv/bin/pytest tests/web/test_budget.py -m writes

check:  ## Format, lint, types, imports, dependencies, translations
	@bin/check

lock:  ## Newer versions, with hashes and without the address of any index
	@bin/bootstrap dev
	@for lock in tools base ocr dev; do \
	    .tools/bin/uv pip compile --quiet --upgrade --universal --fork-strategy fewest -p 3.11 \
	        --override requirements/overrides.in --generate-hashes --no-emit-index-url --no-header --no-annotate \
	        "requirements/$$lock.in" -o "requirements/$$lock.txt" || exit 1; \
	done
