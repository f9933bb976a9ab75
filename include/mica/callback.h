/* SPDX-License-Identifier: MIT */
/* mica/callback.h - callbacks: parts (part.h) that look on while a model is trained, evaluated or used, and may change
   that or end it.

     mica_fit(m, d, .epochs = 100, .validation_data = v,
              .callbacks = {mica_early_stopping(.patience = 5, .restore_best_weights = true), mica_csv_logger("log.csv")});

   A callback has functions for what happens, its hooks, which are called by the thread that trains, in the order of the list.  A
   hook may use the model for all but training it, destroy it (it is freed when fit ends), stop the training, and change the
   learning rate.  A hook that does not return MICA_OK ends the call at once with what it returned, and no other hook is told.

   The order is Keras': on_train_begin; for each epoch on_epoch_begin, on_train_batch_begin and _end for each step, validation
   (on_test_begin, on_test_batch_begin and _end, on_test_end), on_epoch_end; on_train_end.  evaluate calls the same hooks as a
   validation, predict those of its own. */
#ifndef MICA_CALLBACK_H
#define MICA_CALLBACK_H
#include "mica/part.h"

MICA_BEGIN_DECLS

typedef struct mica_model mica_model;

/* ---- figures ---- */

/* Figures by name, sorted by it: "loss", "accuracy"; of several outputs "main_loss" and "main_accuracy" too; those of validation
   begin with "val_". */
enum { MICA_MAX_LOGS = 64 };
typedef struct mica_figure { char name[56]; double value; } mica_figure;
typedef struct mica_logs { size_t n; mica_figure at[MICA_MAX_LOGS]; } mica_logs;
/* NaN if there is none of that name. */
MICA_API double mica_log(const mica_logs *logs, const char *name);
/* Changes a figure, or adds one.  EINVAL: no name, one that is too long, or too many figures. */
MICA_API mica_status mica_log_set(mica_logs *logs, const char *name, double value);

/* ---- what hooks are given ---- */

typedef struct mica_training {
	mica_model *model;
	size_t epoch, epochs;  /* from 1, and the last one; 0 outside of fit */
	size_t step, steps;    /* steps done of this epoch or evaluation, and how many it has */
	bool testing;          /* steps are those of evaluate, predict or a validation */
	mica_logs *logs;       /* figures: of the epoch with its validation in on_epoch_end and on_train_end, of the evaluation in
	                          on_test_end, what mica_read_logs has read in others; what on_epoch_end sets later ones see, too */
	void *state;           /* of this callback, for as long as the call lasts: zeros at first */
	void *own;             /* not the caller's business */
} mica_training;

/* Reads the figures so far of this epoch or evaluation into t->logs, which waits for the device.  EDEVICE. */
MICA_API mica_status mica_read_logs(mica_training *t);
/* No step comes after this one: the epoch ends with its validation and on_epoch_end, and so does the training, with MICA_OK.
   Asked before the first step of an epoch, that step is still done, as in Keras. */
MICA_API void mica_stop_training(mica_training *t);
/* A line through .print of fit, where it is given. */
MICA_API void mica_say(mica_training *t, const char *line);

/* The learning rate of the step that was last, or is next; of the next steps, for which no kernel is compiled anew.  EINVAL: not
   compiled, a schedule decides it, or no number from 0. */
MICA_API double mica_learning_rate(mica_model *m);
MICA_API mica_status mica_set_learning_rate(mica_model *m, double rate);

/* ---- hooks ---- */

/* All may be NULL.  Steps are enqueued in bursts of about 30 ms, as long as there is no callback that is told of every step;
   on_burst_end is told after each of them, in training and in validation: for what has to look often, but not at every step. */
#define MICA_HOOKS_OF(function)                                                      \
	function on_train_begin, on_train_end, on_epoch_begin, on_epoch_end;         \
	function on_train_batch_begin, on_train_batch_end, on_burst_end;             \
	function on_test_begin, on_test_end, on_test_batch_begin, on_test_batch_end; \
	function on_predict_begin, on_predict_end, on_predict_batch_begin, on_predict_batch_end

