# Two commands for a new user: `make demo` and `make test`. Everything fetched lies outside git's view.

.DEFAULT_GOAL := help
.PHONY: help demo test setup libtorch vocab lint docs deny advisories page unit figures clean-fetched

CLINLINK := target/release/clinlink
EPISODE  := fixtures/medical-stay
PAGE     := .clinlink/medical-stay.html

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## Fetch, build, and code an invented episode: a table here, a page in .clinlink/
	@$(CLINLINK) code $(EPISODE)
	@$(CLINLINK) code $(EPISODE) --format html -o $(PAGE)
	@echo; echo "The episode as a page, with the evidence in the notes: $(PAGE)"

test: setup lint docs deny page unit ## Everything that CI runs

setup: libtorch vocab ## libtorch, the program and the vocabulary pack

libtorch: ## libtorch 2.11 at .libtorch, from its package; no network the second time
	@cargo run --quiet --locked --release --package clinlink-fetch --bin clinlink-libtorch

vocab: libtorch ## The program, and the vocabulary pack it compiles
	cargo build --locked --release
	@$(CLINLINK) vocab fetch
	@$(CLINLINK) vocab build --if-needed

lint: libtorch
	cargo fmt --all --check
	cargo clippy --locked --release --workspace --all-targets -- -D warnings

docs: libtorch
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --release --workspace --no-deps --quiet

deny:
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny
	cargo deny --locked check bans licenses sources

# Not in `test`: the databases of advisories come from github.com and the npm registry, and no other way. Fails where they
# cannot be had, so that nobody takes silence for an answer.
advisories: ## Known faults of the crates and packages; for CI that has the network: make test advisories
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny
	cargo deny --locked check advisories
	cd web && npm audit --omit=dev

# The page is built into the program from web/dist, which is committed: only who changes the page needs npm.
page: ## The review desk's page: lints, unit tests, and whether web/dist is what its sources give
ifeq ($(shell command -v npm),)
	@echo "page: passed over, there is no npm here; web/dist is taken as it is committed"
else
page: web/node_modules/.package-lock.json
	cd web && npm run --silent lint
	cd web && npm test --silent
	cd web && npm run --silent build -- --outDir ../.clinlink/page --emptyOutDir --logLevel warn
	diff -r web/dist .clinlink/page
endif

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

unit: setup
	@command -v cargo-nextest > /dev/null || cargo install --locked cargo-nextest
	cargo nextest run --locked --release --workspace

figures: setup ## The figures of README.md, from corpora in ../shared (CLINLINK_SHARED)
	python3 benches/figures.py
