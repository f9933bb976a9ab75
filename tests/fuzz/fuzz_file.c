/* SPDX-License-Identifier: MIT */
/* fuzz/fuzz_file.c - what a context reads, files of models (FUZZ_FILE fuzz_model_file) or of searches, or texts of parts, under libFuzzer:
   tools/fuzz-files runs it. */
#include "fuzz/files.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static mica_context *ctx;

	if (!ctx && !(ctx = mica_open(&(mica_open_opts){.device = "reference"})))
		abort();
	FUZZ_FILE(ctx, data, n);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	return n && seed % 2 ? fuzz_mutate(data, n, most, seed) : LLVMFuzzerMutate(data, n, most);
}
