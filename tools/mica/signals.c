/* SPDX-License-Identifier: MIT */
/* tools/mica/signals.c - what ends a program: the user, the terminal, the system, the driver.
   Drivers put handlers of their own in place while they start, so ours come after that, and what the parent wanted is
   noted before.  This file holds the program's only globals: a handler can reach nothing else. */
#include "tool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int ends[] = {SIGHUP, SIGINT, SIGTERM}, refusals[] = {SIGPIPE, SIGXFSZ};
enum { ENDS = sizeof ends / sizeof ends[0], REFUSALS = sizeof refusals / sizeof refusals[0] };

static volatile sig_atomic_t caught;
static bool ignored[ENDS]; /* by the parent, as nohup does */
static volatile sig_atomic_t guarded;

static void on_signal(int number)
{
	if (caught && number == SIGINT)
		_exit(128 + number);
	if (!caught)
		caught = number;
}

void signals_note(void)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct sigaction now;
		ignored[i] = !sigaction(ends[i], NULL, &now) && now.sa_handler == SIG_IGN;
	}
	signal(SIGXFSZ, SIG_IGN); /* a write beyond the quota fails with its text then */
}

void signals_catch(void)
{
	struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, ignore = {.sa_handler = SIG_IGN};

	sigemptyset(&a.sa_mask);
	sigemptyset(&ignore.sa_mask);
	for (size_t i = 0; i < ENDS; i++)
		sigaction(ends[i], ignored[i] ? &ignore : &a, NULL);
	for (size_t i = 0; i < REFUSALS; i++)
		sigaction(refusals[i], &ignore, NULL);
}

int signals_caught(void)
{
	return caught;
}

static void say_driver_ended(void)
{
	static const char text[] =
		"mica: the OpenCL driver has ended the program; PoCL does so where the program ld is not in PATH (install"
		" binutils), and where its cache (POCL_CACHE_DIR, else ~/.cache/pocl) is damaged or on a full disk\n";

	if (guarded && write(STDERR_FILENO, text, sizeof text - 1) < 0)
		return;
}

static void on_abort(int number)
{
	say_driver_ended();
	guarded = false; /* once */
	signal(number, SIG_DFL);
	raise(number);
}

void signals_guard(void)
{
	static bool registered;

	if (!registered && !atexit(say_driver_ended))
		registered = true;
	signal(SIGABRT, on_abort);
	guarded = true;
}

void signals_unguard(void)
{
	guarded = false;
}
