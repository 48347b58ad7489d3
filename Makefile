# `make` prints what there is to do.
VENV ?= .venv
PY := $(VENV)/bin/python

.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

ext: ## the native module, fast profile, into the source tree
	cargo build --features python
	cp target/debug/libtidegate_core.so python/tidegate/_core.abi3.so

.PHONY: help ext