typedef mica_status (*mica_hook)(mica_training *t, const void *options);
/* What a kind of callback has (mica_kind in part.h). */
typedef struct mica_hooks {
	size_t state;                        /* bytes of what a callback keeps while the call lasts, apart from its options */
	bool (*by_step)(const void *options); /* whether these options need the hooks of batches; NULL: where there are some, yes */
	void (*free)(void *state);           /* what the state owns; at the end of the call, however it ends */
	MICA_HOOKS_OF(mica_hook);
} mica_hooks;

/* ---- the library's callbacks (Keras 1.9) ---- */

/* In which direction a figure is better; auto: the loss where it is smaller, a metric as it says of itself. */
typedef enum mica_mode { MICA_MODE_AUTO, MICA_MODE_MIN, MICA_MODE_MAX } mica_mode;

/* Ends training when a figure has not become better by more than min_delta for `patience` epochs. */
typedef struct mica_early_stopping_opts {
	size_t size;
	const char *monitor;         /* NULL: "val_loss" */
	double min_delta;
	long patience;               /* from 0 */
	mica_mode mode;
	double baseline;             /* what is no better than this does not count as better; 0: none, MICA_ZERO: 0 */
	bool restore_best_weights;   /* those of the epoch that was best, at the end of training, stopped or not */
	long start_from_epoch;       /* so many epochs are not looked at; from 0 */
	bool verbose;
} mica_early_stopping_opts;
#define mica_early_stopping(...) MICA_CALLBACK_(early_stopping, mica_early_stopping_opts, __VA_ARGS__)

/* Multiplies the learning rate by factor when a figure has not become better by more than min_delta for `patience` epochs; then
   begins to wait after `cooldown` more.  "learning_rate" becomes a figure.  For optimizers without a schedule. */
typedef struct mica_reduce_lr_on_plateau_opts {
	size_t size;
	const char *monitor;         /* NULL: "val_loss" */
	double factor;               /* from 0, below 1; 0: 0.1 */
	long patience;               /* 0: 10 */
	mica_mode mode;
	double min_delta;            /* 0: 1e-4 */
	long cooldown;
	double min_lr;               /* from 0 */
	bool verbose;
} mica_reduce_lr_on_plateau_opts;
#define mica_reduce_lr_on_plateau(...) MICA_CALLBACK_(reduce_lr_on_plateau, mica_reduce_lr_on_plateau_opts, __VA_ARGS__)

/* The learning rate of the epoch after `epochs` of them (0: of the first) by the user's function, which is given the rate so far.
   "learning_rate" becomes a figure.  For optimizers without a schedule. */
typedef struct mica_learning_rate_scheduler_opts {
	size_t size;
	double (*rate)(size_t epochs, double rate, void *payload);
	void *payload;
	bool verbose;
} mica_learning_rate_scheduler_opts;
/* mica_learning_rate_scheduler(function, .payload = x) */
#define mica_learning_rate_scheduler(...) MICA_CALLBACK_(learning_rate_scheduler, mica_learning_rate_scheduler_opts, __VA_ARGS__)

/* Saves the model (mica_save), after each epoch, or every save_freq steps.  filepath may have numbers in it, as Python's format
   writes them: "{epoch:02d}-{val_loss:.2f}.mica"; {batch} is the step.  Folders are made.  EINVAL, EIO. */
typedef struct mica_model_checkpoint_opts {
	size_t size;
	const char *filepath;
	const char *monitor;         /* NULL: "val_loss" */
	mica_mode mode;
	bool save_best_only;         /* where monitor is better than ever; also where there is no such figure */
	bool save_weights_only;
	long save_freq;              /* 0: after each epoch */
	double initial_value_threshold; /* monitor has to be better than this, too; 0: none, MICA_ZERO: 0 */
	bool verbose;
} mica_model_checkpoint_opts;
/* mica_model_checkpoint(file, .option = value, ...) */
#define mica_model_checkpoint(...) MICA_CALLBACK_(model_checkpoint, mica_model_checkpoint_opts, __VA_ARGS__)

/* The figures of each epoch as a line of a file: epoch, from 0, and the figures in the order of their names, under a line with
   the names.  EIO, EINVAL. */
