/* SPDX-License-Identifier: MIT */
/* mica/mica.hpp - Mica for C++20: the same words in the namespace mica, as short as in C.

     mica::context ctx;
     mica::dataset train = mica_dataset_digits(ctx, MICA_TRAIN);
     mica::model m = mica::sequential(ctx, {.seed = 1});
     m.add(mica::input(8, 8));
     m.add(mica::flatten());
     m.add(mica::dense(10, {.activation = MICA_SOFTMAX}));
     m.compile({.optimizer = mica::adam({.learning_rate = 1e-3}), .loss = mica::sparse_categorical_crossentropy(),
                .metrics = {mica::accuracy()}});
     m.fit(train, {.epochs = 10, .verbose = 1});

   Options are C's structs, whose members C++ wants in their order; what is left out is 0, the default.  Parts (mica/part.h) are
   values: copies own what they are made of, and one with wrong options is refused where it is written.  Options only borrow
   parts, so write these where the options are used.  Failures are exceptions of type mica::error, with Mica's text and status; the
   context keeps the first all the same (mica_clear).  Objects own what C's handles stand for, and become these handles wherever a
   function of C's wants them: all of mica/mica.h is there.  A context outlives what was made from it: declare it first. */
#ifndef MICA_MICA_HPP
#define MICA_MICA_HPP
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mica/parts.hpp"

namespace mica {

namespace detail {

template <auto Destroy> struct destroyer {
	template <class T> void operator()(T *p) const { Destroy(p); }
};
template <class T, auto Destroy> class handle {
public:
	explicit handle(T *p) : p_(made(p)) {}
	operator T *() const noexcept { return p_.get(); }
	T *release() noexcept { return p_.release(); } /* whose it is then must free it */

private:
	std::unique_ptr<T, destroyer<Destroy>> p_;
};

inline void print(const char *text, void *)
{
	std::fputs(text, stdout);
	std::fflush(stdout);
}

} // namespace detail

/* ---- contexts, data ---- */

/* mica::context ctx; mica::context ctx({.device = "reference"}) */
class context : public detail::handle<mica_context, mica_close> {
public:
	explicit context(const mica_open_opts &o = {}) : handle(mica_open(&o)) {}
};

/* From what any function that makes a data set returns, which it owns from then on. */
class dataset : public detail::handle<mica_dataset, mica_dataset_destroy> {
public:
	dataset(mica_dataset *made) : handle(made) {}
};
inline dataset csv(mica_context *ctx, const char *file, const mica_csv_opts &o = {}) { return mica_dataset_of_csv(ctx, file, &o); }
inline dataset columns(mica_context *ctx, const mica_columns_opts &o) { return mica_dataset_of_columns(ctx, &o); }
/* auto [train, test] = mica::split(all, {.test = 0.2}); */
inline std::pair<dataset, dataset> split(mica_dataset *d, const mica_split_opts &o = {})
{
	mica_dataset *train, *test;

	detail::check(mica_dataset_split_by(d, &train, &test, &o));
	return {train, test};
}

inline mica_shape shape(std::initializer_list<size_t> dimensions)
{
	mica_shape s = {};

	for (size_t d : dimensions)
		if (s.rank < MICA_MAX_RANK)
			s.dim[s.rank++] = d;
	return s;
}

template <class T> mica_dtype type_of() = delete;
template <> inline mica_dtype type_of<float>() { return MICA_F32; }
template <> inline mica_dtype type_of<double>() { return MICA_F64; }
template <> inline mica_dtype type_of<int32_t>() { return MICA_I32; }
template <> inline mica_dtype type_of<int64_t>() { return MICA_I64; }
template <> inline mica_dtype type_of<uint8_t>() { return MICA_U8; }
template <> inline mica_dtype type_of<bool>() { return MICA_BOOL; }
/* mica::array(pixels, {n, 28, 28}), of a vector, array or pointer; borrowed. */
template <class T> mica_array array(const T *values, std::initializer_list<size_t> dimensions)
{
	return {values, type_of<T>(), shape(dimensions), 0};
}
template <class T> mica_array array(const std::vector<T> &values, std::initializer_list<size_t> dimensions)
{
	size_t n = 1;

	for (size_t d : dimensions)
		n *= d;
	if (n != values.size())
		throw error(MICA_ESHAPE, ("array: the dimensions are of " + std::to_string(n) + " values, and there are " +
		                          std::to_string(values.size())).c_str());
	return array(values.data(), dimensions);
}

/* ---- callbacks ---- */

/* Functions at any hook; what one throws ends the call and comes out of it:

     m.fit(train, {.callbacks = {mica::on({.on_epoch_end = [&](mica_training &t) { ... }})}}); */
using hook = std::function<void(mica_training &)>;
struct hooks { MICA_HOOKS_OF(hook); };

namespace detail {

template <auto Hook> mica_status call_hook(mica_training *t, void *payload) noexcept
{
	try {
		(static_cast<const hooks *>(payload)->*Hook)(*t);
		return MICA_OK;
	} catch (...) {
		thrown = std::current_exception();
		return MICA_EINTERRUPTED;
	}
}

} // namespace detail

inline callback on(hooks functions)
{
	auto kept = std::make_shared<hooks>(std::move(functions));
	mica_custom_callback_opts o = {};

	o.size = sizeof o;
	o.payload = kept.get();
#define MICA_HOOK_(name)                                                     \
	if (kept->name)                                                      \
		o.name = detail::call_hook<&hooks::name>;
	MICA_HOOK_(on_train_begin) MICA_HOOK_(on_train_end) MICA_HOOK_(on_epoch_begin) MICA_HOOK_(on_epoch_end)
	MICA_HOOK_(on_train_batch_begin) MICA_HOOK_(on_train_batch_end) MICA_HOOK_(on_burst_end)
	MICA_HOOK_(on_test_begin) MICA_HOOK_(on_test_end) MICA_HOOK_(on_test_batch_begin) MICA_HOOK_(on_test_batch_end)
	MICA_HOOK_(on_predict_begin) MICA_HOOK_(on_predict_end) MICA_HOOK_(on_predict_batch_begin) MICA_HOOK_(on_predict_batch_end)
#undef MICA_HOOK_
	static_assert(sizeof(hooks) == 15 * sizeof(hook), "a hook that is not set here");
	return callback(&mica_kind_custom_callback, &o, kept);
}

/* ---- models ---- */

/* Figures by name: logs["val_loss"], NaN if there is none. */
struct logs : mica_logs {
	double operator[](const char *name) const { return mica_log(this, name); }
};
struct epoch_logs : mica_epoch {
	explicit epoch_logs(const mica_epoch &e) : mica_epoch(e) {}
	double operator[](const char *name) const { return mica_log(&logs, name); }
};

class model : public detail::handle<mica_model, mica_model_destroy> {
public:
	explicit model(mica_model *made) : handle(made) {}

