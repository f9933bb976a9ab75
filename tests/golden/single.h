/* SPDX-License-Identifier: MIT */
/* golden/single.h - what Keras 3.15.1 with TensorFlow 2.21.0 computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_SINGLE_H
#define MICA_GOLDEN_SINGLE_H
#include "golden/layer.h"

static const float numbers_relu[] = {
	0, 0, 1, 4, 0, 0, 2, 5, 0, 0, 3, 0, 0, 1, 4, 0, 0, 2, 5, 0, 0, 0, -1, 4,
	0, 0, -3, 2, 0, 0, -5, 0, 0, -1, 4, 0, 0, -3, 2, 0,
};
static const golden_layer golden_relu = {"relu", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_relu, sizeof numbers_relu / sizeof(float)};
static const float numbers_relu_all[] = {
	-1.5f, -0.75f, 0, 3, -1.25f, -0.5f, 2, 3, -1, -0.25f, 3, -1.5f, -0.75f, 0, 3, -1.25f, -0.5f, 2, 3, -1, 0, 1.25f, 0, 0,
	-0.5f, 0.75f, -3, 0, -1, 0.25f, -5, 0, 1.25f, 0, 0, -0.5f, 0.75f, -3, 0, -1,
};
static const golden_layer golden_relu_all = {"relu_all", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_relu_all, sizeof numbers_relu_all / sizeof(float)};
static const float numbers_relu_most_0[] = {
	-2.5f, -1, 0, 0, -2, -0.5f, 0, 0, -1.5f, 0, 0, 2.5f, 0, 0, -1, 1.5f, 0, 0, -2, 0,
};
static const golden_layer golden_relu_most_0 = {"relu_most_0", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_relu_most_0, sizeof numbers_relu_most_0 / sizeof(float)};
static const float numbers_leaky_relu[] = {
	-1.5f, -0.600000024f, 1, 4, -1.20000005f, -0.300000012f, 2, 5, -0.900000036f, 0, 3, -1.5f, -0.600000024f, 1, 4, -1.20000005f, -0.300000012f, 2, 5, -0.900000036f, 0, 1.5f, -1, 4,
	-0.600000024f, 0.900000036f, -3, 2, -1.20000005f, 0.300000012f, -5, 0, 1.5f, -1, 4, -0.600000024f, 0.900000036f, -3, 2, -1.20000005f,
};
static const golden_layer golden_leaky_relu = {"leaky_relu", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_leaky_relu, sizeof numbers_leaky_relu / sizeof(float)};
static const float numbers_leaky_relu_half[] = {
	-2.5f, -1, 1, 4, -2, -0.5f, 2, 5, -1.5f, 0, 0, 2.5f, -1, 4, -1, 1.5f, -3, 2, -2, 0.5f,
};
static const golden_layer golden_leaky_relu_half = {"leaky_relu_half", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_leaky_relu_half, sizeof numbers_leaky_relu_half / sizeof(float)};
static const float numbers_leaky_relu_0[] = {
	-0, -0, 1, 4, -0, -0, 2, 5, -0, 0, 0, 0, -1, 4, -0, 0, -3, 2, -0, 0,
};
static const golden_layer golden_leaky_relu_0 = {"leaky_relu_0", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_leaky_relu_0, sizeof numbers_leaky_relu_0 / sizeof(float)};
static const float numbers_elu[] = {
	-0.917914987f, -0.63212055f, 0.5f, 2, -0.864664733f, -0.393469334f, 1, 2.5f, -0.776869833f, 0, 0, 1.83939719f, -1, 4, -0.270670533f, 1.819592f, -3, 2, -0.892520666f, 1,
};
static const golden_layer golden_elu = {"elu", {2, {2, 5}}, {2, {2, 5}}, 0.5f, 0,
	"", numbers_elu, sizeof numbers_elu / sizeof(float)};
static const float numbers_elu_half[] = {
	-0.458957493f, -0.316060275f, 0.5f, 2, -0.432332367f, -0.196734667f, 1, 2.5f, -0.388434917f, 0, 0, 0.919698596f, -1, 4, -0.135335267f, 0.909796f, -3, 2, -0.446260333f, 0.5f,
};
static const golden_layer golden_elu_half = {"elu_half", {2, {2, 5}}, {2, {2, 5}}, 0.5f, 0,
	"", numbers_elu_half, sizeof numbers_elu_half / sizeof(float)};
static const float numbers_prelu[] = {
	10, -4, 1, 4, -12, 4, 2, 5, 9, 0, 3, 10, 4, 1, 4, 4, -3, 2, 5, -12, 0, 3, -25, 4,
	0, 10, -1, 4, -6, -12, -3, 2, 12, 0, -5, 0, -10, -1, 4, 2, 9, -3, 2, -16, 0, -5, 0, -10,
	-10, -10, -0, 8, 5, -3, -0, 12, 12, -0, -0, -10,
};
static const golden_layer golden_prelu = {"prelu", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu, sizeof numbers_prelu / sizeof(float)};
static const float numbers_prelu_shared[] = {
	10, -4, 1, 4, 8, -2, 2, 5, 6, 0, 3, -10, 4, 1, 4, -8, 2, 2, 5, -6, 0, 3, 10, -4,
	0, 10, -1, 4, 4, 6, -3, 2, 8, 0, -5, 0, -10, -1, 4, -4, -6, -3, 2, -8, 0, -5, 0, 10,
	7, -3,
};
static const golden_layer golden_prelu_shared = {"prelu_shared", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu_shared, sizeof numbers_prelu_shared / sizeof(float)};
static const float numbers_prelu_shared_last[] = {
	10, 4, 1, 4, 20, 5, 2, 5, -9, 0, 3, 20, 4, 1, 4, -8, 5, 2, 5, 3, 0, 3, 20, 8,
	0, -10, -1, 4, 10, -15, -3, 2, -12, 0, -5, 0, -10, -1, 4, -4, -15, -3, 2, 4, 0, -5, 0, -20,
	-20, 8, 2, 12, 12, -10,
};
static const golden_layer golden_prelu_shared_last = {"prelu_shared_last", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu_shared_last, sizeof numbers_prelu_shared_last / sizeof(float)};
static const float numbers_softmax[] = {
	0.00865168963f, 0.0387741812f, 0.17377384f, 0.778800249f, 0.00865168963f, 0.0387741812f, 0.17377384f, 0.778800249f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.168587044f, 0.755554676f, 0.0138384672f, 0.0620197058f,
	-0.0271256249f, 0.0723022893f, -0.718606591f, 0.673430145f, -0.0271256268f, 0.0723022893f, -0.718606651f, 0.673430026f, -0.00564119825f, 0.838737667f, -0.887760103f, 0.0546631701f, 0.0736673176f, -0.706669629f, 0.705194116f, -0.0721915886f, 0.0736673176f, -0.706669629f, 0.705194116f, -0.0721915886f, 0.724770546f, -1.28513205f, 0.0456543192f, 0.514706969f,
};
static const golden_layer golden_softmax = {"softmax", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax, sizeof numbers_softmax / sizeof(float)};
static const float numbers_softmax_first[] = {
	0.186323732f, 0.186323732f, 0.186323732f, 0.375963837f, 0.307195902f, 0.307195902f, 0.307195902f, 0.619859576f, 0.506480396f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.186323732f, 0.186323732f, 0.375963837f, 0.186323732f, 0.307195902f, 0.307195902f, 0.619859576f, 0.307195902f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.506480396f,
	0.491953045f, 0.491952986f, 0.491953045f, 0.472370505f, 0.196701646f, 0.196701571f, 0.196701646f, -0.46091184f, -0.688654602f, -0.688654721f, -0.688654602f, -0.0114587611f, 0.491952986f, 0.491953045f, 0.472370505f, -0.546109438f, 0.196701571f, 0.196701646f, -0.46091184f, -1.51477396f, -0.688654721f, -0.688654602f, -0.0114587611f, 2.06088352f,
};
static const golden_layer golden_softmax_first = {"softmax_first", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_first, sizeof numbers_softmax_first / sizeof(float)};
static const float numbers_softmax_middle[] = {
	0.186323732f, 0.186323732f, 0.186323732f, 0.375963837f, 0.307195902f, 0.307195902f, 0.307195902f, 0.619859576f, 0.506480396f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.186323732f, 0.186323732f, 0.375963837f, 0.186323732f, 0.307195902f, 0.307195902f, 0.619859576f, 0.307195902f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.506480396f,
	0.491953045f, 0.491952986f, 0.491953045f, 0.472370505f, 0.196701646f, 0.196701571f, 0.196701646f, -0.46091184f, -0.688654602f, -0.688654721f, -0.688654602f, -0.0114587611f, 0.491952986f, 0.491953045f, 0.472370505f, -0.546109438f, 0.196701571f, 0.196701646f, -0.46091184f, -1.51477396f, -0.688654721f, -0.688654602f, -0.0114587611f, 2.06088352f,
};
static const golden_layer golden_softmax_middle = {"softmax_middle", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_middle, sizeof numbers_softmax_middle / sizeof(float)};
static const float numbers_softmax_axes[] = {
	0.00265498715f, 0.0118988277f, 0.0533268452f, 0.23899433f, 0.00437733391f, 0.01961785f, 0.0879211053f, 0.394035041f, 0.0072170035f, 0.0323443674f, 0.144957393f, 0.00265498715f, 0.0117898481f, 0.0528384186f, 0.236805364f, 0.0043372428f, 0.019438168f, 0.0871158242f, 0.39042604f, 0.00715090428f, 0.0320481211f, 0.143629715f, 0.00263067055f, 0.0117898481f,
	-0.00216445094f, 0.0497937426f, -0.0968010053f, 0.761139631f, -0.0123232435f, 0.0428602993f, -0.335440099f, 0.466837078f, -0.0347516015f, 0.0059759561f, -0.842961967f, -0.00216445094f, 0.0487307236f, -0.0986346379f, 0.741977036f, -0.0124336686f, 0.0414670184f, -0.33685267f, 0.442461252f, -0.0348014608f, 0.00427130982f, -0.842635632f, -0.0022800595f, 0.0487307236f,
};
static const golden_layer golden_softmax_axes = {"softmax_axes", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_axes, sizeof numbers_softmax_axes / sizeof(float)};
static const float numbers_softmax_axes_apart[] = {
	0.00264746905f, 0.0118651334f, 0.0531758368f, 0.238317564f, 0.00434947852f, 0.0194930099f, 0.0873616114f, 0.391527593f, 0.00719656702f, 0.0322527774f, 0.144546911f, 0.00264746905f, 0.0118231084f, 0.0529874936f, 0.237473488f, 0.00434947852f, 0.0195622966f, 0.0876721367f, 0.392919242f, 0.00719656702f, 0.0321385413f, 0.144034952f, 0.00263809203f, 0.0118231084f,
	0.0481415987f, 0.215755671f, 0.00395170366f, 0.0177103076f, 0.0745534375f, 0.33412534f, 0.00611971878f, 0.0274266787f, 0.13086243f, 0.00239682943f, 0.0107418448f, 0.0481415987f, 0.202657267f, 0.0037117973f, 0.0166351218f, 0.0745534375f, 0.355720937f, 0.00651525799f, 0.0291993544f, 0.13086243f, 0.00225131889f, 0.0100897113f, 0.0452189483f, 0.202657267f,
	-0.00209911168f, 0.0499181002f, -0.0953376219f, 0.764314234f, -0.0125663076f, 0.0411467664f, -0.339762658f, 0.434927344f, -0.0344922468f, 0.00668036193f, -0.837342143f, -0.00209911168f, 0.0486029908f, -0.100101471f, 0.738743722f, -0.0125663076f, 0.0431764349f, -0.332529455f, 0.474302679f, -0.0344922468f, 0.00356246717f, -0.848243833f, -0.00234566699f, 0.0486029908f,
	-0.0612184033f, 0.804416537f, -0.00897681713f, 0.0483202338f, -0.364778608f, 0.035802424f, -0.0360625684f, -0.0244878344f, -0.689858615f, -0.000651055831f, 0.050791394f, -0.0612184033f, 0.427029818f, -0.0144494604f, 0.018417621f, -0.364778608f, 0.614816606f, -0.0278307851f, 0.0212678704f, -0.689858615f, -0.00426140288f, 0.0313502736f, -0.130811512f, 0.427029818f,
};
static const golden_layer golden_softmax_axes_apart = {"softmax_axes_apart", {4, {2, 3, 2, 4}}, {4, {2, 3, 2, 4}}, 0.5f, 0,
	"", numbers_softmax_axes_apart, sizeof numbers_softmax_axes_apart / sizeof(float)};
static const float numbers_softmax_axes_hiding[] = {
	0, 0, 0.0580122136f, 0.259992719f, 0, 0, 0.0956459716f, 0.428655505f, 0, 0, 0.15769355f, 0, 0, 0.0580122136f, 0.259992719f, 0, 0, 0.0956459716f, 0.428655505f, 0, 0, 0.15769355f, 0, 0,
	0, 0, -0.102325663f, 0.841371775f, 0, 0, -0.359998435f, 0.529876471f, 0, 0, -0.908924222f, 0, 0, -0.102325663f, 0.841371775f, 0, 0, -0.359998435f, 0.529876471f, 0, 0, -0.908924222f, 0, 0,
};
static const golden_layer golden_softmax_axes_hiding = {"softmax_axes_hiding", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_axes_hiding, sizeof numbers_softmax_axes_hiding / sizeof(float)};
static const float numbers_softmax_hiding[] = {
	0, 0, 0.182425514f, 0.817574441f, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 1, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 1, 0, 0,
	0, 0, -0.745732248f, 0.745732307f, 0, 0, -0.745732248f, 0.745732307f, 0, 0, 0, 0, 0, -0.745732248f, 0.745732307f, 0, 0, -0.745732248f, 0.745732307f, 0, 0, 0, 0, 0,
};
static const golden_layer golden_softmax_hiding = {"softmax_hiding", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_hiding, sizeof numbers_softmax_hiding / sizeof(float)};
static const float numbers_softmax_hiding_all[] = {
	0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_softmax_hiding_all = {"softmax_hiding_all", {2, {1, 4}}, {2, {1, 4}}, 0.5f, -4,
	"", numbers_softmax_hiding_all, sizeof numbers_softmax_hiding_all / sizeof(float)};
static const float numbers_activation_softmax[] = {
	0.00733594503f, 0.0214289576f, 0.643914282f, 0.660360754f, 0.00788327213f, 0.236882836f, 0.242933139f, 0.709629595f, 0.0871443227f, 0.0893701091f, 0.261058152f, 0.0320586041f, 0.0214289576f, 0.643914282f, 0.643914282f, 0.00788327213f, 0.236882836f, 0.236882836f, 0.709629595f, 0.0871443227f, 0.0871443227f, 0.261058152f, 0.0320586041f, 0.0320586041f,
	-0.0146866627f, 0.102744423f, -0.46243152f, 1.31939173f, -0.0173853468f, 0.777412295f, -1.21515489f, 1.27353919f, -0.324016243f, -0.0895500705f, -1.35889816f, 0.00903549511f, 0.102744423f, -0.46243152f, 1.21542299f, -0.0173853468f, 0.777412295f, -1.21105063f, 1.27353919f, -0.324016243f, -0.0969433561f, -1.35889816f, 0.00903549511f, 0.0925709456f,
};
static const golden_layer golden_activation_softmax = {"activation_softmax", {3, {2, 4, 3}}, {3, {2, 4, 3}}, 0.5f, 0,
	"", numbers_activation_softmax, sizeof numbers_activation_softmax / sizeof(float)};
static const float numbers_activation_log_softmax[] = {
	-4.91496897f, -3.84301209f, -0.440189689f, -0.414969027f, -4.84301233f, -1.44018972f, -1.41496897f, -0.343012154f, -2.4401896f, -2.41496897f, -1.34301209f, -3.4401896f, -3.84301209f, -0.440189689f, -0.440189689f, -4.84301233f, -1.44018972f, -1.44018972f, -0.343012154f, -2.4401896f, -2.4401896f, -1.34301209f, -3.4401896f, -3.4401896f,
	-0.014671891f, 5, 0.287828565f, 2.67927837f, -2, 3.47376561f, -3.48586631f, 2, -3.82571125f, 0.821259737f, -5, 0.0641172156f, 5, 0.287828565f, -0.507399976f, -2, 3.47376561f, -4.65817976f, 2, -3.82571125f, 0.389989674f, -5, 0.0641172156f, 4.77558994f,
};
static const golden_layer golden_activation_log_softmax = {"activation_log_softmax", {3, {2, 4, 3}}, {3, {2, 4, 3}}, 0.5f, 0,
	"", numbers_activation_log_softmax, sizeof numbers_activation_log_softmax / sizeof(float)};
static const float numbers_activation_glu[] = {
	-1.82764649f, -0.924141824f, 0.0912127644f, 1, -1.63514888f, -0.0379290879f, -0.924141824f, 0.0912127644f, 1, -1.63514888f, -0.0379290879f, 0.268941432f, 0, 4.62070894f, -0.182425529f, 2, -1.63514888f, 0.227574527f, -0, -0.350518554f, -0.0745732337f, 2, 0.59658587f, -0.105155572f,
	-2.77242541f, 0.364851058f, -2, 0.817574441f, -0.379290879f, 0, 0.21031113f, 0.149146467f, -2, -0.298292935f, 0.175259277f, 0,
};
static const golden_layer golden_activation_glu = {"activation_glu", {3, {2, 4, 3}}, {3, {2, 2, 3}}, 0.5f, 0,
	"", numbers_activation_glu, sizeof numbers_activation_glu / sizeof(float)};
static const float numbers_average_hiding[] = {
	1.5f, 4.5f, 4, -4, 1.5f, 4.5f, 0, 0, 0, 2.5f, 0, 0, 0, 2.5f, 0, 0, -0.333333343f, 1.33333337f, 0, 0, -0.333333343f, 1.33333337f, 0, 0,
	-0.333333343f, 1.33333337f, 0, 0, 0, 0, -1, 1.5f, 0, 0, -1, 1.5f,
};
static const golden_layer golden_average_hiding = {"average_hiding", {3, {3, 5, 2}}, {2, {3, 2}}, 1, 0,
	"", numbers_average_hiding, sizeof numbers_average_hiding / sizeof(float)};
static const float numbers_batch_normalization[] = {
	3.75418258f, -6.19130421f, 0.148707151f, -2.2924912f, 3.15327001f, -5.541502f, -0.45220542f, -1.64268899f, 2.55235744f, -4.89169979f, -1.05311799f, -8.14071083f, 1.95144486f, -4.24189758f, -1.65403056f, -7.49090862f, 1.35053229f, -3.59209538f, -2.25494313f, -6.84110641f, 0.749619722f, -2.94229341f, 3.75418258f, -6.19130421f,
	-0.22791177f, 2.99747229f, 0.671358049f, 2.28479266f, 1.02363956f, 1.68738854f, 1.92290938f, 0.974708974f, 2.27519083f, 0.377304643f, 3.17446065f, -0.220099628f, -3.08329606f, -0.932779253f, -2.18402624f, -1.53018343f, -1.83174467f, -2.24286318f, -0.932474911f, -2.84026742f, -0.580193341f, -3.55294681f, -0.22791177f, 2.99747229f,
	3.30501914f, 0.595651984f, 0, 5,
};
static const golden_layer golden_batch_normalization = {"batch_normalization", {3, {3, 4, 2}}, {3, {3, 4, 2}}, 1, 0,
	"gamma beta moving_mean moving_variance", numbers_batch_normalization, sizeof numbers_batch_normalization / sizeof(float)};
static const float numbers_batch_normalization_first[] = {
	4.00768232f, 1.4296689f, -4.9108243f, -3.30566382f, 7.51920652f, 1.07417238f, 4.49199963f, 3.72999883f, 2.28900671f, -0.289006799f, -3.84071732f, -8.1211462f, 3.22251701f, -3.22251701f, 3.98399901f, 6.01600075f, 0.570331097f, -2.00768256f, -2.77061033f, -7.05103874f, -1.07417238f, -7.51920652f, 6.27000141f, 5.50800037f,
	0.65662235f, -3.95736098f, -0.205298856f, 1.98491037f, 9.39763165f, -5.40942192f, 1.11432362f, -0.00819355994f, 3.88244438f, -0.731538892f, -2.66888547f, 1.2998718f, -8.35100079f, 0.473737359f, -0.56535542f, 0.56535542f, -2.34445f, 2.4942832f, 0.753117144f, -1.16371477f, -2.4678421f, 6.3568964f, 0.00819355994f, -1.11432362f,
	-1.71867573f, 6.77734518f, -8.80821323f, 4.57200432f, 2, -4, 1, 6,
};
static const golden_layer golden_batch_normalization_first = {"batch_normalization_first", {3, {3, 4, 2}}, {3, {3, 4, 2}}, 1, 0,
	"gamma beta moving_mean moving_variance", numbers_batch_normalization_first, sizeof numbers_batch_normalization_first / sizeof(float)};
static const float numbers_batch_normalization_hiding[] = {
	12.3108816f, -5.66290092f, 3.82772017f, -2.82189798f, 10.8970213f, -5.1894002f, 2.41386008f, -2.34839773f, 9.48316097f, -4.71589994f, 0.999999881f, -7.08340216f, 8.06930065f, -4.24239969f, -0.413860321f, -6.60990191f, 6.65544081f, -3.76889896f, -1.82772052f, -6.13640118f, 5.24158049f, -3.29539847f, 12.3108816f, -5.66290092f,
	0, 2.36750221f, -1.69507802f, 1.32283425f, 2.8277204f, 1.42050135f, 2.68711138f, 0.354601204f, 5.65544081f, 0.47350046f, 7.06930113f, -0.380079567f, -7.06930113f, -0.47350046f, -4.1009717f, -1.3483125f, -4.24158049f, -1.42050135f, 0.281217813f, -2.31654549f, -1.4138602f, -2.36750221f, 0, 2.36750221f,
	7.77623129f, 0.947000921f, 0, 5,
};
static const golden_layer golden_batch_normalization_hiding = {"batch_normalization_hiding", {3, {3, 4, 2}}, {3, {3, 4, 2}}, 1, 0,
	"gamma beta moving_mean moving_variance", numbers_batch_normalization_hiding, sizeof numbers_batch_normalization_hiding / sizeof(float)};
static const float numbers_layer_normalization[] = {
	3.68316221f, -5.89438725f, -2.23596859f, 3.65841889f, 3.68316221f, -5.89438725f, -2.23596859f, 3.65841889f, 2.15463758f, -4.17525864f, -7.01030016f, 6.23711157f, 2.15463781f, -4.17525864f, -7.01030016f, 6.23711157f, 2.15463758f, -4.17525911f, -7.01030016f, 6.23711157f, 0.314046025f, -2.2561841f, 6.85953999f, 5.34297705f,
	-1.58001685f, 1.90804911f, 0.924177706f, -1.25221002f, -0.924164474f, -0.0596138015f, 2.8918407f, -1.9080621f, 1.24087715f, -3.28987217f, 1.74637663f, 0.302618861f, -2.04208374f, 2.68396115f, -1.16730261f, 0.525425434f, -1.35091126f, 0.116631575f, 0.264588565f, 0.969691515f, 1.14489388f, -0.479334831f, -0.0351308584f, -0.630428553f,
	0.716863513f, -11.674201f, -0.386714935f, 13.7572727f, 3, 0, -3, 5,
};
static const golden_layer golden_layer_normalization = {"layer_normalization", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"gamma beta", numbers_layer_normalization, sizeof numbers_layer_normalization / sizeof(float)};
static const float numbers_layer_normalization_first[] = {
	3.44765472f, 3.44765472f, 3.44765472f, -0.185969591f, -5, -5, -5, -3.36929178f, -6.11913681f, -6.11913681f, -6.11913681f, 7.04169416f, 3.44765472f, 3.44765472f, -0.185969591f, 3.44765472f, -5, -5, -3.36929178f, -5, -6.11913681f, -6.11913681f, 7.04169416f, -6.11913681f,
	5.69286442f, -5.51180553f, 7.93379879f, -1.41730201f, -11.422389f, 11.0144463f, -15.9097557f, 1.27556455f, 5.72952271f, -5.50264072f, 7.97595692f, 0.141737521f, -5.51180553f, 7.93379879f, -1.41730201f, -0.993278503f, 11.0144463f, -15.9097557f, 1.27556455f, 2.03971291f, -5.50264072f, 7.97595692f, 0.141737521f, -1.0464325f,
	-2.59908628f, 3.2614162f, -8.56679153f, 14, -2, -7,
};
static const golden_layer golden_layer_normalization_first = {"layer_normalization_first", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"gamma beta", numbers_layer_normalization_first, sizeof numbers_layer_normalization_first / sizeof(float)};
static const float numbers_layer_normalization_both[] = {
	3.75418234f, -5.9514451f, -2.128232f, 3.6729846f, -4.22990465f, 4.70106459f, -2, 9.50988579f, -0.671464086f, 2.12519002f, 1.1327945f, 3.75418234f, 2.19130397f, -4.24189758f, -6.7687726f, 6.24545431f, -1.81225264f, 1.18419075f, -2, -0.682212234f, -3.16245055f, 3.02885342f, -11.8517761f, 2.19130397f,
	-0.455798566f, 3.0273788f, 2.00371218f, -0.221779674f, -2.09899783f, -3.42312098f, 0.660968959f, 3.54323363f, 3.46875286f, 0.642348766f, -6.69089937f, -0.455798566f, -2.13281322f, 0.544992149f, -5.22463036f, 1.71360195f, 4.06650591f, 5.11980581f, 1.29958999f, -4.10841846f, 0.193892211f, -0.377313226f, 1.03760087f, -2.13281322f,
	-2.97826004f, -2.75766325f, 4.9893713f, 7.79896832f, 1.34101713f, -2.6376555f, 1.17900324f, 6.93715477f, 3.15886474f, -5.01907682f, -5.13279438f, -2.97826004f, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, 5,
};
static const golden_layer golden_layer_normalization_both = {"layer_normalization_both", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"gamma beta", numbers_layer_normalization_both, sizeof numbers_layer_normalization_both / sizeof(float)};
static const float numbers_layer_normalization_outer[] = {
	3.92719841f, -4.41456032f, 1.4103719f, -3.56369877f, 4.39079762f, 4.12184048f, -0.512964725f, 3.97407031f, -1.87815952f, -1.85439682f, 0.231115401f, 12.2074375f, 3.92719841f, -4.41456032f, -1.48436499f, -6.62768745f, 4.39079762f, 4.12184048f, -7.49592924f, 5.55684042f, -1.87815952f, -1.85439682f, -4.21254063f, 5.19934845f,
	-1.64427638f, 6.06616402f, 0.191148221f, 2.10099125f, 4.82880163f, -0.925870419f, 4.21333027f, -0.955741167f, -7.43218994f, -0.892628908f, -4.99898005f, -0.550748885f, 2.56193161f, -2.73705721f, 0.524318099f, -0.0244803168f, -3.69276905f, -3.13736057f, 0.207412958f, 2.22864723f, 3.51764345f, 3.48761177f, 0.806431353f, -3.74232984f,
	-2.14407992f, 5.67116976f, 1.81243324f, 4.27922106f, -1.17369962f, -7.35358238f, 8, 6, 0, -2, -8, 1,
};
static const golden_layer golden_layer_normalization_outer = {"layer_normalization_outer", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"gamma beta", numbers_layer_normalization_outer, sizeof numbers_layer_normalization_outer / sizeof(float)};
static const float numbers_group_normalization[] = {
	3.92719841f, -4.41456032f, 1.02592969f, 4.28184891f, 2.75631905f, -3.24368095f, -0.512964725f, 3.97407031f, 1.58543968f, -2.07280159f, -2.05185914f, 7.05185938f, 3.92719841f, -4.41456032f, -6.2109127f, 5.81384373f, 2.75631905f, -3.24368095f, -7.49592924f, 5.55684042f, 1.58543968f, -2.07280159f, 5.35423517f, 5.29983711f,
	-2.17474818f, 2.77670836f, -0.40011856f, -3.44710326f, -0.13396959f, 0.13396959f, 2.58534527f, -2.92387056f, 1.90680909f, -2.50876927f, 5.57080936f, -1.38506353f, -2.34175873f, 2.34175873f, -1.65298569f, 0.285394311f, 0, 0, 1.38150871f, 1.26386225f, 2.34175873f, -2.34175873f, -0.693073809f, -0.584705651f,
	-7.31799603f, -4.68351746f, 5.81264973f, 7.28032589f, 3, 0, -3, 5,
};
static const golden_layer golden_group_normalization = {"group_normalization", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"gamma beta", numbers_group_normalization, sizeof numbers_group_normalization / sizeof(float)};
static const float numbers_group_normalization_first[] = {
	3.53592324f, 1.55128765f, -0.43334803f, -1.58201623f, -6.8743782f, -4.88974237f, -2.4167397f, -6.76687098f, 4.8334794f, 5.09666967f, 4.22664356f, 6.54671335f, 2.51174974f, 0.244125068f, -2.02349973f, -8.02349949f, -5.75587511f, -3.48825026f, -7.73356676f, 3.86678338f, -0.483347952f, 4.03330421f, 6.353374f, 5.48334789f,
	1.42346132f, -3.08456635f, -0.315596998f, 0.468736738f, -0.299729645f, 1.80769467f, 3.45431423f, -2.88529968f, 3.38668275f, -1.79289615f, 0.857761621f, -3.02056265f, -2.73551631f, 2.12363315f, -1.33184123f, -0.683825076f, 3.41944981f, -0.7918998f, -1.33500528f, 4.65512323f, -1.57879543f, 2.33759236f, -1.82258558f, -2.25632906f,
	-0.205205649f, 8.49779415f, 11.407011f, -11.2136717f, 12, 3, -6, -4,
};
static const golden_layer golden_group_normalization_first = {"group_normalization_first", {3, {2, 4, 3}}, {3, {2, 4, 3}}, 1, 0,
	"gamma beta", numbers_group_normalization_first, sizeof numbers_group_normalization_first / sizeof(float)};
static const float numbers_rescaling[] = {
	-4, -2.5f, -1, 0.5f, -3.5f, -2, 0, 2.5f, -0.5f, 2, -1, 1.5f,
};
static const golden_layer golden_rescaling = {"rescaling", {2, {2, 3}}, {2, {2, 3}}, 1, 0,
	"", numbers_rescaling, sizeof numbers_rescaling / sizeof(float)};
static const float numbers_rms_normalization[] = {
	2.94883919f, -1.17953563f, -1.47441959f, -1.17953563f, 2.35907125f, -0.589767814f, -2.94883919f, -1.47441959f, 1.82998288f, 0, -4.57495737f, 1.52498579f, 1.31519186f, 0.657595932f, -6.57595921f, 1.31519186f, 0.640512586f, 1.28102517f, -8.00640678f, 0.960768878f, -0, 1.94665694f, 8.11107063f, 0.648885667f,
	-0.993630409f, 2.55138683f, 1.67314565f, -0.384631276f, 1.12825143f, 1.75648236f, 4.4489007f, -0.525662601f, 3.52519941f, 0.609994292f, 6.53970623f, 1.80870402f, -4.53208017f, -0.0355457664f, -4.08775854f, -1.83060479f, -2.47993326f, -0.804746628f, -0.410585046f, -0.394161463f, -0.648885667f, -2.73215008f, -0.853796899f, -1.96373296f,
	1.77028871f, -10.950469f, 1.82418585f, 10.8960123f,
};
static const golden_layer golden_rms_normalization = {"rms_normalization", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"scale", numbers_rms_normalization, sizeof numbers_rms_normalization / sizeof(float)};
static const float numbers_rms_normalization_both[] = {
	3.08606672f, -1.23442674f, -1.54303336f, -1.23442674f, -3.70328021f, 1.23442674f, -1.15470052f, 2.88675117f, 4.33012676f, -0, 2.59807611f, 5.77350235f, 0.122462951f, 3.13505197f, 1.51854086f, -1.3323971f, -1.75366974f, -3.67878771f, 2.31741977f, 2.61812305f, 4.89544916f, -0.288675129f, -3.45207357f, -1.46342254f,
	-1.73205078f, -0.199315548f, 3.15549493f, 4.93770695f, -1.86127353f, -0.925820053f,
};
static const golden_layer golden_rms_normalization_both = {"rms_normalization_both", {3, {2, 3, 2}}, {3, {2, 3, 2}}, 1, 0,
	"scale", numbers_rms_normalization_both, sizeof numbers_rms_normalization_both / sizeof(float)};
static const float numbers_unit_normalization[] = {
	-0.737209797f, -0.294883907f, 0.147441953f, 0.589767814f, -0.589767814f, -0.147441953f, 0.294883907f, 0.737209797f, -0.457495719f, 0, 0.457495719f, -0.762492895f, -0.328797966f, 0.164398983f, 0.657595932f, -0.657595932f, -0.160128161f, 0.320256323f, 0.800640821f, -0.480384469f, 0, 0.486664236f, -0.811107099f, -0.324442834f,
	0.0801314861f, 0.769262373f, -0.163468257f, 0.525662601f, -0.17949456f, 0.471173197f, -0.500020504f, 0.150647223f, -0.64191258f, 0.152498573f, -0.730574548f, -0.053197179f, 0.937518537f, -0.222160786f, 0.426548719f, -0.0977507532f, 0.533760548f, -0.587136626f, 0.0533760488f, -0.480384469f, 0.162221417f, -0.490933299f, -0.53362304f, 0.597657859f,
};
static const golden_layer golden_unit_normalization = {"unit_normalization", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"", numbers_unit_normalization, sizeof numbers_unit_normalization / sizeof(float)};
static const float numbers_unit_normalization_first[] = {
	-0.707106829f, -0.89442718f, 0.267261237f, 0.492365956f, -0.565685451f, -0.44721359f, 0.534522474f, 0.615457416f, -0.424264073f, 0, 0.801783681f, -0.615457416f, -0.89442718f, 0.267261237f, 0.492365956f, -0.742781341f, -0.44721359f, 0.534522474f, 0.615457416f, -0.557085991f, 0, 0.801783681f, -0.615457416f, -0.371390671f,
	0.282842755f, -0.0894425511f, 0.15272069f, 0.298403621f, -0.0565685332f, 0.17888552f, 0.0381801426f, 0.00373005867f, -0.395979822f, 0.44721359f, -0.0763604343f, 0.242452919f, -0.0894425511f, 0.15272069f, 0.298403621f, -0.115259171f, 0.17888552f, 0.0381801426f, 0.00373005867f, -0.550682724f, 0.44721359f, -0.0763604343f, 0.242452919f, 1.0565424f,
};
static const golden_layer golden_unit_normalization_first = {"unit_normalization_first", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"", numbers_unit_normalization_first, sizeof numbers_unit_normalization_first / sizeof(float)};
static const float numbers_unit_normalization_both[] = {
	-0.430331498f, -0.172132596f, 0.0860662982f, 0.344265193f, -0.344265193f, -0.0860662982f, 0.172132596f, 0.430331498f, -0.258198887f, 0, 0.258198887f, -0.430331498f, -0.187317163f, 0.0936585814f, 0.374634326f, -0.374634326f, -0.0936585814f, 0.187317163f, 0.468292892f, -0.280975759f, 0, 0.280975759f, -0.468292892f, -0.187317163f,
	0.0350640491f, 0.444357097f, -0.093079105f, 0.316213965f, -0.144081354f, 0.265211701f, -0.272224516f, 0.13706854f, -0.32322675f, 0.0860662982f, -0.451369911f, 0.0350640491f, 0.469936043f, -0.0944801494f, 0.371348053f, -0.18403089f, 0.28179732f, -0.28261888f, 0.18320933f, -0.372169614f, 0.0936585814f, -0.470757604f, 0.00410783244f, 0.469936043f,
};
static const golden_layer golden_unit_normalization_both = {"unit_normalization_both", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 1, 0,
	"", numbers_unit_normalization_both, sizeof numbers_unit_normalization_both / sizeof(float)};
static const float numbers_permute[] = {
	-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, -5, -2, -1, 0, 1, 2, 3, 4, 5, -5, -4, -3, -2,
	0, 4, -3, 1, 5, -2, 2, -5, -1, 3, -4, 0, 5, -2, 2, -5, -1, 3, -4, 0, 4, -3, 1, 5,
};
static const golden_layer golden_permute = {"permute", {3, {2, 3, 4}}, {3, {2, 4, 3}}, 1, 0,
	"", numbers_permute, sizeof numbers_permute / sizeof(float)};
static const float numbers_permute_three[] = {
	-5, 1, -4, 2, -3, 3, -2, 4, -1, 5, 0, -5, -2, 4, -1, 5, 0, -5, 1, -4, 2, -3, 3, -2,
	1, -4, 2, -3, 3, -2, 4, -1, 5, 0, -5, 1, 4, -1, 5, 0, -5, 1, -4, 2, -3, 3, -2, 4,
	0, 5, 5, -1, -1, 4, 4, -2, -2, 3, 3, -3, -3, 2, 2, -4, -4, 1, 1, -5, -5, 0, 0, 5,
	-1, 4, 4, -2, -2, 3, 3, -3, -3, 2, 2, -4, -4, 1, 1, -5, -5, 0, 0, 5, 5, -1, -1, 4,
};
static const golden_layer golden_permute_three = {"permute_three", {4, {2, 3, 4, 2}}, {4, {2, 2, 3, 4}}, 1, 0,
	"", numbers_permute_three, sizeof numbers_permute_three / sizeof(float)};
static const float numbers_repeat_vector[] = {
	-5, -2, 1, 4, -5, -2, 1, 4, -5, -2, 1, 4, -4, -1, 2, 5, -4, -1, 2, 5, -4, -1, 2, 5,
	-6, 9, -9, 6, 9, -9, 6, -1,
};
static const golden_layer golden_repeat_vector = {"repeat_vector", {2, {2, 4}}, {3, {2, 3, 4}}, 1, 0,
	"", numbers_repeat_vector, sizeof numbers_repeat_vector / sizeof(float)};
static const float numbers_embedding[] = {
	-2, 2, -5, 1, 5, -2, 4, -3, 1, -4, 0, 4, -1, 3, -4, 2, -5, -1, 5, -2, 2, -3, 1, 5,
	0, 4, -3, 3, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, -1, 5, -1, 4, -1, 4,
	-2, 4, -2, 3, -2, 3, -3, 3, -3, 2, -3, 2, -4, 2, -4, 1, 0, 0, 0, 1, -5, 0, -5, 0,
	5,
};
static const golden_layer golden_embedding = {"embedding", {2, {2, 5}}, {3, {2, 5, 3}}, 1, 5,
	"embeddings", numbers_embedding, sizeof numbers_embedding / sizeof(float)};
static const float numbers_embedding_image[] = {
	-2, 2, 0, 4, 2, -5, 4, -3, -5, -1, -3, 1, -1, 3, 1, 5, 3, -4, 5, -2, -4, 0, -2, 2,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, -4, 1, 3, -3, -1, 4, -5, 0, 2, -4,
	-2, 3, 5, -1, 1, -5, -3, 2, 4, -2,
};
static const golden_layer golden_embedding_image = {"embedding_image", {3, {2, 3, 2}}, {4, {2, 3, 2, 2}}, 1, 5,
	"embeddings", numbers_embedding_image, sizeof numbers_embedding_image / sizeof(float)};
static const float numbers_einsum_matrix[] = {
	5, -7, 25, 2, 11, -19, -5, 20, 6, -9, 20, 5, 11, -4, 23, -10, 35, -16, 14, -26, 22, -18, -4, 1,
	-5, 0, -6, 9, -9, 6,
};
static const golden_layer golden_einsum_matrix = {"einsum_matrix", {2, {3, 2}}, {2, {3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_matrix, sizeof numbers_einsum_matrix / sizeof(float)};
static const float numbers_einsum_plain[] = {
	4, 0, 25, 0, 10, 0, 0, 15, 5, 0, 20, 0, 5, 0, 2, 2, 33, -12, 14, 0, 25, 2, -4, 0,
	7, 8,
};
static const golden_layer golden_einsum_plain = {"einsum_plain", {2, {3, 2}}, {2, {3, 4}}, 1, 0,
	"kernel", numbers_einsum_plain, sizeof numbers_einsum_plain / sizeof(float)};
static const float numbers_einsum_steps[] = {
	5, -7, 25, 2, 11, -19, -5, 20, 6, -9, 20, 5, 12, -21, -10, 23, 7, -11, 15, 8, -20, 21, -15, -18,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 3, 0, -3, 5,
};
static const golden_layer golden_einsum_steps = {"einsum_steps", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_steps, sizeof numbers_einsum_steps / sizeof(float)};
static const float numbers_einsum_bias[] = {
	5, -1, 26, -2, 5, -19, -10, 10, 5, -4, 20, 0, 12, -15, -9, 19, 1, -11, 10, -2, -21, 26, -15, -23,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 14, -2, -7,
};
static const golden_layer golden_einsum_bias = {"einsum_bias", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_bias, sizeof numbers_einsum_bias / sizeof(float)};
static const float numbers_einsum_both[] = {
	5, -7, 25, 2, 9, -10, -7, 18, 2, -2, 16, 1, 12, -21, -10, 23, 5, -2, 13, 6, -24, 28, -19, -22,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 5, 4, 3, 2,
	1, 0, -1, -2, -3, -4, -5, 5,
};
static const golden_layer golden_einsum_both = {"einsum_both", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_both, sizeof numbers_einsum_both / sizeof(float)};
static const float numbers_einsum_heads[] = {
	29, -40, 34, 31, -38, 36, 33, -42, 26, 39, -36, 32, -7, -11, 7, -8, -12, 6, -3, -13, -1, 0, -10, 2,
	-7, 11, -4, 14, 14, -4, 11, -7, -9, 3, -7, 5, -32, -34, 8, 6, -7, -22, 7, -8, 21, -16, 5, -16,
	7, -14, 9, -1, 17, -10, 7, -20, -3, 14, -48, 51, -48, 51, -48, 7, 4, 2, 0, -2, -4, 5,
};
static const golden_layer golden_einsum_heads = {"einsum_heads", {3, {2, 2, 4}}, {4, {2, 2, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_heads, sizeof numbers_einsum_heads / sizeof(float)};
static const float numbers_einsum_joined[] = {
	6, 27, 26, -17, 7, -24, 4, -13, 3, -19, 44, -14, 15, 19, 23, 27, -24, -20, -27, -22, -17, -12, 15, 20,
	30, 25, 20, 15, -12, -17, -12, -16, -20, -24, 27, 23, 19, -58, 19, 14, -3, 13, -24, 19, -26, 15, -3, 12,
	10, -3, 17, -28, 19, -22, 2, 0, -2,
};
static const golden_layer golden_einsum_joined = {"einsum_joined", {4, {2, 2, 2, 3}}, {3, {2, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_joined, sizeof numbers_einsum_joined / sizeof(float)};
static const float numbers_einsum_each[] = {
	21, -13, 3, 17, 6, 2, -28, -6, -9, 17, -35, 17, 10, -5, -19, 16, 9, -16, 10, 13, -16, 4, 15, -25,
	-6, -21, -15, 0, 11, 1, -4, 16, -7, -12, 27, -3, -3, 7, -5, 5, -7, 3,
};
static const golden_layer golden_einsum_each = {"einsum_each", {3, {2, 3, 2}}, {3, {2, 3, 2}}, 1, 0,
	"kernel bias", numbers_einsum_each, sizeof numbers_einsum_each / sizeof(float)};
static const float numbers_einsum_left[] = {
	13, -21, 33, -5, 9, -21, 10, -16, 24, -8, 14, -30, 7, -11, 15, 0, -14, 5, 15, 19, -27, -22, 30, 25,
	-12, -16, -32, -24, 25, 23, -3, -33, 3, 34, -60, 33, 5, 2, -1,
};
static const golden_layer golden_einsum_left = {"einsum_left", {3, {2, 3, 2}}, {3, {2, 3, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left, sizeof numbers_einsum_left / sizeof(float)};
static const float numbers_einsum_left_batch[] = {
	17, 3, 22, 15, 17, 8, 15, 19, 23, 27, -27, -22, -17, -12, -16, -17, -7, -4, -8, -1, 8, 1, 5, 20,
	10, 11, 4, 3, 2,
};
static const golden_layer golden_einsum_left_batch = {"einsum_left_batch", {2, {2, 4}}, {2, {2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left_batch, sizeof numbers_einsum_left_batch / sizeof(float)};
static const float numbers_einsum_left_two[] = {
	17, 3, 22, 15, 17, 8, 2, -24, 16, 0, -10, 2, -2, 4, -12, -4, -26, 7, -6, -12, -7, -8, 2, -21,
	1, -17, 9, -1, -3, -5, -3, 11, -19, 17, 3, 22, 15, 19, 23, 27, -27, -22, -17, -12, 30, 25, 20, 15,
	-12, -16, -20, -24, -32, -24, -16, -8, 25, 23, 21, 19, -17, -18, -19, -20, -15, -15, -15, -15, 20, 21, 22, 23,
	-22, -20, -18, -16, 35, 27, 19, 11, 15, 19, 23, 27, -33, -36, -6, -11, -43, 46, 44, -17, 10, 11, 42, 7,
	0, 5, -1,
};
static const golden_layer golden_einsum_left_two = {"einsum_left_two", {4, {2, 3, 2, 4}}, {4, {2, 3, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left_two, sizeof numbers_einsum_left_two / sizeof(float)};
static const float numbers_einsum_right[] = {
	12, 6, -18, 24, 29, -13, 8, 2, 10, -36, 1, 25, 8, -17, 5, -5, 2, 7, -1, 19, 23, -2, 11, 1,
	-1, 4, -13, 7, -1, 9, 19, 1, -2, -5, 3, 9, 15, 5, -2, -9, 4, 0, -4,
};
static const golden_layer golden_einsum_right = {"einsum_right", {3, {2, 4, 2}}, {3, {2, 3, 2}}, 1, 0,
	"kernel bias", numbers_einsum_right, sizeof numbers_einsum_right / sizeof(float)};

#define GOLDEN_SINGLE(CASE) \
	CASE(relu, mica_relu_layer()) \
	CASE(relu_all, mica_relu_layer(3, .negative_slope = 0.25, .threshold = 1)) \
	CASE(relu_most_0, mica_relu_layer(MICA_ZERO, .negative_slope = 0.5)) \
	CASE(leaky_relu, mica_leaky_relu_layer()) \
	CASE(leaky_relu_half, mica_leaky_relu_layer(0.5)) \
	CASE(leaky_relu_0, mica_leaky_relu_layer(MICA_ZERO)) \
	CASE(elu, mica_elu_layer()) \
	CASE(elu_half, mica_elu_layer(0.5)) \
	CASE(prelu, mica_prelu()) \
	CASE(prelu_shared, mica_prelu(.shared_axes = {1, 2})) \
	CASE(prelu_shared_last, mica_prelu(.shared_axes = {3})) \
	CASE(softmax, mica_softmax_layer()) \
	CASE(softmax_first, mica_softmax_layer(1)) \
	CASE(softmax_middle, mica_softmax_layer(-2)) \
	CASE(softmax_axes, mica_softmax_layer(.axes = {1, 2})) \
	CASE(softmax_axes_apart, mica_softmax_layer(.axes = {-1, 1})) \
	CASE(softmax_axes_hiding, mica_custom_layer(.call = hiding_softmax_over_two)) \
	CASE(softmax_hiding, mica_custom_layer(.call = hiding_softmax)) \
	CASE(softmax_hiding_all, mica_custom_layer(.call = hiding_softmax)) \
	CASE(activation_softmax, mica_activation_layer(MICA_SOFTMAX_OF(.axis = 1))) \
	CASE(activation_log_softmax, mica_activation_layer(MICA_LOG_SOFTMAX_OF(.axis = 1))) \
	CASE(activation_glu, mica_activation_layer(MICA_GLU_OF(.axis = 1))) \
	CASE(average_hiding, mica_custom_layer(.call = hiding_average)) \
	CASE(batch_normalization, mica_batch_normalization()) \
	CASE(batch_normalization_first, mica_batch_normalization(.axis = 1, .epsilon = 0.5)) \
	CASE(batch_normalization_hiding, mica_custom_layer(.call = hiding_normalization)) \
	CASE(layer_normalization, mica_layer_normalization()) \
	CASE(layer_normalization_first, mica_layer_normalization(.axes = MICA_AXIS(1))) \
	CASE(layer_normalization_both, mica_layer_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))) \
	CASE(layer_normalization_outer, mica_layer_normalization(.axes = MICA_AXIS(3) | MICA_AXIS(1))) \
	CASE(group_normalization, mica_group_normalization(2)) \
	CASE(group_normalization_first, mica_group_normalization(2, .axis = 1)) \
	CASE(rescaling, mica_rescaling(0.5, -1.5)) \
	CASE(rms_normalization, mica_rms_normalization()) \
	CASE(rms_normalization_both, mica_rms_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))) \
	CASE(unit_normalization, mica_unit_normalization()) \
	CASE(unit_normalization_first, mica_unit_normalization(.axes = MICA_AXIS(1))) \
	CASE(unit_normalization_both, mica_unit_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))) \
	CASE(permute, mica_permute(2, 1)) \
	CASE(permute_three, mica_permute(3, 1, 2)) \
	CASE(repeat_vector, mica_repeat_vector(3)) \
	CASE(embedding, mica_embedding(11, 3)) \
	CASE(embedding_image, mica_embedding(11, 2)) \
	CASE(einsum_matrix, mica_einsum_dense("ab,bc->ac", {4}, .bias_axes = "c")) \
	CASE(einsum_plain, mica_einsum_dense("ab,bc->ac", {4}, .activation = MICA_RELU)) \
	CASE(einsum_steps, mica_einsum_dense("abc,cd->abd", {MICA_INFER, 4}, .bias_axes = "d")) \
	CASE(einsum_bias, mica_einsum_dense("abc,cd->abd", {3, 4}, .bias_axes = "b")) \
	CASE(einsum_both, mica_einsum_dense("abc,cd->abd", {3, 4}, .bias_axes = "db")) \
	CASE(einsum_heads, mica_einsum_dense("abc,cde->abde", {MICA_INFER, 2, 3}, .bias_axes = "de")) \
	CASE(einsum_joined, mica_einsum_dense("abde,dec->abc", {MICA_INFER, 3}, .bias_axes = "c")) \
	CASE(einsum_each, mica_einsum_dense("abc,bcd->abd", {3, 2}, .bias_axes = "bd")) \
	CASE(einsum_left, mica_einsum_dense("...x,xy->...y", {3}, .bias_axes = "y")) \
	CASE(einsum_left_batch, mica_einsum_dense("...x,xy->...y", {3}, .bias_axes = "y")) \
	CASE(einsum_left_two, mica_einsum_dense("...xy,yz->...xz", {2, 3}, .bias_axes = "z")) \
	CASE(einsum_right, mica_einsum_dense("ab...,bc->ac...", {3}, .bias_axes = "c"))

#endif
