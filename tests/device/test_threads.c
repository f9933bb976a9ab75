/* SPDX-License-Identifier: MIT */
/* Each thread may have contexts of its own, and the first contact of a process with its drivers may come from several. */
#include "device/check.h"
#include <pthread.h>

enum { THREADS = 8, ROUNDS = 4 };

static pthread_barrier_t together;

/* The text of what went wrong; NULL if nothing did. */
static void *work(void *payload)
{
	static const char *const source = "kernel void add(global int *x, const int n) { x[get_global_id(0)] += n; }\n";
	static _Thread_local char why[256];
	int number = *(int *)payload, got = 0;
	pthread_barrier_wait(&together);
	for (int round = 0; round < ROUNDS; round++) {
		mica__program *p = NULL;
		mica__kernel *k = NULL;
		mica__buffer *b = NULL;
		mica_context *ctx = mica_open(NULL);
		bool right = ctx && mica__program_create(&p, mica__device_of(ctx), "test", &source, 1, NULL) == MICA_OK &&
		             mica__kernel_create(&k, p, "add") == MICA_OK && mica__buffer_create(&b, mica__device_of(ctx), 4) == MICA_OK &&
		             mica__kernel_buffer(k, 0, b) == MICA_OK && mica__kernel_value(k, 1, &number, 4) == MICA_OK &&
		             mica__kernel_launch(k, 1, 1) == MICA_OK && mica__buffer_read(b, 0, &got, 4) == MICA_OK && got == number;
		if (!right)
			snprintf(why, sizeof why, "thread %d, round %d: read %d: %.200s", number, round, got, mica_error(NULL));
		mica__buffer_destroy(b);
		mica__kernel_destroy(k);
		mica__program_destroy(p);
		mica_close(ctx);
		if (!right)
			return strdup(why);
	}
	return NULL;
}

Test(threads, open_use_and_close_contexts_of_their_own)
{
	pthread_t thread[THREADS];
	int number[THREADS];
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		number[i] = i + 1;
		cr_assert_eq(pthread_create(&thread[i], NULL, work, &number[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *why;
		cr_assert_eq(pthread_join(thread[i], &why), 0);
		cr_expect_null(why, "%s", (char *)why);
		free(why);
	}
	pthread_barrier_destroy(&together);
}

static void *list(void *payload)
{
	(void)payload;
	pthread_barrier_wait(&together);
	return (void *)(uintptr_t)mica_device_list(NULL, 0);
}

Test(threads, list_devices_at_once)
{
	pthread_t thread[THREADS];
	void *first = NULL, *n;
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&thread[i], NULL, list, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		cr_assert_eq(pthread_join(thread[i], &n), 0);
		first = i ? first : n;
		cr_assert(n && n == first, "%zu and %zu devices", (size_t)(uintptr_t)first, (size_t)(uintptr_t)n);
	}
	pthread_barrier_destroy(&together);
}
