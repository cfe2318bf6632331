# Works with GNU make 3.81, which macOS ships. What has to be set up is decided by tools/set_up.py from the
# digests of the locks, not by file times: a fresh checkout or a branch change repeats nothing needlessly.

PORT ?= 8000
SET_UP = py=$$(sh tools/find_python.sh) && "$$py" -m tools.set_up
RUN_CHECKS = .venv/bin/python -m tools.run_checks

.PHONY: help demo demo-reset test check races bench set-up lock encoder
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## Set up and start the demo on http://127.0.0.1:8000 (another port: make demo PORT=9000)
	@$(SET_UP) run
	@.venv/bin/webapp demo --port $(PORT) --data .demo

demo-reset: ## Remove the demo's data; the next make demo starts afresh
	@py=$$(sh tools/find_python.sh) && "$$py" -m tools.reset_demo

test: ## Set up and run every check and every test
	@$(SET_UP) dev
	@$(RUN_CHECKS)

check: ## Style and types only
	@$(SET_UP) dev
	@$(RUN_CHECKS) --without-tests

races: ## Run the racing tests 100 times over (another number: make races RACE_RUNS=20)
	@$(SET_UP) dev
	@$(RUN_CHECKS) --races $(or $(RACE_RUNS),100)

bench: ## Print what the photo engine costs and shows against others (parts: make bench BENCH="server --short")
	@$(SET_UP) dev
	@.venv/bin/python -m bench $(BENCH)

set-up: ## Install what development needs, and run nothing
	@$(SET_UP) dev

lock: ## Bring the locks up to pyproject.toml and package.json (newer releases: make lock UPGRADE=1)
	@$(SET_UP) dev
	@.venv/bin/python -m tools.lock $(if $(UPGRADE),--upgrade)

encoder: ## Compile the JPEG encoder anew from static/js/imaging/encoder/c (needs clang and wasm-ld)
	@py=$$(sh tools/find_python.sh) && "$$py" -m tools.build_encoder
