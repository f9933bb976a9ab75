/* SPDX-License-Identifier: MIT */
/* tools/mica/bench.c - mica bench: finds the benchmark. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const command self = {
	.name = "mica bench",
	.about = "Measures one of these; mica bench NAME --help tells its options:\n"
	         "  mlp    training of a network of Dense layers: samples per second by batch size\n"
	         "  conv   convolutions and their gradients: GFLOP/s by shape and batch\n"
	         "  gemm   matrix products: GFLOP/s by shape\n"
	         "  lstm   an LSTM over time: ms of a run, forward and with gradients\n"
	         "  nets   training of networks of several kinds: samples per second\n"
	         "  ops    operations that are bound by memory: GB/s, and the share of a copy's\n"
	         "  plan   planning of deep networks: seconds of each pass",
};

int bench_main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "mlp"))
		return bench_mlp_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "conv"))
		return bench_conv_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "gemm"))
		return bench_gemm_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "lstm"))
		return bench_lstm_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "nets"))
		return bench_nets_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "ops"))
		return bench_ops_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "plan"))
		return bench_plan_main(argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] != '-')
		return misused(&self, "there is no benchmark '%s'; there is mlp, conv, gemm, lstm, nets, ops, plan", argv[1]);
	int code = parse_options(&self, argc, argv, NULL);
	return code < 0 ? misused(&self, "no benchmark named; there is mlp, conv, gemm, lstm, nets, ops, plan") : code;
}
