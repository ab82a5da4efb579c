# The stable names; see docs/architecture.md. Each makes the environment first, which takes no time when it is there.
PYTHON := .venv/bin/python
PYTEST_ARGS ?= -n 2

.PHONY: demo test bench lint clean environment

demo: environment
	$(PYTHON) -m demo

test: environment
	$(PYTHON) -m pytest $(PYTEST_ARGS)

bench: environment
	$(PYTHON) -m benchmarks

lint: environment
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/pyright

clean:
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

environment:
	@sh scripts/setup.sh
