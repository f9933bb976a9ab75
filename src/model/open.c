/* SPDX-License-Identifier: MIT */
/* model/open.c - files of weights and of models, of which Keras' are made into ours as they are opened. */
#include "keras/keras.h"
#include "model/file.h"

/* Of a model that has weights, as Keras has none that is not built. */
static mica_status open_weights(mica__safetensors **out, const char *file, mica_model *m, bool exactly)
{
	json_t *description = NULL;
	mica_status st = m ? mica__model_describe(m, false, false, &description) : MICA_OK;

	if (st == MICA_OK)
		st = mica__keras_weights_open(out, file, description, exactly);
	json_decref(description);
	return st;
}

mica_status mica__file_open(mica__safetensors **out, const char *file, mica_model *m, bool exactly)
{
	switch (mica__keras_form_of(file)) {
	case MICA__KERAS_MODEL: return mica__keras_open(out, file);
	case MICA__KERAS_WEIGHTS: return open_weights(out, file, m, exactly);
	case MICA__KERAS_OLD: return mica__fail(MICA_EUNSUPPORTED,
	                                        "%s: an .h5 file of Keras 2; load it there and save it as .keras or .weights.h5", file);
	default: return mica__safetensors_open(out, file);
	}
}
