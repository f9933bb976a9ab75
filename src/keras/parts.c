/* SPDX-License-Identifier: MIT */
/* keras/parts.c - parts both ways: by the rows of their kinds, but for activations, losses and metrics, which Keras may name alone. */
#include "keras/translate.h"

#include <string.h>

json_t *mica__keras_object(const char *module, const char *class_name, json_t *config)
{
	return json_pack("{s:s, s:s, s:o, s:n}", "module", module, "class_name", class_name, "config", config, "registered_name");
}

static json_t *lost(mica_status st, const char *where, const char *what, const char *name)
{
	mica__fail(st, "%s: %s \"%.60s\"", where, what, mica__name_fault(name) ? "(not printable)" : name);
	return NULL;
}

/* ---- made ---- */

static json_t *cells_made(const json_t *options, const char *where)
{
	json_t *list = json_array();

	for (size_t i = 0; list && json_is_object(mica__keras_cell(options, i)); i++) {
		json_t *cell = mica__keras_part_made(mica__keras_cell(options, i), MICA_LAYER, where);
		if (!cell) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, cell);
	}
	return list;
}

/* Of the options of a part one that may be a part. */
static json_t *option_made(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *options, const char *where)
{
	const json_t *schedule = json_object_get(options, "schedule");

	if (row->how == MICA__RATE && json_is_object(schedule))
		return mica__keras_part_made(schedule, MICA_SCHEDULE, where);
	if (row->how == MICA__CELLS)
		return cells_made(options, where);
	if (row->key && f->type == MICA_FIELD_IS_PART)
		return mica__keras_part_made(json_object_get(options, f->name), f->part_type, where);
	return mica__keras_value_made(kind, f, row, options, where);
}

static json_t *config_made(const mica_kind *kind, const json_t *options, const char *where)
{
	json_t *config = json_object();

	for (size_t i = 0; i < kind->n_fields; i++) {
		const mica_field *f = &kind->fields[i];
		mica__keras_row row = mica__keras_row_of(kind, f->name);
		json_t *value = option_made(kind, f, &row, options, where);
		if (!value) {
			json_decref(config);
			return NULL;
		}
		bool said = row.key && (!json_is_null(value) || strcmp(f->name, "name") != 0) && !(row.how == MICA__EXTRA && json_is_null(value));
		if (said)
			json_object_set(config, row.key, value);
		json_decref(value);
	}
	return config;
}

/* Whether all options are what nobody has to say. */
static bool plain(const mica_kind *kind, const json_t *options)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const json_t *x = json_object_get(options, kind->fields[i].name);
		double otherwise = kind->fields[i].otherwise;
		bool same = !x || json_is_null(x) || json_is_false(x) || (json_is_number(x) && json_number_value(x) == otherwise) ||
		            (json_is_string(x) && otherwise > 1e300);
		if (!same)
			return false;
	}
	return true;
}

/* A name; one with options is the layer that has them. */
static json_t *activation_made(const mica_kind *kind, const json_t *options, const char *where)
{
	char class[MICA__SNAKE];
	static const struct { const char *kind, *layer; } layers[] = {{"relu", "re_lu"}, {"leaky_relu", "leaky_re_lu"}, {"elu", "elu"},
	                                                              {"softmax", "softmax"}};

	if (plain(kind, options))
		return json_string(kind->name);
	for (size_t i = 0; i < MICA__COUNT(layers); i++)
		if (!strcmp(layers[i].kind, kind->name)) {
			json_t *config = config_made(mica_kind_find(MICA_LAYER, layers[i].layer), options, where);
			return config && mica__keras_class(class, MICA_LAYER, layers[i].layer) ? mica__keras_object("keras.layers", class, config) : NULL;
		}
	return lost(MICA_EUNSUPPORTED, where, "Keras' files cannot say options of the activation", kind->name);
}

/* What Keras writes alone for the metric accuracy, which chooses by the shapes: its name; NULL: it is called otherwise. */
static const char *said_alone(const json_t *options)
{
	const char *called = json_string_value(json_object_get(options, "name"));

	return !called ? "accuracy" : !strcmp(called, "acc") ? called : NULL;
}

