/* SPDX-License-Identifier: MIT */
/* model/source.c - a data set as steps read it: samples and labels on the device, and the order they are taken in.
   Data that fits is there whole (or, where that is the same memory, stays here), and shuffling is a new order.  Other
   data goes through a window of two halves that are filled in turn (stream.c); then the order is in the filling, and the
   window is read as it stands.  Both ways a step sees the same batches. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

#define HALF_BYTES ((size_t)8 << 20) /* of a streamed window: large enough to upload fast, small enough to fill soon */
#define TAG 0x73687566u              /* keeps these counters apart from those of dropout and weights */

static void count_up(int32_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = (int32_t)i;
}

/* Samples of half a window: whole batches, no more than half of the data needs, fewer where memory is short. */
static size_t choose_half(const mica__source *s, size_t batch, size_t row_bytes, uint64_t reserve)
{
	size_t batches = HALF_BYTES / (batch * row_bytes), enough = mica__ceil_div(s->data->count, 2 * batch);

	if (batches > enough)
		batches = enough;
	while (batches > 1 && !mica__device_fits(mica__device_of(s->ctx), 2 * batches * batch * row_bytes + reserve))
		batches /= 2;
	return (batches ? batches : 1) * batch;
}

static void add_track(mica__source *s, const mica__column *c, const char *prefix, size_t i)
{
	if (!c)
		return;
	mica__track *t = &s->tracks[s->n_tracks++];
	*t = (mica__track){.column = c};
	snprintf(t->input, sizeof t->input, "%s%zu", prefix, i);
}

static void list_tracks(mica__source *s)
{
	for (size_t i = 0; i < MICA_MAX_INPUTS; i++)
		add_track(s, s->feed.x[i], "x", i);
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++)
		add_track(s, s->feed.y[i], "y", i);
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++)
		add_track(s, s->feed.w[i], "w", i);
}

void mica__source_open(mica__source *s, mica_context *ctx, const mica_dataset *d, const mica__feed *feed, size_t batch,
                       uint64_t reserve, size_t most)
{
	size_t row_bytes = sizeof(int32_t);

	*s = (mica__source){.ctx = ctx, .data = d, .feed = *feed, .rows = d->count, .chunk = d->count, .chunks = 1};
	list_tracks(s);
	for (size_t i = 0; i < s->n_tracks; i++)
		row_bytes += s->tracks[i].column->bytes;
	s->streamed = most || !mica__device_fits(mica__device_of(ctx), d->count * row_bytes + reserve);
	if (!s->streamed)
		return;
	s->chunk = choose_half(s, batch, row_bytes, reserve);
	if (most && s->chunk > most)
		s->chunk = most < batch ? batch : most / batch * batch;
	s->rows = 2 * s->chunk;
	s->chunks = mica__ceil_div(d->count, s->chunk);
}

/* s->rows rows like those of an array of the data set: a window, or, if they are resident, the values at data. */
static mica_status make_rows(mica__source *s, mica_value **out, const mica__array *like, const void *data)
{
	mica_shape shape = like->shape;
	mica__buffer *b;
	size_t at;
	mica_status st;

	shape.dim[0] = s->rows;
	MICA_TRY(s->streamed ? mica__value_make(out, s->ctx, NULL, MICA_ROLE_DATA, like->type, shape)
	                     : mica__value_over(out, s->ctx, like->type, shape, data));
	MICA_TRY(mica__value_buffer(*out, s->ctx, &b, &at));
out:
	return st;
}

static mica_status upload_order(mica__source *s)
{
	mica__buffer *b;
	size_t at;
	mica_status st = mica__value_buffer(s->order, s->ctx, &b, &at);

	return st == MICA_OK ? mica__buffer_write(b, at, s->indices, s->rows * sizeof *s->indices) : st;
}

mica_status mica__source_load(mica__source *s)
{
	size_t most = s->rows > s->data->count ? s->rows : s->data->count;
	mica_status st;

	if (!(s->indices = mica__alloc(most, sizeof *s->indices)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < s->n_tracks; i++) {
		mica__track *t = &s->tracks[i];
		MICA_TRY(make_rows(s, &t->value, &t->column->array, mica__column_at(s->data, t->column, 0)));
	}
	MICA_TRY(mica__value_make(&s->order, s->ctx, NULL, MICA_ROLE_DATA, MICA_I32, MICA_SHAPE(s->rows)));
	count_up(s->indices, s->rows);
	MICA_TRY(upload_order(s));
	if (s->streamed)
		MICA_TRY(mica__stream_open(&s->stream, s->ctx, s->data, s->chunk, s->tracks, s->n_tracks));
out:
	return st;
}

void mica__source_close(mica__source *s)
{
	mica__stream_close(s->stream);
	mica__value_release(s->order, s->ctx);
	for (size_t i = 0; i < s->n_tracks; i++)
		mica__value_release(s->tracks[i].value, s->ctx);
	mica__free(s->indices);
	*s = (mica__source){0};
}

mica_status mica__source_begin(mica__source *s, bool shuffle, uint64_t seed, uint64_t epoch)
{
	if (s->stream)
		mica__stream_rest(s->stream);
	if (shuffle)
		mica__shuffled(s->indices, s->data->count, seed, epoch, TAG);
	else
		count_up(s->indices, s->data->count);
	return s->stream ? mica__stream_begin(s->stream, s->indices) : upload_order(s);
}

mica_status mica__source_ready(mica__source *s, size_t chunk)
{
	return s->stream ? mica__stream_ready(s->stream, chunk) : MICA_OK;
}

mica_status mica__source_leave(mica__source *s, size_t chunk)
{
	return s->stream ? mica__stream_leave(s->stream, chunk) : MICA_OK;
}
