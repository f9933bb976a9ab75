/* SPDX-License-Identifier: MIT */
/* model/callbacks/events.c - Event messages as bytes: see events.h.  A member is a key, its number times 8 and a type, and a value; a
   message in a message is its length and its bytes. */
#include "model/callbacks/events.h"

#include <math.h>
#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5, BUCKETS = 30 };

/* ---- members ---- */

static void add_byte(mica__text *t, unsigned x)
{
	mica__text_append(t, (char[]){(char)x}, 1);
}

static void add_varint(mica__text *t, uint64_t x)
{
	for (; x >= 128; x >>= 7)
		add_byte(t, (unsigned)(x & 127) | 128);
	add_byte(t, (unsigned)x);
}

/* Little end first, whatever the machine. */
static void add_fixed(mica__text *t, uint64_t x, int bytes)
{
	for (int i = 0; i < bytes; i++)
		add_byte(t, (unsigned)(x >> 8 * i & 255));
}

static void add_double(mica__text *t, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	add_fixed(t, bits, 8);
}

static void add_key(mica__text *t, unsigned number, unsigned type)
{
	add_byte(t, number << 3 | type);
}

static void add_bytes(mica__text *t, unsigned number, const char *s, size_t n)
{
	add_key(t, number, BYTES);
	add_varint(t, n);
	mica__text_append(t, s, n);
}

static void add_message(mica__text *t, unsigned number, mica__text *inner)
{
	add_bytes(t, number, mica__text_string(inner), inner->n);
	t->failed = t->failed || inner->failed;
	mica__text_free(inner);
}

/* What is 0 is left out. */
static void add_double_member(mica__text *t, unsigned number, double x)
{
	if (x == 0 && !signbit(x))
		return;
	add_key(t, number, FIXED64);
	add_double(t, x);
}

/* ---- records ---- */

static uint32_t masked(const char *data, size_t n)
{
	uint32_t crc = mica__checksum(MICA__CRC32C, 0, data, n);

	return (crc >> 15 | crc << 17) + 0xa282ead8;
}

static void add_record(mica__text *out, mica__text *event)
{
	mica__text length = {0};

	add_fixed(&length, event->n, 8);
	mica__text_append(out, mica__text_string(&length), length.n);
	add_fixed(out, masked(mica__text_string(&length), length.n), 4);
	mica__text_append(out, mica__text_string(event), event->n);
	add_fixed(out, masked(mica__text_string(event), event->n), 4);
	out->failed = out->failed || event->failed || length.failed;
	mica__text_free(&length);
	mica__text_free(event);
}

/* Event: wall_time 1, step 2, file_version 3, summary 5. */
static void begin_event(mica__text *event, double wall, size_t step)
{
	add_double_member(event, 1, wall);
	if (!step)
		return;
	add_key(event, 2, VARINT);
	add_varint(event, step);
}

void mica__event_version(mica__text *out, double wall)
{
	static const char version[] = "brain.Event:2";
	mica__text event = {0};

	begin_event(&event, wall, 0);
	add_bytes(&event, 3, version, sizeof version - 1);
	add_record(out, &event);
}

/* Summary: value 1; Value: tag 1, and what was begun there. */
static void add_summary(mica__text *out, double wall, size_t step, mica__text *value)
{
	mica__text event = {0}, summary = {0};

	add_message(&summary, 1, value);
	begin_event(&event, wall, step);
	add_message(&event, 5, &summary);
	add_record(out, &event);
}

/* Value: simple_value 2. */
void mica__event_scalar(mica__text *out, double wall, size_t step, const char *tag, double x)
{
	mica__text value = {0};
	float single = (float)x;
	uint32_t bits;

	memcpy(&bits, &single, sizeof bits);
	add_bytes(&value, 1, tag, strlen(tag));
	add_key(&value, 2, FIXED32);
	add_fixed(&value, bits, 4);
	add_summary(out, wall, step, &value);
}

/* ---- histograms ---- */

typedef struct histogram {
	double least, most, n, sum, squares;
	double limits[BUCKETS], counts[BUCKETS]; /* right ends */
	size_t buckets;
} histogram;

static void measure(histogram *h, const float *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x = (double)values[i];
		if (!isfinite(x))
			continue;
		h->least = h->n == 0 || x < h->least ? x : h->least;
		h->most = h->n == 0 || x > h->most ? x : h->most;
		h->n++;
		h->sum += x;
		h->squares += x * x;
	}
}

/* Equal values are one bucket around them. */
static void count(histogram *h, const float *values, size_t n)
{
	double width = (h->most - h->least) / BUCKETS;

	h->buckets = width > 0 ? BUCKETS : 1;
	for (size_t b = 0; b < h->buckets; b++)
		h->limits[b] = width > 0 ? b + 1 == BUCKETS ? h->most : h->least + (double)(b + 1) * width : h->most + 0.5;
	for (size_t i = 0; i < n; i++) {
		double x = (double)values[i], at = width > 0 ? floor((x - h->least) / width) : 0;
		if (isfinite(x))
			h->counts[at < (double)h->buckets ? (size_t)at : h->buckets - 1]++;
	}
}

static void add_doubles(mica__text *t, unsigned number, const double *x, size_t n)
{
	add_key(t, number, BYTES);
	add_varint(t, n * sizeof *x);
	for (size_t i = 0; i < n; i++)
		add_double(t, x[i]);
}

/* Value: histo 5; HistogramProto: min 1, max 2, num 3, sum 4, sum_squares 5, bucket_limit 6, bucket 7. */
void mica__event_histogram(mica__text *out, double wall, size_t step, const char *tag, const float *values, size_t n)
{
	mica__text value = {0}, histo = {0};
	histogram h = {.n = 0};

	measure(&h, values, n);
	count(&h, values, n);
	add_double_member(&histo, 1, h.least);
	add_double_member(&histo, 2, h.most);
	add_double_member(&histo, 3, h.n);
	add_double_member(&histo, 4, h.sum);
	add_double_member(&histo, 5, h.squares);
	add_doubles(&histo, 6, h.limits, h.buckets);
	add_doubles(&histo, 7, h.counts, h.buckets);
	add_bytes(&value, 1, tag, strlen(tag));
	add_message(&value, 5, &histo);
	add_summary(out, wall, step, &value);
}
