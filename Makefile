# hippowatt: `make run` and `make test` do everything, on a fresh Debian or Ubuntu with Swift 6.2.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Optimised for size: the program waits nearly all the time, and its size is its memory. At a fixed
# address it needs no table of relocations, which is a megabyte.
SHIPPED = --static-swift-stdlib -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections \
  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-export-dynamic \
  -Xlinker --section-ordering-file=$(CURDIR)/packaging/hot-code.order \
  -Xswiftc -Xclang-linker -Xswiftc -no-pie
RELEASE = $(SWIFT) build -c release --product hippowatt $(SHIPPED)
BINARY = .build/release/hippowatt
PACKAGES = libncurses-dev libsqlite3-dev
# The largest the stripped program may be; full Foundation alone would pass it four times.
LIMIT = 24900000

.PHONY: run build listener test lint size check setup libcurl prometheus bench-fleet install uninstall man completions screenshots demos \
  demo-fake golden terminals bench bench-compare bench-baseline bench-shipped bench-watch instructions \
  instructions-baseline hot-code valgrind coverage sanitize frameworks stalls loader-cost clean

run: build
	@exec $(BINARY)

build: setup
	$(RELEASE)

# The part of `hippowatt exporter` that hears connections: a package of its own, since nothing else needs
# a server.
LISTENER = Listener/.build/release/hippowatt-listener
listener: setup
	$(SWIFT) build --package-path Listener -c release --product hippowatt-listener -Xswiftc -gnone \
	  --static-swift-stdlib -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections \
	  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-export-dynamic \
	  -Xswiftc -Xclang-linker -Xswiftc -no-pie

# What is tested is the program as it is shipped; `swift test` alone takes the one it builds itself.
test: build listener libcurl prometheus
	$(SWIFT) build --build-tests
	HIPPOWATT_PROGRAM=$(CURDIR)/$(BINARY) SWIFT=$(SWIFT) scripts/tests

# Installs the two libraries' headers if they are missing; says what is missing where it may not.
setup:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "hippowatt needs a Swift 6.2 toolchain: https://www.swift.org/install" >&2; exit 1; }
	@if command -v dpkg >/dev/null && ! dpkg -s $(PACKAGES) >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  echo "installing $(PACKAGES)"; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $(PACKAGES) >/dev/null || { \
	    echo "could not install them; please do: apt-get install $(PACKAGES)" >&2; exit 1; }; \
	fi

# Installs the library that every page over HTTP needs, with the TLS library that comes with it; the
# package has two names, by the age of the system.
libcurl:
	@if command -v dpkg >/dev/null && \
	  ! { /sbin/ldconfig -p | grep -q 'libcurl\.so\.4' && /sbin/ldconfig -p | grep -q 'libssl\.so\.3'; }; then \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  echo "installing libcurl"; \
	  $$sudo apt-get update -qq; \
	  $$sudo apt-get install -y -qq libcurl4t64 >/dev/null 2>&1 || \
	  $$sudo apt-get install -y -qq libcurl4 >/dev/null || { \
	    echo "could not install it; please do: apt-get install libcurl4" >&2; exit 1; }; \
	fi

# The store of time series that the tests ask: Debian's package, unpacked and not installed, so that no
# service of it ever starts. The tests take one that is installed where there is one.
prometheus:
	@if ! command -v promtool >/dev/null && ! test -x .build/prometheus/usr/bin/promtool; then \
	  echo "fetching prometheus"; mkdir -p .build/prometheus && cd .build/prometheus && \
	  { apt-get download -qq prometheus >/dev/null 2>&1 || { \
	    if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; $$sudo apt-get update -qq && \
	    apt-get download -qq prometheus >/dev/null; }; } && dpkg -x prometheus_*.deb . || { \
	    echo "could not fetch it; please do: apt-get install prometheus" >&2; exit 1; }; \
	fi

lint:
	$(SWIFT) format lint --strict -r Sources Tests Package.swift Listener/Sources/Listener Listener/Package.swift

# Fails when the stripped program grows past LIMIT, as it does once full Foundation slips in.
size: build
	@strip -o .build/hippowatt-stripped $(BINARY)
	@bytes=$$(stat -c %s .build/hippowatt-stripped); echo "stripped: $$bytes bytes of $(LIMIT)"; \
	[ $$bytes -le $(LIMIT) ] || { echo "larger than the limit: does something import Foundation?" >&2; exit 1; }

check: lint test size

# The page has the day of the commit. groff takes an empty line for a mistake, and asks for .Pp.
man: build
	$(SWIFT) build --product generate-manual
	@mkdir -p .build/share .build/manual
	.build/debug/generate-manual $(BINARY) --output-directory .build/manual \
	  --date $$(date -u -d @$(SOURCE_DATE_EPOCH) +%F)
	@scripts/man .build/manual/hippowatt.1 docs/man-extra.mdoc > .build/share/hippowatt.1

