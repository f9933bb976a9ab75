/* SPDX-License-Identifier: MIT */
/* mica/plot.h - pictures: of a model, and of how its training went.  SVG, which browsers and documents show, needs nothing else;
   DOT is for the programs of Graphviz.  Files are replaced atomically, as those of mica_save. */
#ifndef MICA_PLOT_H
#define MICA_PLOT_H
#include "mica/model.h"

MICA_BEGIN_DECLS

/* The layers of a model as boxes, and arrows where one's result goes to the other (Keras' plot_model): a file that ends in .svg or
   .dot.  A layer that is called more than once has a box for each call.  EINVAL: another ending, a direction that there is not,
   no layers, or a chain whose input is not known yet; ENOMEM, EIO. */
typedef struct mica_plot_model_opts {
	size_t size;
	bool show_shapes;            /* of inputs and outputs */
	bool show_dtype;             /* of outputs */
	bool show_layer_names;       /* beside their kinds */
	const char *rankdir;         /* NULL: "TB", from top to bottom; "LR": from left to right */
	bool expand_nested;          /* models that are layers, as a frame with theirs */
	bool show_layer_activations;
	bool show_trainable;         /* of layers with weights */
} mica_plot_model_opts;
MICA_API mica_status mica_plot_model_to(mica_model *m, const char *file, const mica_plot_model_opts *o);
/* mica_plot_model(m, "net.svg", .show_shapes = true) */
#define mica_plot_model(m, ...) MICA_PLOT_MODEL_(m, __VA_ARGS__, MICA_OPTS(mica_plot_model_opts))
#define MICA_PLOT_MODEL_(m, file, ...) mica_plot_model_to(m, file, &(mica_plot_model_opts){__VA_ARGS__})

/* The figures of each epoch as curves, in an .svg file: a chart for each figure, with that of validation.  They are those of the
   last mica_fit; of the ones before, too, as far as it went on with their epochs (.initial_epoch).  What is not finite is a gap.
   EINVAL: another ending, no epochs; ENOMEM, EIO. */
typedef struct mica_plot_history_opts {
	size_t size;
	bool log_scale;              /* y axes are logarithmic */
	const char *log;             /* the figures of a file of mica_csv_logger, or Keras' CSVLogger, instead: the model may be NULL.
	                                EFORMAT, which names the line */
	const char *title;           /* NULL: the model's name */
} mica_plot_history_opts;
MICA_API mica_status mica_plot_history_to(mica_model *m, const char *file, const mica_plot_history_opts *o);
/* mica_plot_history(m, "curves.svg", .log_scale = true); mica_plot_history(NULL, "curves.svg", .log = "log.csv") */
#define mica_plot_history(m, ...) MICA_PLOT_HISTORY_(m, __VA_ARGS__, MICA_OPTS(mica_plot_history_opts))
#define MICA_PLOT_HISTORY_(m, file, ...) mica_plot_history_to(m, file, &(mica_plot_history_opts){__VA_ARGS__})

MICA_END_DECLS
#endif
