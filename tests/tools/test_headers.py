#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_headers.py - every public header compiles alone, as C11 and as C++17, those of C++ as C++20, and programs that use every macro, with and
without options, compile with all warnings on: under each of the compilers that is there.  A macro that is a part is called
as its kind is: MICA_ELU and MICA_ELU_OF(...) are mica_kind_elu, mica_sgd(...) is mica_kind_sgd.

usage: test_headers.py ROOT
"""
import pathlib
import re
import shutil
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
include = root / "include"
headers = sorted(h.relative_to(include) for h in include.glob("mica/*.h"))
strict = ["-Wall", "-Wextra", "-pedantic-errors", "-Werror", "-Wconversion", "-Wno-sign-conversion", "-Wundef"]
c11 = {name: ["-x", "c", "-std=c11", "-Wstrict-prototypes"] for name in ("gcc", "clang")}
cxx = {name: ["-x", "c++", "-std=c++17"] for name in ("g++", "clang++")}
cxx20 = {name: ["-x", "c++", "-std=c++20"] for name in cxx}
faults = []

MACROS = r"""
#include <mica/mica.h>
mica_status use(mica_context *ctx, const mica_dataset *d);
mica_status use(mica_context *ctx, const mica_dataset *d)
{
	mica_logs scores;
	mica_model *m = mica_sequential(ctx), *n = mica_sequential(ctx, .seed = 1, .name = "n");
	mica_shape s = MICA_SHAPE(2, 3), none = MICA_SCALAR_SHAPE;
	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_flatten(.name = "f"));
	mica_add(m, mica_reshape(4, 2));
	mica_add(m, mica_dense(10));
	mica_add(m, mica_dense(10, .activation = MICA_RELU, .no_bias = s.rank > none.rank));
	mica_add(m, mica_dense(.units = 10));
	mica_add(m, mica_activation_layer(MICA_RELU));
	mica_add(m, mica_activation_layer(MICA_ELU_OF(.alpha = 2)));
	mica_add(m, mica_dropout(0.5));
	mica_add(m, mica_conv2d(32, 3));
	mica_add(m, mica_conv2d(32, 3, .strides = {2, 1}, .padding = MICA_SAME, .activation = MICA_RELU));
	mica_add(m, mica_conv2d(32, .kernel_size = {3, 5}, .kernel_initializer = MICA_HE_NORMAL, .kernel_regularizer = mica_l2(1e-4)));
	mica_add(m, mica_conv1d_transpose(8, 3, .output_padding = {MICA_NONE}));
	mica_add(m, mica_max_pooling2d());
	mica_add(m, mica_average_pooling1d(2, .strides = {1}));
	mica_add(m, mica_global_average_pooling2d(.keepdims = true));
	mica_add(m, mica_zero_padding2d(.before = {1, 2}, .after = {0, 1}));
	mica_add(m, mica_einsum_dense("abc,cd->abd", {MICA_INFER, 64}, .bias_axes = "d"));
	mica_add(m, mica_permute(2, 1));
	mica_add(m, mica_softmax_layer());
	mica_add(m, mica_layer_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2)));
	mica_add(m, mica_embedding(1000, 16, .mask_zero = true));
	mica_compile(m, .loss = mica_mean_squared_error());
	mica_compile(n, .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy(), mica_huber(.delta = 2), mica_poisson()});
	mica_compile(n, .loss = mica_binary_crossentropy(.from_logits = true), .optimizer = mica_adam(.learning_rate = 0.1));
	mica_compile(n, .loss = mica_categorical_crossentropy(.label_smoothing = 0.1), .optimizer = mica_sgd());
	mica_compile(n, .loss = mica_custom_loss(.score = NULL, .name = "mine"), .optimizer = mica_custom_optimizer(.update = NULL),
	             .metrics = {mica_custom_metric(.name = "mine"), mica_binary_accuracy(.threshold = MICA_ZERO)});
	mica_compile(n, .loss = mica_dice(.axes = MICA_AXIS(1), .reduction = MICA_SUM), .metrics = {mica_precision(.thresholds = {MICA_ZERO, 0.5}),
	             mica_mean_iou(.num_classes = 3, .target_class_ids = {MICA_NONE, 2}), mica_auc(.curve = MICA_PR), mica_root_mean_squared_error()});
	mica_fit(m, d, .callbacks = {mica_early_stopping(), mica_early_stopping("loss", .patience = 2), mica_reduce_lr_on_plateau(),
	                             mica_learning_rate_scheduler(NULL), mica_model_checkpoint("{epoch:02d}.mica", .save_best_only = true),
	                             mica_backup_and_restore("folder"), mica_csv_logger("log.csv", .append = true), mica_tensorboard(),
	                             mica_terminate_on_nan(), mica_swap_ema_weights(), mica_custom_callback(.on_epoch_end = NULL)});
	mica_train_on_batch(m, d, &scores);
	mica_train_on_batch(m, d, NULL, .classes = 2);
	mica_dataset *table = mica_dataset_csv(ctx, "a.csv"), *train, *test;
	table = mica_dataset_csv(ctx, "a.csv", .label = "y", .columns = {"a", "b"}, .like = table);
	mica_dataset_split(table, &train, &test);
	mica_dataset_split(table, &train, &test, .test = 0.1, .seed = 1);
	mica_fit(m, d);
	mica_fit(m, d, .epochs = 3);
	mica_model_fit(m, d, &(mica_fit_opts){.epochs = 3});
	mica_evaluate(m, d, &scores);
	return mica_evaluate(m, d, &scores, .batch_size = 7);
}
"""


def compiles(compiler, options, source, what):
    command = [compiler, *options, *strict, "-I", str(include), "-fsyntax-only", "-"]
    r = subprocess.run(command, input=source, capture_output=True, text=True)
    if r.returncode:
        faults.append(f"{what}, {compiler}: {r.stderr.strip().splitlines()[0]}")
    return not r.returncode


def check(compiler, options, programs):
    assert not compiles(compiler, options, "int f(void) { return 1 ?: 2; }\n", "planted")
    faults.pop()
    for header in headers:
        compiles(compiler, options, f"#include <{header}>\n", str(header))
    for what, program in programs.items():
        compiles(compiler, options, program, what)


def check_cxx(compiler):
    for header in sorted(h.relative_to(include) for h in include.glob("mica/*.hpp")):
        compiles(compiler, cxx20[compiler], f"#include <{header}>\n", str(header))


def check_kinds():
    """C++ has every kind that C has; but for searches (tuning.h), which are C's."""
    text = (include / "mica/parts.hpp").read_text()
    for header in headers:
        for kind in set() if header.name == "tuning.h" else set(re.findall(r"\bmica_kind_(\w+)(?=[,;])", re.sub(r"#define(?:.*\\\n)*.*", "", (include / header).read_text()))):
            if kind != "cosine_similarity_metric" and not re.search(rf"MICA_K\({kind}\)|&mica_kind_{kind}\b", text):
                faults.append(f"{header}: mica_kind_{kind} is not in parts.hpp")


