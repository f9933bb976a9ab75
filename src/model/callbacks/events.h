/* SPDX-License-Identifier: MIT */
/* model/callbacks/events.h - events as TensorBoard reads them: records of Event messages (tensorflow/core/util/event.proto), each
   with its length and two checksums. */
#ifndef MICA_MODEL_CALLBACKS_EVENTS_H
#define MICA_MODEL_CALLBACKS_EVENTS_H
#include "base/base.h"

/* Adds a record.  wall: seconds since 1970. */
void mica__event_version(mica__text *out, double wall); /* the first of each file */
void mica__event_scalar(mica__text *out, double wall, size_t step, const char *tag, double value);
/* How n values are distributed, in 30 equal buckets; those that are no numbers are left out. */
void mica__event_histogram(mica__text *out, double wall, size_t step, const char *tag, const float *values, size_t n);

#endif
