# SPDX-License-Identifier: GPL-3.0-or-later
# GNU make. `make` builds ./charla; `make help` says what else there is.

VERSION = 0.1.0

# ---- Where things go -------------------------------------------------------
# Each flavour has a folder of its own, so that none disturbs another.

FLAVOUR = release
BUILD = build/$(FLAVOUR)
PROGRAM = $(if $(filter release,$(FLAVOUR)),charla,$(BUILD)/charla)
PREFIX = /usr/local
DESTDIR =
BINDIR = $(PREFIX)/bin
SHAREDIR = $(PREFIX)/share
MANDIR = $(SHAREDIR)/man

# As many jobs as there are cores, unless the caller says otherwise.
JOBS := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 1)
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(JOBS)
endif
endif

# ---- Compiler and libraries ------------------------------------------------
# CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are yours to set; WERROR=1 turns
# warnings into errors, V=1 shows the commands.

SYSTEM := $(shell uname -s)
PACKAGES = ncursesw readline openssl sqlite3 libxxhash jansson \
	$(AVAHI) $(QR)
# To see who is nearby; built without where it is not there, or with AVAHI=
AVAHI := $(shell pkg-config --exists avahi-client 2>/dev/null && \
	echo avahi-client)
# To draw a key as a QR code; built without where it is not there, or with QR=
QR := $(shell pkg-config --exists libqrencode 2>/dev/null && echo libqrencode)
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wformat=2 -Wconversion $(if $(WERROR),-Werror)

# The option itself where the compiler takes it, else nothing.
takes = $(shell echo 'int x;' | $(CC) -Werror $(1) -x c -c -o /dev/null - \
	2>/dev/null && echo $(1))

HARDENING = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	$(call takes,-fstack-clash-protection)
ifeq ($(SYSTEM),Linux)
HARDENING_LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack
PTY_LIB = -lutil
else
GETTEXT_LIB = -lintl
endif

# The sanitizers, coverage and fuzzing take the place of the hardening.
ifneq ($(filter asan fuzz,$(FLAVOUR)),)
CFLAGS = -O1 -g -fno-omit-frame-pointer
HARDENING = -fsanitize=$(SANITIZERS) -fno-sanitize-recover=undefined
HARDENING_LINK = $(HARDENING)
SANITIZERS = address,undefined
endif
ifeq ($(FLAVOUR),fuzz)
CC = clang
SANITIZERS = fuzzer-no-link,address,undefined
endif
ifeq ($(FLAVOUR),coverage)
CFLAGS = -O0 -g
HARDENING = --coverage -fprofile-update=atomic
HARDENING_LINK = --coverage
endif

