/* SPDX-License-Identifier: MIT */
/* mica/mica.h - all of Mica's public interface. */
#ifndef MICA_MICA_H
#define MICA_MICA_H
#include "mica/activation.h"
#include "mica/callback.h"
#include "mica/context.h"
#include "mica/dataset.h"
#include "mica/graph.h"
#include "mica/layer.h"
#include "mica/loss.h"
#include "mica/merge.h"
#include "mica/metric.h"
#include "mica/model.h"
#include "mica/optimizer.h"
#include "mica/part.h"
#include "mica/plan.h"
#include "mica/plot.h"
#include "mica/sequence.h"
#include "mica/spatial.h"
#include "mica/status.h"
#include "mica/tuning.h"
#include "mica/types.h"
#include "mica/value.h"
#include "mica/weight.h"
#endif
