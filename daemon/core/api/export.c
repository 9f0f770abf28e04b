/* SPDX-License-Identifier: EUPL-1.2
 *
 * ExportRead.
 */
#include "api/api_internal.h"

enum tov_err tov_api_export_read(struct api_call *call)
{
    return tov_fail(&call->error, TOV_E_UNAVAILABLE, "this node cannot give out exports");
}
