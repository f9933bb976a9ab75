/* SPDX-License-Identifier: MIT */
/* device/missing.c - see missing.h.  The loader reads the names of drivers from .icd files in a folder, and passes over what
   does not load without a word; drivers that cannot use their cache give no platform, or one without devices.  So both are
   looked at here, once there is nothing to lose. */
#include "device/missing.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char remedy[] = "install your GPU's OpenCL driver, or a CPU device: install pocl-opencl-icd";

static const char *variable(const char *name)
{
	const char *text = getenv(name);
	return text && *text ? text : NULL;
}

/* ---- the cache of PoCL ---- */

/* Whether a folder can be written, or be made in the nearest one above it that is there: found by trying, as some say yes to
   access and then refuse. */
static bool usable(const char *folder)
{
	char path[1024];
	struct stat about;
	snprintf(path, sizeof path, "%s", folder);
	while (stat(path, &about)) {
		char *slash = strrchr(path, '/');
		if (!slash || slash == path)
			return false;
		*slash = 0;
	}
	size_t n = strlen(path);
	if (!S_ISDIR(about.st_mode) || snprintf(path + n, sizeof path - n, "/mica-XXXXXX") >= (int)(sizeof path - n) || !mkdtemp(path))
		return false;
	rmdir(path);
	return true;
}

/* The folder that PoCL keeps its programs in, and what says so. */
static const char *pocl_folder(char *out, size_t size)
{
	static const char *const variables[][2] = {{"POCL_CACHE_DIR", ""}, {"XDG_CACHE_HOME", "/pocl/kcache"},
	                                           {"HOME", "/.cache/pocl/kcache"}};
	for (size_t i = 0; i < MICA__COUNT(variables); i++)
		if (variable(variables[i][0])) {
			snprintf(out, size, "%s%s", variable(variables[i][0]), variables[i][1]);
			return variables[i][0];
		}
	snprintf(out, size, "/tmp/pocl_cache");
	return "no variable";
}

/* Whether that is what is wrong; who: a library or platform that may be PoCL. */
static bool cache_is_wrong(const char *who)
{
	char folder[1024];
	const char *says = pocl_folder(folder, sizeof folder);
	if (!(strstr(who, "pocl") || strstr(who, "Portable Computing Language")) || usable(folder))
		return false;
	mica__fail(MICA_ENODEVICE, "PoCL (%s) gives no device: the folder of its cache, %s, which %s names, cannot be written; let "
	           "POCL_CACHE_DIR name one that can", who, folder, says);
	return true;
}

/* ---- the drivers that the loader finds ---- */

/* What is wrong with the driver that an .icd file names; false if nothing is seen. */
static bool driver_is_wrong(const char *file)
{
	char library[512] = "";
	FILE *f = fopen(file, "r");
	if (!f || !fgets(library, sizeof library, f)) {
		mica__fail(MICA_ENODEVICE, "no OpenCL driver: %s, which should name one, cannot be read or is empty; %s", file, remedy);
		if (f)
			fclose(f);
		return true;
	}
	fclose(f);
	library[strcspn(library, "\r\n")] = 0;
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
	if (!handle) {
		const char *why = dlerror();
		mica__fail(MICA_ENODEVICE, "the OpenCL driver %s, named in %s, does not load: %s", library, file, why ? why : "");
		return true;
	}
	dlclose(handle);
	return cache_is_wrong(library);
}

/* The first driver in a folder with which something is wrong; *n: how many there are. */
static bool folder_is_wrong(const char *folder, size_t *n)
{
	char file[1024];
	bool wrong = false;
	DIR *d = opendir(folder);
	*n = 0;
	for (struct dirent *e; d && !wrong && (e = readdir(d));) {
		size_t length = strlen(e->d_name);
		if (length < 4 || strcmp(e->d_name + length - 4, ".icd"))
			continue;
		(*n)++;
		snprintf(file, sizeof file, "%s/%s", folder, e->d_name);
		wrong = driver_is_wrong(file);
	}
	if (d)
		closedir(d);
	return wrong;
}

mica_status mica__no_platform(cl_int code)
{
	const char *says = variable("OCL_ICD_VENDORS") ? "OCL_ICD_VENDORS" : variable("OPENCL_VENDOR_PATH") ? "OPENCL_VENDOR_PATH" : NULL;
	const char *folder = says ? variable(says) : "/etc/OpenCL/vendors";
	struct stat about;
	size_t n = 0;
	if (code != CL_SUCCESS && code != -1001 /* CL_PLATFORM_NOT_FOUND_KHR */) {
		mica__cl_check(code, "clGetPlatformIDs");
		return mica__fail(MICA_ENODEVICE, "no OpenCL device: %s", mica__reason());
	}
	if (variable("OCL_ICD_FILENAMES"))
		return mica__fail(MICA_ENODEVICE, "no OpenCL platform: OCL_ICD_FILENAMES is %s, and no driver of these works",
		                  variable("OCL_ICD_FILENAMES"));
	if (stat(folder, &about) || (says && !S_ISDIR(about.st_mode) && access(folder, R_OK)))
		return mica__fail(MICA_ENODEVICE, "no OpenCL driver: there is no folder %s%s%s%s; %s", folder, says ? ", which " : "",
		                  says ? says : "", says ? " names" : "", remedy);
	if (S_ISDIR(about.st_mode) ? folder_is_wrong(folder, &n) : driver_is_wrong(folder))
		return MICA_ENODEVICE;
	if (S_ISDIR(about.st_mode) && !n)
		return mica__fail(MICA_ENODEVICE, "no OpenCL driver: no .icd file is in %s%s%s%s; %s", folder, says ? ", which " : "",
		                  says ? says : "", says ? " names" : "", remedy);
	return mica__fail(MICA_ENODEVICE, "no OpenCL platform: the drivers in %s load, but none gives one; does this user have the "
	                  "right to use the device?  clinfo tells more", folder);
}

mica_status mica__platform_without_devices(cl_platform_id platform, cl_int code)
{
	char name[128];
	mica__cl_platform_text(platform, CL_PLATFORM_NAME, name, sizeof name);
	if (cache_is_wrong(name))
		return MICA_ENODEVICE;
	return mica__fail(MICA_ENODEVICE, "the OpenCL platform %s has no device (%s); is its hardware there, and has this user the "
	                  "right to use it?  A CPU device is in pocl-opencl-icd", *name ? name : "without a name", mica__cl_code(code));
}
