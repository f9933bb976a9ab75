/* SPDX-License-Identifier: MIT */
/* data/csv_fields.h - the fields of a table of text, one after the other.  Uses base only.
   They are those of RFC 4180: one that begins with a quote ends with one, and may hold separators, ends of lines and doubled quotes;
   others lose the spaces around them.  Lines end with LF or CRLF, the last one need not. */
#ifndef MICA_DATA_CSV_FIELDS_H
#define MICA_DATA_CSV_FIELDS_H
#include "base/base.h"

typedef enum mica__after { MICA__AFTER_FIELD, MICA__AFTER_LINE, MICA__AFTER_FILE } mica__after;

/* file (for messages), at, end, line = 1 and separator are set by the caller, who frees the text. */
typedef struct mica__csv_reader {
	const char *file;
	const unsigned char *at, *end;
	size_t line;             /* of the next byte, from 1 */
	char separator;
	/* the last field: */
	mica__text text;
	size_t field_line;
	bool quoted;
	mica__after after;       /* what ended it */
} mica__csv_reader;

/* Reads a field.  EFORMAT, ENOMEM. */
mica_status mica__csv_next(mica__csv_reader *r);
/* Whether the last one, which had that number in its line, is all of an empty line. */
bool mica__csv_empty_line(const mica__csv_reader *r, size_t field);

#endif
