# What users install: `make deb`, `make tarball`, `make sbom`. All of it lies in PACKAGES_FOLDER.

PACKAGES_FOLDER ?= .build/packages
VERSION := $(shell sed -n 's/.*static let string = "\(.*\)".*/\1/p' Sources/hippowatt/Setup/Version.swift)
# All files get the time of the commit, so that the same commit makes the same bytes.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)
export SOURCE_DATE_EPOCH
DEB_REVISION ?= 1
DEB_MAINTAINER ?= The hippowatt developers <hippowatt@users.noreply.github.com>
# The oldest C library the tarball runs with, where the program asks for nothing newer.
OLDEST_GLIBC ?= 2.28
STAGE = .build/stage
PORTABLE = .build/portable
TARBALL = hippowatt-$(VERSION)-linux-$(shell uname -m)

.PHONY: deb tarball sbom libraries portable packages try-packages

packages: deb tarball sbom
	cd $(PACKAGES_FOLDER) && rm -f SHA256SUMS && sha256sum hippowatt[-_]* > SHA256SUMS

# A package for Debian and Ubuntu, from bookworm on where it is built on bookworm.
deb:
	rm -rf $(STAGE)/deb
	$(MAKE) install DESTDIR=$(CURDIR)/$(STAGE)/deb PREFIX=/usr
	packaging/debian/build $(STAGE)/deb "$(VERSION)" "$(DEB_REVISION)" "$(DEB_MAINTAINER)" $(PACKAGES_FOLDER)

# What the tarball's program is linked with.
libraries: setup
	packaging/portable/libraries $(PORTABLE)/libraries $(OLDEST_GLIBC)

# The same objects, linked with archives and with an old C library.
portable: libraries
	rm -f $(BINARY)
	HIPPOWATT_LIBRARIES=$(CURDIR)/$(PORTABLE)/libraries $(RELEASE)
	mv $(BINARY) $(PORTABLE)/hippowatt

# A folder that runs from anywhere on Linux with a C library of OLDEST_GLIBC or newer.
tarball: portable
	rm -rf $(STAGE)/$(TARBALL)
	$(MAKE) install DESTDIR=$(CURDIR)/$(STAGE)/$(TARBALL) PREFIX=/usr/local
	packaging/portable/pack $(STAGE)/$(TARBALL) $(PORTABLE)/hippowatt "$(VERSION)" $(OLDEST_GLIBC) \
	  $(PACKAGES_FOLDER)

# What the program is made of, as CycloneDX 1.5.
sbom: libraries
	@mkdir -p $(PACKAGES_FOLDER)
	$(SWIFT) package show-dependencies --format json > $(PORTABLE)/dependencies.json
	packaging/sbom/make "$(VERSION)" $(PORTABLE)/dependencies.json $(PORTABLE)/libraries \
	  $(PACKAGES_FOLDER)/$(TARBALL).cdx.json

# Installs both in a bare system, uses them and takes them off again: `make try-packages SUITE=trixie`.
SUITE ?= bookworm
try-packages: packages
	scripts/try-packages $(SUITE) $(PACKAGES_FOLDER)
