/* SPDX-License-Identifier: MIT */
/* model/file.h - models in files, for the files of this room that write and read them: docs/file-format.md is the format.
   A file is safetensors: the weights by their names, and, of a whole model, a text of JSON among its notes that says what the
   model is and how far it is trained, and tensors with names that begin with / that the optimizer keeps.  Nothing that is read is trusted. */
#ifndef MICA_MODEL_FILE_H
#define MICA_MODEL_FILE_H
#include "data/safetensors.h"
#include "model/model.h"

#include <jansson.h>

/* Notes of the file.  Another version is another format: what files of it hold may not be what it seems. */
#define MICA__FORMAT "mica"
#define MICA__FORMAT_VERSION "1"
#define MICA__FORMAT_MODEL "model"
/* Tensors beside weights, whose names begin with the name of a layer, which has no slash. */
#define MICA__FILE_SLOTS "/optimizer/"

/* ---- written.c: parts as JSON ---- */

/* {"kind": name, "options": {name: value}}, or null for none; NULL on failure.  EUNSUPPORTED: options that no row describes; a
   kind that nobody could register.  expected: the type that a reader will look for; another one is written.  part is kept. */
json_t *mica__part_written(const mica_part *part, mica_part_type expected, const char *where);
/* The part that was written, kept; where begins messages.  EFORMAT; EUNSUPPORTED for a kind or an option that is not known. */
mica_status mica__part_read(mica_part *out, mica_context *ctx, const json_t *from, mica_part_type type, const char *where);
/* The options of a kind that is known. */
mica_status mica__options_read(mica_part *out, mica_context *ctx, const mica_kind *kind, const json_t *from, const char *where);
/* Fails, with EUNSUPPORTED, for members that are not among the names, which end with NULL. */
mica_status mica__members_known(const json_t *object, const char *const *names, const char *where);
/* Reals: what is not finite is a text.  Whole numbers of 64 bits: those from 2^63 on are. */
json_t *mica__real_written(double x);
bool mica__real_read(const json_t *from, double *out);
json_t *mica__whole_written(uint64_t x);
bool mica__whole_read(const json_t *from, uint64_t *out);

/* ---- describe.c ---- */
/* What the model is, what it is trained for and, if progress, how far: *out is the caller's.  symbols: with the shape and type of each
   in the models' members "symbols", of which files of ours have none.  The same as a text, which the caller frees (free). */
mica_status mica__model_describe(mica_model *m, bool progress, bool symbols, json_t **out);
mica_status mica__model_describe_text(mica_model *m, bool progress, char **out);

/* ---- save.c ---- */
/* As mica_save_check, of a file that is saved with these options. */
mica_status mica__save_check(mica_model *m, const char *file, const mica_save_opts *o);

/* ---- restore.c ---- */
/* The model that was described, without values: its user is the caller.  Nothing is left in the context on failure. */
mica_status mica__model_restored(mica_model **out, mica_context *ctx, const json_t *from, const char *file);
/* What it is trained for: the model is compiled by it. */
mica_status mica__training_restored(mica_model *m, const json_t *from, const char *file);

/* ---- open.c ---- */
/* A file of whatever form, by the end of its name, as one of ours would be; m, or NULL: the model that it is for, which says what the arrays of
   one of Keras' weights are; exactly: all of them, and no others. */
mica_status mica__file_open(mica__safetensors **out, const char *file, mica_model *m, bool exactly);

#endif
