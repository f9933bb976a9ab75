# SPDX-License-Identifier: MIT
# tools/setup.sh - what quickstart and test share: packages, configuration, build.  Sourced by bash, from anywhere.
#
# MICA_BUILD names the build folder (build).  Packages are installed on Debian and its relatives only, and only those
# that are missing; elsewhere their names are printed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${MICA_BUILD:-build}
build_packages=(gcc libc6-dev meson ninja-build pkg-config python3 ocl-icd-opencl-dev opencl-c-headers pocl-opencl-icd
	zlib1g-dev libjansson-dev libclblast-dev)
test_packages=(libcriterion-dev oclgrind graphviz g++)

say() { printf '%s: %s\n' "${0##*/}" "$*"; }
fail() { say "$*" >&2; exit 1; }

# Prints those of the packages $@ that are not installed.
missing() {
	local p
	for p; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || printf '%s\n' "$p"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Elsewhere than on Debian: goes on if the programs are there, since meson says which library is not.
need_programs() {
	local program absent=()
	for program in cc meson ninja pkg-config python3; do
		command -v "$program" >/dev/null || absent+=("$program")
	done
	say "this is not Debian; under Debian's names, Mica needs: $*"
	[ ${#absent[@]} = 0 ] || fail "not found: ${absent[*]}; install what your distribution calls these packages"
}

# Installs what is missing of the packages $@.
need_packages() {
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		need_programs "$@"
		return
	fi
	local wanted
	mapfile -t wanted < <(missing "$@")
	[ ${#wanted[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "as root, run: apt-get install ${wanted[*]}"
	say "installing ${wanted[*]}"
	as_root apt-get update -qq || say "apt-get update failed; going on with what it knows" >&2
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${wanted[@]}" \
		>/dev/null </dev/null ||
		fail "apt-get install failed; see above, then run it by hand: apt-get install ${wanted[*]}"
}

# Configures and builds; $@ are options of meson setup.
build_all() {
	local log=$build/setup.log
	[ ! -f "$build/build.ninja" ] || set -- --reconfigure "$@"
	mkdir -p "$build"
	say "building in $build"
	{ meson setup "$build" "$@" && ninja -C "$build"; } >"$log" 2>&1 || {
		tail -n 40 "$log" >&2
		fail "the build failed; all of it is in $log"
	}
}
