/* SPDX-License-Identifier: MIT */
/* fuzz/fuzz_data_file.c - files of data under libFuzzer: tools/fuzz-files data runs it. */
#include "fuzz/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_data_file(data, n);
	return 0;
}
