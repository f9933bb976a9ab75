/* SPDX-License-Identifier: MIT */
/* golden/callbacks.h - what Keras 3.15.1 with TensorFlow 2.21.0 decides and writes; made by make_callbacks.py. */
#ifndef MICA_GOLDEN_CALLBACKS_H
#define MICA_GOLDEN_CALLBACKS_H

static const int golden_early_stopping[20] = {
	3, 3, 4, 4, 9, 6, 4, 2, 4, 2,
	3, 3, 12, 11, 3, 1, 16, 15, 4, 4,
};
static const float golden_reduce_lr_default[16] = {
	0.5f, 0.5f, 0.5f, 0.0500000007f, 0.0500000007f, 0.0500000007f, 0.0500000007f, 0.00499999989f, 0.00499999989f, 0.000499999966f,
	0.000499999966f, 0.000499999966f, 4.99999951e-05f, 4.99999951e-05f, 4.99999951e-05f, 4.99999951e-05f,
};
static const float golden_reduce_lr_factor[16] = {
	0.5f, 0.5f, 0.25f, 0.125f, 0.0625f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f,
	0.001953125f, 0.0009765625f, 0.00048828125f, 0.000244140625f, 0.000244140625f, 0.000122070312f,
};
static const float golden_reduce_lr_cooldown[16] = {
	0.5f, 0.5f, 0.25f, 0.25f, 0.25f, 0.25f, 0.125f, 0.125f, 0.125f, 0.0625f,
	0.0625f, 0.0625f, 0.03125f, 0.03125f, 0.03125f, 0.015625f,
};
static const float golden_reduce_lr_least[16] = {
	0.5f, 0.5f, 0.150000006f, 0.0450000018f, 0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f,
	0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f, 0.0399999991f,
};
static const float golden_reduce_lr_max[16] = {
	0.5f, 0.5f, 0.449999988f, 0.449999988f, 0.405000001f, 0.405000001f, 0.364499986f, 0.364499986f, 0.328049988f, 0.328049988f,
	0.295244992f, 0.295244992f, 0.265720487f, 0.265720487f, 0.239148438f, 0.239148438f,
};
static const float golden_reduce_lr_eager[16] = {
	0.5f, 0.5f, 0.25f, 0.125f, 0.125f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f,
	0.0078125f, 0.00390625f, 0.001953125f, 0.0009765625f, 0.0009765625f, 0.00048828125f,
};
static const char golden_csv[] = "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,1.0,0.6931471824645996,nan,1e-05\r\n1,inf,123456789.0,NA,0.1\r\n";
static const char golden_csv_bare[] = "epoch;accuracy;loss;val_accuracy;val_loss\r\n0;1e+16;0.25;NA;NA\r\n1;-0.0;5e-324;NA;NA\r\n";
static const char golden_csv_appended[] = "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,1.0,0.6931471824645996,nan,1e-05\r\n1,inf,123456789.0,NA,0.1\r\n0,1.0,0.6931471824645996,nan,1e-05\r\n1,inf,123456789.0,NA,0.1\r\n";
static const char golden_file_name_0[] = "09-1234.50";
static const char golden_file_name_1[] = "9-0042-0.6931471824645996-1.0";
static const char golden_file_name_2[] = "{ 6.931e-01}0.693147001234.5";
static const char golden_file_name_3[] = "0.693147-1.23e+03-    9";

#endif
