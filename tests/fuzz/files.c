/* SPDX-License-Identifier: MIT */
/* fuzz/files.c - broken files of models, of data and of searches, and texts of parts: see files.h. */
#include "fuzz/files.h"
#include "data/csv.h"
#include "data/readers.h"
#include "data/hdf5.h"
#include "data/safetensors.h"
#include "keras/translate.h"
#include "model/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_PARAMETERS = 20000 }; /* of models whose weights are made: a file that says more has none to show for it */

/* ---- one input ---- */

/* config.json of Keras', and, of what came of it, the places of its weights and itself again. */
static mica_status read_config(mica_model **m, mica_context *ctx, const json_t *from)
{
	json_t *description, *outputs = json_pack("[s]", "out");
	mica__keras_places places = {0};
	mica_status st = mica__keras_network_read(&description, from, "input");

	if (st == MICA_OK && (st = mica__model_restored(m, ctx, description, "input")) == MICA_OK) {
		mica__keras_places_find(&places, description, false);
		json_decref(mica__keras_network_made(description));
		json_decref(mica__keras_training_read(json_object_get(from, "compile_config"), outputs, "input"));
	}
	mica__keras_places_free(&places);
	json_decref(description);
	json_decref(outputs);
	return st;
}

static mica_status read_weights(const unsigned char *data, size_t n)
{
	mica__safetensors *f;
	mica_status st = mica__keras_weights_parse(&f, data, n, "input", NULL, true);

	mica__safetensors_destroy(f);
	return st;
}

/* Without its tensors: they are what the description says. */
static mica_status read_description(mica_model **m, mica_context *ctx, const unsigned char *data, size_t n)
{
	json_t *from = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	bool keras = json_object_get(from, "class_name") != NULL;
	mica_status st = !from ? mica__fail(MICA_EFORMAT, "no JSON") : keras ? read_config(m, ctx, from)
	                 : mica__model_restored(m, ctx, from, "input");

	if (st == MICA_OK && json_object_get(from, "training") && mica_model_parameters(*m) < MOST_PARAMETERS)
		st = mica__training_restored(*m, json_object_get(from, "training"), "input");
	json_decref(from);
	return st;
}

static mica_status read_file(mica_model **m, mica_context *ctx, const unsigned char *data, size_t n)
{
	const char *folder = getenv("MICA_TEST_FOLDER");
	char name[300];

	bool zip = n > 1 && !memcmp(data, "PK", 2);
	snprintf(name, sizeof name, "%s/fuzz-%ld.%s", folder ? folder : "/tmp", (long)getpid(), zip ? "keras" : "mica");
	FILE *f = fopen(name, "wb");
	bool written = f && fwrite(data, 1, n, f) == n;
	if (f)
		fclose(f);
	*m = mica_load_model(ctx, name);
	unlink(name);
	return *m ? MICA_OK : written ? mica_context_status(ctx) : MICA_EIO;
}

/* A failure has a reason. */
static bool told(mica_status st)
{
	if (st > 0 || (st < 0 && !mica_error(NULL)[0]))
		abort();
	return st == MICA_OK;
}

bool fuzz_model_file(mica_context *ctx, const unsigned char *data, size_t n)
{
	mica_model *m = NULL;

	mica_clear(ctx);
	mica_status st = n && data[0] == '{' ? read_description(&m, ctx, data, n)
	               : n && data[0] == 0x89 ? read_weights(data, n) : read_file(&m, ctx, data, n);
	if (told(st) && m)
		mica_model_parameters(m);
	mica_model_destroy(m);
	return st == MICA_OK;
}

/* Parsers that keep what they are given. */
static unsigned char *copied(const unsigned char *data, size_t n)
{
	unsigned char *copy = mica__alloc(n ? n : 1, 1);

	if (!copy)
		abort();
	memcpy(copy, data, n);
	return copy;
}

static bool read_arrays(const unsigned char *data, size_t n)
{
	mica__array idx, npy, x = {.data = NULL};
	mica__npz *z;
	mica__safetensors *f;
	bool found, good = told(mica__idx_parse(&idx, data, n, "input"));

	good |= told(mica__npy_parse(&npy, data, n, "input"));
	if (told(mica__npz_parse(&z, copied(data, n), n, "input")))
		good |= told(mica__npz_get(z, &x, "x_train", &found));
	good |= told(mica__safetensors_parse(&f, copied(data, n), n, "input"));
	mica__array_free(&idx);
	mica__array_free(&npy);
	mica__array_free(&x);
	mica__npz_close(z);
	mica__safetensors_destroy(f);
	return good;
}

static bool read_tables(const unsigned char *data, size_t n)
{
	static const mica_csv_opts ways[] = {{.label = "kind"}, {.no_header = true, .classes = true, .label = "1"}, {.separator = ';'}};
	bool good = false;

	for (size_t i = 0; i < MICA__COUNT(ways); i++) {
		mica__csv c;
		good |= told(mica__csv_parse(&c, data, n, "input", &ways[i], NULL));
		mica__csv_free(&c);
	}
	return good;
}

bool fuzz_data_file(const unsigned char *data, size_t n)
{
	mica_clear(NULL);
	bool arrays = read_arrays(data, n);

	return read_tables(data, n) || arrays;
}

/* ---- texts ---- */

