# What people and CI type: demo, run, test, check. Everything else is how.

PYTHON ?= python3
SEED ?= 1
MINUTES ?= 2
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# What `check --deploy` looks at: the settings of an installation, with a key that opens nothing.
PRODUCTION := DEBUG=off HTTPS=on ALLOWED_HOSTS=codegen.example LLM_API_KEY=only-checked \
	REDIS_URL=redis://redis.example:6379/0 DATABASE_URL=postgres://db.example/codegen \
	SITE_URL=https://codegen.example EMAIL_URL=smtp+tls://mail.example:587 \
	SECRET_KEY=only-for-this-check-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d

# What of the site is asked of either database.
PROOF := codegen_site/tests/test_schema_conformance.py codegen_site/tests/test_under_attack.py

.PHONY: demo run test chaos check lock format clean bench-jobs bench-detect bench-limits bench-extract

demo: .venv/.installed .venv-litellm/.installed ## one prompt becomes files, from nothing: PROMPT="…" FRAMEWORK=…
	@$(MANAGE) demo --prompt "$(PROMPT)" --framework "$(FRAMEWORK)"

run: .venv/.installed .venv-litellm/.installed ## the same stack, staying up: PORT=8000
	@exec $(MANAGE) up

test: .venv/.installed .venv-litellm/.installed ## all tests on SQLite, two at once but for those with servers; then on PostgreSQL
	$(BIN)/python -m pytest -n 2 -m "not servers and not e2e"
	$(BIN)/python -m pytest -m "servers or e2e"
	$(BIN)/python -m pytest -n 2 --postgres -m "not servers and not e2e" jobs generation accounts $(PROOF)
	$(BIN)/python -m pytest --postgres -m "servers and not e2e" jobs generation accounts $(PROOF)

chaos: .venv/.installed ## kills, freezes and restarts everything for a while: SEED=7 MINUTES=5
	CHAOS_SEED=$(SEED) CHAOS_SECONDS=$$(($(MINUTES) * 60)) $(BIN)/python -m pytest -q -s jobs/tests/test_chaos.py
	CHAOS_SEED=$(SEED) CHAOS_SECONDS=$$(($(MINUTES) * 60)) $(BIN)/python -m pytest -q -s --postgres jobs/tests/test_chaos.py

check: .venv/.installed ## style, types, imports, deployment, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	SECRET_KEY=only-for-types $(BIN)/mypy .
	$(BIN)/lint-imports
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	SECRET_KEY=only-for-migrations DATABASE_URL=sqlite://:memory: $(MANAGE) makemigrations --check --dry-run

bench-jobs: .venv/.installed .venv-bench/.installed ## our queue beside others: BENCH="--quick --repeat 3 --json FILE"
	PYTHONPATH=deploy/benchmarks $(BIN)/python -m bench_jobs $(BENCH)

bench-detect: .venv/.installed ## how long the detection of a framework takes, and how that grows: BENCH="--json FILE"
	PYTHONPATH=deploy/benchmarks $(BIN)/python -m bench_detect $(BENCH)

bench-limits: .venv/.installed ## what limiting a request costs, beside a PING and DRF's throttle: BENCH="--rounds 200"
	PYTHONPATH=deploy/benchmarks $(BIN)/python -m bench_limits $(BENCH)

bench-extract: .venv/.installed ## how fast answers are read, whatever is in them: BENCH="--quick" CORPUS=… SCORER=…
	PYTHONPATH=.:deploy/benchmarks $(BIN)/python -m bench_extract $(BENCH)

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/.installed ## compile the lock files anew from pyproject.toml and each requirements.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra embedded --group dev \
		--generate-hashes pyproject.toml -o requirements.lock
	for folder in litellm benchmarks; do \
		(cd deploy/$$folder && ../../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
			--generate-hashes requirements.in -o requirements.lock) || exit 1; \
	done

clean: ## forget the environments and the data of the embedded stack
	rm -rf .venv .venv-litellm .venv-bench .local

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv-litellm/.installed: deploy/litellm/requirements.lock
	$(PYTHON) -m venv .venv-litellm
	.venv-litellm/bin/python -m pip install --quiet --no-deps --require-hashes -r deploy/litellm/requirements.lock
	@touch $@

.venv-bench/.installed: deploy/benchmarks/requirements.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --no-deps --require-hashes -r deploy/benchmarks/requirements.lock
	@touch $@
