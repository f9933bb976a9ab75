/* SPDX-License-Identifier: MIT */
/* device/missing.h - why there is no device: which driver, file, folder or variable stands in the way. */
#ifndef MICA_DEVICE_MISSING_H
#define MICA_DEVICE_MISSING_H
#include "device/cl.h"

/* Record the reason and give ENODEVICE.  code: what clGetPlatformIDs said, whose answer had no platform; what clGetDeviceIDs
   said of a platform. */
mica_status mica__no_platform(cl_int code);
mica_status mica__platform_without_devices(cl_platform_id platform, cl_int code);

#endif
