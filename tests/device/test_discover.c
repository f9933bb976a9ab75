/* SPDX-License-Identifier: MIT */
/* The list of devices, and which of them is meant. */
#include "device/discover.h"

#include "device/check.h"
#include <unistd.h>

Test(discover, the_list_marks_the_device_that_open_takes)
{
	mica_device_info list[16];
	size_t n = mica_device_list(list, 16), selected = 0;
	cr_assert(n >= 1 && n <= 16, "%zu devices: %s", n, mica_error(NULL));
	mica_context *ctx = open_with(NULL);
	for (size_t i = 0; i < n; i++) {
		cr_assert(*list[i].name && *list[i].platform && *list[i].version && list[i].memory_bytes && list[i].compute_units);
		selected += list[i].selected;
		if (list[i].selected)
			cr_assert_str_eq(list[i].name, mica_context_device(ctx)->name);
	}
	cr_assert_eq(selected, 1);
	cr_assert_eq(mica_device_list(NULL, 0), n);
	mica_close(ctx);
}

/* Four made-up devices. */
static mica__found rig[] = {
	{.info = {.name = "Simulator", .platform = "Oclgrind", .is_cpu = true}},
	{.info = {.name = "Xeon", .platform = "Portable Computing Language", .is_cpu = true}},
	{.info = {.name = "GTX", .platform = "NVIDIA CUDA", .is_gpu = true}},
	{.info = {.name = "GTX two", .platform = "NVIDIA CUDA", .is_gpu = true}},
};

static size_t chosen(const char *text, size_t n)
{
	size_t index = 99;
	OK(mica__select(&index, rig, n, text));
	return index;
}

Test(discover, a_gpu_goes_before_a_cpu_and_that_before_a_simulator)
{
	unsetenv("MICA_DEVICE");
	cr_assert_eq(chosen(NULL, 4), 2);
	cr_assert_eq(chosen("", 2), 1);
	cr_assert_eq(chosen(NULL, 1), 0);
}

Test(discover, a_device_is_meant_by_kind_number_or_part_of_a_name)
{
	cr_assert_eq(chosen("gpu", 4), 2);
	cr_assert_eq(chosen("CPU", 4), 1);
	cr_assert_eq(chosen("3", 4), 3);
	cr_assert_eq(chosen("0", 4), 0);
	cr_assert_eq(chosen("xe", 4), 1);
	cr_assert_eq(chosen("TWO", 4), 3);
	cr_assert_eq(chosen("cuda", 4), 2);
	cr_assert_eq(chosen("oclgrind", 4), 0);
}

Test(discover, the_environment_is_asked_when_no_option_says)
{
	setenv("MICA_DEVICE", "two", 1);
	cr_assert_eq(chosen(NULL, 4), 3);
	cr_assert_eq(chosen("xeon", 4), 1);
}

Test(discover, a_device_that_leaves_loops_is_the_last_resort)
{
	const mica__found two[] = {
		{.info = {.name = "llvmpipe (LLVM 15.0.6, 256 bits)", .platform = "rusticl", .is_cpu = true}},
		{.info = {.name = "Xeon", .platform = "Portable Computing Language", .is_cpu = true}},
	};
	size_t index;
	unsetenv("MICA_DEVICE");
	OK(mica__select(&index, two, 2, NULL));
	cr_assert_eq(index, 1);
	OK(mica__select(&index, two, 2, "rusticl"));
	cr_assert_eq(index, 0);
}

Test(discover, no_match_lists_what_there_is)
{
	size_t index;
	FAILS(mica__select(&index, rig, 4, "radeon"), MICA_ENODEVICE,
	      "'radeon'; there is: 0 = Simulator (Oclgrind, cpu), 1 = Xeon (Portable Computing Language, cpu), 2 = GTX");
	FAILS(mica__select(&index, rig, 4, "4"), MICA_ENODEVICE, "'4'");
	FAILS(mica__select(&index, rig, 2, "gpu"), MICA_ENODEVICE, "'gpu'");
}

static char folder[] = "/tmp/mica-vendors-XXXXXX";

