/* SPDX-License-Identifier: EUPL-1.2
 *
 * All of libtov. Start with docs/libtov.md, and client/examples for whole programs.
 */
#ifndef TOV_TOV_H
#define TOV_TOV_H

#include <tov/cases.h>
#include <tov/catalogue.h>
#include <tov/client.h>
#include <tov/draft.h>
#include <tov/error.h>
#include <tov/export.h>
#include <tov/journal.h>
#include <tov/node.h>
#include <tov/receive.h>
#include <tov/remark.h>
#include <tov/search.h>
#include <tov/send.h>
#include <tov/view.h>
#include <tov/watch.h>

#endif
