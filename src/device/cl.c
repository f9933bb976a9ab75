/* SPDX-License-Identifier: MIT */
/* device/cl.c - OpenCL codes as statuses, and informations as texts and numbers. */
#include "device/cl.h"

#include <string.h>

static const struct {
	cl_int code;
	const char *name;
} codes[] = {
#define CODE(name) {name, #name}
	CODE(CL_SUCCESS),
	CODE(CL_DEVICE_NOT_FOUND),
	CODE(CL_DEVICE_NOT_AVAILABLE),
	CODE(CL_COMPILER_NOT_AVAILABLE),
	CODE(CL_MEM_OBJECT_ALLOCATION_FAILURE),
	CODE(CL_OUT_OF_RESOURCES),
	CODE(CL_OUT_OF_HOST_MEMORY),
	CODE(CL_PROFILING_INFO_NOT_AVAILABLE),
	CODE(CL_MEM_COPY_OVERLAP),
	CODE(CL_BUILD_PROGRAM_FAILURE),
	CODE(CL_MAP_FAILURE),
	CODE(CL_MISALIGNED_SUB_BUFFER_OFFSET),
	CODE(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
	CODE(CL_COMPILE_PROGRAM_FAILURE),
	CODE(CL_LINKER_NOT_AVAILABLE),
	CODE(CL_LINK_PROGRAM_FAILURE),
	CODE(CL_DEVICE_PARTITION_FAILED),
	CODE(CL_KERNEL_ARG_INFO_NOT_AVAILABLE),
	CODE(CL_INVALID_VALUE),
	CODE(CL_INVALID_DEVICE_TYPE),
	CODE(CL_INVALID_PLATFORM),
	CODE(CL_INVALID_DEVICE),
	CODE(CL_INVALID_CONTEXT),
	CODE(CL_INVALID_QUEUE_PROPERTIES),
	CODE(CL_INVALID_COMMAND_QUEUE),
	CODE(CL_INVALID_HOST_PTR),
	CODE(CL_INVALID_MEM_OBJECT),
	CODE(CL_INVALID_BINARY),
	CODE(CL_INVALID_BUILD_OPTIONS),
	CODE(CL_INVALID_PROGRAM),
	CODE(CL_INVALID_PROGRAM_EXECUTABLE),
	CODE(CL_INVALID_KERNEL_NAME),
	CODE(CL_INVALID_KERNEL_DEFINITION),
	CODE(CL_INVALID_KERNEL),
	CODE(CL_INVALID_ARG_INDEX),
	CODE(CL_INVALID_ARG_VALUE),
	CODE(CL_INVALID_ARG_SIZE),
	CODE(CL_INVALID_KERNEL_ARGS),
	CODE(CL_INVALID_WORK_DIMENSION),
	CODE(CL_INVALID_WORK_GROUP_SIZE),
	CODE(CL_INVALID_WORK_ITEM_SIZE),
	CODE(CL_INVALID_GLOBAL_OFFSET),
	CODE(CL_INVALID_EVENT_WAIT_LIST),
	CODE(CL_INVALID_EVENT),
	CODE(CL_INVALID_OPERATION),
	CODE(CL_INVALID_BUFFER_SIZE),
	CODE(CL_INVALID_GLOBAL_WORK_SIZE),
	CODE(CL_INVALID_PROPERTY),
	CODE(CL_INVALID_COMPILER_OPTIONS),
	CODE(CL_INVALID_LINKER_OPTIONS),
	CODE(CL_INVALID_DEVICE_PARTITION_COUNT),
#undef CODE
	{-1001, "CL_PLATFORM_NOT_FOUND_KHR"}, /* of the loader: cl_khr_icd */
};

const char *mica__cl_code(cl_int code)
{
	for (size_t i = 0; i < MICA__COUNT(codes); i++)
		if (codes[i].code == code)
			return codes[i].name;
	return "unknown code";
}

static const char *remedy(cl_int code)
{
	switch (code) {
	case CL_MEM_OBJECT_ALLOCATION_FAILURE:
		return ": the device is out of memory; use smaller batches, or free what other programs hold";
	case CL_OUT_OF_RESOURCES:
		return ": the device ran out of resources or was lost; use smaller batches, or close the context and open it again";
	case CL_OUT_OF_HOST_MEMORY:
		return ": the driver is out of host memory";
	default:
		return "";
	}
}

mica_status mica__cl_check(cl_int code, const char *call)
{
	if (code == CL_SUCCESS)
		return MICA_OK;
	return mica__fail(code == CL_OUT_OF_HOST_MEMORY ? MICA_ENOMEM : MICA_EDEVICE, "%.*s: %s (%d)%s",
	                  (int)strcspn(call, "("), call, mica__cl_code(code), (int)code, remedy(code));
}

void mica__cl_forget(cl_event *e)
{
	if (*e)
		clReleaseEvent(*e);
	*e = NULL;
}

void mica__cl_settle(cl_command_queue queue)
{
	if (queue && MICA__CL_CODE(clFinish(queue)) != CL_SUCCESS)
		mica__log("a queue failed while it was emptied");
}

/* Drivers pad names with spaces. */
static void trim(char *s)
{
	size_t skip = strspn(s, " "), n = strlen(s + skip);
	memmove(s, s + skip, n + 1);
	while (n && s[n - 1] == ' ')
		s[--n] = 0;
}

static void take_text(const char *whole, char *out, size_t size)
{
	size_t n = strlen(whole);
	n = n < size ? n : size - 1;
	memcpy(out, whole, n);
	out[n] = 0;
	trim(out);
}

mica_status mica__cl_device_text(cl_device_id device, cl_device_info what, char *out, size_t size)
{
	char whole[1024] = "";
	mica_status st = MICA__CL(clGetDeviceInfo(device, what, sizeof whole - 1, whole, NULL));
	take_text(st == MICA_OK ? whole : "", out, size);
	return st;
}

mica_status mica__cl_platform_text(cl_platform_id platform, cl_platform_info what, char *out, size_t size)
{
	char whole[1024] = "";
	mica_status st = MICA__CL(clGetPlatformInfo(platform, what, sizeof whole - 1, whole, NULL));
	take_text(st == MICA_OK ? whole : "", out, size);
	return st;
}

mica_status mica__cl_device_number(uint64_t *out, cl_device_id device, cl_device_info what)
{
	union {
		uint32_t narrow;
		uint64_t wide;
	} value = {.wide = 0};
	size_t n = 0;
	cl_int code = MICA__CL_CODE(clGetDeviceInfo(device, what, sizeof value, &value, &n));
	*out = code != CL_SUCCESS ? 0 : n == sizeof value.wide ? value.wide : value.narrow;
	return code == CL_INVALID_VALUE ? MICA_OK : mica__cl_check(code, "clGetDeviceInfo");
}
