#!/bin/sh
# SPDX-License-Identifier: MIT
# doxygen-filter.sh - shows a header to doxygen as it is, but with plain comments as documentation: one at the end of a line
# belongs to what stands before it, one on its own to what follows.
#
# usage: docs/doxygen-filter.sh HEADER
sed -E \
	-e '/SPDX-License-Identifier/d' \
	-e '1,3s|^/\* (mica/[a-z]+\.h) - |/** @file \1\n|' \
	-e 's|^([[:space:]]*)/\* |\1/** |' \
	-e 's|([^[:space:]/].*[;,{]?)[[:space:]]+/\* |\1 /**< |' \
	"$1"
