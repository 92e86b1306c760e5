# Every target sets up what it needs, from any working directory (`make -C path/to/hmer-suite test`).
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
VENV := $(ROOT).venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DATA := $(ROOT)../shared/data

REPORTS := choices ctc decode encoder errors im2latex ink joined judge labels leaderboard marks onnx photo pictures postprocess \
	printed real_print recogniser repair rules scores semantics serve suite symbol_strokes symbols tracing wap

.PHONY: docs web leaderboard help demo test lowest coverage lint grammar formats bench oracle unicode reports structure semantics \
	soundness scale mutants chaos fuzz clean $(REPORTS:%=report-%)

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(ROOT)Makefile | sed 's/:.*## /\t/' | expand -t 20
	@for name in $(REPORTS); do \
		printf 'report-%s\t' $$name; sed -n '1s/^r*"""//p' $(ROOT)tools/reports/$$name.py; \
	done | expand -t 20

$(STAMP): $(ROOT)pyproject.toml $(ROOT)constraints.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("hmer-suite needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test]'
	touch $(STAMP)

demo: $(STAMP)  ## train on synthetic ink, read, score, compare, draw
	$(BIN)/hmer-suite demo --out $(ROOT)runs/demo

test: $(STAMP)  ## run the test suite, in as many processes as there are threads
	cd $(ROOT) && $(BIN)/python -m pytest -n logical --dist worksteal $(ARGS)

LOWEST := $(ROOT).venv-lowest
EXTRAS := parquet
LOWEST_TESTS := tests/predictions tests/cli/test_commands.py tests/cli/test_layouts.py tests/cli/test_manners.py \
	tests/scores/test_evaluate_metric.py

lowest:  ## install the lowest versions that pyproject.toml allows (EXTRAS=parquet) and run the tests that touch them
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	cd $(ROOT) && VIRTUAL_ENV=$(LOWEST) $(LOWEST)/bin/uv pip install --quiet --resolution lowest-direct -e '.[$(EXTRAS)]'
	VIRTUAL_ENV=$(LOWEST) $(LOWEST)/bin/uv pip freeze --exclude-editable > $(LOWEST)/versions.txt
	VIRTUAL_ENV=$(LOWEST) $(LOWEST)/bin/uv pip install --quiet -c $(LOWEST)/versions.txt pytest hypothesis jsonschema pyyaml
	cd $(ROOT) && $(LOWEST)/bin/python -m pytest -W default -p no:cacheprovider $(LOWEST_TESTS)

coverage: $(STAMP)  ## run the test suite and report how much of the code it runs
	cd $(ROOT) && $(BIN)/python -m pytest --cov --cov-report= && $(BIN)/coverage report --format=total

lint: $(STAMP)  ## format, ruff, types, and the rules of who may import whom
	cd $(ROOT) && $(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

$(VENV)/.bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,bench]'
	touch $@

$(ROOT)tools/oracle/node_modules: $(ROOT)tools/oracle/package.json
	cd $(ROOT)tools/oracle && npm install --no-package-lock --no-audit --no-fund --silent
	touch $@

MATHLIVE := 0.111.1
VENDOR := $(ROOT)hmer_suite/web/static/vendor

web:  ## install the formula editor of the web app (needs npm)
	rm -rf $(VENDOR) && mkdir -p $(VENDOR)/unpacked
	cd $(VENDOR)/unpacked && npm pack --silent mathlive@$(MATHLIVE) && tar -xzf mathlive-$(MATHLIVE).tgz
	mkdir $(VENDOR)/mathlive && cd $(VENDOR)/unpacked/package && cp -r mathlive.min.mjs fonts LICENSE.txt $(VENDOR)/mathlive
	rm -rf $(VENDOR)/unpacked

docs: $(STAMP)  ## build the pages as a site in site/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[docs]'
	cd $(ROOT) && $(BIN)/mkdocs build --strict

grammar: $(STAMP)  ## compile grammars/latex.lark into the table that ships beside it
	cd $(ROOT) && $(BIN)/python -m hmer_suite.latex.table

formats: $(STAMP)  ## docs/formats.md from the examples of the tests
	cd $(ROOT) && $(BIN)/python -m tests.formats_page

bench: $(VENV)/.bench $(ROOT)tools/oracle/node_modules report-decode report-wap  ## speed side by side; writes reports
	cd $(ROOT) && $(BIN)/python -m tools.benchmark.run --data $(DATA) --out reports/bench.md

oracle: $(STAMP) $(ROOT)tools/oracle/node_modules  ## verdicts and drawings against KaTeX; writes reports
	cd $(ROOT) && $(BIN)/python -m tools.oracle.report --data $(DATA) --out reports
	cd $(ROOT) && $(BIN)/python -m tools.oracle.canonical_fuzz --data $(DATA) --mutants 20000

unicode: $(STAMP) $(ROOT)tools/oracle/node_modules  ## table of Unicode characters that draw like commands
	cd $(ROOT) && $(BIN)/python -m tools.oracle.unicode_table hmer_suite/latex/unicode.tsv

$(VENV)/.reports: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,reports]'
	touch $@

# One report a script of tools/reports, with the arguments of its docstring; ARGS adds more. Reports on trained
# recognisers want RUN=FOLDER and, for earlier stages, BEFORE="FOLDER ...".
need = $(or $($1),$(error report-$* needs $1=...; see python -m tools.reports.$* --help))
TRAINED = $(call need,RUN) $(if $(BEFORE),--before $(BEFORE))
SPLITS_OF = --data $1:$(DATA)/crohme

