# Alcove. Everything that a person or a machine does with the source is a target here.
#
#	make run     install what is missing, build, open the app
#	make test    install what the tests need, run all of them
#	make demo    play a whole session with the real app and a real browser
#
# One set of flags for every build: changing a tag or -trimpath compiles the whole window
# toolkit again (minutes).

SHELL := /bin/bash
GO    ?= go
OS    := $(shell uname -s)

comma   := ,
VERSION := $(shell sed -n 's/^Version = "\(.*\)"/\1/p' FyneApp.toml)
TAGS    := sqlite_fts5$(if $(filter Linux,$(OS)),$(comma)gles)
LDFLAGS := -X main.version=$(VERSION)
BUILD   := $(GO) build -tags '$(TAGS)' -ldflags '$(LDFLAGS)'
TEST    := $(GO) test -race -tags '$(TAGS)'
# Every room but the story, which needs the machine for itself. Browsers and relays keep real time.
REAL    := ./assets/... ./rtc/...
ROOMS   := ./app/... ./storage/... ./ui/... $(REAL)

.PHONY: help
help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# --- what a machine must have -----------------------------------------------------------

BUILD_PACKAGES := gcc libc6-dev ca-certificates pkg-config libgl-dev libegl-dev libgles-dev libx11-dev \
	libxrandr-dev libxxf86vm-dev libxi-dev libxcursor-dev libxinerama-dev libwayland-dev libxkbcommon-dev libvpx-dev libspeexdsp-dev
TEST_PACKAGES := xvfb libgl1-mesa-dri openbox xdotool xclip imagemagick x11-utils gnome-keyring dbus \
	pulseaudio pulseaudio-utils coturn fonts-inter procps 'google-chrome|chromium|chromium-browser:chromium' 'firefox-esr|firefox:firefox-esr'
LINT_PACKAGES := 'node:nodejs' 'npm:npm'

.PHONY: deps
deps: ## install what a build needs (Debian, Ubuntu)
	@.ci/need "to build the app: a C compiler, the window system's and libvpx's headers" $(BUILD_PACKAGES)

.PHONY: deps-test
deps-test: deps ## install what the tests need: a browser, a display without a screen, a keyring
	@.ci/need "for the tests: a real browser, a display without a screen, a keyring, sound, TURN" $(TEST_PACKAGES)

.PHONY: deps-lint
deps-lint: deps
	@.ci/need "to check the types of the page's JavaScript" $(LINT_PACKAGES)

# --- the app ----------------------------------------------------------------------------

.PHONY: build
build: deps ## the app and the relay, into bin/
	$(BUILD) -o bin/ .
	CGO_ENABLED=0 $(GO) build -ldflags '$(LDFLAGS)' -o bin/ ./rtc/relay/alcove-relay

.PHONY: run
run: build ## build and open the app
	bin/alcove

# --- proof ------------------------------------------------------------------------------

.PHONY: test
test: deps-test ## everything, with the race detector
	$(GO) vet -tags '$(TAGS)' ./...
	$(TEST) -p 2 -timeout 15m -skip '^TestShots$$' $(filter-out $(REAL),$(ROOMS))
	# One package at a time: what keeps real time shares two cores already.
	$(TEST) -p 1 -timeout 15m $(REAL)
	# Every screen drawn: one goroutine's arithmetic, in which the race detector finds nothing for ten minutes.
	$(GO) test -tags '$(TAGS)' -timeout 10m -run '^TestShots$$' ./ui
	$(TEST) -count 1 -timeout 10m .
	.ci/fuzz '$(TAGS)' 3000x

.PHONY: demo
demo: deps-test ## play the whole story, leave pictures of both sides in out/demo/
	rm -rf out/demo
	$(GO) test -tags '$(TAGS)' -count 1 -timeout 10m -v -run '^TestStory$$' . -args -pictures out/demo

.PHONY: bench
bench: deps-test ## measure; BENCHMARKS.md says what and how
	$(GO) test -tags '$(TAGS)' -run '^$$' -bench . -benchmem -timeout 30m $(ROOMS)
	$(GO) test -tags '$(TAGS)' -run '^$$' -bench 'Line|Start' -benchtime 10x -timeout 20m .
	$(GO) test -tags '$(TAGS)' -run '^$$' -bench 'Call|Draw|Memory' -benchtime 3x -timeout 20m .

.PHONY: shots
shots: deps-test ## every screen, light and dark, into out/shots/
	ALCOVE_SHOTS=$(CURDIR)/out/shots $(GO) test -tags '$(TAGS)' -count 1 -run '^TestShots$$' ./ui

# The tools run at a named version and stay out of go.mod.
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOSEC       := github.com/securego/gosec/v2/cmd/gosec@v2.30.0
# Left out for their noise, everything else is marked at its line: G101 sees passwords in the names of fields; G104 sees
# errors that are kept for the screen; G115 sees bounded conversions, most of them in generated cgo.
NOT_GOSEC   := G101,G104,G115
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: lint
lint: deps-lint ## form, likely mistakes, known holes; types of the page's JavaScript
	@test -z "$$($(GO) run $(GOFUMPT) -l . | tee /dev/stderr)"
	$(GO) vet -tags '$(TAGS),automation' ./...
	$(GO) run $(STATICCHECK) -tags '$(TAGS)' ./...
	$(GO) run $(GOSEC) -quiet -exclude $(NOT_GOSEC) -tags '$(TAGS)' ./...
	cd assets/guest && npm ci --silent && npm run --silent check
	# The verifier is one file, so its script is taken out of it to be read.
	mkdir -p out/verify && sed -n '/^  <script>$$/,/^  <\/script>$$/p' assets/verify/verify.html | sed '1d;$$d' > out/verify/verify.js
	assets/guest/node_modules/.bin/tsc --project assets/verify/jsconfig.json
	.ci/vulncheck '$(TAGS)' $(GOVULNCHECK)

# --- packages ---------------------------------------------------------------------------

.PHONY: package
package: deps ## .deb, tar.xz, relay; a Windows .exe where the cross compiler is
	assets/package/build '$(VERSION)' '$(TAGS)'

.PHONY: clean
clean: ## remove what was made
	rm -rf bin out node_modules
