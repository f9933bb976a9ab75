/* SPDX-License-Identifier: MIT */
/* tools/mica/devices.c - mica devices: what there is, and which one is used. */
#include "tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const command self = {
	.name = "mica devices",
	.about = "Lists the devices by number; * marks the one that is used when no option names another, as MICA_DEVICE says or else\n"
	         "the fastest kind.  The last, 'reference', interprets: slow, exact, without OpenCL, for comparing.",
};

static void print_device(size_t number, const mica_device_info *d)
{
	const double gib = 1024.0 * 1024 * 1024;

	printf("%c%zu  %s (%s)\n", d->selected ? '*' : ' ', number, d->name,
	       d->is_gpu ? "GPU" : d->is_cpu ? "CPU" : !strcmp(d->name, "reference") ? "interpreter" : "accelerator");
	printf("    platform   %s\n    driver     %s, %s\n", d->platform, d->driver, d->version);
	printf("    units      %u", d->compute_units);
	if (d->clock_mhz) /* which some do not tell */
		printf(" at %u MHz", d->clock_mhz);
	if (d->vector_width > 1)
		printf(", vectors of %u floats", d->vector_width);
	printf("%s\n", d->has_fp64 ? ", double precision" : "");
	printf("    memory     %.1f GiB, largest buffer %.1f GiB", (double)d->memory_bytes / gib, (double)d->max_alloc_bytes / gib);
	if (d->local_bytes)
		printf(", local %" PRIu64 " KiB", d->local_bytes / 1024);
	printf("\n");
}

int devices_main(int argc, char **argv)
{
	int code = parse_options(&self, argc, argv, NULL);
	size_t n;
	bool selected = false;

	if (code >= 0)
		return code;
	n = mica_device_list(NULL, 0);
	if (n == 0)
		return complain(&self, "%s", mica_error(NULL));
	mica_device_info *all = calloc(n, sizeof *all);
	if (!all)
		return complain(&self, "no memory for %zu devices", n);
	size_t listed = mica_device_list(all, n);
	for (size_t i = 0; i < n && i < listed; i++) {
		print_device(i, &all[i]);
		selected = selected || all[i].selected;
	}
	free(all);
	if (!selected && n == 1)
		return complain(&self, "%s; the device 'reference' needs none, but is slow", mica_error(NULL));
	return selected ? EXIT_SUCCESS : complain(&self, "%s", mica_error(NULL));
}
