/* SPDX-License-Identifier: MIT */
/* golden/tuning.h - made by make_tuning.py with KerasTuner 1.4.8. */
typedef struct golden_round {
	int bracket, round, initial_epoch, epochs, from;
} golden_round;
static const golden_round golden_hyperband_9_3_1[] = {
	{2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0},
	{2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 1, 1, 3, 2}, {2, 1, 1, 3, 4}, {2, 1, 1, 3, 7},
	{2, 2, 3, 9, 12}, {1, 0, 0, 3, 0}, {1, 0, 0, 3, 0}, {1, 0, 0, 3, 0}, {1, 0, 0, 3, 0}, {1, 0, 0, 3, 0},
	{1, 1, 3, 9, 16}, {1, 1, 3, 9, 15}, {0, 0, 0, 9, 0}, {0, 0, 0, 9, 0}, {0, 0, 0, 9, 0},
};
static const golden_round golden_hyperband_10_2_2[] = {
	{3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0},
	{3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 1, 2, 3, 2}, {3, 1, 2, 3, 4},
	{3, 1, 2, 3, 7}, {3, 1, 2, 3, 10}, {3, 1, 2, 3, 8}, {3, 2, 3, 5, 13}, {3, 2, 3, 5, 12}, {3, 2, 3, 5, 15},
	{3, 3, 5, 10, 16}, {3, 3, 5, 10, 18}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0},
	{2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 1, 3, 5, 24}, {2, 1, 3, 5, 25}, {2, 1, 3, 5, 26},
	{2, 1, 3, 5, 21}, {2, 2, 5, 10, 28}, {2, 2, 5, 10, 31}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0},
	{1, 0, 0, 5, 0}, {1, 0, 0, 5, 0}, {1, 1, 5, 10, 38}, {1, 1, 5, 10, 36}, {1, 1, 5, 10, 34}, {0, 0, 0, 10, 0},
	{0, 0, 0, 10, 0}, {0, 0, 0, 10, 0}, {0, 0, 0, 10, 0}, {0, 0, 0, 10, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0},
	{3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 0, 0, 2, 0},
	{3, 0, 0, 2, 0}, {3, 0, 0, 2, 0}, {3, 1, 2, 3, 56}, {3, 1, 2, 3, 49}, {3, 1, 2, 3, 50}, {3, 1, 2, 3, 48},
	{3, 1, 2, 3, 52}, {3, 2, 3, 5, 61}, {3, 2, 3, 5, 57}, {3, 2, 3, 5, 58}, {3, 3, 5, 10, 64}, {3, 3, 5, 10, 62},
	{2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0}, {2, 0, 0, 3, 0},
	{2, 0, 0, 3, 0}, {2, 1, 3, 5, 67}, {2, 1, 3, 5, 70}, {2, 1, 3, 5, 72}, {2, 1, 3, 5, 68}, {2, 2, 5, 10, 77},
	{2, 2, 5, 10, 75}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0}, {1, 0, 0, 5, 0},
	{1, 1, 5, 10, 84}, {1, 1, 5, 10, 83}, {1, 1, 5, 10, 80}, {0, 0, 0, 10, 0}, {0, 0, 0, 10, 0}, {0, 0, 0, 10, 0},
	{0, 0, 0, 10, 0}, {0, 0, 0, 10, 0},
};
static const golden_round golden_hyperband_16_4_1[] = {
	{2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0},
	{2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0},
	{2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 0, 0, 1, 0}, {2, 1, 1, 4, 13}, {2, 1, 1, 4, 16},
	{2, 1, 1, 4, 12}, {2, 1, 1, 4, 15}, {2, 2, 4, 16, 18}, {1, 0, 0, 4, 0}, {1, 0, 0, 4, 0}, {1, 0, 0, 4, 0},
	{1, 0, 0, 4, 0}, {1, 0, 0, 4, 0}, {1, 0, 0, 4, 0}, {1, 1, 4, 16, 24}, {1, 1, 4, 16, 25}, {0, 0, 0, 16, 0},
	{0, 0, 0, 16, 0}, {0, 0, 0, 16, 0},
};
/* max_epochs, factor, trials in all brackets */
static const int golden_sizes[][3] = {{100, 3, 254}, {81, 3, 211}, {125, 5, 215}, {1000, 10, 1287}, {243, 3, 618}, {1, 2, 1}, {7, 2, 21}, {50, 4, 44}};
static const char *const golden_grid_conditional[] = {
	"optimizer=sgd momentum=0 units=32 bias=false",
	"optimizer=sgd momentum=0 units=32 bias=true",
	"optimizer=sgd momentum=0 units=16 bias=false",
	"optimizer=sgd momentum=0 units=16 bias=true",
	"optimizer=sgd momentum=0 units=48 bias=false",
	"optimizer=sgd momentum=0 units=48 bias=true",
	"optimizer=sgd momentum=0.45 units=32 bias=false",
	"optimizer=sgd momentum=0.45 units=32 bias=true",
	"optimizer=sgd momentum=0.45 units=16 bias=false",
	"optimizer=sgd momentum=0.45 units=16 bias=true",
	"optimizer=sgd momentum=0.45 units=48 bias=false",
	"optimizer=sgd momentum=0.45 units=48 bias=true",
	"optimizer=sgd momentum=0.9 units=32 bias=false",
	"optimizer=sgd momentum=0.9 units=32 bias=true",
	"optimizer=sgd momentum=0.9 units=16 bias=false",
	"optimizer=sgd momentum=0.9 units=16 bias=true",
	"optimizer=sgd momentum=0.9 units=48 bias=false",
	"optimizer=sgd momentum=0.9 units=48 bias=true",
	"optimizer=adam units=32 bias=false",
	"optimizer=adam units=32 bias=true",
	"optimizer=adam units=16 bias=false",
	"optimizer=adam units=16 bias=true",
	"optimizer=adam units=48 bias=false",
	"optimizer=adam units=48 bias=true",
};
static const char *const golden_grid_steps[] = {
	"batch=2 rate=0.001",
	"batch=2 rate=0.01",
	"batch=2 rate=0.1",
	"batch=2 rate=1",
	"batch=4 rate=0.001",
	"batch=4 rate=0.01",
	"batch=4 rate=0.1",
	"batch=4 rate=1",
	"batch=8 rate=0.001",
	"batch=8 rate=0.01",
	"batch=8 rate=0.1",
	"batch=8 rate=1",
	"batch=16 rate=0.001",
	"batch=16 rate=0.01",
	"batch=16 rate=0.1",
	"batch=16 rate=1",
	"batch=32 rate=0.001",
	"batch=32 rate=0.01",
	"batch=32 rate=0.1",
	"batch=32 rate=1",
};
static const double golden_shares_linear[10] = {-0.8, -0.3999999999999999, 0.0, 0.40000000000000013, 0.8, 1.2000000000000002, 1.6000000000000005, 2.0000000000000004, 2.4000000000000004, 2.8000000000000003};
static const double golden_shares_log[10] = {0.00014125375446227543, 0.00028183829312644545, 0.0005623413251903491, 0.0011220184543019637, 0.00223872113856834, 0.004466835921509632, 0.008912509381337464, 0.017782794100389243, 0.035481338923357565, 0.07079457843841383};
static const double golden_shares_whole[10] = {3.0, 4.0, 4.0, 5.0, 6.0, 6.0, 7.0, 8.0, 8.0, 9.0};
static const double golden_shares_whole_log[10] = {1.0, 2.0, 5.0, 11.0, 22.0, 44.0, 89.0, 177.0, 355.0, 708.0};
static const double golden_shares_step[10] = {0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0};
static const int golden_labels[] = {2, 0, 6, 2, 1, 6, 1, 1, 5, 1, 5, 1, 3, 0, 2, 3, 2, 1, 2, 1, 5, 6, 6, 3, 5, 5, 0, 3, 1, 2, 1, 3, 2, 0, 0, 1, 0, 7, 0, 1, 0, 7, 1, 4, 3, 5, 0, 1, 4, 0, 0, 1, 4, 0, 0, 1, 5, 6, 1, 1, 6};
static const int golden_folds_plain[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6};
static const int golden_folds_stratified[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 2, 0, 2, 1, 2, 2, 3, 3, 1, 1, 2, 1, 0, 2, 2, 2, 1, 2, 0, 3, 3, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3};
/* of labels above 4 as 0 */
static const int golden_share[] = {9, 5, 2, 2, 1};