ARGS_choices = $(call need,RUNS) --out reports/stroke-choices.md
ARGS_ctc = $(TRAINED) $(call SPLITS_OF,crohme) --out reports/ctc-crohme.md
ARGS_decode = wap small --labels $(DATA)/crohme/captions-test2014.txt --out reports/decode.md
ARGS_encoder = $(call need,FRESH) $(call need,STARTED) $(call SPLITS_OF,crohme) --out reports/encoder.md
ARGS_errors = wap ctc-crnn stroke stroke+wap+ctc-crnn --crohme $(DATA)/crohme --out reports/errors.md
ARGS_im2latex = $(TRAINED) --data printed:$(DATA)/im2latex/test-a.formulas.norm.txt --out reports/im2latex.md
ARGS_ink = --data $(DATA) --out reports/ink.md
ARGS_joined = stroke wap ctc-crnn --crohme $(DATA)/crohme --out reports/joined.md
ARGS_judge = --crohme $(DATA)/crohme --out reports/judge.md
ARGS_labels = --data $(DATA) --out reports/labels.md
ARGS_leaderboard = stroke wap ctc-crnn stroke+wap+ctc-crnn im2latex symbol-cnn --data $(DATA) --out reports/leaderboard.md
ARGS_marks = $(call need,RUNS) $(call SPLITS_OF,crohme) --out reports/wap-marks.md
ARGS_onnx = stroke wap --crohme $(DATA)/crohme --out reports/onnx.md
ARGS_photo = --crohme $(DATA)/crohme --out reports/photo.md
ARGS_pictures = wap stroke stroke+wap --crohme $(DATA)/crohme --hand $(DATA)/real/hand --out reports/pictures.md
ARGS_postprocess = --crohme $(DATA)/crohme --out reports/postprocess.md
ARGS_printed = $(DATA)/im2latex/*.txt --out reports/printed.md
ARGS_real_print = im2latex --data $(DATA)/real/print $(DATA)/real/im2latex-original --out reports/real-print.md
ARGS_recogniser = $(TRAINED) $(call SPLITS_OF,crohme) --out reports/$(call need,NAME)-crohme.md
ARGS_repair = --data $(DATA) --out reports/repair.md
ARGS_rules = --data $(DATA) --out reports/rules.md
ARGS_scores = --data $(DATA) --out reports
ARGS_semantics = --data $(DATA) --out reports/semantics.md
ARGS_suite = $(call need,LOG) --out reports/suite.md
ARGS_symbol_strokes = $(TRAINED) $(call SPLITS_OF,symbols) --out reports/symbol-stroke.md
ARGS_symbols = $(TRAINED) $(if $(DENSE),--dense $(DENSE)) $(call SPLITS_OF,symbols) --out reports/symbols.md
ARGS_tracing = --crohme $(DATA)/crohme --out reports/tracing.md
ARGS_wap = --crohme $(DATA)/crohme --out reports/wap-speed.md

$(REPORTS:%=report-%): report-%: $(STAMP)
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.$* $(ARGS_$*) $(ARGS)

report-semantics: $(VENV)/.semantics

structure: $(VENV)/.reports  ## layout-tree scores against LgEval; writes reports/structure.md
	cd $(ROOT) && $(BIN)/python -m tools.oracle.lgeval $(DATA)/predictions/wap-crohme2014.txt \
		$(DATA)/crohme/captions-test2014.txt --out reports/structure.md

CHEAP := repair rules scores labels ink photo printed tracing joined

reports: structure $(CHEAP:%=report-%)  ## the reports that are cheap: no run of a training, no hours

$(VENV)/.semantics: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,semantics-bench]'
	touch $@

semantics: report-semantics  ## verdicts on the real data, compared with other tools; writes reports/semantics.md

leaderboard: report-leaderboard  ## every recogniser with weights on the same test sets; writes reports/leaderboard.md

MINUTES := 30

chaos: $(STAMP)  ## attack the suite for MINUTES (default 30): fuzz, kills, damaged files; writes reports/reliability.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.chaos.run --minutes $(MINUTES) --out reports/reliability.md $(ARGS)

$(VENV)/.fuzz: $(STAMP)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,fuzz]'
	touch $@

SECONDS_OF_FUZZING := 60

fuzz: $(VENV)/.fuzz  ## fuzz the tokeniser and the InkML reader, guided by coverage where Atheris can be installed
	cd $(ROOT) && $(BIN)/python -m tools.chaos.fuzz tokens --seconds $(SECONDS_OF_FUZZING)
	cd $(ROOT) && $(BIN)/python -m tools.chaos.fuzz inkml --seconds $(SECONDS_OF_FUZZING)

soundness: $(STAMP)  ## pairs that try to break the equivalence engine; writes reports
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.soundness.known_answers --out reports/soundness.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.soundness.hostile --out reports/hostile.md

scale: $(STAMP)  ## made-up samples from 10,000 to 1,000,000, and Dask on loopback (hours); writes reports/scale.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.scale --out reports/scale.md $(ARGS)

mutants: $(STAMP)  ## mutants of the modules behind published numbers against their own tests; writes reports/mutants.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.mutants --out reports/mutants.md $(ARGS)

clean:  ## remove what the targets made
	rm -rf $(VENV) $(ROOT)tools/oracle/node_modules $(ROOT)runs
