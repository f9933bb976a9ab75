/* SPDX-License-Identifier: MIT */
/* graph/scope.c - where nodes come from: paths and phases, each once, so that a node holds a pointer.
   A plan's graph shares the scopes of the user's graph, which may be gone before it. */
#include "graph/node.h"

#include <stdio.h>
#include <string.h>

/* The scopes of one path, one for each phase. */
typedef struct place {
	mica__scope scope[MICA_UPDATE + 1];
	uint64_t hash;
	char text[]; /* of the path; then of each other phase */
} place;

struct mica__scopes {
	size_t users;
	place **slots; /* by hash; a power of two of them, at most half of them used */
	size_t n, size;
};

static place *make_place(const char *path, size_t length, uint64_t hash)
{
	static const char *const phases[] = {"", "backward", "update"};
	size_t room = length + 16;
	place *p = mica__alloc(1, sizeof *p + MICA__COUNT(phases) * room);
	if (!p)
		return NULL;
	p->hash = hash;
	for (size_t i = 0; i < MICA__COUNT(phases); i++) {
		char *text = p->text + i * room;
		memcpy(text, path, length);
		snprintf(text + length, room - length, "%s%s", length && i ? " " : "", phases[i]);
		p->scope[i] = (mica__scope){text, length, (mica_phase)i};
	}
	return p;
}

static bool is_at(const place *p, const char *path, size_t length, uint64_t hash)
{
	return p->hash == hash && p->scope[0].length == length && !memcmp(p->text, path, length);
}

static bool make_room(mica__scopes *s)
{
	if (2 * (s->n + 1) <= s->size)
		return true;
	size_t size = s->size ? 2 * s->size : 16;
	place **slots = mica__alloc(size, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < s->size; i++) {
		if (!s->slots[i])
			continue;
		size_t at = (size_t)s->slots[i]->hash & (size - 1);
		while (slots[at])
			at = (at + 1) & (size - 1);
		slots[at] = s->slots[i];
	}
	mica__free(s->slots);
	s->slots = slots;
	s->size = size;
	return true;
}

const mica__scope *mica__scope_at(mica__scopes *s, const char *path, size_t length, mica_phase phase)
{
	uint64_t hash = mica__hash(0, path, length);
	if (!make_room(s))
		return NULL;
	size_t at = (size_t)hash & (s->size - 1);
	while (s->slots[at] && !is_at(s->slots[at], path, length, hash))
		at = (at + 1) & (s->size - 1);
	if (!s->slots[at]) {
		s->slots[at] = make_place(path, length, hash);
		s->n += s->slots[at] != NULL;
	}
	return s->slots[at] ? &s->slots[at]->scope[phase] : NULL;
}

const mica__scope *mica__scopes_open(mica_graph *g, mica__scopes *shared)
{
	g->scopes = shared ? shared : mica__alloc(1, sizeof *g->scopes);
	if (!g->scopes)
		return NULL;
	g->scopes->users++;
	return g->scope = mica__scope_at(g->scopes, "", 0, MICA_FORWARD);
}

void mica__scopes_close(mica_graph *g)
{
	mica__scopes *s = g->scopes;
	mica__free(g->outer);
	if (!s || --s->users)
		return;
	for (size_t i = 0; i < s->size; i++)
		mica__free(s->slots[i]);
	mica__free(s->slots);
	mica__free(s);
}

const mica__scope *mica__scope_phase(const mica__scope *s, mica_phase phase)
{
	return s - s->phase + phase;
}
