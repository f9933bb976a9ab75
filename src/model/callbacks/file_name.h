/* SPDX-License-Identifier: MIT */
/* model/callbacks/file_name.h - names of files with numbers in them, as Python's str.format has them: "{epoch:02d}-{val_loss:.2f}". */
#ifndef MICA_MODEL_CALLBACKS_FILE_NAME_H
#define MICA_MODEL_CALLBACKS_FILE_NAME_H
#include "model/model.h"

/* {epoch}, {batch} and figures, with a flag 0, a width, a precision and one of d e f g; {{ and }} are braces.  t NULL: only looks
   whether the pattern can be read.  EINVAL names what cannot; out is empty then. */
mica_status mica__file_name(mica__text *out, const char *caller, const char *pattern, const mica_training *t);

#endif
