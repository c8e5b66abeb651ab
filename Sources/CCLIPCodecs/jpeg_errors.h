// How libjpeg's errors end a call: with a jump to where the call began, a status, and libjpeg's own reason.
#pragma once

#include "message.h"

#include <setjmp.h>

#include <jerror.h>
#include <jpeglib.h>

// libjpeg knows only of `public`; the rest is found behind it.
typedef struct {
    struct jpeg_error_mgr public;
    jmp_buf escape;
    char *message;
    int status;
} error_handler;

static inline void escape_with(j_common_ptr info, int status, const char *reason) {
    error_handler *handler = (error_handler *)info->err;
    handler->status = clip_fail(handler->message, status, reason);
    longjmp(handler->escape, 1);
}

static inline void on_error(j_common_ptr info) {
    char reason[JMSG_LENGTH_MAX];
    info->err->format_message(info, reason);
    escape_with(info, info->err->msg_code == JERR_OUT_OF_MEMORY ? CLIP_CODEC_MEMORY : CLIP_CODEC_BROKEN, reason);
}

// A warning is damage that the decoder could step over.
static inline void ignore_message(j_common_ptr info) { (void)info; }

// What `info.err` is to be, before anything that can fail.
static inline struct jpeg_error_mgr *prepare_errors(error_handler *handler, char *message) {
    struct jpeg_error_mgr *errors = jpeg_std_error(&handler->public);
    errors->error_exit = on_error;
    errors->output_message = ignore_message;
    handler->message = message;
    return errors;
}
