/* SPDX-License-Identifier: MIT */
/* model/stream.c - feeding a window from host memory while the device trains.
   Chunk c of a pass goes through staging memory c % 2 into half c % 2 of the window.  A thread of ours only copies rows
   into staging memory; all that concerns the device is done by the thread that trains:

     ready(c)   upload c, unless leave(c - 1) has done so
     ... the steps of chunk c are enqueued ...
     leave(c)   mark that half c % 2 is in use until here; upload c + 1 into the other half, while chunk c trains;
                let the thread fill staging memory c % 2 with chunk c + 2 */
#include "model/model.h"

#include <string.h>

struct mica__stream {
	const mica_dataset *data;
	mica_context *ctx;
	const mica__track *tracks;
	size_t n_tracks;
	mica__staging *staging[MICA__MOST_COLUMNS][2]; /* of each track, for even and odd chunks */
	size_t chunk, chunks;          /* samples of a whole chunk, chunks of a pass */
	size_t uploaded;               /* chunks of this pass whose upload is enqueued */

	pthread_t thread;
	bool running;
	pthread_mutex_t lock;          /* for what follows */
	pthread_cond_t changed;
	const int32_t *order;
	size_t filled, allowed;        /* chunks that are in staging memory, that may be put there */
	bool stop;
};

static size_t chunk_samples(const mica__stream *s, size_t c)
{
	size_t left = s->data->count - c * s->chunk;

	return left < s->chunk ? left : s->chunk;
}

static void fill(const mica__stream *s, size_t c)
{
	const int32_t *order = s->order + c * s->chunk;

	for (size_t k = 0; k < s->n_tracks; k++) {
		const mica__column *column = s->tracks[k].column;
		unsigned char *to = mica__staging_memory(s->staging[k][c % 2]);
		for (size_t i = 0, n = chunk_samples(s, c); i < n; i++)
			memcpy(to + i * column->bytes, mica__column_at(s->data, column, (size_t)order[i]), column->bytes);
	}
}

static void *work(void *payload)
{
	mica__stream *s = payload;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (s->filled == s->allowed && !s->stop)
			pthread_cond_wait(&s->changed, &s->lock);
		if (s->stop)
			break;
		size_t c = s->filled;
		pthread_mutex_unlock(&s->lock);
		fill(s, c);
		pthread_mutex_lock(&s->lock);
		s->filled = c + 1;
		pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

mica_status mica__stream_open(mica__stream **out, mica_context *ctx, const mica_dataset *d, size_t chunk, const mica__track *tracks,
                              size_t n)
{
	mica_status st = MICA_OK;
	mica__stream *s = *out = mica__alloc(1, sizeof *s);

	if (!s)
		return MICA_ENOMEM;
	s->data = d;
	s->ctx = ctx;
	s->tracks = tracks;
	s->n_tracks = n;
	s->chunk = chunk;
	s->chunks = mica__ceil_div(d->count, chunk);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	for (size_t i = 0; i < 2 * n; i++)
		MICA_TRY(mica__staging_create(&s->staging[i / 2][i % 2], mica__device_of(ctx), chunk * tracks[i / 2].column->bytes));
	if (pthread_create(&s->thread, NULL, work, s) != 0)
		return mica__fail(MICA_ENOMEM, "fit: no thread for reading the data set ahead");
	s->running = true;
out:
	return st;
}

void mica__stream_close(mica__stream *s)
{
	if (!s)
		return;
	if (s->running) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_broadcast(&s->changed);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	for (size_t i = 0; i < 2 * s->n_tracks; i++)
		mica__staging_destroy(s->staging[i / 2][i % 2]);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	mica__free(s);
}

static void wait_filled(mica__stream *s, size_t chunks)
{
	pthread_mutex_lock(&s->lock);
	while (s->filled < chunks)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static void allow(mica__stream *s, size_t chunks)
{
	pthread_mutex_lock(&s->lock);
	s->allowed = chunks < s->chunks ? chunks : s->chunks;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void mica__stream_rest(mica__stream *s)
{
	wait_filled(s, s->allowed);
}

/* The staging memories of chunks like c have left for the device. */
static mica_status wait_uploaded(mica__stream *s, size_t c)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n_tracks && st == MICA_OK; i++)
		st = mica__staging_wait(s->staging[i][c % 2]);
	return st;
}

/* Half c % 2 of all windows is in use by all that was enqueued so far. */
static mica_status guard(mica__stream *s, size_t c)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n_tracks && st == MICA_OK; i++)
		st = mica__staging_guard(s->staging[i][c % 2]);
	return st;
}

mica_status mica__stream_begin(mica__stream *s, const int32_t *order)
{
	mica_status st;

	for (size_t i = 0; i < 2; i++) {
		MICA_TRY(wait_uploaded(s, i));
		MICA_TRY(guard(s, i)); /* also: new buffers are being zeroed */
	}
	pthread_mutex_lock(&s->lock);
	s->order = order;
	s->filled = s->allowed = 0;
	pthread_mutex_unlock(&s->lock);
	s->uploaded = 0;
	allow(s, 2);
out:
	return st;
}

mica_status mica__stream_ready(mica__stream *s, size_t c)
{
	mica_status st = MICA_OK;

	if (c < s->uploaded)
		return MICA_OK;
	wait_filled(s, c + 1);
	for (size_t i = 0; i < s->n_tracks; i++) {
		size_t bytes = s->tracks[i].column->bytes, at;
		mica__buffer *b;
		MICA_TRY(mica__value_buffer(s->tracks[i].value, s->ctx, &b, &at));
		at += c % 2 * s->chunk * bytes;
		MICA_TRY(mica__staging_upload(s->staging[i][c % 2], b, at, chunk_samples(s, c) * bytes));
	}
	s->uploaded = c + 1;
out:
	return st;
}

mica_status mica__stream_leave(mica__stream *s, size_t c)
{
	mica_status st;

	MICA_TRY(guard(s, c));
	if (c + 1 == s->chunks)
		return MICA_OK;
	MICA_TRY(mica__device_flush(mica__device_of(s->ctx)));
	MICA_TRY(mica__stream_ready(s, c + 1));
	MICA_TRY(wait_uploaded(s, c));
	allow(s, c + 3);
out:
	return st;
}
