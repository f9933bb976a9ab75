/* SPDX-License-Identifier: MIT */
/* keras/classes.c - kinds and Keras' classes.  A kind's name is mostly its class' in snake case, so the lists below are of classes, with
   the kind behind a colon where that is not so. */
#include "keras/translate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A class that several kinds have, or that has several kinds, has the one that is looked for first. */
static const char *const classes[MICA_CALLBACK + 1] = {
	[MICA_INITIALIZER] =
		"Zeros Ones Constant GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal VarianceScaling "
		"RandomUniform RandomNormal TruncatedNormal Orthogonal Identity STFT",
	[MICA_REGULARIZER] =
		"L1 L2 L1L2:l1_l2 OrthogonalRegularizer",
	[MICA_CONSTRAINT] =
		"MaxNorm UnitNorm MinMaxNorm NonNeg",
	[MICA_LAYER] =
		"Dense EinsumDense Embedding Flatten Reshape Permute RepeatVector Activation ReLU LeakyReLU ELU Softmax PReLU Dropout "
		"SpatialDropout1D:spatial_dropout SpatialDropout2D:spatial_dropout SpatialDropout3D:spatial_dropout AlphaDropout "
		"GaussianDropout GaussianNoise ActivityRegularization Masking BatchNormalization LayerNormalization GroupNormalization "
		"RMSNormalization UnitNormalization Normalization Rescaling SpectralNormalization Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose "
		"Conv3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D MaxPooling1D MaxPooling2D MaxPooling3D "
		"AveragePooling1D AveragePooling2D AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
		"GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D "
		"AdaptiveMaxPooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D ZeroPadding1D "
		"ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D Add Subtract "
		"Multiply Average Maximum Minimum Concatenate Dot SimpleRNN LSTM GRU RNN SimpleRNNCell LSTMCell GRUCell StackedRNNCells Bidirectional TimeDistributed Attention "
		"AdditiveAttention MultiHeadAttention GroupQueryAttention",
	[MICA_LOSS] =
		"MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError Huber LogCosh "
		"CosineSimilarity Hinge SquaredHinge CategoricalHinge KLDivergence Poisson BinaryCrossentropy CategoricalCrossentropy "
		"SparseCategoricalCrossentropy BinaryFocalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy "
		"Dice Tversky Circle CTC",
	[MICA_METRIC] =
		"Accuracy:exact_accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy "
		"SparseTopKCategoricalAccuracy CosineSimilarity PearsonCorrelation ConcordanceCorrelation Mean Sum RootMeanSquaredError "
		"R2Score TruePositives TrueNegatives FalsePositives FalseNegatives Precision Recall SensitivityAtSpecificity "
		"SpecificityAtSensitivity PrecisionAtRecall RecallAtPrecision AUC F1Score FBetaScore:fbeta_score IoU:iou "
		"MeanIoU:mean_iou BinaryIoU:binary_iou OneHotIoU:one_hot_iou OneHotMeanIoU:one_hot_mean_iou",
	[MICA_SCHEDULE] =
		"ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay CosineDecay CosineDecayRestarts",
	[MICA_OPTIMIZER] =
		"SGD RMSprop:rmsprop Adam AdamW:adamw Adagrad Adamax Nadam Lion Lamb Adadelta Ftrl Adafactor Muon",
};

bool mica__keras_listed(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; p && *p; p += strspn(p, " ")) {
		size_t length = strcspn(p, " ");
		if (length == n && !memcmp(p, word, n))
			return true;
		p += length;
	}
	return false;
}

static void put(char out[MICA__SNAKE], size_t *n, int c)
{
	if (*n + 1 < MICA__SNAKE)
		out[(*n)++] = (char)c;
}

/* The rule: a letter before a capital with small letters behind it, and a small letter before a capital, are the end of a word; the first,
   as it is looked for from left to right, not where the letter is the end of the word before. */
void mica__keras_snake(char out[MICA__SNAKE], const char *class_name)
{
	size_t n = 0;

	for (const char *p = class_name; *p;) {
		bool first = p[1] && isupper((unsigned char)p[1]) && islower((unsigned char)p[2]);
		put(out, &n, tolower((unsigned char)*p));
		if (first) {
			put(out, &n, '_');
			for (p++, put(out, &n, tolower((unsigned char)*p)); islower((unsigned char)p[1]); p++)
				put(out, &n, p[1]);
		}
		if (islower((unsigned char)*p) && isupper((unsigned char)p[1]))
			put(out, &n, '_');
		p++;
	}
	out[n] = 0;
}

/* The class at p, and its kind; returns what is behind it. */
static const char *next_class(const char *p, char class[MICA__SNAKE], char kind[MICA__SNAKE])
{
	size_t n = strcspn(p, ": ");

	snprintf(class, MICA__SNAKE, "%.*s", (int)n, p);
	mica__keras_snake(kind, class);
	p += n;
	if (*p == ':') {
		n = strcspn(++p, " ");
		snprintf(kind, MICA__SNAKE, "%.*s", (int)n, p);
		p += n;
	}
	return p + strspn(p, " ");
}

bool mica__keras_class(char out[MICA__SNAKE], mica_part_type type, const char *of)
{
	char kind[MICA__SNAKE];

	for (const char *p = classes[type]; p && *p;) {
		p = next_class(p, out, kind);
		if (!strcmp(kind, of))
			return true;
	}
	return false;
}

const mica_kind *mica__keras_kind(mica_part_type type, const char *class_name)
{
	char class[MICA__SNAKE], kind[MICA__SNAKE];

	for (const char *p = classes[type]; p && *p;) {
		p = next_class(p, class, kind);
		if (!strcmp(class, class_name))
			return mica_kind_find(type, kind);
	}
	return NULL;
}

const char *mica__keras_module(mica_part_type type)
{
	static const char *const modules[] = {
		[MICA_ACTIVATION] = "keras.activations", [MICA_INITIALIZER] = "keras.initializers", [MICA_REGULARIZER] = "keras.regularizers",
		[MICA_CONSTRAINT] = "keras.constraints", [MICA_LAYER] = "keras.layers", [MICA_LOSS] = "keras.losses", [MICA_METRIC] = "keras.metrics",
		[MICA_SCHEDULE] = "keras.optimizers.schedules", [MICA_OPTIMIZER] = "keras.optimizers",
	};

	return modules[type];
}
