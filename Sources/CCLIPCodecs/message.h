// The one way a codec reports: a status, and its reason in the caller's buffer.
#pragma once

#include "CCLIPCodecs.h"

#include <stdio.h>

static inline int clip_fail(char *message, int status, const char *reason) {
    snprintf(message, CLIP_CODEC_MESSAGE, "%s", reason);
    return status;
}
