/* SPDX-License-Identifier: MIT */
/* A child of fork is told so instead of hanging in a driver whose threads it does not have. */
#include "device/check.h"
#include <sys/wait.h>
#include <unistd.h>

static mica_context *ctx;
static mica__buffer *buffer;
static mica__kernel *kernel;
static mica__mark *mark;
static mica__staging *staging;

#define REFUSED(call) ((call) == MICA_EUNSUPPORTED && strstr(mica_error(NULL), "fork"))

/* The number of the first call that was not refused. */
static int child(void)
{
	int value = 0;
	mica__buffer *b;
	mica__mark *m;
	alarm(20);
	if (!REFUSED(mica__buffer_read(buffer, 0, &value, 4)))
		return 1;
	if (!REFUSED(mica__buffer_write(buffer, 0, &value, 4)))
		return 2;
	if (!REFUSED(mica__buffer_create(&b, mica__device_of(ctx), 4)))
		return 3;
	if (!REFUSED(mica__kernel_launch(kernel, 1, 1)))
		return 4;
	if (!REFUSED(mica__context_finish(ctx)))
		return 5;
	if (!REFUSED(mica__mark_create(&m, mica__device_of(ctx))))
		return 6;
	if (mica_open(NULL) || !strstr(mica_error(NULL), "fork"))
		return 7;
	if (mica_device_list(NULL, 0))
		return 8;
	if (!REFUSED(mica__kernel_buffer(kernel, 0, buffer)))
		return 9;
	if (!mica__mark_passed(mark))
		return 10;
	mica__mark_destroy(mark);
	mica__staging_destroy(staging);
	mica__kernel_destroy(kernel);
	mica__buffer_destroy(buffer);
	mica_close(ctx);
	return 0;
}

Test(fork, a_child_is_refused_and_the_parent_goes_on)
{
	int state, value = 5, got = 0;
	ctx = open_with(NULL);
	buffer = make_buffer(ctx, 4);
	kernel = make_kernel(ctx, "kernel void f(global int *x) { x[0]++; }\n", "f");
	OK(mica__kernel_buffer(kernel, 0, buffer));
	OK(mica__buffer_write(buffer, 0, &value, 4));
	OK(mica__mark_create(&mark, mica__device_of(ctx)));
	OK(mica__staging_create(&staging, mica__device_of(ctx), 100));
	pid_t pid = fork();
	if (!pid)
		_exit(child());
	cr_assert_eq(waitpid(pid, &state, 0), pid);
	cr_assert(WIFEXITED(state), "the child was killed by signal %d", WTERMSIG(state));
	cr_assert_eq(WEXITSTATUS(state), 0, "call %d of the child was not refused", WEXITSTATUS(state));
	OK(mica__kernel_launch(kernel, 1, 1));
	OK(mica__buffer_read(buffer, 0, &got, 4));
	cr_assert_eq(got, 6);
	mica__mark_destroy(mark);
	mica__staging_destroy(staging);
	mica__kernel_destroy(kernel);
	mica__buffer_destroy(buffer);
	mica_close(ctx);
}

/* It has no driver. */
Test(fork, the_reference_device_goes_with_the_process)
{
	int state, value = 7, got = 0;
	mica_context *own = open_with(&(mica_open_opts){.device = "reference"});
	mica__buffer *b = make_buffer(own, 4);
	OK(mica__buffer_write(b, 0, &value, 4));
	pid_t pid = fork();
	if (!pid) {
		bool right = mica__buffer_read(b, 0, &got, 4) == MICA_OK && got == 7;
		mica__buffer_destroy(b);
		mica_close(own);
		_exit(right ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, &state, 0), pid);
	cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 0);
	mica__buffer_destroy(b);
	mica_close(own);
}

Test(fork, a_child_of_a_process_that_opened_nothing_may_open)
{
	int state;
	pid_t pid = fork();
	if (!pid) {
		mica_context *own = mica_open(NULL);
		bool opened = own;
		mica_close(own);
		_exit(opened ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, &state, 0), pid);
	cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 0);
}
