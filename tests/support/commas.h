/* SPDX-License-Identifier: MIT */
/* support/commas.h - a locale in which a decimal point is a comma, as the calling program may have set one. */
#ifndef MICA_TESTS_COMMAS_H
#define MICA_TESTS_COMMAS_H
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Sets it; makes it where none is installed; false if that is not possible. */
static inline bool use_commas(void)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
	char folder[] = "/tmp/mica-locale-XXXXXX", command[200];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (setlocale(LC_ALL, names[i]) && *localeconv()->decimal_point == ',')
			return true;
	if (!mkdtemp(folder))
		return false;
	snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder, folder);
	setenv("LOCPATH", folder, 1);
	bool made = system(command) == 0 && setlocale(LC_ALL, "de_DE.UTF-8") && *localeconv()->decimal_point == ',';
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command) == 0 && made;
}

#endif