completions: build
	@mkdir -p .build/share
	@for shell in bash zsh fish; do \
	  $(BINARY) --generate-completion-script $$shell > .build/share/hippowatt.$$shell; done

install: build listener completions man
	install -D -s -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/hippowatt
	install -D -s -m 755 $(LISTENER) $(DESTDIR)$(PREFIX)/libexec/hippowatt/hippowatt-listener
	install -d $(DESTDIR)$(PREFIX)/share/hippowatt/themes $(DESTDIR)$(PREFIX)/share/hippowatt/demos
	install -m 644 themes/*.theme $(DESTDIR)$(PREFIX)/share/hippowatt/themes/
	install -m 644 demos/*.hippo demos/*.talk.toml $(DESTDIR)$(PREFIX)/share/hippowatt/demos/
	install -D -m 644 .build/share/hippowatt.1 $(DESTDIR)$(PREFIX)/share/man/man1/hippowatt.1
	install -D -m 644 .build/share/hippowatt.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hippowatt
	install -D -m 644 .build/share/hippowatt.zsh \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hippowatt
	install -D -m 644 .build/share/hippowatt.fish \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hippowatt.fish
	@for unit in system/hippowatt system/hippowatt-exporter user/hippowatt; do \
	  install -d $(DESTDIR)$(PREFIX)/lib/systemd/$${unit%/*}; \
	  sed 's|@PREFIX@|$(PREFIX)|' packaging/systemd/$$unit.service \
	    > $(DESTDIR)$(PREFIX)/lib/systemd/$$unit.service; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/hippowatt.service \
	  $(DESTDIR)$(PREFIX)/lib/systemd/system/hippowatt-exporter.service \
	  $(DESTDIR)$(PREFIX)/lib/systemd/user/hippowatt.service
	rm -rf $(DESTDIR)$(PREFIX)/bin/hippowatt $(DESTDIR)$(PREFIX)/share/hippowatt \
	  $(DESTDIR)$(PREFIX)/libexec/hippowatt \
	  $(DESTDIR)$(PREFIX)/share/man/man1/hippowatt.1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hippowatt \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hippowatt \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hippowatt.fish

# The pictures of the README, from the bundled recordings; PNG needs rsvg-convert (librsvg2-bin).
screenshots: build
	$(SWIFT) build --product FakeNVML
	@screenshots/make $(BINARY)

# The thread sanitizer catches crashes itself, so the tests that crash a program are left out.
sanitize: setup prometheus
	$(SWIFT) test --sanitize=thread --scratch-path .build-thread --skip ProbeTests

# Runs the program in real terminals on a screen that nobody sees, types to it, and leaves pictures in
# PICTURES; TERMINALS="xterm urxvt" runs those alone.
PICTURES ?= /tmp/hippowatt-terminals
terminals: build
	@scripts/terminals $(BINARY) $(PICTURES) $(TERMINALS)
	@echo "pictures: $(PICTURES)"

# Runs all tests and prints for each room how many of its lines they ran; ROOM=name prints the files
# of one room instead. It builds into .build-coverage, because every object differs.
coverage: setup prometheus
	@scripts/coverage $(ROOM)

# Watches eight GPUs that do not exist, by all the ways of those that do: the driver's library is
# the tests' stand-in. FAKE_NVML_GPUS and FAKE_NVML_SCRIPT choose another machine.
demo-fake: setup
	$(SWIFT) build --product FakeNVML
	$(SWIFT) build --product hippowatt
	@mkdir -p .build/demo-fake
	@{ printf '[[source]]\nkind = "nvml"\nlibrary = "%s"\n' "$(CURDIR)/.build/debug/libFakeNVML.so"; \
	  for kind in rapl hwmon host disk net grid; do \
	    printf '[[source]]\nkind = "%s"\n' $$kind; done; } > .build/demo-fake/config.toml
	@bash -c 'exec -a train.py sleep 1d' & train=$$!; bash -c 'exec -a evaluate.py sleep 1d' & \
	  evaluate=$$!; trap 'kill $$train $$evaluate' EXIT INT TERM HUP; \
	  FAKE_NVML_GPUS=$${FAKE_NVML_GPUS:-8} FAKE_NVML_PIDS=$$train,$$evaluate \
	  .build/debug/hippowatt watch --config .build/demo-fake/config.toml $(DEMO)

# How fast logs and files are read, in MB/s; BENCH=word runs only what has the word in its name.
bench: setup
	$(SWIFT) build -c release --product benchmarks
	@.build/release/benchmarks $(BENCH)

# The same beside the baseline that is kept in the repository. Machines differ, so each rate is taken
# over that of a fixed loop in the same run; it fails when a benchmark takes more than 1.5 times as
# long. `make bench-baseline` writes the baseline anew, on a machine that does nothing else.
BASELINE = Tests/Support/benchmarks/baseline.json
bench-compare: setup
	$(SWIFT) build -c release --product benchmarks
	@.build/release/benchmarks $(BENCH) --against $(BASELINE)

bench-baseline: setup
	$(SWIFT) build -c release --product benchmarks
	@.build/release/benchmarks --json $(BASELINE)

# The same as the program is shipped: optimised for size.
bench-shipped: setup
	$(SWIFT) build -c release --scratch-path .build-shipped --product benchmarks $(SHIPPED)
	@.build-shipped/release/benchmarks $(BENCH)

# What watching costs on screen, with htop and nvtop beside it where they are installed: processor, memory,
# bytes, and the time a key takes. On a machine that does nothing else; GPUS=8,64,256 BENCH_SECONDS=60.
GPUS ?= 8,64
BENCH_SECONDS ?= 30
bench-watch: build
	$(SWIFT) build --product FakeNVML
	@scripts/watch-table $(BINARY) .build/debug/libFakeNVML.so --gpus $(GPUS) --seconds $(BENCH_SECONDS) \
	  --json .build/bench-watch.json

# What a screen of many machines costs, and what it costs the store that is asked; HOSTS=125,1000.
HOSTS ?= 125
bench-fleet: build prometheus
	$(SWIFT) build --product fleet-history
	@PATH="$(CURDIR)/.build/prometheus/usr/bin:$$PATH" scripts/fleet-cost $(BINARY) .build/debug/fleet-history --hosts $(HOSTS)

# The instructions of a minute of watching and of one key, beside those that are kept; unlike times they
# can be guarded on any machine. `make hot-code` writes anew which functions the linker lays side by side.
INSTRUCTIONS = Tests/Support/benchmarks/instructions.json
instructions: build valgrind
	$(SWIFT) build --product FakeNVML
	@scripts/instructions $(BINARY) .build/debug/libFakeNVML.so --against $(INSTRUCTIONS)

instructions-baseline: build valgrind
	$(SWIFT) build --product FakeNVML
	@scripts/instructions $(BINARY) .build/debug/libFakeNVML.so --json $(INSTRUCTIONS)

hot-code: build valgrind
	$(SWIFT) build --product FakeNVML
	@scripts/instructions $(BINARY) .build/debug/libFakeNVML.so --order packaging/hot-code.order

valgrind:
	@command -v valgrind >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq valgrind >/dev/null; }

# Feeds a reader with whatever libFuzzer makes up: `make fuzz-log FUZZ_SECONDS=600`. It begins with
# real files where HIPPOWATT_FIXTURES names a folder of them; what it finds lies in .build-fuzz. A new
# reader is a folder in Tests/Support/fuzz and its name in Package.swift.
FUZZ_SECONDS ?= 60
HIPPOWATT_FIXTURES ?=
fuzz-%: setup
	HIPPOWATT_FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --product fuzz-$* \
	  -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
	@mkdir -p .build-fuzz/corpus-$*
	cd .build-fuzz && SWIFT_BACKTRACE=enable=no release/fuzz-$* -max_total_time=$(FUZZ_SECONDS) \
	  -max_len=65536 -timeout=10 -rss_limit_mb=2048 -artifact_prefix=$*- \
	  corpus-$* $(if $(HIPPOWATT_FIXTURES),$(wildcard $(HIPPOWATT_FIXTURES)/training))

# Runs real training frameworks beside the program, compares what it says with what their scripts wrote
# down, and writes docs/frameworks.md. It installs some gigabytes from PyPI into .build the first time,
# and takes a quarter of an hour; ONLY=keras/ runs one of them and writes nothing.
FRAMEWORKS = .build/frameworks/venv
$(FRAMEWORKS)/installed: Tests/Frameworks/requirements.txt
	python3 -m venv $(FRAMEWORKS)
	$(FRAMEWORKS)/bin/pip install --quiet --requirement $<
	@touch $@

frameworks: build $(FRAMEWORKS)/installed
	@python3 -B Tests/Frameworks/run.py --binary $(BINARY) --venv $(FRAMEWORKS) \
	  --write docs/frameworks.md $(ONLY:%=--only %)

# Runs real PyTorch loaders that starve beside a scripted accelerator, compares what the program says with
# what was so, and writes docs/stalls.md; twenty minutes. ONLY=disk,few runs some and writes nothing.
stalls: build $(FRAMEWORKS)/installed
	@python3 -B Tests/Stalls/run.py --binary $(BINARY) --python $(FRAMEWORKS)/bin/python \
	  $(if $(ONLY),--only $(ONLY),--write docs/stalls.md)

# Measures what finding jobs and watching a loader of 64 workers cost among 2,000 other processes; five minutes.
loader-cost: build
	@python3 -B Tests/Stalls/cost.py --binary $(BINARY)

include packaging/package.mk

golden:
	RECORD_SNAPSHOTS=1 $(SWIFT) test || true

clean:
	rm -rf .build Listener/.build .build-coverage .build-thread .build-fuzz .build-shipped
