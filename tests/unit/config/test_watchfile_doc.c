/* docs/watch-file.md and its French twin: the example parses, every key that the program takes has
 * its row. */
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

static const char *const PAGES[] = {"docs/watch-file.md", "docs/watch-file.fr.md"};

static void check_example(const char *path)
{
    struct vg_buf page = {0};
    struct vg_buf yaml = {0};
    struct vg_watchfile wf = {0};
    struct vg_error err = {0};
    char text[1200];
    assert_int_equal(vg_file_read(path, 1 << 20, &page, NULL), VG_OK);
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

/* A key that nobody knows makes the program list those it does; the page must have a row for each.
 */
static void check_rows(const char *path)
{
    static const struct {
        const char *heading; /* in the page, before the table or its first row */
        const char *before; /* in the example: the unknown key goes in front of it */
        const char *prefix; /* of the key in the table */
    } MAPS[] = {
        {"\n| `name` |", "name: Kayes\n", ""},
        {"### `line`", "file: line.geojson", ""},
        {"| `stretches` |", "line: Kayes,", ""},
        {"### `bases`", "name: Yélimané,", ""},
        {"### `cameras`", "pixels:", ""},
        {"### `types`", "cruise:", ""},
        {"### `drones`", "id: V1", ""},
        {"### `wind`, `serve`, `share`", "from: 60deg", "wind."},
        {"### `wind`, `serve`, `share`", "listen:", "serve."},
        {"### `wind`, `serve`, `share`", "tak:", "share."},
    };
    struct vg_buf page = {0};
    struct vg_buf yaml = {0};
    assert_int_equal(vg_file_read(path, 1 << 20, &page, NULL), VG_OK);
    cut_example(&page, &yaml);
    for (size_t i = 0; i < sizeof MAPS / sizeof MAPS[0]; i++) {
        const char *table = strstr(vg_buf_text(&page), MAPS[i].heading);
        const char *at = strstr(vg_buf_text(&yaml), MAPS[i].before);
        assert_non_null(table);
        assert_non_null(at);
        bool is_flow = at > vg_buf_text(&yaml) && at[-1] == '{';
        struct vg_buf broken = {0};
        vg_buf_add(&broken, vg_buf_text(&yaml), (size_t)(at - vg_buf_text(&yaml)));
        vg_buf_puts(&broken, is_flow  ? "zzzzzzzzzzzz: 1, "
                             : i == 1 ? "zzzzzzzzzzzz: 1\n  "
                                      : "zzzzzzzzzzzz: 1\n");
        vg_buf_puts(&broken, at);
        struct vg_watchfile wf = {0};
        struct vg_error err = {0};
        assert_int_equal(vg_watchfile_parse(vg_buf_text(&broken), broken.n,
                                            "examples/kayes/doc.yaml", vg_file_read, &wf, &err),
                         VG_E_FORMAT);
        char *list = strstr(err.message, "known here: ");
        if (list == NULL) {
            fail_msg("%s: %s", MAPS[i].heading, err.message);
        }
        const char *next = strstr(table + 4, "\n##");
        char *rest = NULL;
        for (char *key = strtok_r(list + strlen("known here: "), ", ", &rest); key != NULL;
             key = strtok_r(NULL, ", ", &rest)) {
            char row[80];
            vg_format(row, sizeof row, "\n| `%s%s` |", MAPS[i].prefix, key);
            const char *found = strstr(table, row);
            if (found == NULL || (next != NULL && found > next)) {
                fail_msg("%s has no row for %s", MAPS[i].heading, key);
            }
        }
        vg_buf_finish(&broken);
    }
    vg_buf_finish(&page);
    vg_buf_finish(&yaml);
}

static void examples_parse(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        check_example(PAGES[i]);
    }
}

static void every_key_has_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        check_rows(PAGES[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_parse),
        cmocka_unit_test(every_key_has_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
