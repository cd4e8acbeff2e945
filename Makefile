# Each target does all it needs, and a second run redoes nothing. `make help` lists them.

SHELL := /bin/bash
# No startup files: where standard input is a socket, as under Node, bash takes itself for one that a network runs and reads them.
.SHELLFLAGS := --norc -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := node_modules/.bin
MODULES := node_modules/.package-lock.json
# Not the compiler's own record, which a check without output renews too.
DIST := dist/.made
ADDON := build/Release/torchts.node
REFERENCE := build/Release/torchts_reference.node
FACES := data/processed/faces
# Test files that run at once: many wait for processes of their own. More than four would want more memory than machines have.
JOBS := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n : 4)))
SOURCES := '{ts,test,scripts,bench,examples}/**/*.ts' 'data/dashboard/*.js'

# What a training takes: the dataset that `make data` prepared for its task, else drawn images.
TASK := facecls
CELEBA := data/raw/celeba
VOC := data/raw/voc
PREPARED := $(wildcard $(if $(filter vocdet,$(TASK)),$(VOC),$(CELEBA)))
PRESET := $(if $(PREPARED),small,tiny)
TRAINED := $(or $(RUN),models/$(TASK)-$(PRESET))

.PHONY: help train predict test lint lint-layout lint-exports lint-types test-processors test-shuffled data build data-drawn data-voc data-celeba bench stress memory-plot speed-plot packages packages-check version mutants nodes sanitize clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 22

train: $(TRAINED)/metrics.json ## train on drawn faces, with a report; TASK=vocdet on drawn scenes; on real data after make data
	@echo "The report is $(TRAINED)/report.html"

predict: build ## say what a run sees: RUN=models/facecls-tiny PICTURE=photo.jpg
	@test -n "$(RUN)" -a -n "$(PICTURE)" || { echo "make predict needs RUN=<the folder of a run> and PICTURE=<a file>" >&2; exit 2; }
	@# Weights of a detector say so in their configuration, those of the hub in their name.
	@task=$(if $(filter command line,$(origin TASK)),$(TASK),facecls); \
	[[ "$(RUN)" != *detr* ]] && ! grep -qs '"model_type": *"detr"' "$(RUN)/checkpoints/best/config.json" "$(RUN)/config.json" || task=vocdet; \
	set -x; node dist/cli/$$task.js predict "$(RUN)" "$(PICTURE)" $(ARGS)

# Threads of libtorch that wait for each other go on turning; where several tests share the cores, they take them from each other.
test test-processors test-shuffled stress: export OMP_WAIT_POLICY := passive

test: build $(REFERENCE) ## check, compile and test everything; the last line counts
	$(MAKE) --no-print-directory -j $(JOBS) lint
	$(BIN)/mocha --parallel --jobs $(JOBS)

lint: lint-layout lint-exports lint-types ## the layout by prettier, unused exports by knip, and what ESLint sees in the types

lint-layout: $(MODULES)
	$(BIN)/prettier --log-level warn --check $(SOURCES)

lint-exports: $(MODULES)
	$(BIN)/knip --no-progress

lint-types: $(MODULES)
	$(BIN)/eslint ts test scripts bench examples

test-processors: build $(REFERENCE) ## the tests of numbers as on other processors, one line a setting
	scripts/processors.sh

test-shuffled: build $(REFERENCE) ## every test file alone, then all in a random order; SEED=<printed> repeats it
	SEED=$(SEED) node --import tsx scripts/shuffled.ts

data: data-$(or $(DATASET),drawn) ## draw the faces; DATASET=voc gets Pascal VOC 2012, or takes it FROM=<folder>; DATASET=celeba FROM=<folder>

data-drawn: $(FACES)/drawn-faces.json

# The archives are read in place. URL names a mirror.
data-voc: build
	$(call take-folder,$(VOC))
	$(if $(FROM),,node dist/cli/vocdet.js data download --out $(VOC) --years 2012 $(if $(URL),--mirror "$(URL)"))
	node dist/cli/vocdet.js data check $(VOC)

data-celeba: build
	@test -n "$(FROM)" || { printf '%s\n' "CelebA is given by its authors only, for non-commercial research: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html" \
	  "Put img_align_celeba.zip, list_attr_celeba.txt and list_eval_partition.txt into a folder, then: make data DATASET=celeba FROM=<folder>" >&2; exit 2; }
	$(call take-folder,$(CELEBA))
	node dist/cli/facecls.js data prepare --data $(CELEBA)

