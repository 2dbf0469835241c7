/* vigie verify RECORD: recompute the chain and the signatures. */
#include "app/app.h"
#include "app/options.h"

#include "record/record_key.h"
#include "record/record_verify.h"

#include <stdio.h>

static bool show_progress(void *ctx, int64_t n_done, int64_t n_total)
{
    (void)ctx;
    fprintf(stderr, "\r%lld / %lld", (long long)n_done, (long long)n_total);
    if (n_done >= n_total) {
        fputs("\r\033[K", stderr);
    }
    return false;
}

int vg_cmd_verify(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    const char *key_path = NULL;
    int n = 0;
    const struct vg_option options[] = {{"key", VG_OPT_TEXT, &key_path}};
    int rc = vg_options_read(app, argc, argv, options, 1, path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a record is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_record_report report = {0};
    uint8_t key[VG_RECORD_KEY_SIZE];
    enum vg_status st = key_path != NULL ? vg_record_key_read_public(key_path, key, &err) : VG_OK;
    if (st == VG_OK) {
        st = vg_record_verify(path[0], key_path != NULL ? key : NULL,
                              app->is_terminal ? show_progress : NULL, NULL, &report, &err);
    }
    if (st != VG_OK && st != VG_E_BROKEN) {
        return vg_app_fail(app, &err);
    }
    struct vg_buf out = {0};
    if (app->is_json) {
        vg_record_report_json(&report, &out);
        vg_buf_puts(&out, "\n");
    } else {
        vg_record_report_text(&report, app->lang, &out);
    }
    fputs(vg_buf_text(&out), stdout);
    vg_buf_finish(&out);
    return st == VG_OK ? 0 : 1;
}