json_t *mica__keras_part_made(const json_t *part, mica_part_type type, const char *where)
{
	const char *name = json_string_value(json_object_get(part, "kind"));
	const json_t *options = json_object_get(part, "options");
	bool is_loss = json_object_get(part, "type") != NULL;
	char class[MICA__SNAKE];

	if (!name)
		return json_null();
	const mica_kind *kind = mica_kind_find(is_loss ? MICA_LOSS : type, name);
	if (type == MICA_ACTIVATION && kind)
		return activation_made(kind, options, where);
	if (type == MICA_METRIC && !strcmp(name, "accuracy") && said_alone(options))
		return json_string(said_alone(options));
	if (!kind || !mica__keras_class(class, kind->type, name))
		return lost(MICA_EUNSUPPORTED, where, "Keras has nothing for the kind", name);
	json_t *config = config_made(kind, options, where);
	if (config && is_loss)
		json_object_del(config, "reduction");
	return config ? mica__keras_object(mica__keras_module(type), is_loss && !strcmp(class, "LogCosh") ? "LogCoshError" : class, config) : NULL;
}

/* ---- read ---- */

static json_t *part_of(const mica_kind *kind, mica_part_type type, json_t *options)
{
	json_t *part = json_pack("{s:s}", "kind", kind->name);

	if (kind->type != type)
		json_object_set_new(part, "type", json_string(mica_part_type_name(kind->type)));
	json_object_set_new(part, "options", options);
	return part;
}

static json_t *cells_read(const mica_kind *kind, const json_t *list, const char *where)
{
	json_t *cells = json_object();
	char name[] = "c0";

	if (!json_is_array(list) || json_array_size(list) > MICA__MOST_CELLS) {
		json_decref(cells);
		return lost(MICA_EUNSUPPORTED, where, "a list of at most 8 cells was expected of", kind->name);
	}
	for (size_t i = 0; i < json_array_size(list); i++, name[1]++) {
		json_t *cell = mica__keras_part_read(json_array_get(list, i), MICA_LAYER, where);
		if (!cell) {
			json_decref(cells);
			return NULL;
		}
		json_object_set_new(cells, name, cell);
	}
	return json_pack("{s:o}", "several", cells);
}

/* The same way back; {"several": {...}} where it is another option. */
static json_t *option_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, json_t *config, const char *where)
{
	const json_t *v = json_object_get(config, row->key);
	json_t *part;

	if (row->how == MICA__RATE && json_is_object(v))
		return (part = mica__keras_part_read(v, MICA_SCHEDULE, where)) ? json_pack("{s:{s:o}}", "several", "schedule", part) : NULL;
	if (row->how == MICA__CELLS)
		return cells_read(kind, v, where);
	if (f->type == MICA_FIELD_IS_PART)
		return mica__keras_part_read(v, f->part_type, where);
	return mica__keras_value_read(kind, f, row, config, where);
}

static json_t *options_read(const mica_kind *kind, json_t *config, const char *also, const char *where)
{
	json_t *options = json_object();

	for (size_t i = 0; i < kind->n_fields; i++) {
		const mica_field *f = &kind->fields[i];
		mica__keras_row row = mica__keras_row_of(kind, f->name);
		if (!row.key || !json_object_get(config, row.key))
			continue;
		json_t *value = option_read(kind, f, &row, config, where);
		if (!value) {
			json_decref(options);
			return NULL;
		}
		if (json_is_object(value) && json_object_get(value, "several")) /* which are several options */
			json_object_update(options, json_object_get(value, "several"));
		else if (!json_is_null(value) || f->type == MICA_FIELD_IS_PART) /* of others null is the default */
			json_object_set(options, f->name, value);
		json_decref(value);
	}
	if (mica__keras_keys_known(kind, config, also, where) == MICA_OK)
		return options;
	json_decref(options);
	return NULL;
}