def check_names():
    """What a macro that is a part expands to: MICA_PART of a kind, or a macro that pastes the kind's name."""
    found = 0
    for header in headers:
        text = (include / header).read_text().replace("\\\n", " ")
        for name, body in re.findall(r"^#define (\w+)(?:\([^)]*\))? (.*)", text, re.M):
            kind = re.match(r"MICA_PART\(\w+, &mica_kind_(\w+), NULL\)|MICA_[A-Z_]+_\((?!\w+_,)(\w+), .*__VA_ARGS__\)", body)
            if not kind or name.endswith("_") or re.match(r"MICA_[A-Z]+_\(__VA_ARGS__", body):
                if body.startswith("MICA_PART") and not name.endswith("_"):
                    faults.append(f"{header}: {name} is written unlike other parts")
                continue
            found += 1
            kind, said = kind[1] or kind[2], re.sub(r"_of$|_layer$|^merge_", "", name.lower()[len("mica_"):])
            if said != re.sub(r"_layer$", "", kind):
                faults.append(f"{header}: {name} is {kind}")
    if found < 100:
        faults.append(f"{found} macros are parts; are they written another way now?")


programs = {"all macros": MACROS, "examples/01_sequential.c": (root / "examples/01_sequential.c").read_text()}
check_names()
check_kinds()
found = [c for c in (*c11, *cxx) if shutil.which(c)]
for compiler in found:
    check(compiler, c11.get(compiler) or cxx[compiler], programs if compiler in c11 else {})
    if compiler in cxx20:
        check_cxx(compiler)
print(*faults, sep="\n")
print("compilers:", *found)
sys.exit(1 if faults or not found else 0)
