/* SPDX-License-Identifier: MIT */
/* mica/status.h - what a call returns and how it says why.
   Every function that can fail returns a mica_status, or a handle that is NULL on failure; the reason is then one
   line of text that names the cause, the values and the remedy: see mica_error in context.h.  Reporting needs no memory. */
#ifndef MICA_STATUS_H
#define MICA_STATUS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define MICA_BEGIN_DECLS extern "C" {
#define MICA_END_DECLS }
#else
#define MICA_BEGIN_DECLS
#define MICA_END_DECLS
#endif
#define MICA_API __attribute__((visibility("default")))

#define MICA_VERSION "0.1.0"

/* The first member of every options struct is its size: with it, programs and libraries of different versions understand
   each other.  0 stands for the size in this header, so &(mica_fit_opts){.epochs = 3} is right too; the macros that take
   options set it, and so need not be given any.  What a library older than the program does not know must be 0: else
   EUNSUPPORTED. */
#define MICA_OPTS(type) .size = sizeof(type)

/* Every option of 0 stands for its default, which its comment names.  Where that is another number, a real 0 is said by
   MICA_ZERO if the option is a double (.beta_1 = MICA_ZERO; any negative zero will do), by MICA_NONE if it is an integer
   (.epochs = MICA_NONE).  Where the default is 0 all three are the same. */
#define MICA_ZERO (-0.0)
#define MICA_NONE (-2147483647 - 1)

MICA_BEGIN_DECLS

/* The one table of codes, numbers and general texts. */
#define MICA_STATUS_MAP(X)                                            \
	X(OK, 0, "success")                                           \
	X(EINVAL, -1, "invalid argument")                             \
	X(ENOMEM, -2, "out of host memory")                           \
	X(ESHAPE, -3, "shapes do not fit together")                   \
	X(EUNSUPPORTED, -4, "not supported by this build or device")  \
	X(EOVERFLOW, -5, "a size is too large to be represented")     \
	X(ENODEVICE, -6, "no OpenCL device that fits")                \
	X(EDEVICE, -7, "the OpenCL driver reported an error")         \
	X(EBUILD, -8, "an OpenCL program could not be built")         \
	X(EBUDGET, -9, "the device memory budget is too small")       \
	X(EIO, -10, "a file could not be read or written")            \
	X(EFORMAT, -11, "a file does not have the format it should")  \
	X(ENAN, -12, "a loss is not a number")                        \
	X(EINTERRUPTED, -13, "stopped on request")

typedef enum mica_status {
#define X(id, value, text) MICA_##id = value,
	MICA_STATUS_MAP(X)
#undef X
} mica_status;

/* Name ("ESHAPE") and general text of a status; never NULL, static memory, any thread. */
MICA_API const char *mica_status_name(mica_status s);
MICA_API const char *mica_status_text(mica_status s);

/* The library's version, as MICA_VERSION was when it was built. */
MICA_API const char *mica_version(void);

MICA_END_DECLS
#endif