	void add(const layer &l) { mica_add(*this, l); check(); }
	void pop() { mica_pop(*this); check(); }
	void build(std::initializer_list<size_t> sample) { detail::check(mica_model_build(*this, shape(sample))); }
	symbol input(const layer &l) { return symbol(mica_model_input(*this, l)); }
	void output(const symbol &s) { mica_model_output(*this, s); check(); }
	instance make(const layer &l) { return instance(mica_make(*this, l)); }
	instance find(const char *name) { return instance(mica_model_layer(*this, name)); }

	void compile(mica_compile_opts o) { detail::check(mica_model_compile(*this, sized(o))); }
	/* The epochs that were trained.  Where verbose wants to be seen and no print is given: on standard output. */
	std::vector<epoch_logs> fit(const mica_dataset *d, mica_fit_opts o = {})
	{
		size_t done = 0;
		std::vector<mica_epoch> history(o.epochs > o.initial_epoch ? static_cast<size_t>(o.epochs - o.initial_epoch) : 1);

		o.print = o.print ? o.print : detail::print;
		o.history = o.history ? o.history : history.data();
		o.epochs_done = o.epochs_done ? o.epochs_done : &done;
		detail::check(mica_model_fit(*this, d, sized(o)));
		return std::vector<epoch_logs>(o.history, o.history + *o.epochs_done);
	}
	logs evaluate(const mica_dataset *d, mica_evaluate_opts o = {})
	{
		logs out = {};
		detail::check(mica_model_evaluate(*this, d, sized(o), &out));
		return out;
	}
	logs train_on_batch(const mica_dataset *d, mica_batch_opts o = {})
	{
		logs out = {};
		detail::check(mica_model_train_on_batch(*this, d, sized(o), &out));
		return out;
	}
	/* The first output of each sample, one after the other.  A chain without an input is built for these samples. */
	std::vector<float> predict(const mica_array &x, mica_predict_opts o = {})
	{
		mica_shape sample = {};
		for (size_t i = 1; i < x.shape.rank && i < MICA_MAX_RANK; i++)
			sample.dim[sample.rank++] = x.shape.dim[i];
		detail::check(mica_model_build(*this, sample));
		mica_shape each = mica_model_output_shape(*this);
		size_t n = x.shape.rank ? x.shape.dim[0] : 0;
		for (size_t i = 0; i < each.rank; i++)
			n *= each.dim[i];
		std::vector<float> out(n);
		detail::check(mica_model_predict(*this, x, sized(o), out.data(), n * sizeof(float)));
		return out;
	}
	void summary(mica_summary_opts o = {}) { detail::check(mica_model_summary(*this, detail::print, nullptr, sized(o))); }
	void plot(const char *file, mica_plot_model_opts o = {}) { detail::check(mica_plot_model_to(*this, file, sized(o))); }
	void plot_history(const char *file, mica_plot_history_opts o = {}) { detail::check(mica_plot_history_to(*this, file, sized(o))); }
	void save(const char *file, mica_save_opts o = {}) { detail::check(mica_model_save(*this, file, sized(o))); }
	void load(const char *file, mica_load_opts o = {}) { detail::check(mica_model_load(*this, file, sized(o))); }

private:
	void check() const { detail::check(mica_model_status(*this)); }
	template <class O> static O *sized(O &o)
	{
		o.size = sizeof o;
		return &o;
	}
};

inline model sequential(mica_context *ctx, const mica_model_opts &o = {}) { return model(mica_model_sequential(ctx, &o)); }
inline model functional(mica_context *ctx, const mica_model_opts &o = {}) { return model(mica_model_functional(ctx, &o)); }
inline model between(const mica_between_opts &o) { return model(mica_model_between(&o)); }
inline model load_model(mica_context *ctx, const char *file, const mica_load_model_opts &o = {})
{
	return model(mica_model_from_file(ctx, file, &o));
}

/* ---- search, cross-validation (mica/tuning.h) ---- */

/* What a build function asks for its values:

     mica::search s(ctx, [&](mica_context *c, mica::hyper h) {
             mica::model m = mica::sequential(c, {.seed = 1});
             m.add(mica::dense(static_cast<size_t>(h.whole("units", 16, 64, {.step = 16}))));
             ...
             return m;
     }, train, {.algorithm = mica::random_search(20), .objective = "val_loss", .fit = {.epochs = 10, .validation_data = test}}); */
class hyper {
public:
	explicit hyper(mica_hyper *h) : h_(h) {}
	operator mica_hyper *() const noexcept { return h_; }
	long whole(const char *name, long low, long high, mica_hyper_int_opts o = {}) const
	{
		return mica_hyper_ask_int(h_, name, between(o, low, high));
	}
	double real(const char *name, double low, double high, mica_hyper_real_opts o = {}) const
	{
		return mica_hyper_ask_real(h_, name, between(o, low, high));
	}
	bool flag(const char *name) const { return mica_hyper_bool(h_, name); }
	/* Its place. */
	size_t choice(const char *name, std::initializer_list<const char *> texts) const
	{
		return mica_hyper_ask_choice(h_, name, texts.begin(), texts.size());
	}
	double number(const char *name, std::initializer_list<double> numbers) const
	{
		return mica_hyper_ask_number(h_, name, numbers.begin(), numbers.size());
	}

private:
	template <class O, class T> static const O *between(O &o, T low, T high)
	{
		o.size = sizeof o;
		o.low = low;
		o.high = high;
		return &o;
	}
	mica_hyper *h_;
};
using build_model = std::function<model(mica_context *, hyper)>;
using prepare_fit = std::function<void(hyper, mica_fit_opts &)>;

namespace detail {

struct searched {
	build_model build;
	prepare_fit prepare;
};

/* Mica's failures are those of the trial; what else is thrown comes out of the search, in which no model is built any more. */
inline mica_model *call_build(mica_context *ctx, mica_hyper *h, void *payload) noexcept
{
	try {
		return thrown ? nullptr : static_cast<searched *>(payload)->build(ctx, hyper(h)).release();
	} catch (const error &) {
		return nullptr;
	} catch (...) {
		thrown = std::current_exception();
		return nullptr;
	}
}

inline void call_prepare(mica_hyper *h, mica_fit_opts *o, void *payload) noexcept
{
	try {
		static_cast<searched *>(payload)->prepare(hyper(h), *o);
	} catch (...) {
		thrown = std::current_exception();
	}
}

} // namespace detail

class search {
public:
	search(mica_context *ctx, build_model build, const mica_dataset *d, mica_search_opts o = {}, prepare_fit prepare = {})
		: functions_(std::make_unique<detail::searched>(detail::searched{std::move(build), std::move(prepare)})),
		  s_(run(ctx, d, o, functions_.get()))
	{
		if (detail::thrown)
			std::rethrow_exception(std::exchange(detail::thrown, nullptr));
	}
	operator mica_search *() const noexcept { return s_; }
	const mica_trial *trial(size_t i) const { return mica_search_trial(s_, i); }
	const mica_trial *best(size_t i = 0) const { return mica_search_best(s_, i); }
	model build(const mica_trial *t) const { return model(mica_search_build(s_, t)); }
	model trained(const mica_trial *t) const { return model(mica_search_model(s_, t)); }
	void print() const { detail::check(mica_search_print(s_, detail::print, nullptr)); }

private:
	static mica_search *run(mica_context *ctx, const mica_dataset *d, mica_search_opts &o, detail::searched *functions)
	{
		o.size = sizeof o;
		o.payload = functions;
		o.prepare = functions->prepare ? detail::call_prepare : nullptr;
		return mica_search_run(ctx, detail::call_build, d, &o);
	}
	std::unique_ptr<detail::searched> functions_;
	detail::handle<mica_search, mica_search_destroy> s_;
};

struct folds { logs mean, deviation; };
inline folds cross_validate(mica_context *ctx, build_model build, mica_dataset *d, mica_cross_validate_opts o = {})
{
	detail::searched functions{std::move(build), {}};
	folds out = {};

	o.size = sizeof o;
	o.payload = &functions;
	detail::check(mica_cross_validate_model(ctx, detail::call_build, d, &out.mean, &out.deviation, &o));
	return out;
}

} // namespace mica
#endif