bool fuzz_part_text(mica_context *ctx, const unsigned char *data, size_t n)
{
	char *text = mica__alloc(n + 1, 1); /* ends with the zero that is there */
	bool good = false;

	if (!text)
		abort();
	memcpy(text, data, n);
	for (mica_part_type t = MICA_ACTIVATION; t <= MICA_ALGORITHM; t++) {
		mica_part part;
		mica_clear(ctx);
		if (!told(mica_part_parse(ctx, t, text, &part)))
			continue;
		mica_part copy = part;
		if (mica_part_keep(&copy) != MICA_OK)
			abort();
		mica_part_drop(&copy);
		mica_part_drop(&part);
		good = true;
	}
	mica__free(text);
	return good;
}

/* ---- searches ---- */

/* Of the six rates the last diverges; "none" is refused. */
static mica_model *build_line(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);
	double rate = mica_hyper_number(h, "rate", 0.001, 0.01, 0.02, 0.05, 0.1, 0.5);

	(void)payload;
	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1, .no_bias = mica_hyper_bool(h, "no bias")));
	if (mica_hyper_choice(h, "decay", "little", "none", "much") != 1)
		rate += mica_hyper_real(h, "more", 0, 0.01);
	else
		rate = -rate;
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = rate), .loss = mica_mean_squared_error());
	return m;
}

bool fuzz_search_file(mica_context *ctx, const unsigned char *data, size_t n)
{
	static const float x[4] = {0, 1, 2, 3}, y[4] = {1, 3, 5, 7};
	char folder[] = "/tmp/fuzz-search-XXXXXX", name[64];

	if (!mkdtemp(folder))
		abort();
	mica_clear(ctx);
	snprintf(name, sizeof name, "%s/search.json", folder);
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 1), y, MICA_F32, MICA_SHAPE(4, 1), 0);
	FILE *f = fopen(name, "wb");
	if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		abort();
	mica_search *s = mica_search(ctx, build_line, d, .algorithm = mica_random_search(4), .objective = "loss", .seed = 6, .keep = MICA_NONE,
	                             .most_failures = 9, .folder = folder);
	bool good = told(s ? mica_search_status(s) : mica_context_status(ctx));
	mica_search_destroy(s);
	mica_dataset_destroy(d);
	remove(name);
	remove(folder);
	return good;
}

/* ---- more inputs ---- */

static uint64_t next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A token of JSON from some place on: a number, or a text with its quotes; its length, 0: there is none. */
static size_t find_token(const unsigned char *data, size_t n, size_t from, bool number, size_t *at)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = (from + i) % n, end = k + 1;
		bool begins = number ? data[k] >= '0' && data[k] <= '9' : data[k] == '"';
		if (!begins || (number && k && data[k - 1] >= '0' && data[k - 1] <= '9'))
			continue;
		if (number)
			while (end < n && (data[end] == '.' || (data[end] >= '0' && data[end] <= '9')))
				end++;
		else
			while (end < n && data[end++] != '"')
				;
		*at = k;
		return end - k;
	}
	return 0;
}

/* Puts m bytes in place of the k bytes at `at`. */
static size_t splice(unsigned char *data, size_t n, size_t most, size_t at, size_t k, const unsigned char *with, size_t m)
{
	if (n - k + m > most)
		return n;
	memmove(data + at + m, data + at + k, n - at - k);
	memcpy(data + at, with, m);
	return n - k + m;
}

static size_t change_number(unsigned char *data, size_t n, size_t most, uint64_t *seed)
{
	static const char *const numbers[] = {"0", "1", "2", "-1", "7", "255", "65536", "2147483647", "4294967296", "9223372036854775807", "1e308", "-0.5",
	                                      "null", "\"18446744073709551615\"", "[]", "true"};
	const char *with = numbers[next(seed) % MICA__COUNT(numbers)];
	size_t at, k = find_token(data, n, next(seed) % n, true, &at);

	return k ? splice(data, n, most, at, k, (const unsigned char *)with, strlen(with)) : n;
}

static size_t copy_token(unsigned char *data, size_t n, size_t most, uint64_t *seed)
{
	unsigned char token[64];
	bool number = next(seed) % 2;
	size_t at, from, k = find_token(data, n, next(seed) % n, number, &at), m = find_token(data, n, next(seed) % n, number, &from);

	if (!k || !m || m > sizeof token)
		return n;
	memcpy(token, data + from, m);
	return splice(data, n, most, at, k, token, m);
}

static size_t copy_piece(unsigned char *data, size_t n, size_t most, uint64_t *seed)
{
	unsigned char piece[256];
	size_t from = next(seed) % n, m = 1 + next(seed) % sizeof piece, at = next(seed) % n, k = next(seed) % 2 ? next(seed) % (n - at) : 0;

	m = m < n - from ? m : n - from;
	memcpy(piece, data + from, m);
	return splice(data, n, most, at, k, piece, next(seed) % 2 ? m : 0);
}

size_t fuzz_mutate(unsigned char *data, size_t n, size_t most, uint64_t seed)
{
	for (size_t times = 1 + next(&seed) % 4; n && times > 0; times--)
		switch (next(&seed) % 5) {
		case 0: n = change_number(data, n, most, &seed); break;
		case 1: n = copy_token(data, n, most, &seed); break;
		case 2: n = copy_piece(data, n, most, &seed); break;
		case 3: data[next(&seed) % n] = (unsigned char)next(&seed); break;
		default: data[next(&seed) % n] ^= (unsigned char)(1u << next(&seed) % 8); break;
		}
	return n;
}
