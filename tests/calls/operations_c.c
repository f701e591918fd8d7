/* SPDX-License-Identifier: MIT */
#include "operations_use.h"
