/* SPDX-License-Identifier: MIT */
/* tools/mica/patience.c - a word where nothing is seen for long: the first start on a device compiles its kernels, which takes
   seconds, and a terminal without a sign of life looks like a program that hangs. */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "tool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	pthread_cond_t over;
	pthread_t thread;
	FILE *out;
	bool waiting;
} p = {.lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER};

static void *wait_a_second(void *unused)
{
	struct timespec until;
	int code = 0;

	(void)unused;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&p.lock);
	while (p.out && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&p.over, &p.lock, &until);
	if (p.out) {
		fputs("compiling kernels for this device; a later start finds them compiled\n", p.out);
		fflush(p.out);
	}
	pthread_mutex_unlock(&p.lock);
	return NULL;
}

void patience_begin(FILE *out)
{
	patience_end();
	p.out = out;
	p.waiting = isatty(fileno(out)) && pthread_create(&p.thread, NULL, wait_a_second, NULL) == 0;
}

void patience_end(void)
{
	if (!p.waiting)
		return;
	pthread_mutex_lock(&p.lock);
	p.out = NULL;
	pthread_cond_signal(&p.over);
	pthread_mutex_unlock(&p.lock);
	pthread_join(p.thread, NULL);
	p.waiting = false;
}

int terminal_columns(FILE *out)
{
	const char *kind = getenv("TERM");
	struct winsize size;

	if (!isatty(fileno(out)) || !kind || !*kind || !strcmp(kind, "dumb"))
		return 0;
	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}