data-%:
	@echo "make data has no DATASET=$*: voc, celeba, or nothing for drawn faces" >&2; exit 2

# Links the folder FROM, if one is given, to where the trainings look for it.
define take-folder
@if [[ -n "$(FROM)" ]]; then \
  [[ -d "$(FROM)" ]] || { echo "FROM=$(FROM) is no folder" >&2; exit 2; }; \
  [[ -L $(1) || ! -e $(1) ]] || { echo "$(1) holds a dataset already: move it away to take $(FROM)" >&2; exit 2; }; \
  mkdir -p $(dir $(1)); ln -sfn "$(abspath $(FROM))" $(1); \
fi
endef

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

mutants: build scripts/mutants/node_modules/.package-lock.json ## change the code in small ways, and list what no test notices: SHARE, SEED, FOLDERS, TESTS
	SHARE=$(SHARE) SEED=$(SEED) FOLDERS=$(FOLDERS) TESTS=$(TESTS) node --import tsx scripts/mutants/run.ts

scripts/mutants/node_modules/.package-lock.json: scripts/mutants/package-lock.json
	npm ci --prefix scripts/mutants --ignore-scripts --no-audit --no-fund
	@touch $@

packages: build ## pack all that is published for npm, with the addons of this platform, into build/packages; PART=addons or javascript alone
	node --import tsx scripts/release/packages.ts $(addprefix --part ,$(PART)) $(addprefix --libtorch ,$(LIBTORCH))

version: $(MODULES) ## move the version of all packages, and CHANGELOG.md's heading: VERSION=0.2.0
	node --import tsx scripts/release/version.ts "$(VERSION)"

packages-check: build scripts/release/node_modules/.package-lock.json ## install the packages as users do: from a registry, by every package manager, on a bare system
	$(BIN)/mocha --config .mocharc.packages.json

scripts/release/node_modules/.package-lock.json: scripts/release/package-lock.json
	npm ci --prefix scripts/release --ignore-scripts --no-audit --no-fund
	@touch $@

memory-plot: build ## draw docs/memory.svg, and print its figures
	node --import tsx scripts/memory-plot.ts

speed-plot: $(MODULES) ## draw docs/speed.svg of what the benches measured last
	node --import tsx scripts/speed-plot.ts

clean: ## delete what was compiled; packages, data and models stay
	rm -rf build dist

# --- what the targets are made of ---

$(MODULES): package-lock.json
	npm ci
	@touch $@

$(DIST): $(MODULES) tsconfig.json package.json $(shell find ts -name '*.ts')
	# What was moved or deleted must not stay behind: an old file would be found before a new folder of its name.
	rm -rf dist
	npm run --silent build:ts
	@touch $@

$(ADDON): CMakeLists.txt $(wildcard native/*.cc native/*.h native/distributed/*.cc native/distributed/*.h) $(if $(TORCHTS_LIBTORCH)$(TORCHTS_FLAVOUR),build/choice) | $(DIST)
	node dist/cli/torchts.js setup
	@touch $@

$(REFERENCE): $(wildcard native/reference/*) $(ADDON) | $(DIST)
	node dist/cli/torchts.js setup --target torchts_reference
	@touch $@

$(FACES)/drawn-faces.json: | $(DIST) $(ADDON)
	node dist/cli/facecls.js data synth

# A run that was stopped goes on where it was.
$(TRAINED)/metrics.json: | $(DIST) $(ADDON) $(if $(PREPARED)$(filter vocdet,$(TASK)),,$(FACES)/drawn-faces.json)
	node dist/cli/$(TASK).js train --run $(TRAINED) $(if $(wildcard $(TRAINED)/config.yaml),--resume,--preset $(PRESET) $(if $(PREPARED),--data $(PREPARED))) $(ARGS)

# Changes only when another libtorch is asked for, and then the addon is linked again.
build/choice: FORCE
	@mkdir -p build
	@echo '$(TORCHTS_LIBTORCH) $(TORCHTS_FLAVOUR)' | cmp -s - $@ || echo '$(TORCHTS_LIBTORCH) $(TORCHTS_FLAVOUR)' > $@

FORCE:
