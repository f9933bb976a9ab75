/* SPDX-License-Identifier: MIT */
/* cpp/test_cpp.cpp - what C++ adds to C: parts that own what they are made of, exceptions, hooks that throw, handles.
   No framework: it runs built by every compiler that is there. */
#include <mica/mica.hpp>

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace {

int failures;

void expect(bool good, const char *what, int line)
{
	if (good)
		return;
	std::fprintf(stderr, "line %d: %s\n", line, what);
	failures++;
}
#define EXPECT(x) expect(x, #x, __LINE__)

/* Whether it throws that status, with these words. */
template <class F> bool refused(F f, mica_status status, const char *words)
{
	try {
		f();
	} catch (const mica::error &e) {
		if (e.status() == status && std::strstr(e.what(), words))
			return true;
		std::fprintf(stderr, "%s: %s\n", mica_status_name(e.status()), e.what());
	}
	return false;
}

std::vector<float> ramp(size_t n)
{
	std::vector<float> x(n);

	for (size_t i = 0; i < n; i++)
		x[i] = static_cast<float>(i % 7) / 7;
	return x;
}

void parts_own_what_they_are_made_of()
{
	mica_layer raw;
	{
		std::string name = "first";
		mica::layer l = mica::dense(4, {.activation = mica::leaky_relu(0.25), .kernel_regularizer = mica::l2(), .name = name.c_str()});
		name = "other";
		mica::layer copy = l;
		l = mica::flatten();
		raw = copy;
		auto o = static_cast<const mica_dense_opts *>(raw.part.options);
		EXPECT(std::strcmp(o->name, "first") == 0 && o->units == 4);
		EXPECT(o->activation.part.kind == &mica_kind_leaky_relu);
		EXPECT(static_cast<const mica_leaky_relu_opts *>(o->activation.part.options)->negative_slope == 0.25);
		EXPECT(static_cast<const mica_l2_opts *>(o->kernel_regularizer.part.options)->l2 == 0.01); /* the default */
	}
	mica_activation borrowed = MICA_RELU; /* C's macros without options are C++, too */
	EXPECT(borrowed.part.kind == &mica_kind_relu);
}

void wrong_options_are_refused_where_they_are_written()
{
	EXPECT(refused([] { mica::dropout(2); }, MICA_EINVAL, "dropout: rate is 2"));
	EXPECT(refused([] { mica::input({1, 1, 1, 1, 1, 1, 1, 1, 1}); }, MICA_EINVAL, "8 dimensions"));
	EXPECT(refused([] { mica::array(ramp(5), {2, 3}); }, MICA_ESHAPE, "6 values"));
	EXPECT(refused([] { mica::context({.device = "no such device"}); }, MICA_ENODEVICE, "no such device"));
}

void failures_are_exceptions(const mica::context &ctx)
{
	mica::model m = mica::sequential(ctx);

	m.add(mica::input(4));
	EXPECT(refused([&] { m.add(mica::conv2d(3, 3)); }, MICA_ESHAPE, "conv2d"));
	mica_clear(ctx);
	mica::model n = mica::functional(ctx);
	mica::symbol x = n.input(mica::input(4)), y = n.input(mica::input(5));
	EXPECT(refused([&] { mica::merge_add()(x, y); }, MICA_ESHAPE, "add"));
	mica_clear(ctx);
	EXPECT(refused([&] { mica::load_model(ctx, "/nowhere/m.mica"); }, MICA_EIO, "/nowhere/m.mica"));
	mica_clear(ctx);
	EXPECT(refused([&] { mica::dataset d = mica_dataset_npy(ctx, "/nowhere/x.npy", nullptr); }, MICA_EIO, "/nowhere/x.npy"));
	mica_clear(ctx);
}

mica::model line(const mica::context &ctx)
{
	mica::model m = mica::sequential(ctx, {.name = "line", .seed = 3});

	m.add(mica::input(3));
	m.add(mica::dense(1, {.kernel_initializer = mica::ones()}));
	m.compile({.optimizer = mica::sgd({.schedule = mica::cosine_decay(0.1, 100)}), .loss = mica::huber(2), .metrics = {mica::mean_absolute_error()}});
	return m;
}

void hooks_may_throw(const mica::context &ctx)
{
	std::vector<float> x = ramp(24), y = ramp(8);
	mica::dataset d = mica::columns(ctx, {.inputs = {{nullptr, mica::array(x, {8, 3})}}, .targets = {{nullptr, mica::array(y, {8, 1})}}});
	mica::model m = line(ctx);
	int steps = 0;
	bool thrown = false;

	try {
		m.fit(d, {.epochs = 3, .batch_size = 2, .callbacks = {mica::on({.on_train_batch_end = [&](mica_training &) {
			if (++steps == 5)
				throw std::length_error("five");
		}})}});
	} catch (const std::length_error &e) {
		thrown = std::strcmp(e.what(), "five") == 0;
	}
	EXPECT(thrown && steps == 5);
	mica::callback kept = mica::on({.on_epoch_end = [&](mica_training &t) { mica_log_set(t.logs, "twice", 2 * mica_log(t.logs, "loss")); }});
	auto history = m.fit(d, {.epochs = 2, .callbacks = {kept, mica::terminate_on_nan()}});
	EXPECT(history.size() == 2 && history[1].epoch == 2 && history[1]["twice"] == 2 * history[1]["loss"]);
	EXPECT(m.fit(d, {.epochs = MICA_NONE}).empty());
	EXPECT(std::isnan(m.evaluate(d)["nothing"]) && m.evaluate(d)["mean_absolute_error"] > 0);
	EXPECT(m.train_on_batch(d)["loss"] > 0);
}

void models_are_handles(const mica::context &ctx)
{
	mica::model m = line(ctx), moved = std::move(m);
	std::vector<float> x = ramp(6), y = moved.predict(mica::array(x, {2, 3}));
	mica::model outer = mica::functional(ctx);
	mica::symbol in = outer.input(mica::input(3));

	EXPECT(y.size() == 2 && std::fabs(y[0] - (x[0] + x[1] + x[2])) < 1e-6);
	EXPECT(mica_model_parameters(moved) == 4);
	mica::model later = mica::sequential(ctx); /* whose input is what it is given */
	later.add(mica::dense(2));
	EXPECT(later.predict(mica::array(x, {2, 3})).size() == 4);
	outer.output(mica::nested(moved)(in));
	EXPECT(outer.predict(mica::array(x.data(), {2, 3})) == y);
	moved.save("test_cpp.mica");
	EXPECT(mica::load_model(ctx, "test_cpp.mica").predict(mica::array(x, {2, 3})) == y);
	std::remove("test_cpp.mica");
	auto [train, test] = mica::split(mica::dataset(mica_dataset_wine(ctx, MICA_TRAIN)), {.test = 0.5});
	EXPECT(mica_dataset_count(train) == mica_dataset_count(test));
}

mica::model searched(mica_context *ctx, mica::hyper h)
{
	mica::model m = mica::sequential(ctx, {.seed = 1});

	if (h.number("bias", {1, 0}) > 1)
		throw std::length_error("no such number");
	m.add(mica::input(3));
	m.add(mica::dense(static_cast<size_t>(h.whole("units", 1, 4, {.step = 3})), {.activation = h.flag("bent") ? MICA_TANH : MICA_LINEAR}));
	m.add(mica::dense(1));
	m.compile({.optimizer = mica::sgd({.learning_rate = h.real("rate", 0.01, 0.02, {.step = 0.01})}), .loss = mica::mean_squared_error()});
	return m;
}

void searches_build_models_by_functions(const mica::context &ctx)
{
	std::vector<float> x = ramp(24), y = ramp(8);
	mica::dataset d = mica::columns(ctx, {.inputs = {{nullptr, mica::array(x, {8, 3})}}, .targets = {{nullptr, mica::array(y, {8, 1})}}});
	int prepared = 0, built = 0;
	bool thrown = false;
	mica::search s(ctx, searched, d, {.algorithm = mica::random_search(3), .objective = "loss", .fit = {.epochs = 2}},
	               [&](mica::hyper h, mica_fit_opts &o) { o.batch_size = h.whole("batch", 2, 4); prepared++; });

	EXPECT(prepared == 3 && s.trial(2) && !s.trial(3) && s.best()->objective <= s.best(1)->objective && s.best()->n_values == 5);
	EXPECT(std::fabs(s.trained(s.best()).evaluate(d)["loss"]) >= 0 && mica_model_parameters(s.build(s.best())) >= 6);
	mica::folds f = mica::cross_validate(ctx, searched, d, {.folds = 2, .trial = s.best(), .fit = {.epochs = 1}});
	EXPECT(f.mean["loss"] > 0 && f.deviation["loss"] >= 0);
	try {
		mica::search(ctx, [&](mica_context *, mica::hyper) -> mica::model { built++; throw std::length_error("never"); }, d, {.objective = "loss"});
	} catch (const std::length_error &) {
		thrown = true;
	}
	EXPECT(thrown && built == 1);
	mica_clear(ctx);
}

} // namespace

int main()
try {
	mica::context ctx({.device = "reference"});

	parts_own_what_they_are_made_of();
	wrong_options_are_refused_where_they_are_written();
	failures_are_exceptions(ctx);
	hooks_may_throw(ctx);
	models_are_handles(ctx);
	searches_build_models_by_functions(ctx);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
} catch (const std::exception &e) {
	std::fprintf(stderr, "%s\n", e.what());
	return EXIT_FAILURE;
}
