# A thin front for meson. The two commands are `make run` and `make test`; `make help` lists
# the rest. Another configuration: make run ARGS='-c trapline.yaml'. A part of the
# tests: make test ONLY=engine.

ARGS =
ONLY =
FUZZ_SECONDS = 60
PREFIX = /usr/local
NETSNMP_LINKS = false

all: build/build.ninja
	@ninja -C build

help:
	@echo 'make               build/trapline and build/libtrapline.{so,a}, optimized'
	@echo 'make run           install what is missing, build, run the daemon; ARGS=... to it'
	@echo 'make test          build with sanitizers, run every test; ONLY=word for some'
	@echo 'make fuzz          each fuzzer for FUZZ_SECONDS ($(FUZZ_SECONDS)), with clang'
	@echo 'make bench         measure speed'
	@echo 'make format        clang-format over all sources'
	@echo 'make docs          manual pages and API reference in build/docs'
	@echo 'make deps          install what building needs (Debian, Ubuntu)'
	@echo 'make install       PREFIX=$(PREFIX), DESTDIR=; NETSNMP_LINKS=true: with the'
	@echo '                   links snmptrap and snmpinform'
	@echo 'make clean         remove what was built'

deps:
	@tools/deps build

# Only events go to stdout: make run >events.json
run:
	@tools/deps build >&2
	@$(MAKE) --no-print-directory all >&2
	@build/trapline run $(or $(ARGS),-c share/trapline.yaml)

test:
	@tools/deps build test
	@$(MAKE) --no-print-directory build-test/build.ninja
	@ninja -C build-test
	@tools/run-tests build-test $(ONLY)

fuzz:
	@tools/deps build fuzz
	@$(MAKE) --no-print-directory build-fuzz/build.ninja
	@ninja -C build-fuzz
	@tools/run-fuzz build-fuzz $(FUZZ_SECONDS) $(ONLY)

bench:
	@tools/deps build bench
	@$(MAKE) --no-print-directory all
	@bench/run $(ARGS)

format:
	@tools/check-format --fix

docs:
	@tools/deps build docs
	@tools/make-docs build/docs

install: all
	@meson configure build -Dprefix=$(PREFIX) -Dnetsnmp_links=$(NETSNMP_LINKS)
	@meson install -C build

clean:
	rm -rf build build-test build-fuzz

build/build.ninja:
	@meson setup -Dtests=false build

build-test/build.ninja:
	@meson setup --werror -Db_sanitize=address,undefined build-test

# libFuzzer defines its symbols in the program, so libraries may not be closed.
build-fuzz/build.ninja:
	@CC=clang meson setup --werror -Db_sanitize=address,undefined -Db_lundef=false \
	    -Dtests=false -Dfuzz=true build-fuzz

.PHONY: all help deps run test fuzz bench format docs install clean
