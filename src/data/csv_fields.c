/* SPDX-License-Identifier: MIT */
/* data/csv_fields.c - see csv_fields.h. */
#include "data/csv_fields.h"

#include <string.h>

static mica_status read_quoted(mica__csv_reader *r)
{
	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '"' && (++r->at == r->end || *r->at != '"'))
			return MICA_OK;
		r->line += *r->at == '\n';
		mica__text_append(&r->text, (const char *)r->at, 1);
	}
	return mica__fail(MICA_EFORMAT, "%s: line %zu: a field begins with a quote and the file ends in it; end it with a quote, and write"
	                  " quotes inside of it twice", r->file, r->field_line);
}

static void read_plain(mica__csv_reader *r)
{
	const unsigned char *from = r->at, *to;

	while (r->at < r->end && *r->at != (unsigned char)r->separator && *r->at != '\n')
		r->at++;
	for (to = r->at; to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'); to--)
		;
	mica__text_append(&r->text, (const char *)from, (size_t)(to - from));
}

/* What ends a field. */
static mica_status read_end(mica__csv_reader *r)
{
	while (r->at < r->end && r->quoted && *r->at != (unsigned char)r->separator && (*r->at == ' ' || *r->at == '\r'))
		r->at++;
	if (r->at == r->end)
		r->after = MICA__AFTER_FILE;
	else if (*r->at == '\n')
		r->after = r->at + 1 == r->end ? MICA__AFTER_FILE : MICA__AFTER_LINE;
	else if (*r->at == (unsigned char)r->separator)
		r->after = MICA__AFTER_FIELD;
	else
		return mica__fail(MICA_EFORMAT, "%s: line %zu: there is more behind the quote that ends a field; write quotes inside of a field"
		                  " twice", r->file, r->line);
	r->line += r->after != MICA__AFTER_FIELD;
	r->at += r->at < r->end;
	return MICA_OK;
}

mica_status mica__csv_next(mica__csv_reader *r)
{
	mica_status st = MICA_OK;

	r->text.n = 0;
	if (r->text.s)
		*r->text.s = 0;
	while (r->at < r->end && *r->at == ' ' && r->separator != ' ')
		r->at++;
	r->field_line = r->line;
	r->quoted = r->at < r->end && *r->at == '"';
	if (r->quoted)
		MICA_TRY(read_quoted(r));
	else
		read_plain(r);
	MICA_TRY(r->text.failed ? MICA_ENOMEM : MICA_OK);
	if (memchr(mica__text_string(&r->text), 0, r->text.n))
		return mica__fail(MICA_EFORMAT, "%s: line %zu: there is a byte 0 in it; save the table as UTF-8 text", r->file, r->field_line);
	st = read_end(r);
out:
	return st;
}

bool mica__csv_empty_line(const mica__csv_reader *r, size_t field)
{
	return field == 0 && !r->quoted && r->text.n == 0 && r->after != MICA__AFTER_FIELD;
}
