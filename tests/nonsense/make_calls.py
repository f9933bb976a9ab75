#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes calls of every public function: one with good arguments, then each argument in turn as NULL or nonsense, and all of
them at once.  A function is found by its declaration, so that none is forgotten, and a type that the table lacks is an error.

usage: make_calls.py DIRECTORY CALLS DEPENDENCIES    the first of headers, the other two are written: what is made of what
"""
import contextlib
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
FUNCTION = re.compile(r"MICA_API\s+([^;{]*?)\b(mica_+\w+)\s*\(([^;]*)\)\s*;", re.S)
PARAMETER = re.compile(r"(.*?)\s*\b(\w+)(\[\])?$")

SIZES = ["0", "SIZE_MAX", "SIZE_MAX / 2", "(size_t)1 << 40"]
INTS = ["INT_MIN", "INT_MAX", "-1", "77"]
LONGS = ["LONG_MIN", "LONG_MAX", "-1"]
REALS = ["(double)NAN", "(double)INFINITY", "-1", "1e300"]
TEXTS = ["NULL", '""', '"a/b"', '"\\xff\\n\\t\\"%s%n"', "w->endless"]
SHAPES = ["deep", "endless", "huge", "beside_none", "MICA_SHAPE(0)", "MICA_SCALAR_SHAPE"]
ENUM = ["77", "-1"]
VARS = ["NULL", "failed_var(w)", "foreign_var(w)", "whole_var(w)", "scalar_var(w)", "empty_var(w)", "failed_foreign_var(w)"]
LISTS = ["NULL", "(const mica_var *)w->nulls", "bad_vars(w)"]


def part(name, good):
    other = "mica_kind_relu" if name != "mica_activation" else "mica_kind_adam"
    return [good] + [f"({name}){{{{{kind}, NULL}}}}" for kind in ("NULL", "&" + other)]


def options(name, good="NULL", *bad):
    return [good, f"&(const {name}){{0}}", f"&(const {name}){{.size = SIZE_MAX}}", f"&(const {name}){{.size = 1}}",
            *(f"&(const {name}){{.size = sizeof({name}), {text}}}" for text in bad)]


# Of each type of parameter: the good argument, then bad ones.
TYPES = {
    "mica_context *": ["context(w)", "NULL"],
    "mica_graph *": ["graph(w)", "NULL", "failed_graph(w)"],
    "mica_var": ["var(w)"] + VARS,
    "mica_model *": ["model(w)", "NULL", "empty_model(w)", "uncompiled(w)", "failed_model(w)"],
    "mica_dataset *": ["dataset(w)", "NULL", "foreign_dataset(w)", "unlabelled(w)"],
    "mica_dataset **": ["w->dataset_out", "NULL"],
    "mica_value *": ["value(w)", "NULL", "foreign_value(w)"],
    "mica_value **": ["&w->value_out", "NULL"],
    "mica_plan *": ["plan(w)", "NULL"],
    "mica_plan **": ["&w->plan_out", "NULL"],
    "mica_scan *": ["scan(w)", "NULL"],
    "mica_symbol *": ["symbol(w)", "NULL"],
    "mica_symbol *const *": ["symbols(w)", "NULL", "(mica_symbol *const *)w->nulls"],
    "mica_instance *": ["instance(w)", "NULL"],
    "mica_build *": ["w->build", "NULL"],
    "mica_tally *": ["w->tally", "NULL"],
    "mica_update *": ["w->update", "NULL"],
    "mica_training *": ["w->training", "NULL"],
    "mica_logs *": ["&w->logs", "NULL"],
    "mica_var *": ["w->vars_out", "NULL"],
    "mica_device_info *": ["w->devices", "NULL"],
    "mica_kernel_time *": ["w->times", "NULL"],
    "const mica_kind *": ["&mine", "NULL", "&(const mica_kind){0}", "&(const mica_kind){.name = \"mine/x\", .type = (mica_part_type)77}",
                          "&mica_kind_dense"],
    "const char *": ['"x"'] + TEXTS,
    "const void *": ["w->bytes", "NULL"],
    "void *": ["w->room", "NULL"],
    "char *": ["w->text", "NULL"],
    "float *": ["(float *)w->room", "NULL"],
    "const size_t *": ["w->zeros", "NULL", "w->most"],
    "mica_hyper *": ["w->hyper", "NULL"],
    "mica_search *": ["search(w)", "NULL"],
    "const mica_trial *": ["mica_search_trial(search(w), 0)", "NULL"],
    "mica_build_model": ["built", "NULL", "built_nothing"],
    "mica_part *": ["part(w)", "NULL", "&(mica_part){0}", "&(mica_part){&(const mica_kind){0}, NULL}"],
    "const char *const *": ["w->texts", "NULL", "(const char *const *)w->nulls"],
    "const double *": ["w->reals", "NULL"],
    "const mica_hyper_int_opts *": options("mica_hyper_int_opts", "&(const mica_hyper_int_opts){.low = 1, .high = 4}", ".low = 4, .high = 1",
                                           ".low = LONG_MIN, .high = LONG_MAX", ".high = 4, .step = -1", ".high = 4, .log = true",
                                           ".low = 1, .high = LONG_MAX, .step = LONG_MAX", ".low = 1, .high = LONG_MAX, .step = 1, .log = true",
                                           ".low = LONG_MIN, .high = LONG_MAX, .step = 1", ".low = 1, .high = 2, .first = 9"),
    "const mica_hyper_real_opts *": options("mica_hyper_real_opts", "&(const mica_hyper_real_opts){.low = 1, .high = 4}", ".low = 4, .high = 1",
                                            ".low = (double)NAN, .high = 1", ".low = -1e308, .high = 1e308", ".high = 1, .log = true",
                                            ".high = (double)INFINITY", ".high = 1, .step = 1e-300", ".high = 1, .step = -1",
                                            ".low = 1, .high = 2, .step = 1, .log = true", ".low = 1, .high = 2, .first = 9"),
    "const mica_fold_opts *": options("mica_fold_opts", "&(const mica_fold_opts){.folds = 2}", ".folds = 1", ".folds = -1", ".folds = LONG_MAX",
                                      ".folds = 2, .stratify = true"),
    "const mica_search_opts *": options("mica_search_opts", "trials(w)", ".algorithm = {{&mica_kind_relu, NULL}}", '.objective = ""',
                                        '.objective = "none"', ".mode = (mica_mode)77", ".objective = w->endless", ".most_failures = -1",
                                        '.objective = "loss", .algorithm = mica_random_search(-1)', ".keep = -7",
                                        '.objective = "loss", .algorithm = mica_hyperband(.max_epochs = LONG_MAX)',
                                        '.objective = "loss", .algorithm = mica_hyperband(.factor = 1)'),
    "const mica_cross_validate_opts *": options("mica_cross_validate_opts", "&(const mica_cross_validate_opts){.folds = 2}", ".folds = -1",
                                                ".folds = LONG_MAX", ".folds = 2, .stratify = true", ".fit = {.epochs = -7}"),
    "const mica_var *": ["vars(w)"] + LISTS,
    "mica_array": ["samples(w)", "(mica_array){0}", "(mica_array){w->bytes, MICA_F32, huge, 0}", "(mica_array){w->bytes, MICA_F32, endless, 0}",
                   "(mica_array){w->bytes, (mica_dtype)77, MICA_SHAPE(2, 4), 0}", "(mica_array){w->bytes, MICA_F32, MICA_SHAPE(2, 4), (double)NAN}",
                   "(mica_array){w->bytes, MICA_F32, MICA_SCALAR_SHAPE, 0}"],
    "void (*)(const char *text, void *payload)": ["ignore", "NULL"],
    "mica_layer": part("mica_layer", "mica_dense(3)"),
    "mica_activation": part("mica_activation", "MICA_RELU"),
    "mica_initializer": part("mica_initializer", "MICA_ONES"),
    "mica_shape": ["MICA_SHAPE(3, 4)"] + SHAPES,
    "mica_dtype": ["MICA_F32"] + [f"(mica_dtype){v}" for v in ENUM],
    "mica_split": ["MICA_TRAIN"] + [f"(mica_split){v}" for v in ENUM],
    "mica_role": ["MICA_ROLE_WEIGHT"] + [f"(mica_role){v}" for v in ENUM],
    "mica_pad_mode": ["MICA_PAD_EDGE"] + [f"(mica_pad_mode){v}" for v in ENUM],
    "mica_part_type": ["MICA_LAYER"] + [f"(mica_part_type){v}" for v in ENUM],
    "mica_status": ["MICA_EINVAL"] + [f"(mica_status){v}" for v in ENUM],
    "size_t": ["1"] + SIZES,
    "uint32_t": ["1", "0", "4", "0x80000000u", "UINT32_MAX"],
    "uint64_t": ["1", "0", "UINT64_MAX"],
    "int": ["0"] + INTS,
    "long": ["0"] + LONGS,
    "bool": ["false", "true"],
    "double": ["1"] + REALS,
    "const mica_window_opts *": options("mica_window_opts", "&pairs", ".taps = {SIZE_MAX}", ".taps = {2}, .stride = {SIZE_MAX}",
                                        ".taps = {2}, .dilation = {SIZE_MAX}", ".taps = {2}, .padding = (mica_padding)77",
                                        ".taps = {2}, .padding = MICA_EXPLICIT, .before = {SIZE_MAX}, .after = {SIZE_MAX}",
                                        ".taps = {2, 2, 2}") + ["NULL"],
    "const mica_attention_opts *": options("mica_attention_opts", "NULL", ".mask = failed_var(w)", ".mask = foreign_var(w)", ".scale = (double)NAN"),
    "const mica_weight_opts *": options("mica_weight_opts", "NULL", ".initializer = {{&mica_kind_adam, NULL}}"),
    "const mica_model_opts *": options("mica_model_opts", "NULL", '.name = "a/b"', ".name = w->endless"),
    "const mica_open_opts *": options("mica_open_opts", '&(mica_open_opts){.device = "reference"}', '.device = ""', '.device = "none such"',
                                      '.device = "reference", .memory_budget = 1', '.device = "reference", .sub_device_units = UINT_MAX'),
    "const mica_columns_opts *": options("mica_columns_opts", "columns(w)", ".inputs = {{NULL, {w->bytes, (mica_dtype)77, huge, 0}}}",
                                         ".targets = {{NULL, samples(w)}}", ".inputs = {{\"\", samples(w)}}, .weights = {{w->endless, samples(w)}}"),
    "const mica_csv_opts *": options("mica_csv_opts", "NULL", '.label = ""', ".like = dataset(w)", '.columns = {""}', ".separator = '\\n'",
                                     ".separator = '\"'", '.label = "b", .columns = {"b"}, .without = {"b"}'),
    "const mica_split_opts *": options("mica_split_opts", "NULL", ".test = (double)NAN", ".test = -1", ".test = 1", ".test = 1e300"),
    "const mica_plan_opts *": options("mica_plan_opts", "NULL", ".without = UINT32_MAX", ".typical_rows = SIZE_MAX, .name = w->endless"),
    "const mica_compile_opts *": options("mica_compile_opts", "&(mica_compile_opts){.loss = mica_mean_squared_error()}",
                                         ".loss = {{&mica_kind_adam, NULL}}", ".optimizer = {{&mica_kind_relu, NULL}}, .loss = mica_mean_squared_error()",
                                         ".loss = mica_mean_squared_error(), .metrics = {{{&mica_kind_relu, NULL}}}",
                                         ".outputs = {{.name = \"none\", .loss = mica_mean_squared_error()}}",
                                         ".outputs = {{.loss = mica_mean_squared_error(), .weight = (double)NAN}}"),
    "const mica_fit_opts *": options("mica_fit_opts", "NULL", ".epochs = -7", ".epochs = LONG_MAX, .callbacks = {{{&mica_kind_relu, NULL}}}", ".batch_size = LONG_MIN",
                                     ".batch_size = LONG_MAX", ".initial_epoch = -1", ".initial_epoch = LONG_MAX", ".steps_per_epoch = -1",
                                     ".steps_per_epoch = LONG_MIN", ".validation_data = foreign_dataset(w)", ".validation_split = (double)NAN",
                                     ".validation_split = -1", ".validation_batch_size = LONG_MIN", ".validation_steps = -1, .validation_split = 0.5",
                                     ".validation_freq = -1", ".class_weight = w->reals, .classes = -1", ".class_weight = w->reals, .classes = 0",
                                     ".classes = 3", ".verbose = 99", ".verbose = 1, .print = ignore, .terminal = true, .columns = -5",
                                     ".verbose = 1, .print = ignore, .terminal = true, .columns = 1"),
    "const mica_evaluate_opts *": options("mica_evaluate_opts", "NULL", ".batch_size = LONG_MIN", ".batch_size = LONG_MAX", ".steps = -1",
                                          ".callbacks = {{{&mica_kind_relu, NULL}}}"),
    "const mica_batch_opts *": options("mica_batch_opts", "NULL", ".class_weight = w->reals, .classes = -1", ".classes = LONG_MAX"),
    "const mica_predict_opts *": options("mica_predict_opts", "NULL", ".batch_size = LONG_MIN", ".batch_size = LONG_MAX",
                                         ".callbacks = {{{&mica_kind_relu, NULL}}}"),
    "const mica_predict_all_opts *": options("mica_predict_all_opts", "rooms(w)", ".inputs = {samples(w)}", ".outputs = {{w->room, 1}}",
                                             ".inputs = {samples(w), samples(w)}, .outputs = {{w->room, 24}}",
                                             ".inputs = {samples(w)}, .outputs = {{w->room, 24}, {w->room, 24}}",
                                             ".inputs = {samples(w)}, .outputs = {{w->room, 24}}, .batch_size = -1"),
    "const mica_summary_opts *": options("mica_summary_opts", "NULL", ".columns = -1", ".columns = 1", ".columns = INT_MAX"),
    "const mica_inspect_opts *": options("mica_inspect_opts", "NULL", ".columns = -1", ".columns = INT_MAX"),
    "const mica_save_opts *": options("mica_save_opts"),
    "const mica_load_opts *": options("mica_load_opts", "NULL", ".by_name = true, .resume = true"),
    "const mica_load_model_opts *": options("mica_load_model_opts", "NULL", ".no_training = true, .no_weights = true"),
    "const mica_between_opts *": options("mica_between_opts", "between(w)", ".inputs = {symbol(w)}", ".outputs = {symbol(w)}"),
    "const mica_plot_model_opts *": options("mica_plot_model_opts", "NULL", '.rankdir = ""', ".rankdir = w->endless"),
    "const mica_plot_history_opts *": options("mica_plot_history_opts", "&(const mica_plot_history_opts){.log = w->log}", '.log = ""',
                                              ".title = w->endless"),
}
TYPES |= {f"const {name}": TYPES[name] for name in ("mica_context *", "mica_graph *", "mica_model *", "mica_dataset *", "mica_value *",
                                                    "mica_plan *", "mica_symbol *", "mica_instance *", "mica_build *", "mica_logs *", "mica_search *")}

# Arguments of some functions that mean something else than others of their type; (function, parameter) or parameter.
GOOD = {
    "index": "whole_var(w)", "condition": "var(w)", "variable": "variable_var(w)", "output": "0", "perm": "w->swap",
    ("mica_op_where", "condition"): "var(w)", ("mica_op_fold", "x"): "windows_var(w)", ("mica_op_fold", "s"): "MICA_SHAPE(1, 3, 4)",
    ("mica_op_fold", "opts"): "&ones", ("mica_op_window", "x"): "image_var(w)", ("mica_op_max_pool", "x"): "image_var(w)",
    ("mica_op_average_pool", "x"): "image_var(w)", ("mica_op_global_max_pool", "x"): "image_var(w)",
    ("mica_op_global_average_pool", "x"): "image_var(w)", ("mica_op_conv", "x"): "image_var(w)", ("mica_op_conv", "w"): "taps_var(w)",
    ("mica_op_depthwise_conv", "x"): "image_var(w)", ("mica_op_depthwise_conv", "w"): "taps_var(w)",
    ("mica_op_conv_transpose", "x"): "image_var(w)", ("mica_op_conv_transpose", "w"): "taps_var(w)",
    ("mica_op_matmul", "b"): "mica_op_transpose(var(w), NULL)", ("mica_op_take_along", "index"): "whole_matrix_var(w)",
    ("mica_op_scatter_along", "index"): "whole_matrix_var(w)", ("mica_op_scatter_along", "size"): "5",
    ("mica_op_scatter_add", "rows"): "5", ("mica_op_slice", "stop"): "w->ones", ("mica_op_slice", "step"): "w->ones",
    ("mica_op_reshape", "s"): "MICA_SHAPE(4, 3)", ("mica_op_diagonal", "axis2"): "1", ("mica_op_concat", "n"): "2",
    ("mica_op_einsum", "subscripts"): '"ij->ji"', ("mica_op_any", "x"): "var(w)", ("mica_op_random", "step"): "NULL",
    ("mica_op_top_k", "index"): "w->vars_out", ("mica_gradient", "y"): "mica_op_sum(var(w), 3, false)", ("mica_gradient", "seed"): "NULL",
    ("mica_scan_begin", "steps"): "3", ("mica_scan_stack", "s"): "ended_scan(w)", ("mica_scan_last", "s"): "ended_scan(w)",
    ("mica_scan_stack", "x"): "w->next", ("mica_scan_last", "carry"): "w->carry", ("mica_scan_next", "carry"): "w->carry",
    ("mica_scan_end", "s"): "ready_scan(w)", ("mica_op_conv_transpose", "output_padding"): "NULL",
    ("mica_dataset_arrays", "y"): "NULL", ("mica_dataset_idx", "images"): "w->idx", ("mica_dataset_idx", "labels"): "NULL",
    ("mica_dataset_npy", "x"): "w->npy", ("mica_dataset_npy", "y"): "NULL", ("mica_dataset_of_csv", "file"): "w->csv",
    ("mica_dataset_npz", "file"): "w->npz", ("mica_dataset_range", "from"): "0", ("mica_dataset_standardized", "like"): "dataset(w)",
    ("mica_model_input", "m"): "fresh_functional(w)", ("mica_model_input", "input"): "mica_input(4)", ("mica_model_output", "m"): "functional(w)",
    ("mica_make", "m"): "functional(w)", ("mica_model_symbol", "m"): "functional(w)", ("mica_model_symbol", "name"): '"in"',
    ("mica_add", "m"): "empty_model(w)", ("mica_add", "layer"): "mica_input(4)", ("mica_pop", "m"): "uncompiled(w)",
    ("mica_model_build", "m"): "unbuilt(w)", ("mica_model_build", "sample"): "MICA_SHAPE(4)", ("mica_model_compile", "m"): "uncompiled(w)",
    ("mica_model_layer", "name"): '"dense"', ("mica_model_find", "path"): '"dense/kernel"', ("mica_call_layer", "n"): "1",
    ("mica_apply_layer", "n"): "1", ("mica_symbol_beside", "i"): "0", ("mica_symbol_beside", "x"): "mica_apply(mica_dense(3), symbol(w))",
    ("mica_layer_loss", "penalty"): "scalar_var(w)", ("mica_slot_assign", "value"): 'mica_op_addc(mica_slot(w->update, "x", 0), 1)',
    ("mica_layer_state_assign", "value"): 'mica_op_addc(mica_layer_state(w->build, "x", MICA_SHAPE(3), MICA_ONES), 1)',
    ("mica_tally_assign", "value"): 'mica_op_addc(mica_tally_state(w->tally, "x", MICA_SHAPE(3), 0), 1)', ("mica_model_predict", "out"): "(float *)w->room",
    ("mica_model_predict", "bytes"): "24", ("mica_model_save", "file"): "w->saved", ("mica_save_check", "file"): "w->saved",
    ("mica_model_load", "file"): "weights_file(w)", ("mica_model_from_file", "file"): "model_file(w)", ("mica_inspect_file", "file"): "model_file(w)",
    ("mica_plot_model_to", "file"): "w->svg", ("mica_plot_history_to", "file"): "w->svg", ("mica_kind_find", "name"): '"dense"',
    ("mica_option_set", "kind"): "&mica_kind_dropout", ("mica_option_set", "options"): "&w->dropout", ("mica_option_set", "name"): '"rate"',
    ("mica_plan_feed", "bytes"): "48", ("mica_plan_fetch", "bytes"): "48", ("mica_plan_bind", "v"): "value(w)", ("mica_plan_take", "v"): "value(w)",
    ("mica_value_write", "bytes"): "48", ("mica_value_read", "bytes"): "48", ("mica_var_value", "x"): "variable_var(w)",
    ("mica_layer_input", "i"): "0", ("mica_layer_sublayer", "x"): "&w->input", ("mica_layer_sublayer", "n"): "1",
    ("mica_layer_sublayer", "more"): "NULL", ("mica_layer_sublayer", "n_more"): "0",
    ("mica_log", "name"): '"loss"', ("mica_dataset_npz_has", "file"): "w->npz", ("mica_adapt", "normalization"): "normalization(w)",
    ("mica_part_parse", "type"): "MICA_ACTIVATION", ("mica_part_parse", "text"): '"relu"', ("mica_dataset_fold_by", "k"): "0",
    ("mica_search_trial", "i"): "0", ("mica_search_best", "i"): "0",
    ("mica_dataset_mnist", "folder"): "w->folder", ("mica_dataset_mnist_has", "folder"): "w->folder",
}
# Sizes of what a pointer beside them points at: these the library has to believe, but for none at all.
BELIEVED = {("mica_op_concat", "n"), ("mica_op_einsum", "n"), ("mica_gradient", "n"), ("mica_graph_print", "n"), ("mica_graph_print", "size"), ("mica_plan_run", "steps"),
            ("mica_plan_print", "size"), ("mica_model_print_plan", "size"), ("mica_plan_create", "n"), ("mica_layer_sublayer", "n"),
            ("mica_layer_sublayer", "n_more"), ("mica_call_layer", "n"), ("mica_apply_layer", "n"), ("mica_device_list", "n"),
            ("mica_profile", "n"), ("mica_convert", "n"), ("mica_dataset_pick", "n"), ("mica_hyper_ask_choice", "n"),
            ("mica_hyper_ask_number", "n")}
# Where the good call is a failure, too: files that are not made here, states of a metric that no result is made of.
FAIL = {"mica_dataset_npz", "mica_dataset_mnist", "mica_tally_value", "mica_tally_mean_value"}
# Whose NULL or status is an answer, and no failure.
ANSWERS = {"mica_context_status", "mica_graph_status", "mica_model_status", "mica_environment", "mica_dataset_class_name",
           "mica_dataset_column_name", "mica_graph_context", "mica_var_graph", "mica_model_layer_at", "mica_model_layer", "mica_model_symbol",
           "mica_instance_weight", "mica_search_status", "mica_search_trial", "mica_search_best", "mica_model_weight", "mica_model_value", "mica_model_find", "mica_kind_at", "mica_kind_find"}
# Handles: a call of one that is NULL leaves the reason why it is.
HANDLE = re.compile(r"(const )?mica_(?!var \*|logs|open|device|kernel|kind|between|part|hyper)\w+( \*)?$")
NO_HANDLE = {"mica_clear", "mica_part_parse"}


def parameters(text):
    depth, found = 0, [""]
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            found.append("")
        else:
            found[-1] += c
    for p in (re.sub(r"\s+", " ", p).strip() for p in found):
        if p == "void":
            continue
        if "(*" in p:
            yield re.sub(r"\(\*\w+\)", "(*)", p, count=1), re.search(r"\(\*(\w+)\)", p)[1]
        else:
            kind, name = re.match(r"(.*?)(\w+)$", p).groups()
            yield kind.strip(), name


def arguments(function, kind, name):
    good, *bad = TYPES[kind]
    good = GOOD.get((function, name), GOOD.get(name, good)) if kind not in ("mica_var *",) else GOOD.get((function, name), good)
    if (function, name) in BELIEVED:
        bad = ["0"]
    return good, bad


def calls(given):
    yield [good for good, _ in given]
    for i, (_, bad) in enumerate(given):
        for b in bad:
            yield [b if j == i else good for j, (good, _) in enumerate(given)]
    if len(given) > 1:
        yield [bad[0] for _, bad in given]


def judged(result, function, call):
    if function in ANSWERS:
        return f"(void){call}; said(w, false)"
    if result == "mica_status":
        return f"said(w, {call} != MICA_OK)"
    if result.endswith("*"):
        return f"said(w, !{call})"
    return f"(void){call}; said(w, false)" if result != "void" else f"{call}; said(w, false)"


def write(headers):
    names = []
    for path in headers:
        for result, function, text in FUNCTION.findall(COMMENT.sub("", path.read_text())):
            result = re.sub(r"\s+", " ", result).strip()
            kinds = list(parameters(text))
            given = [arguments(function, kind, name) for kind, name in kinds]
            last = len(list(calls(given))) - 1
            print(f"static void call_{function}(world *w, int n)\n{{\n\tswitch (n) {{")
            for n, each in enumerate(calls(given)):
                call = f"{function}({', '.join(each)})"
                quoted = call.replace("\\", "\\\\").replace('"', '\\"')
                of_null = n == last and each[:1] == ["NULL"] and HANDLE.match(kinds[0][0]) and function not in NO_HANDLE
                print(f'\tcase {n}: tell(w, "{quoted}", {str(bool(of_null)).lower()}); {judged(result, function, call)}; break;')
            print("\t}\n}")
            first = kinds[0][0].replace("const ", "") if kinds else ""
            names.append((function, n + 1, str(function not in FAIL).lower(), {"mica_build *": "IN_LAYER", "mica_tally *": "IN_METRIC", "mica_update *": "IN_OPTIMIZER", "mica_hyper *": "IN_SEARCH",
                                            "mica_training *": "IN_CALLBACK"}.get(first, "ANYWHERE")))
    print("static const struct { const char *name; void (*call)(world *w, int n); int n; bool good; int where; } functions[] = {")
    print(*(f'\t{{"{name}", call_{name}, {n}, {good}, {where}}},' for name, n, good, where in names), sep="\n")
    print("};")



def main(folder, calls, dependencies):
    headers = sorted(pathlib.Path(folder).rglob("*.h"))
    pathlib.Path(dependencies).write_text(f"{calls}: {' '.join(map(str, headers))}\n")
    with open(calls, "w") as out, contextlib.redirect_stdout(out):
        write(headers)


main(*sys.argv[1:])
