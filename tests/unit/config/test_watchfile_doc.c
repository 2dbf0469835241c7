/* docs/watch-file.md: its example parses. */
#include "base/file.h"
#include "config/watchfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The first block fenced as ```yaml. */
static void cut_example(const struct vg_buf *page, struct vg_buf *out)
{
    static const char FENCE[] = "\n```yaml\n";
    const char *from = strstr(vg_buf_text(page), FENCE);
    assert_non_null(from);
    from += strlen(FENCE);
    const char *to = strstr(from, "\n```\n");
    assert_non_null(to);
    vg_buf_add(out, from, (size_t)(to + 1 - from));
}

static void example_parses(void **state)
{
    (void)state;
    struct vg_buf page = {0};
    struct vg_buf yaml = {0};
    struct vg_watchfile wf = {0};
    struct vg_error err = {0};
    char text[1200];
    assert_int_equal(vg_file_read("docs/watch-file.md", 1 << 20, &page, NULL), VG_OK);
    cut_example(&page, &yaml);
    /* Its files are those of the Kayes example. */
    if (vg_watchfile_parse(vg_buf_text(&yaml), yaml.n, "examples/kayes/doc.yaml", vg_file_read, &wf,
                           &err) != VG_OK) {
        fail_msg("%s", vg_error_text(&err, text, sizeof text));
    }
    assert_int_equal(wf.n_drones, 4);
    assert_string_equal(wf.drones[3].id, "K3");
    assert_int_equal(wf.drones[3].sysid, 13);
    assert_int_equal(wf.network.n_stretches, 3);
    assert_string_equal(wf.hq, "nats://hq:4222");
    vg_watchfile_finish(&wf);
    vg_buf_finish(&page);
    vg_buf_finish(&yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(example_parses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
