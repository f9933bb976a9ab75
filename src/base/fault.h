/* SPDX-License-Identifier: MIT */
/* base/fault.h - faults for tests: the n-th allocation, driver call or file call of the process fails.
   Every wrapper asks mica__fault_now before the call it wraps; where no test has asked for faults that is one branch. */
#ifndef MICA_BASE_FAULT_H
#define MICA_BASE_FAULT_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum mica__fault { MICA__FAULT_MEMORY, MICA__FAULT_DRIVER, MICA__FAULT_FILE, MICA__FAULT_KINDS } mica__fault;

/* The n-th call of this kind from now on fails (1: the next), and, if more, all that follow it.  UINT64_MAX: none, they are only
   counted; 0: no more. */
void mica__fault_after(mica__fault kind, uint64_t n, bool more);
/* Calls of this kind since mica__fault_after. */
uint64_t mica__fault_count(mica__fault kind);

extern atomic_bool mica__faults_wanted;
bool mica__fault_hits(mica__fault kind);
static inline bool mica__fault_now(mica__fault kind)
{
	return atomic_load_explicit(&mica__faults_wanted, memory_order_relaxed) && mica__fault_hits(kind);
}

#endif
