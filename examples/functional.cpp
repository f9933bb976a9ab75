/* SPDX-License-Identifier: MIT */
/* examples/functional.cpp - a network of several inputs and outputs in C++20, in which a layer is shared, and a lambda that looks on and
   ends the training.
   You should see the loss of each output fall, and that it ended once the validation was good enough. */
#include <mica/mica.hpp>

#include <cmath>

namespace {

constexpr int SAMPLES = 512;

/* Two views of a number z in -1..1: y = z^2 is to be found from both, the sign of z from the left one. */
struct samples {
	std::vector<float> left, right, square, sign;

	samples()
	{
		for (int i = 0; i < SAMPLES; i++) {
			float z = static_cast<float>((i * 193 % SAMPLES) * 2 - SAMPLES) / SAMPLES;
			for (int k = 1; k <= 4; k++) {
				left.push_back(std::sin(static_cast<float>(k) * z));
				right.push_back(std::cos(static_cast<float>(k) * z));
			}
			square.push_back(z * z);
			sign.push_back(z > 0 ? 1 : 0);
		}
	}
};

mica::model network(const mica::context &ctx)
{
	mica::model m = mica::functional(ctx, {.name = "two_views", .seed = 1});
	mica::symbol left = m.input(mica::input({4}, {.name = "left"})), right = m.input(mica::input({4}, {.name = "right"}));
	mica::instance shared = m.make(mica::dense(16, {.activation = mica::tanh()}));
	mica::symbol seen = shared(left), both = mica::concatenate()(seen, shared(right));

	m.output(mica::dense(1, {.name = "square"})(mica::dense(16, {.activation = mica::leaky_relu(0.1)})(both)));
	m.output(mica::dense(1, {.activation = mica::sigmoid(), .name = "sign"})(seen));
	m.compile({.optimizer = mica::adam({.learning_rate = 0.01}),
	           .outputs = {{.name = "square", .loss = mica::mean_squared_error(), .weight = 10},
	                       {.name = "sign", .loss = mica::binary_crossentropy(), .metrics = {mica::binary_accuracy()}}}});
	return m;
}

} // namespace

int main()
try {
	samples s;
	mica::context ctx;
	mica::dataset all = mica::columns(ctx, {
		.inputs = {{"left", mica::array(s.left, {SAMPLES, 4})}, {"right", mica::array(s.right, {SAMPLES, 4})}},
		.targets = {{"square", mica::array(s.square, {SAMPLES, 1})}, {"sign", mica::array(s.sign, {SAMPLES, 1})}},
	});
	mica::model m = network(ctx);
	double worst = 0.05;

	auto look = [&](mica_training &t) {
		std::printf("epoch %2zu: square %.4f, sign %.4f\n", t.epoch, mica_log(t.logs, "square_loss"), mica_log(t.logs, "sign_loss"));
		if (mica_log(t.logs, "val_loss") < worst)
			mica_stop_training(&t);
	};
	m.summary();
	auto history = m.fit(all, {.epochs = 100, .validation_split = 0.25, .callbacks = {mica::on({.on_epoch_end = look})}});
	std::printf("%zu epochs, validation loss %.4f\n", history.size(), history.back()["val_loss"]);
	return history.size() < 100 && history.back()["val_loss"] < worst ? 0 : 1;
} catch (const mica::error &e) {
	std::fprintf(stderr, "%s\n", e.what());
	return 1;
}
