/* SPDX-License-Identifier: MIT */
/* data/sets.c - data sets that come with the library (data/README.md): read by the parsers that read files, and split where the
   header says, four fifths and one. */
#include "data/sets.h"

#include "data/csv.h"
#include "data/dataset.h"
#include "data/readers.h"
#include "device/device.h"

static void keep_rows(mica__array *a, mica_split split)
{
	size_t rows = a->shape.dim[0], train = rows * 4 / 5, bytes = mica__shape_count(&a->shape) / rows * mica__dtype_bytes(a->type);

	if (split != MICA_TRAIN)
		a->data = (unsigned char *)a->data + train * bytes;
	a->shape.dim[0] = split == MICA_TRAIN ? train : rows - train;
}

static mica_dataset *table(mica_context *ctx, const unsigned char *bytes, size_t n, const char *name, const char *label, mica_split split)
{
	mica__csv c;
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	st = mica__csv_parse(&c, bytes, n, name, &(mica_csv_opts){.label = label}, NULL);
	if (st) {
		mica__context_fail(ctx, st);
		return NULL;
	}
	keep_rows(&c.x, split);
	keep_rows(&c.y, split);
	return mica__csv_dataset(ctx, &c, name);
}

mica_dataset *mica_dataset_breast_cancer(mica_context *ctx, mica_split split)
{
	return table(ctx, mica__breast_cancer, mica__breast_cancer_size, "breast cancer", "diagnosis", split);
}

mica_dataset *mica_dataset_wine(mica_context *ctx, mica_split split)
{
	return table(ctx, mica__wine, mica__wine_size, "wine", "cultivar", split);
}

mica_dataset *mica_dataset_diabetes(mica_context *ctx, mica_split split)
{
	return table(ctx, mica__diabetes, mica__diabetes_size, "diabetes", "progression", split);
}

mica_dataset *mica_dataset_houses(mica_context *ctx, mica_split split)
{
	return table(ctx, mica__houses, mica__houses_size, "houses", "price", split);
}

mica_dataset *mica_dataset_digits(mica_context *ctx, mica_split split)
{
	mica__array x = {.data = NULL}, y = {.data = NULL};
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(mica__idx_parse(&x, mica__digits_images, mica__digits_images_size, "digits-images.idx"));
	MICA_TRY(mica__idx_parse(&y, mica__digits_labels, mica__digits_labels_size, "digits-labels.idx"));
	keep_rows(&x, split);
	keep_rows(&y, split);
	return mica__dataset_take(ctx, x, y, 1.0 / 16, "digits");
out:
	mica__array_free(&x);
	mica__context_fail(ctx, st);
	return NULL;
}
