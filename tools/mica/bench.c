/* SPDX-License-Identifier: MIT */
/* tools/mica/bench.c - mica bench: finds the benchmark. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const command self = {
	.name = "mica bench",
	.about = "Measures one of these; mica bench NAME --help tells its options:\n"
	         "  mlp       training of a network of Dense layers: samples per second by batch size\n"
	         "  nets      training of networks of several kinds: samples per second\n"
	         "  conv      convolutions and their gradients: GFLOP/s by shape and batch\n"
	         "  gemm      matrix products: GFLOP/s by shape\n"
	         "  sequence  an LSTM, attention, an embedding: ms of a run, forward and with gradients\n"
	         "  ops       operations that are bound by memory: GB/s, and the share of a copy's\n"
	         "  plan      planning of deep networks: seconds of each pass",
};
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} benchmarks[] = {
	{"mlp", bench_mlp_main},           {"nets", bench_nets_main}, {"conv", bench_conv_main}, {"gemm", bench_gemm_main},
	{"sequence", bench_sequence_main}, {"ops", bench_ops_main},   {"plan", bench_plan_main},
};
#define THERE_IS "there is mlp, nets, conv, gemm, sequence, ops, plan"

int bench_main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof benchmarks / sizeof benchmarks[0]; i++)
		if (!strcmp(argv[1], benchmarks[i].name))
			return benchmarks[i].run(argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] != '-')
		return misused(&self, "there is no benchmark '%s'; " THERE_IS, argv[1]);
	int code = parse_options(&self, argc, argv, NULL);
	return code < 0 ? misused(&self, "no benchmark named; " THERE_IS) : code;
}
