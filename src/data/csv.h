/* SPDX-License-Identifier: MIT */
/* data/csv.h - a table of text as arrays, with the names that are in it. */
#ifndef MICA_DATA_CSV_H
#define MICA_DATA_CSV_H
#include "data/array.h"
#include "data/names.h"
#include "mica/dataset.h"

typedef struct mica__csv {
	mica__array x, y;        /* (rows, columns) F32; (rows) F32, or I32 where labels are names; y.data NULL: no labels */
	mica__legend legend;
} mica__csv;

/* As mica_dataset_csv; like, or NULL, is the legend of the option of that name.  The parser is pure, name stands for the file in
   messages.  EFORMAT, EINVAL, ENOMEM: then *out is empty. */
mica_status mica__csv_parse(mica__csv *out, const unsigned char *bytes, size_t n, const char *name, const mica_csv_opts *o,
                            const mica__legend *like);
mica_status mica__csv_read(mica__csv *out, const char *path, const mica_csv_opts *o, const mica__legend *like);
void mica__csv_free(mica__csv *c);
/* The data set of it, which takes its memory. */
mica_dataset *mica__csv_dataset(mica_context *ctx, mica__csv *c, const char *name);

#endif