/* A folder with one .icd file, as the loader's. */
static void only_driver(const char *library)
{
	char file[100];
	cr_assert(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/some.icd", folder);
	if (library) {
		FILE *f = fopen(file, "w");
		cr_assert(f && fputs(library, f) >= 0 && !fclose(f));
	}
	setenv("OCL_ICD_VENDORS", folder, 1);
}

static void remove_driver(void)
{
	char file[100];
	snprintf(file, sizeof file, "%s/some.icd", folder);
	unlink(file);
	rmdir(folder);
}

/* There is no device but the reference, and the reason has these texts. */
static void none_because(const char *one, const char *two)
{
	mica_device_info list[4];
	cr_assert(mica_device_list(list, 4) == 1 && mica_device_list(NULL, 0) == 1);
	cr_assert(!strcmp(list[0].name, "reference") && !list[0].selected && list[0].memory_bytes);
	cr_assert(strstr(mica_error(NULL), one) && strstr(mica_error(NULL), two), "%s", mica_error(NULL));
	setenv("MICA_DEVICE", "reference", 1);
	cr_assert(mica_device_list(list, 4) == 1 && list[0].selected);
	mica_context *ctx = open_with(NULL);
	mica_close(ctx);
	unsetenv("MICA_DEVICE");
	cr_assert_null(mica_open(NULL));
	cr_assert(strstr(mica_error(NULL), one) && strstr(mica_error(NULL), two), "%s", mica_error(NULL));
}

Test(discover, a_folder_of_drivers_that_is_not_there_is_named)
{
	setenv("OCL_ICD_VENDORS", "/nonexistent/", 1);
	none_because("there is no folder /nonexistent/, which OCL_ICD_VENDORS names", "install pocl-opencl-icd");
}

Test(discover, a_folder_without_drivers_is_named, .fini = remove_driver)
{
	only_driver(NULL);
	none_because("no .icd file is in /tmp/mica-vendors-", "install pocl-opencl-icd");
}

Test(discover, a_driver_that_does_not_load_is_named, .fini = remove_driver)
{
	only_driver("/usr/lib/libnosuchdriver.so\n");
	none_because("/usr/lib/libnosuchdriver.so, named in /tmp/mica-vendors-", "does not load");
}

/* A library that loads and is no driver. */
Test(discover, a_driver_without_a_platform_is_no_driver_to_install, .fini = remove_driver)
{
	only_driver("libm.so.6\n");
	none_because("no OpenCL platform: the drivers in /tmp/mica-vendors-", "load, but none gives one");
}

Test(discover, a_home_that_cannot_be_written_is_named)
{
	setenv("POCL_CACHE_DIR", "/dev/null/cache", 1);
	if (mica_device_list(NULL, 0) > 1)
		cr_skip_test("there is a device all the same");
	none_because("/dev/null/cache", "POCL_CACHE_DIR");
	unsetenv("POCL_CACHE_DIR");
	setenv("XDG_CACHE_HOME", "/dev/null/xdg", 1);
	none_because("/dev/null/xdg/pocl", "XDG_CACHE_HOME");
	setenv("XDG_CACHE_HOME", "", 1);
	setenv("HOME", "/proc/home", 1); /* which root may write, says access */
	none_because("/proc/home/.cache/pocl", "HOME");
	setenv("HOME", "/dev/null/home", 1);
	none_because("/dev/null/home/.cache/pocl", "HOME");
}

static mica__device_class class_of(void)
{
	mica_context *ctx = open_with(NULL);
	mica__device_class c = *mica__class_of(mica__device_of(ctx));
	mica_close(ctx);
	return c;
}

Test(discover, the_class_follows_the_device_and_the_environment)
{
	unsetenv("MICA_CLASS");
	unsetenv("MICA_VECTOR_WIDTH");
	mica_device_info list[16];
	size_t n = mica_device_list(list, 16), i = 0;
	while (i < n && !list[i].selected)
		i++;
	mica__device_class c = class_of();
	cr_assert_eq(c.cpu, list[i].is_cpu);
	cr_assert_eq(c.workers, list[i].compute_units);
	cr_assert_eq(c.fp64, list[i].has_fp64);
	cr_assert(c.vector_width == 4 || c.vector_width == 8 || c.vector_width == 16);
	cr_assert(c.group_size >= 1 && c.group_size <= 256 && !(c.group_size & (c.group_size - 1)));
	cr_assert(!c.persistent || c.cpu);
}

Test(discover, a_width_from_the_environment_is_taken)
{
	static const char *const widths[] = {"4", "8", "16"};
	for (size_t i = 0; i < MICA__COUNT(widths); i++) {
		setenv("MICA_VECTOR_WIDTH", widths[i], 1);
		cr_expect_eq(class_of().vector_width, strtoul(widths[i], NULL, 10), "%s", widths[i]);
	}
}

Test(discover, the_class_may_be_forced)
{
	setenv("MICA_CLASS", "cpu", 1);
	cr_assert(class_of().cpu);
	setenv("MICA_PERSISTENT", "0", 1);
	cr_assert_not(class_of().persistent);
	unsetenv("MICA_PERSISTENT");
	setenv("MICA_CLASS", "simt", 1);
	mica__device_class c = class_of();
	cr_assert(!c.cpu && !c.persistent && !c.inline_assembly);
}

Test(discover, a_simulator_is_neither_persistent_nor_takes_assembly)
{
	const char *icd = getenv("MICA_TEST_OCLGRIND");
	if (!icd || !*icd)
		cr_skip_test("Oclgrind is not installed");
	setenv("OCL_ICD_VENDORS", icd, 1);
	unsetenv("MICA_CLASS");
	mica__device_class c = class_of();
	cr_assert(!c.persistent && !c.inline_assembly);
	setenv("MICA_PERSISTENT", "1", 1);
	cr_assert(class_of().persistent, "unless it is told so");
}
