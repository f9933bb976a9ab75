/* SPDX-License-Identifier: MIT */
/* device/fork.c - drivers are of a process: their threads do not survive a fork, and first contact with them is for one
   thread at a time.  A child of fork is refused what would hang in it, and what it destroys is not told to the driver. */
#include "device/objects.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* The process that first called a driver. */
static _Atomic long driver_process;
static pthread_mutex_t driver_lock = PTHREAD_MUTEX_INITIALIZER;

mica_status mica__refuse_fork(void)
{
	long none = 0, me = (long)getpid();
	if (atomic_compare_exchange_strong(&driver_process, &none, me) || none == me)
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "process %ld was forked from %ld after that had used OpenCL, whose drivers do not "
	                  "survive a fork; fork before the first use, or start a new program (exec)", me, none);
}

bool mica__has_driver(void)
{
	return driver_process == (long)getpid();
}

/* The reference device has no driver, and goes with the process. */
bool mica__device_is_here(const mica__device *d)
{
	return d->class.reference || d->process == (long)getpid();
}

mica_status mica__device_usable(const mica__device *d)
{
	if (mica__device_is_here(d))
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "a context of process %ld is used in its forked child %ld; OpenCL drivers do not "
	                  "survive a fork: fork before the first use of Mica", d->process, (long)getpid());
}

void mica__driver_lock(void)
{
	pthread_mutex_lock(&driver_lock);
}

void mica__driver_unlock(void)
{
	pthread_mutex_unlock(&driver_lock);
}
