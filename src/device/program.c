/* SPDX-License-Identifier: MIT */
/* device/program.c - OpenCL programs: taken from those alive, from the disk cache, or built from source.
   What nobody uses any more stays alive for a while: a search makes the same network again and again, and drivers take a good part
   of a second to load from disk what was built before. */
#include "device/objects.h"

#include <string.h>

/* ---- building ---- */

/* The line of a compiler's log that says what is wrong: the first with "error", else the first. */
static const char *telling_line(const char *log, int *n)
{
	const char *line = strstr(log, "error");
	if (!line)
		line = log + strspn(log, " \r\n\t");
	while (line > log && line[-1] != '\n')
		line--;
	*n = (int)strcspn(line, "\r\n");
	return line;
}

static mica_status build_failed(const mica__device *d, cl_program program, const char *name, const char *options)
{
	size_t size = 0;
	int n;
	if (MICA__CL_CODE(clGetProgramBuildInfo(program, d->found.device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size)) != CL_SUCCESS)
		size = 0;
	char *log = mica__alloc(size + 1, 1);
	if (!log)
		return MICA_ENOMEM;
	if (MICA__CL_CODE(clGetProgramBuildInfo(program, d->found.device, CL_PROGRAM_BUILD_LOG, size, log, NULL)) != CL_SUCCESS)
		*log = 0;
	mica__log("build of %s with '%s' failed:\n%s", name, options, log);
	const char *line = telling_line(log, &n);
	mica_status st = mica__fail(MICA_EBUILD, "%s on %s: %.*s (MICA_DEBUG=build prints the whole log)", name,
	                            d->found.info.name, n, *line ? line : "the compiler left no log");
	mica__free(log);
	return st;
}

static mica_status build(mica__program *p, const char *name, const char *options)
{
	cl_int code = MICA__CL_CODE(clBuildProgram(p->cl, 1, &p->device->found.device, options, NULL, NULL));
	if (code == CL_BUILD_PROGRAM_FAILURE || code == CL_INVALID_BUILD_OPTIONS || code == CL_COMPILE_PROGRAM_FAILURE)
		return build_failed(p->device, p->cl, name, options);
	return mica__cl_check(code, "clBuildProgram");
}

static mica_status build_source(mica__program *p, const char *name, const char *const *pieces, size_t count,
                                const char *options)
{
	cl_int code;
	double start = mica__now();
	p->cl = MICA__CL_MAKE(code, clCreateProgramWithSource(p->device->cl, (cl_uint)count, (const char **)pieces, NULL, &code));
	mica_status st = mica__cl_check(code, "clCreateProgramWithSource");
	if (st == MICA_OK)
		st = build(p, name, options);
	if (st == MICA_OK)
		mica__cache_save(p->device, p->key, p->cl);
	if (st == MICA_OK && mica__debug("build"))
		mica__log("built %s in %.1f ms", name, 1e3 * (mica__now() - start));
	return st;
}

/* A binary that does not build is as good as none: the source follows. */
static bool build_cached(mica__program *p, const char *name, const char *options)
{
	mica__kept_reason before;
	p->cl = mica__cache_load(p->device, p->key);
	mica__reason_keep(&before);
	if (p->cl && build(p, name, options) == MICA_OK)
		return true;
	mica__reason_restore(&before);
	if (p->cl)
		clReleaseProgram(p->cl);
	p->cl = NULL;
	return false;
}

/* ---- the key ---- */

static uint64_t hash_text(uint64_t h, const char *s)
{
	return mica__hash(h, s, strlen(s) + 1);
}

/* All that a binary depends on. */
static void make_key(uint64_t key[2], const mica__device *d, const char *const *pieces, size_t count, const char *options)
{
	const mica__found *f = &d->found;
	uint64_t vendor = f->vendor;
	for (unsigned i = 0; i < 2; i++) {
		uint64_t h = mica__hash(i, &vendor, sizeof vendor);
		const char *texts[] = {f->info.name, f->info.driver, f->info.version, f->info.platform, f->platform_version,
		                       MICA_VERSION, options};
		for (size_t k = 0; k < MICA__COUNT(texts); k++)
			h = hash_text(h, texts[k]);
		for (size_t k = 0; k < count; k++)
			h = hash_text(h, pieces[k]);
		key[i] = h;
	}
}

/* ---- programs ---- */

/* That nobody uses, of a device: those used last. */
enum { MOST_IDLE = 16 };

/* Takes it off the list. */
static void unlink_program(mica__program *p)
{
	mica__program **link = &p->device->programs;
	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
}

static void program_free(mica__program *p)
{
	unlink_program(p);
	if (p->cl && mica__device_is_here(p->device))
		clReleaseProgram(p->cl);
	mica__free(p);
}

/* The oldest idle one goes, if there are too many; they stand in the order in which they became idle, the last first. */
static void trim_idle(mica__device *d)
{
	size_t idle = 0;
	mica__program *last = NULL;
	for (mica__program *p = d->programs; p; p = p->next)
		if (!p->uses) {
			idle++;
			last = p;
		}
	if (idle > MOST_IDLE)
		program_free(last);
}

void mica__programs_free(mica__device *d)
{
	while (d->programs)
		program_free(d->programs);
}

static mica__program *find(mica__device *d, const uint64_t key[2])
{
	for (mica__program *p = d->programs; p; p = p->next)
		if (p->key[0] == key[0] && p->key[1] == key[1])
			return p;
	return NULL;
}

static mica_status make(mica__program **out, mica__device *d, const char *name, const char *const *pieces, size_t count,
                        const char *options)
{
	uint64_t key[2];
	make_key(key, d, pieces, count, options);
	mica__program *p = find(d, key);
	if (p) {
		p->uses++;
		*out = p;
		return MICA_OK;
	}
	p = mica__alloc(1, sizeof *p);
	if (!p)
		return MICA_ENOMEM;
	*p = (mica__program){.next = d->programs, .device = d, .uses = 1, .key = {key[0], key[1]}};
	d->programs = p;
	mica_status st = build_cached(p, name, options) ? MICA_OK : build_source(p, name, pieces, count, options);
	if (st == MICA_OK)
		*out = p;
	else
		program_free(p);
	return st;
}

mica_status mica__program_create(mica__program **out, mica__device *d, const char *name, const char *const *pieces,
                                 size_t count, const char *options)
{
	mica__text all = {0};
	*out = NULL;
	mica_status st = mica__device_usable(d);
	if (st != MICA_OK)
		return st;
	for (size_t i = 0; i < count; i++)
		if (!pieces[i])
			return mica__fail(MICA_EINVAL, "program %s: piece %zu of its source is missing", name, i);
	mica__text_add(&all, "-cl-std=CL1.2 %s", options ? options : "");
	st = all.failed ? MICA_ENOMEM : make(out, d, name, pieces, count, all.s);
	mica__text_free(&all);
	return st;
}

void mica__program_destroy(mica__program *p)
{
	if (!p || --p->uses)
		return;
	unlink_program(p);
	p->next = p->device->programs;
	p->device->programs = p;
	trim_idle(p->device);
}