HARDENING_FLAGS := $(HARDENING)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
TEST_LIBS = -lvterm -lcmocka $(PTY_LIB)

ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DNCURSES_WIDECHAR=1 \
	-DCHARLA_VERSION='"$(VERSION)"' $(if $(AVAHI),-DCHARLA_AVAHI) \
	$(if $(QR),-DCHARLA_QR) \
	$(PACKAGE_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -fPIE -pthread $(WARNINGS) $(HARDENING_FLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(HARDENING_LINK) $(LDFLAGS)
ALL_LDLIBS = $(PACKAGE_LIBS) -lm $(GETTEXT_LIB) $(LDLIBS)

# ---- What there is ---------------------------------------------------------
# Every .c file in its folder belongs to the build; nothing is listed here.

SOURCES := $(wildcard src/*.c src/base/*.c net/*.c ui/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*.c)
E2E_SOURCES := $(wildcard tests/e2e/*.c)
BENCH_SOURCES := $(wildcard tests/bench/*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/*.c)
SHIM_SOURCES := $(wildcard tests/shim/*.c)
TEST_SOURCES := $(UNIT_SOURCES) $(E2E_SOURCES) $(BENCH_SOURCES) \
	$(FUZZ_SOURCES) $(SHIM_SOURCES)
HEADERS := $(wildcard src/*.h src/base/*.h net/*.h ui/*.h tests/*/*.h)
SCRIPTS := tools/deps .ci/run tests/run completions/charla.bash \
	$(wildcard tests/lint/*)
MAN_PAGES := $(wildcard man/*.[1-8])

objects_of = $(patsubst %.c,$(BUILD)/%.o,$(1))
OBJECTS = $(call objects_of,$(SOURCES))
LIBRARY = $(BUILD)/libcharla.a

# test_*.c and fuzz_*.c are programs; the files beside them are linked into
# each.
UNIT_MAINS := $(filter tests/unit/test_%,$(UNIT_SOURCES))
E2E_MAINS := $(filter tests/e2e/test_%,$(E2E_SOURCES))
FUZZ_MAINS := $(filter tests/fuzz/fuzz_%,$(FUZZ_SOURCES))
UNIT_TESTS = $(UNIT_MAINS:%.c=$(BUILD)/%)
E2E_TESTS = $(E2E_MAINS:%.c=$(BUILD)/%)
BENCH_MAINS := $(filter tests/bench/bench_%,$(BENCH_SOURCES))
BENCHES := $(patsubst tests/bench/bench_%.c,%,$(BENCH_MAINS))
FUZZERS = $(FUZZ_MAINS:%.c=$(BUILD)/%)
SLOW_WRITE = $(BUILD)/tests/shim/slow_write.so
UNIT_HELP = $(call objects_of,$(filter-out $(UNIT_MAINS),$(UNIT_SOURCES)))
E2E_HELP = $(call objects_of,$(filter-out $(E2E_MAINS),$(E2E_SOURCES)))
BENCH_HELP = $(call objects_of,$(filter-out $(BENCH_MAINS),$(BENCH_SOURCES)))
FUZZ_HELP = $(call objects_of,$(filter-out $(FUZZ_MAINS),$(FUZZ_SOURCES)))

# ---- Building --------------------------------------------------------------

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all objects
all: $(PROGRAM)
objects: $(OBJECTS) $(call objects_of,$(TEST_SOURCES))

$(PROGRAM): $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(LIBRARY): $(filter-out $(BUILD)/src/main.o,$(OBJECTS))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Changes when the compiler or its flags do, and everything is rebuilt.
.PHONY: always
FLAGS_LINE = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(ALL_LDLIBS)
$(BUILD)/flags: always
	@pkg-config --exists --print-errors $(PACKAGES) || { \
		echo "charla: a library is missing; try: make deps" >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(FLAGS_LINE)' | cmp -s - $@ || echo '$(FLAGS_LINE)' >$@

-include $(patsubst %.c,$(BUILD)/%.d,$(SOURCES) $(TEST_SOURCES))

# ---- What must be installed first ------------------------------------------

.PHONY: deps deps-test deps-dev deps-bench
deps:
	tools/deps build
deps-test:
	tools/deps test
deps-dev:
	tools/deps dev
deps-bench:
	tools/deps bench

# ---- Tests -----------------------------------------------------------------
# tests/run runs programs side by side and sums them up; a test that fails
# shows its log, which is kept in $(BUILD)/logs.

TEST_ENV = CHARLA='$(abspath $(PROGRAM))' SLOW_WRITE='$(abspath $(SLOW_WRITE))'
RUN = $(TEST_ENV) tests/run -j $(JOBS) -l $(BUILD)/logs
CHECKS = $(wildcard tests/lint/*)

.PHONY: check check-unit check-e2e check-long
check: $(PROGRAM) $(SLOW_WRITE) $(UNIT_TESTS) $(E2E_TESTS)
	@$(RUN) $(CHECKS) $(UNIT_TESTS) $(E2E_TESTS)
check-unit: $(UNIT_TESTS)
	@$(RUN) $(UNIT_TESTS)
check-e2e: $(PROGRAM) $(SLOW_WRITE) $(E2E_TESTS)
	@$(RUN) $(E2E_TESTS)
# The screens that test_golden compares with, written anew. Look at them.
.PHONY: golden
golden: $(PROGRAM) $(BUILD)/tests/e2e/test_golden
	@UPDATE_GOLDEN=1 $(TEST_ENV) $(BUILD)/tests/e2e/test_golden
	@git diff --stat -- tests/e2e/golden

check-long:
	+@$(MAKE) --no-print-directory fuzz
	+@$(MAKE) --no-print-directory torture
	+@$(MAKE) --no-print-directory first
	+@$(MAKE) --no-print-directory check

# Two charlas that are killed, cut off and stopped at random, from a seed.
ROUNDS = 200
SEED = 1
.PHONY: torture
torture: $(PROGRAM) $(BUILD)/tests/e2e/test_torture
	@CHARLA='$(abspath $(PROGRAM))' ROUNDS=$(ROUNDS) SEED=$(SEED) \
		$(BUILD)/tests/e2e/test_torture

# Two who have never met start at the same moment and call each other.
TIMES = 200
.PHONY: first
first: $(PROGRAM) $(BUILD)/tests/e2e/test_first
	@CHARLA='$(abspath $(PROGRAM))' TIMES=$(TIMES) \
		$(BUILD)/tests/e2e/test_first

$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(UNIT_HELP) \
		$(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS) -lcmocka

$(BUILD)/tests/e2e/test_%: $(BUILD)/tests/e2e/test_%.o $(E2E_HELP) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS) $(TEST_LIBS)

# Preloaded where a disk has to be slow. It brings nothing of the program, and
# no sanitizer.
$(BUILD)/tests/shim/%.so: tests/shim/%.c tests/shim/%.h $(BUILD)/flags
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) -std=c11 $(WARNINGS) -O2 -g -fPIC -shared \
		-o $@ $< -ldl

# ---- Measuring -------------------------------------------------------------
# Figures for a person to read; nothing here passes or fails. Each program's
# head says what it measures and which variables it takes.

.PHONY: bench
bench:
	+@for name in $(BENCHES); do \
		$(MAKE) --no-print-directory bench-$$name || exit 1; done
bench-%: $(BUILD)/tests/bench/bench_% $(PROGRAM) $(SLOW_WRITE)
	@$(TEST_ENV) $<

$(BUILD)/tests/bench/bench_%: $(BUILD)/tests/bench/bench_%.o \
		$(BENCH_HELP) $(E2E_HELP) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS) $(TEST_LIBS)

# ---- Tests that look inside ------------------------------------------------

SANITIZER_ENV = CHARLA_TEST_SLOW=1 ASAN_OPTIONS=detect_leaks=1 \
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
	UBSAN_OPTIONS=print_stacktrace=1
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect,possible \
	--suppressions=$(CURDIR)/tests/valgrind.supp
LCOV = lcov --quiet --directory build/coverage --base-directory $(CURDIR) \
	--no-external

.PHONY: asan valgrind coverage
asan:
	+@$(SANITIZER_ENV) $(MAKE) --no-print-directory FLAVOUR=asan check
valgrind: $(UNIT_TESTS)
	@CHARLA_TEST_SLOW=1 $(RUN) -w '$(VALGRIND)' $(UNIT_TESTS)
coverage:
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	+@$(MAKE) --no-print-directory FLAVOUR=coverage check
	@$(LCOV) --capture --initial --output-file build/coverage/none.info
	@$(LCOV) --capture --output-file build/coverage/run.info
	@$(LCOV) --add-tracefile build/coverage/none.info \
		--add-tracefile build/coverage/run.info \
		--output-file build/coverage/all.info
	@$(LCOV) --extract build/coverage/all.info '$(CURDIR)/src/*' \
		'$(CURDIR)/net/*' '$(CURDIR)/ui/*' \
		--output-file build/coverage/charla.info
	@lcov --list build/coverage/charla.info

# ---- Fuzzing ---------------------------------------------------------------
# tests/fuzz/fuzz_NAME.c starts from tests/fuzz/corpus/NAME; what it finds on
# its way is kept in build/fuzz/corpus/NAME, a crash in build/fuzz/NAME-*.

FUZZ_SECONDS = 60
FUZZ_NAMES = $(patsubst fuzz_%,%,$(notdir $(FUZZERS)))

.PHONY: fuzz fuzz-all
fuzz:
	+@$(SANITIZER_ENV) $(MAKE) --no-print-directory FLAVOUR=fuzz fuzz-all
fuzz-all: $(addprefix fuzz-run-,$(FUZZ_NAMES))

fuzz-run-%: $(BUILD)/tests/fuzz/fuzz_%
	@mkdir -p $(BUILD)/corpus/$*
	@echo "  FUZZ $* ($(FUZZ_SECONDS) s)"
	@$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix=$(BUILD)/$*- \
		$(BUILD)/corpus/$* $(wildcard tests/fuzz/corpus/$*) \
		>$(BUILD)/$*.log 2>&1 || { tail -n 60 $(BUILD)/$*.log; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: /  ok   $*, runs: /p' \
		$(BUILD)/$*.log

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(FUZZ_HELP) \
		$(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(ALL_LDLIBS)

# ---- Reading the code ------------------------------------------------------
# Each part is a target of its own; `make lint` runs all of them, whatever
# fails on the way.

C_FILES = $(SOURCES) $(TEST_SOURCES)
LINTS = lint-format lint-gcc lint-clang lint-cppcheck lint-tidy lint-man \
	lint-shell lint-includes lint-readme

.PHONY: lint lint-all $(LINTS) format
lint:
	+@$(MAKE) --no-print-directory --keep-going lint-all
	@echo "lint: nothing to complain about"
lint-all: $(LINTS)

lint-format:
	@clang-format --dry-run -Werror $(C_FILES) $(HEADERS)
lint-gcc lint-clang: lint-%:
	+@$(MAKE) --no-print-directory FLAVOUR=lint-$* CC=$* WERROR=1 objects
lint-cppcheck:
	@mkdir -p build/lint/cppcheck
	@cppcheck --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 --std=c11 --quiet -j $(JOBS) \
		--cppcheck-build-dir=build/lint/cppcheck \
		--suppress=missingIncludeSystem -I. -D_GNU_SOURCE \
		'-DCHARLA_VERSION="$(VERSION)"' '-Dskip()=abort()' $(C_FILES)
lint-tidy: $(patsubst %.c,build/lint/%.tidy,$(C_FILES))
lint-man:
	@$(if $(MAN_PAGES),mandoc -T lint -W warning $(MAN_PAGES))
lint-shell:
	@shellcheck $(SCRIPTS)
lint-includes lint-readme: lint-%:
	@tests/lint/$*

build/lint/%.tidy: %.c $(HEADERS) .clang-tidy tests/.clang-tidy
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(ALL_CPPFLAGS) -std=c11 >$@.log 2>&1 || { \
		cat $@.log; exit 1; }
	@touch $@

format:
	clang-format -i $(C_FILES) $(HEADERS)

# ---- Installing ------------------------------------------------------------

BASH_COMPLETION = $(DESTDIR)$(SHAREDIR)/bash-completion/completions/charla
ZSH_COMPLETION = $(DESTDIR)$(SHAREDIR)/zsh/site-functions/_charla
FISH_COMPLETION = $(DESTDIR)$(SHAREDIR)/fish/vendor_completions.d/charla.fish
man_folder = $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))

.PHONY: install uninstall clean
install: $(PROGRAM)
	install -d '$(DESTDIR)$(BINDIR)'
	install -m 755 $(PROGRAM) '$(DESTDIR)$(BINDIR)/charla'
	@set -e; $(foreach page,$(MAN_PAGES), \
		install -d '$(call man_folder,$(page))'; \
		install -m 644 $(page) '$(call man_folder,$(page))';)
	install -D -m 644 completions/charla.bash '$(BASH_COMPLETION)'
	install -D -m 644 completions/_charla '$(ZSH_COMPLETION)'
	install -D -m 644 completions/charla.fish '$(FISH_COMPLETION)'
uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/charla' $(foreach page,$(MAN_PAGES), \
		'$(call man_folder,$(page))/$(notdir $(page))') \
		'$(BASH_COMPLETION)' '$(ZSH_COMPLETION)' '$(FISH_COMPLETION)'
clean:
	rm -rf build charla

# ---- Help ------------------------------------------------------------------

define HELP
make               build ./charla
make deps          install what building needs (more: deps-test, deps-dev,
                   deps-bench)
make check         run every test (parts: check-unit, check-e2e)
make golden        write tests/e2e/golden anew, to be looked at
make check-long    fuzz, torture, first, then check
make torture       kill, cut and stop two charlas: ROUNDS=200 SEED=1
make first         two who never met call each other at once: TIMES=200
make asan          the tests with the address and undefined sanitizers
make valgrind      the unit tests under valgrind
make bench         figures (parts: bench-start, -transfer, -keys, -idle,
                   -screen, -flood, -history, -resume, -trees, -list,
                   -slow_disk)
make fuzz          every fuzz target for FUZZ_SECONDS=60
make coverage      the tests, and which lines they reach
make lint          formatting, compilers, analysers, man pages, scripts
make format        let clang-format rewrite the sources
make install       into DESTDIR, PREFIX=/usr/local (and: uninstall)
make clean         remove everything that was built

CC, CFLAGS, CPPFLAGS, LDFLAGS, LDLIBS as usual; WERROR=1: warnings are errors;
V=1: show commands; JOBS=N: how many tests at once.
endef
export HELP

.PHONY: help
help:
	@echo "$$HELP"
