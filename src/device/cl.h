/* SPDX-License-Identifier: MIT */
/* device/cl.h - the wrapper around OpenCL: every call's code becomes a status with a text that names the call.
   Only files of this room include it. */
#ifndef MICA_DEVICE_CL_H
#define MICA_DEVICE_CL_H
#include "base/base.h"
#include "base/fault.h"

#include <CL/cl.h>

/* Name of an OpenCL code ("CL_OUT_OF_RESOURCES"), or "unknown code". */
const char *mica__cl_code(cl_int code);

/* MICA_OK for CL_SUCCESS; else records "clSomething: CL_CODE (-5): what to do".  call is the call's text: what stands
   before its parenthesis is its name. */
mica_status mica__cl_check(cl_int code, const char *call);

/* Around every call but a release, which cannot fail in a way that anybody could mend: where faults are injected.
   CODE is for those who look at the code themselves; MAKE for calls that return an object and put their code into `code`. */
#define MICA__CL_CODE(call) (mica__fault_now(MICA__FAULT_DRIVER) ? CL_OUT_OF_RESOURCES : (call))
#define MICA__CL_MAKE(code, call) (mica__fault_now(MICA__FAULT_DRIVER) ? ((code) = CL_OUT_OF_RESOURCES, NULL) : (call))
#define MICA__CL(call) mica__cl_check(MICA__CL_CODE(call), #call)

/* Releases an event, if there is one, and sets it to NULL. */
void mica__cl_forget(cl_event *e);

/* Waits for a queue whose work nobody asks about any more. */
void mica__cl_settle(cl_command_queue queue);

/* The text of an information, cut to size; "" on failure. */
mica_status mica__cl_device_text(cl_device_id device, cl_device_info what, char *out, size_t size);
mica_status mica__cl_platform_text(cl_platform_id platform, cl_platform_info what, char *out, size_t size);
/* A number of an information, of whatever width; 0 of one that the driver does not know, and on failure. */
mica_status mica__cl_device_number(uint64_t *out, cl_device_id device, cl_device_info what);

#endif
