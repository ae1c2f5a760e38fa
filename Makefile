.DEFAULT_GOAL := help
.PHONY: help run test check lock bench

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

run:  ## install, prepare and start the assistant
	@scripts/install
	@.venv/bin/lam up

test:  ## install what is missing and run all tests
	@scripts/install browser spark
	@scripts/test

check:  ## style, types, and known vulnerabilities of the locked packages
	@scripts/install
	@scripts/check

lock:  ## renew requirements.lock and constraints.txt from pyproject.toml
	@scripts/lock --upgrade

bench:  ## the quick form of all benchmarks (LAM_BENCH_DATA names the data sets)
	@scripts/install
	@scripts/bench
