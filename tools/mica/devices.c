/* SPDX-License-Identifier: MIT */
/* tools/mica/devices.c - mica devices: what there is, and which one is used. */
#include "tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const command self = {
	.name = "mica devices",
	.about = "Lists the OpenCL devices by number; * marks the one that is used when no option and no MICA_DEVICE names\n"
	         "another.",
};

static void print_device(size_t number, const mica_device_info *d)
{
	const double gib = 1024.0 * 1024 * 1024;

	printf("%c%zu  %s (%s)\n", d->selected ? '*' : ' ', number, d->name,
	       d->is_gpu ? "GPU" : d->is_cpu ? "CPU" : !strcmp(d->name, "reference") ? "interpreter" : "accelerator");
	printf("    platform   %s\n    driver     %s, %s\n", d->platform, d->driver, d->version);
	printf("    units      %u at %u MHz, vectors of %u floats%s\n", d->compute_units, d->clock_mhz, d->vector_width,
	       d->has_fp64 ? ", double precision" : "");
	printf("    memory     %.1f GiB, largest buffer %.1f GiB, local %" PRIu64 " KiB\n", (double)d->memory_bytes / gib,
	       (double)d->max_alloc_bytes / gib, d->local_bytes / 1024);
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
	return selected ? EXIT_SUCCESS : complain(&self, "%s", mica_error(NULL));
}
