/* SPDX-License-Identifier: MIT */
/* device/discover.h - which devices there are, and which one is meant. */
#ifndef MICA_DEVICE_DISCOVER_H
#define MICA_DEVICE_DISCOVER_H
#include "device/cl.h"
#include "device/device.h"

typedef struct mica__found {
	cl_platform_id platform;
	cl_device_id device;
	char platform_version[128];
	uint64_t vendor;
	bool reference; /* no OpenCL: platform and device are NULL */
	mica_device_info info;
} mica__found;

/* The device without OpenCL, slow and exact.  It is meant by its whole name or its
   number only.  names: whether text, or without it MICA_DEVICE, is that name. */
void mica__describe_reference(mica__found *out);
bool mica__names_reference(const char *text);

/* All devices of all platforms, in the loader's order, and after them the reference device; *out is the caller's (mica__free).  ENODEVICE if there are none.
   Under mica__driver_lock. */
mica_status mica__discover(mica__found **out, size_t *n);
/* The device that text means; NULL or "": MICA_DEVICE, and without that the fastest kind.  ENODEVICE if none. */
mica_status mica__select(size_t *out, const mica__found *found, size_t n, const char *text);
/* What kernels have to know of it. */
mica_status mica__classify(mica__device_class *out, const mica__found *f);

bool mica__is_pocl(const mica__found *f);

/* Drivers keep threads that a fork does not copy, so that their calls hang in the child.  EUNSUPPORTED if this process
   was forked from one that had called a driver. */
mica_status mica__refuse_fork(void);
/* Whether this process is the one that had. */
bool mica__has_driver(void);

/* Drivers start up, tell of their devices, open and close them for one thread at a time: some crash otherwise.  Taken once
   mica__refuse_fork has let the process in, since a fork may copy a lock that is held. */
void mica__driver_lock(void);
void mica__driver_unlock(void);

#endif
