# Commands of this repository. They need git, make, the .NET 10 SDK and Node 20, and nothing else: no root, no Docker.
#
#   make demo      deploy, resume, release through three environments and roll back real programs on local clusters; leaves artifacts/demo/index.html
#   make test      every test, the container's too where a Docker engine answers; ends in "N passed, N failed, N skipped"
#   make publish   the executable, at artifacts/solana-actions
#   make image     the images solana-actions:local and solana-actions-localnet:local; needs a Docker engine
#   make workflows-local DEST=dir [IMAGE=…] [GITHUB_API=…]   a repository to try the reusable workflows in, for a runner engine that is not GitHub's
#   make bench     the numbers and their bars; CASES=, RUNS= and PEER= choose (bench/README.md)

.PHONY: demo test publish image bench workflows-local clean
.DEFAULT_GOAL := test
.DELETE_ON_ERROR:

EXECUTABLE := artifacts/solana-actions
# What ends up in the executable: when any of it is newer, it is made again.
SOURCES := $(shell find src/Actions.Core src/Actions.Cli -type f \( -name '*.cs' -o -name '*.csproj' -o -name 'packages.lock.json' \)) \
  Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig global.json
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

demo: $(EXECUTABLE) src/localnet/node_modules/.package-lock.json
	@node bench/demo/main.mjs

test: $(EXECUTABLE) src/localnet/node_modules/.package-lock.json tests/localnet/node_modules/.package-lock.json tests/oracle/node_modules/.package-lock.json tests/github/node_modules/.package-lock.json tests/workflows/node_modules/.package-lock.json tests/sarif/node_modules/.package-lock.json
	@.ci/image --if-engine
	@node tests/run.mjs

publish: $(EXECUTABLE)

image: $(EXECUTABLE) src/localnet/node_modules/.package-lock.json
	@.ci/image

bench: $(EXECUTABLE) src/localnet/node_modules/.package-lock.json
	@node bench/run.mjs

workflows-local: src/localnet/node_modules/.package-lock.json
	@test -n "$(DEST)" || { echo "missing: DEST=<folder>" >&2; exit 2; }
	@node .ci/workflows-local.mjs "$(DEST)" "$(or $(IMAGE),solana-actions:local)" $(GITHUB_API)

clean:
	rm -rf artifacts src/localnet/node_modules tests/localnet/node_modules tests/oracle/node_modules tests/github/node_modules tests/workflows/node_modules tests/sarif/node_modules

$(EXECUTABLE): $(SOURCES)
	@.ci/require dotnet node
	@echo "publishing $@ (log: artifacts/publish.log)"
	@mkdir -p artifacts
	@dotnet publish src/Actions.Cli -c Release -o artifacts/publish --nologo -v quiet > artifacts/publish.log 2>&1 || { cat artifacts/publish.log; exit 1; }
	@mv -f artifacts/publish/solana-actions $@ && touch $@

# npm writes this file last, so it is the stamp of a complete installation.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@.ci/require node
	@echo "installing $*/node_modules"
	@cd $* && { said=$$($(NPM_CI) 2>&1) || { echo "$$said"; exit 1; }; } && touch node_modules/.package-lock.json
