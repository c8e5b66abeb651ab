# `make demo` and `make test` each do all that they need, from a fresh clone. Every step ends at once when it is done.

SWIFT := swift
SOURCES := Package.swift Benchmarks Sources Tests
# They run by themselves: beside the whole suite their servers are kept waiting.
HUB_TESTS := CLIPHubTests|PullCommandTests

.PHONY: help setup build demo test lint format reference clean

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## the system's packages and libtorch; LIBTORCH=/path uses one that is there
	@scripts/setup

build: setup  ## the tool, in .build/release/clip
	@scripts/stage "build" $(SWIFT) build -c release --product clip

demo: build  ## train a CLIP on emoji scenes and see what it learned
	@OMP_WAIT_POLICY=passive .build/release/clip demo

test: setup lint  ## everything that is tested, comparisons with the Python packages included
	@scripts/stage "set-up tests" scripts/test-setup
	@scripts/stage "debug build" $(SWIFT) build --product clip
	@scripts/stage "build with tests" $(SWIFT) build -c release --build-tests
	@scripts/stage "reference packages" scripts/reference
	@scripts/stage "tests of the hub" $(SWIFT) test -c release --skip-build --disable-xctest --filter "$(HUB_TESTS)"
	@OMP_WAIT_POLICY=passive scripts/stage "tests" $(SWIFT) test -c release --skip-build --disable-xctest --skip "$(HUB_TESTS)"

lint:  ## whether the sources are formatted as .swift-format says
	@scripts/stage "format lint" $(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format:  ## format the sources
	@$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

reference: setup  ## the Python packages that the tests compare with, in .deps/reference
	@scripts/reference

clean:  ## remove what was built; .deps stays
	@rm -rf .build
