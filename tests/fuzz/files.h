/* SPDX-License-Identifier: MIT */
/* fuzz/files.h - broken files of models, of data and of searches, and texts of parts: one input, whatever it holds, and inputs made of others.  For the harnesses of
   libFuzzer (fuzz_file.c, fuzz_data_file.c) and for the test that replays the corpora. */
#ifndef MICA_FUZZ_FILES_H
#define MICA_FUZZ_FILES_H
#include "mica/mica.h"

/* Reads it as a whole .mica or, if it begins as a zip does, .keras file, or as a part of one: the description or Keras' configuration alone,
   which begin with {, or the weights of one of Keras', as HDF5.  True if a model came of it.  It must not
   crash, and where none came of it a failure is told. */
bool fuzz_model_file(mica_context *ctx, const unsigned char *data, size_t n);
/* Reads it as a file of every format that data come in.  True if one of them takes it; the same holds of the others. */
bool fuzz_data_file(const unsigned char *data, size_t n);
/* Takes it for the text of a part of every type.  True if it is one of some type; the same holds. */
bool fuzz_part_text(mica_context *ctx, const unsigned char *data, size_t n);
/* Goes on with a search of four trials from it.  True if it came to its end; the same holds. */
bool fuzz_search_file(mica_context *ctx, const unsigned char *data, size_t n);
/* Changes data, of n bytes with room for most, by the numbers of a seed; how many it has then.  Numbers, texts and parts of
   others take each other's place, bytes change, pieces go and come twice. */
size_t fuzz_mutate(unsigned char *data, size_t n, size_t most, uint64_t seed);

#endif
