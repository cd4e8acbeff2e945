# Each target does all it needs, and a second run redoes nothing. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := node_modules/.bin
MODULES := node_modules/.package-lock.json
# Not the compiler's own record, which a check without output renews too.
DIST := dist/.made
ADDON := build/Release/torchts.node
REFERENCE := build/Release/torchts_reference.node
FACES := data/processed/faces
RUN := models/facecls-tiny

.PHONY: help train test data build bench stress memory-picture nodes sanitize clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 22

train: $(RUN)/metrics.json ## train the small face classifier on drawn faces, with a report
	@echo "The report is $(RUN)/report.html"

test: build $(REFERENCE) ## check, compile and test everything; the last line counts
	$(BIN)/mocha

ifeq ($(DATASET),celeba)
data: build ## draw the faces; DATASET=celeba FROM=<folder> prepares the real ones
	@test -n "$(FROM)" || { echo "make data DATASET=celeba needs FROM=<the folder of the CelebA files>" >&2; exit 2; }
	node dist/cli/facecls.js data prepare --data "$(FROM)"
else
data: $(FACES)/drawn-faces.json
endif

build: $(DIST) $(ADDON) ## npm packages, libtorch, the addon, TypeScript

bench: build ## measure, beside Python where it is installed; BENCH='--only operator-call' chooses
	$(BIN)/tsc -p bench/tsconfig.json
	node build/bench/run.js $(BENCH)

stress: build ## the long tests of memory, workers and operators: TORCHTS_STRESS_MINUTES, 30 by default
	$(BIN)/mocha --config .mocharc.stress.json

nodes: build ## the addon under each version of Node that it serves
	scripts/node-versions.sh

sanitize: build $(REFERENCE) ## the core's tests with an addon that checks each access to memory (GCC)
	scripts/sanitize.sh

memory-picture: build ## draw docs/memory.svg, and print its figures
	node --import tsx scripts/memory-picture.ts

clean: ## delete what was compiled; packages, data and models stay
	rm -rf build dist

# --- what the targets are made of ---

$(MODULES): package-lock.json
	npm ci
	@touch $@

$(DIST): $(MODULES) tsconfig.json package.json $(shell find ts -name '*.ts')
	# What was moved or deleted must not stay behind: an old file would be found before a new folder of its name.
	rm -rf dist
	$(BIN)/tsc -p tsconfig.json
	@touch $@

$(ADDON): CMakeLists.txt $(wildcard native/*.cc native/*.h) $(if $(TORCHTS_LIBTORCH)$(TORCHTS_FLAVOUR),build/choice) | $(DIST)
	node dist/cli/torchts.js setup
	@touch $@

$(REFERENCE): $(wildcard native/reference/*) $(ADDON) | $(DIST)
	node dist/cli/torchts.js setup --target torchts_reference
	@touch $@

$(FACES)/drawn-faces.json: | $(DIST) $(ADDON)
	node dist/cli/facecls.js data synth

# A run that was stopped goes on where it was.
$(RUN)/metrics.json: | $(DIST) $(ADDON) $(FACES)/drawn-faces.json
	node dist/cli/facecls.js train --run $(RUN) $(if $(wildcard $(RUN)/config.yaml),--resume,--preset tiny)

# Changes only when another libtorch is asked for, and then the addon is linked again.
build/choice: FORCE
	@mkdir -p build
	@echo '$(TORCHTS_LIBTORCH) $(TORCHTS_FLAVOUR)' | cmp -s - $@ || echo '$(TORCHTS_LIBTORCH) $(TORCHTS_FLAVOUR)' > $@

FORCE:
