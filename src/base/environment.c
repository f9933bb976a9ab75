/* SPDX-License-Identifier: MIT */
/* base/environment.c - the one table of environment variables.  docs/environment.md and mica --help environment are this
   table; tests/tools/test_environment.py holds it against what the source reads. */
#include "base/base.h"
#include "mica/context.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const mica_environment_variable variables[] = {
	{"MICA_DEVICE", "gpu, cpu, a number of mica devices, part of a device's or platform's name, or reference", "the device, where no option names one"},
	{"MICA_MEMORY", "bytes, or a number with K, M or G", "the most device memory that is used"},
	{"MICA_LARGEST", "bytes, or a number with K, M or G", "the most device memory that is taken in one piece, if the device gives more"},
	{"MICA_CACHE", "a folder, or off; else $XDG_CACHE_HOME/mica or ~/.cache/mica", "where built programs are kept; PoCL has its own place, POCL_CACHE_DIR"},
	{"MICA_DATA_DIR", "a folder; else $XDG_CACHE_HOME/mica/mnist or ~/.cache/mica/mnist", "where the files of MNIST are"},
	{"MICA_DEBUG", "plan, source, build, device, with commas between", "what is told on stderr"},
	{"MICA_WITHOUT", "simplify, fuse, merge, persistent, panels, reuse, winograd, with commas between", "passes that are left out, to see what each gives"},
	{"MICA_PERSISTENT", "0 or 1", "one kernel that walks a plan: never, or on any CPU driver"},
	{"MICA_CLASS", "cpu or simt", "kernels for that class of devices, whatever the device says"},
	{"MICA_VECTOR_WIDTH", "4, 8 or 16", "floats of a vector on CPUs"},
	{"MICA_GEMM", "panel, simt or clblast", "what computes products"},
	{"MICA_KERNEL_DIR", "a folder like cl/", "OpenCL C that is read from there instead of the built-in text"},
	{"XDG_CACHE_HOME", "an absolute folder; else ~/.cache", "where caches are"},
	{"HOME", "a folder", "where .cache is"},
	{"NO_COLOR", "anything", "no colours on terminals"},
	{"TERM", "dumb, or nothing", "no cursor movement and no colours"},
	{"LC_ALL, LC_CTYPE, LANG", "a locale of UTF-8", "the bar of progress is drawn with lines instead of = and ."},
};

/* Those with a few words to choose from, of which some take several. */
static const struct {
	const char *name, *words;
	bool several;
} chosen[] = {
	{"MICA_DEBUG", "plan source build device", true},
	{"MICA_WITHOUT", "simplify fuse merge persistent panels reuse winograd", true},
	{"MICA_PERSISTENT", "0 1", false},
	{"MICA_CLASS", "cpu simt", false},
	{"MICA_VECTOR_WIDTH", "4 8 16", false},
};

static bool is_word(const char *words, const char *s, size_t n)
{
	for (; *words; words += strcspn(words, " "), words += *words == ' ')
		if (strcspn(words, " ") == n && strncasecmp(words, s, n) == 0)
			return true;
	return false;
}

mica_status mica__environment_check(void)
{
	for (size_t i = 0; i < MICA__COUNT(chosen); i++) {
		const char *s = getenv(chosen[i].name), *end = chosen[i].several ? "," : "";
		for (size_t n; s && *s; s += n + (s[n] == ',')) {
			n = strcspn(s, end);
			if (n && !is_word(chosen[i].words, s, n))
				return mica__fail(MICA_EINVAL, "%s is '%.*s', which is none of: %s; mica --help environment tells more", chosen[i].name, (int)n, s,
				                  chosen[i].words);
		}
	}
	return MICA_OK;
}

const mica_environment_variable *mica_environment(size_t i)
{
	return i < MICA__COUNT(variables) ? &variables[i] : NULL;
}
