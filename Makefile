# Every target sets up what it needs, from any working directory (`make -C path/to/hmer-suite test`).
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
VENV := $(ROOT).venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DATA := $(ROOT)../shared/data

.PHONY: leaderboard help demo test lint grammar bench oracle reports semantics soundness clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(ROOT)Makefile | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): $(ROOT)pyproject.toml $(ROOT)constraints.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("hmer-suite needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test]'
	touch $(STAMP)

demo: $(STAMP)  ## train on synthetic ink, read, score, compare, draw
	$(BIN)/hmer-suite demo --out $(ROOT)runs/demo

test: $(STAMP)  ## run the test suite
	cd $(ROOT) && $(BIN)/python -m pytest

lint: $(STAMP)  ## ruff and the import rules
	cd $(ROOT) && $(BIN)/ruff check . && $(BIN)/lint-imports

$(VENV)/.bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,bench]'
	touch $@

$(ROOT)tools/oracle/node_modules: $(ROOT)tools/oracle/package.json
	cd $(ROOT)tools/oracle && npm install --no-package-lock --no-audit --no-fund --silent
	touch $@

grammar: $(STAMP)  ## compile grammars/latex.lark into the table that ships beside it
	cd $(ROOT) && $(BIN)/python -m hmer_suite.latex.table

bench: $(VENV)/.bench $(ROOT)tools/oracle/node_modules  ## speed side by side; writes reports/bench.md
	cd $(ROOT) && $(BIN)/python -m tools.benchmark.run --data $(DATA) --out reports/bench.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.decode wap small \
		--labels $(DATA)/crohme/captions-test2014.txt --out reports/decode.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.wap --crohme $(DATA)/crohme --out reports/wap-speed.md

oracle: $(STAMP) $(ROOT)tools/oracle/node_modules  ## verdicts and drawings against KaTeX; writes reports
	cd $(ROOT) && $(BIN)/python -m tools.oracle.report --data $(DATA) --out reports

$(VENV)/.reports: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,reports]'
	touch $@

reports: $(VENV)/.reports  ## repair, rules, scores, comparison, structure, ink and photos on the real data
	cd $(ROOT) && $(BIN)/python -m tools.reports.repair --data $(DATA) --out reports/repair.md
	cd $(ROOT) && $(BIN)/python -m tools.reports.rules $(DATA) reports/rules.md
	cd $(ROOT) && $(BIN)/python -m tools.reports.scores --data $(DATA) --out reports
	cd $(ROOT) && $(BIN)/python -m tools.oracle.lgeval $(DATA)/predictions/wap-crohme2014.txt \
		$(DATA)/crohme/captions-test2014.txt --out reports/structure.md
	cd $(ROOT) && $(BIN)/python -m tools.reports.labels --data $(DATA) --out reports/labels.md
	cd $(ROOT) && $(BIN)/python -m tools.reports.ink --data $(DATA) --out reports/ink.md
	cd $(ROOT) && $(BIN)/python -m tools.reports.photo --crohme $(DATA)/crohme --out reports/photo.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.printed $(DATA)/im2latex/*.txt --out reports/printed.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.tracing --crohme $(DATA)/crohme --out reports/tracing.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.joined stroke wap ctc-crnn --crohme $(DATA)/crohme \
		--out reports/joined.md

$(VENV)/.semantics: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(ROOT)constraints.txt -e '$(ROOT)[test,semantics-bench]'
	touch $@

semantics: $(VENV)/.semantics  ## verdicts on the real data, beside other tools; writes reports/semantics.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.semantics --data $(DATA) --out reports/semantics.md

leaderboard: $(STAMP)  ## every recogniser with weights on the same test sets; writes reports/leaderboard.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.reports.leaderboard wap ctc-crnn im2latex symbol-cnn --data $(DATA) \
		--out reports/leaderboard.md

soundness: $(STAMP)  ## pairs that try to break the equivalence engine; writes reports
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.soundness.known_answers --out reports/soundness.md
	cd $(ROOT) && OMP_NUM_THREADS=1 $(BIN)/python -m tools.soundness.hostile --out reports/hostile.md

clean:  ## remove what the targets made
	rm -rf $(VENV) $(ROOT)tools/oracle/node_modules $(ROOT)runs