typedef struct mica_csv_logger_opts {
	size_t size;
	const char *filename;
	const char *separator;       /* one character; NULL: "," */
	bool append;                 /* to a file that is there */
} mica_csv_logger_opts;
/* mica_csv_logger(file, .option = value, ...) */
#define mica_csv_logger(...) MICA_CALLBACK_(csv_logger, mica_csv_logger_opts, __VA_ARGS__)

/* Writes a backup after each epoch, or every save_freq steps, and goes on from it when a training that was killed is begun again: the
   same model, compiled alike, and the same call of fit.  After whole epochs it goes on with the same bits as without the interruption; a
   backup in the middle of an epoch begins that again, with the weights so far.  The backup is removed when training ends.  EIO, EFORMAT. */
typedef struct mica_backup_and_restore_opts {
	size_t size;
	const char *backup_dir;      /* a folder of its own; it is made */
	long save_freq;              /* 0: after each epoch */
	bool keep_checkpoint;        /* at the end */
} mica_backup_and_restore_opts;
/* mica_backup_and_restore(folder, .option = value, ...) */
#define mica_backup_and_restore(...) MICA_CALLBACK_(backup_and_restore, mica_backup_and_restore_opts, __VA_ARGS__)

/* Figures as events that TensorBoard shows, in the folders train and validation: "epoch_loss", "epoch_learning_rate" and the like by
   epochs, from 0; with update_freq "batch_loss" by steps; "evaluation_loss_vs_iterations" by the optimizer's steps.  EIO. */
typedef struct mica_tensorboard_opts {
	size_t size;
	const char *log_dir;         /* NULL: "logs" */
	long histogram_freq;         /* every so many epochs, the distribution of each weight; 0: never */
	long update_freq;            /* every so many steps, their figures; 0: never */
	bool write_steps_per_second;
} mica_tensorboard_opts;
/* mica_tensorboard(folder, .option = value, ...) */
#define mica_tensorboard(...) MICA_CALLBACK_(tensorboard, mica_tensorboard_opts, __VA_ARGS__)

/* Ends training when the loss is no number or infinite. */
typedef struct mica_terminate_on_nan_opts {
	size_t size;
	bool raise_error;            /* with MICA_ENAN */
} mica_terminate_on_nan_opts;
#define mica_terminate_on_nan(...) MICA_CALLBACK_(terminate_on_nan, mica_terminate_on_nan_opts, __VA_ARGS__)

/* Puts the moving averages that the optimizer keeps (use_ema) in the weights' place while the model is evaluated and while it predicts; with
   swap_on_epoch
   also from the end of an epoch to the beginning of the next, where other callbacks save it.  EINVAL where there are none. */
typedef struct mica_swap_ema_weights_opts {
	size_t size;
	bool swap_on_epoch;
} mica_swap_ema_weights_opts;
#define mica_swap_ema_weights(...) MICA_CALLBACK_(swap_ema_weights, mica_swap_ema_weights_opts, __VA_ARGS__)

/* The user's functions, at every hook; payload is borrowed. */
typedef mica_status (*mica_custom_hook)(mica_training *t, void *payload);
typedef struct mica_custom_callback_opts {
	size_t size;
	MICA_HOOKS_OF(mica_custom_hook);
	void *payload;
} mica_custom_callback_opts;
#define mica_custom_callback(...) MICA_CALLBACK_(custom_callback, mica_custom_callback_opts, __VA_ARGS__)

enum { MICA_MAX_CALLBACKS = 16 };
#define MICA_CALLBACK_(id, type, ...) MICA_PART(mica_callback, &mica_kind_##id, &(type){MICA_OPTS(type), __VA_ARGS__})
MICA_API extern const mica_kind mica_kind_early_stopping, mica_kind_reduce_lr_on_plateau, mica_kind_learning_rate_scheduler,
	mica_kind_model_checkpoint, mica_kind_backup_and_restore, mica_kind_csv_logger, mica_kind_tensorboard, mica_kind_terminate_on_nan, mica_kind_swap_ema_weights, mica_kind_custom_callback;

MICA_END_DECLS
#endif
