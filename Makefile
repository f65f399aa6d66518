# `make` lists the targets. The two commands of the README are `make run` and `make test`.
PYTHON ?= python3
VENV := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test check lint bench cluster pictures lock schema clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## Start Lamina: one process, one sign-in link (LAMINA_PORT, LAMINA_DATA)
	@$(PYTHON) tools/prepare.py
	@exec $(VENV)/python manage.py up

test: ## Run every test that this machine can run
	@$(PYTHON) tools/prepare.py --dev
	@exec $(VENV)/python tools/test.py

check: ## Lint, types, import rules, schema drift, lock files
	@$(PYTHON) tools/prepare.py --dev
	@exec $(VENV)/python tools/check.py

lint: ## Format and mend what can be mended
	@$(VENV)/ruff format -q .
	@$(VENV)/ruff check --fix -q .
	@cd frontend && npx biome check --write --log-level=error .

bench: ## Measure, and write docs/reference/benchmarks.md
	@$(PYTHON) tools/prepare.py --dev
	@exec $(VENV)/python -m tests.benchmarks --all

cluster: ## Start the product on local PostgreSQL, Redis and RabbitMQ with Celery workers
	@$(PYTHON) tools/prepare.py
	@exec $(VENV)/python tools/cluster.py

pictures: ## Make the pictures of docs/images
	@$(PYTHON) tools/prepare.py --dev
	@exec $(VENV)/python -m tests.journeys.pictures

lock: ## Resolve requirements*.in and library.lock anew
	@$(VENV)/python tools/lock.py

schema: ## Write studio/api/schema.graphql and the typed operations of the front end
	@$(VENV)/python manage.py export_schema
	@cd frontend && npm run --silent codegen

clean: ## Remove what was built (never data)
	@rm -rf .venv .build frontend/node_modules frontend/dist
