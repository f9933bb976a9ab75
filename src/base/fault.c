/* SPDX-License-Identifier: MIT */
/* base/fault.c - see fault.h.  Counters are of the process, since drivers call back on threads of their own. */
#include "base/fault.h"

typedef struct counter {
	atomic_uint_fast64_t calls, at; /* at: the call that fails; 0: none is counted */
	atomic_bool more;
} counter;

atomic_bool mica__faults_wanted;
static counter counters[MICA__FAULT_KINDS];

void mica__fault_after(mica__fault kind, uint64_t n, bool more)
{
	bool wanted = false;
	counters[kind].calls = 0;
	counters[kind].at = n;
	counters[kind].more = more;
	for (int i = 0; i < MICA__FAULT_KINDS; i++)
		wanted = wanted || counters[i].at;
	mica__faults_wanted = wanted;
}

uint64_t mica__fault_count(mica__fault kind)
{
	return counters[kind].calls;
}

bool mica__fault_hits(mica__fault kind)
{
	counter *c = &counters[kind];
	uint64_t at = c->at, call;
	if (!at)
		return false;
	call = atomic_fetch_add(&c->calls, 1) + 1;
	return call == at || (c->more && call > at);
}