/* A kind by one of its names, or by its class. */
static const mica_kind *named(mica_part_type type, const char *name)
{
	char snake[MICA__SNAKE];
	const mica_kind *kind = NULL;

	mica__keras_snake(snake, name);
	for (size_t i = 0; snake[i]; i++)
		if (snake[i] == '-')
			snake[i] = '_';
	for (int way = 0; way < 2 && !kind; way++) {
		kind = mica_kind_find(type, way ? snake : name);
		if (!kind && type == MICA_METRIC)
			kind = mica_kind_find(MICA_LOSS, way ? snake : name);
	}
	return kind ? kind : mica__keras_kind(type, name);
}

/* Options of a part that is named alone: Keras shows a metric by the name that was written, as "mae". */
static json_t *named_alone(const mica_kind *kind, mica_part_type type, const char *name)
{
	return type == MICA_METRIC && strcmp(name, kind->name) != 0 ? json_pack("{s:s}", "name", name) : json_object();
}

/* A layer in an activation's place. */
static json_t *activation_read(const char *class, json_t *config, const char *where)
{
	static const struct { const char *class, *kind; } layers[] = {{"ReLU", "relu"}, {"LeakyReLU", "leaky_relu"}, {"ELU", "elu"},
	                                                              {"Softmax", "softmax"}};

	if (!strcmp(class, "Activation"))
		return mica__keras_part_read(json_object_get(config, "activation"), MICA_ACTIVATION, where);
	for (size_t i = 0; i < MICA__COUNT(layers); i++)
		if (!strcmp(layers[i].class, class)) {
			const mica_kind *layer = mica__keras_kind(MICA_LAYER, class), *kind = mica_kind_find(MICA_ACTIVATION, layers[i].kind);
			json_t *options = options_read(layer, config, NULL, where);
			json_object_del(options, "name");
			return options ? part_of(kind, MICA_ACTIVATION, options) : NULL;
		}
	return lost(MICA_EUNSUPPORTED, where, "mica has no activation", class);
}

/* Layers of both ways have names with a prefix, which is put before them again where they are called. */
static void cut_name(json_t *part, const char *prefix)
{
	json_t *options = json_object_get(part, "options");
	const char *name = json_string_value(json_object_get(options, "name"));
	size_t n = strlen(prefix);

	if (name && !strncmp(name, prefix, n) && name[n])
		json_object_set_new(options, "name", json_string(name + n));
}

json_t *mica__keras_part_read(const json_t *from, mica_part_type type, const char *where)
{
	const char *class = json_string_value(json_object_get(from, "class_name")), *alone = json_string_value(from);
	json_t *config = json_object_get(from, "config");
	const mica_kind *kind;

	if (json_is_null(from))
		return json_null();
	if (class && json_is_string(config)) /* a function, by its name */
		alone = json_string_value(config);
	if (!alone && (!class || !json_is_object(config)))
		return lost(MICA_EFORMAT, where, "a class and its config were expected of a part of type", mica_part_type_name(type));
	if (alone) {
		kind = named(type, alone);
		return kind ? part_of(kind, type, named_alone(kind, type, alone)) : lost(MICA_EUNSUPPORTED, where, "mica has nothing for", alone);
	}
	if (type == MICA_ACTIVATION)
		return activation_read(class, config, where);
	kind = mica__keras_kind(type, class);
	if (!kind && type == MICA_METRIC)
		kind = mica__keras_kind(MICA_LOSS, strcmp(class, "LogCoshError") ? class : "LogCosh");
	if (!kind)
		return lost(MICA_EUNSUPPORTED, where, "mica has nothing for Keras' class", class);
	json_t *options = options_read(kind, config, NULL, where);
	if (type == MICA_LOSS)
		json_object_del(options, "name");
	if (!strcmp(kind->name, "bidirectional")) {
		cut_name(json_object_get(options, "layer"), "forward_");
		cut_name(json_object_get(options, "backward_layer"), "backward_");
	}
	return options ? part_of(kind, type, options) : NULL;
}
