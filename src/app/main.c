/* vigie VERB ...: finds the verb and hands over. */
#include "app/app.h"
#include "app/help.h"

#include "base/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *verb;
    int (*run)(const struct vg_app *, int, char **);
} VERBS[] = {
    {"new", vg_cmd_new},         {"plan", vg_cmd_plan},   {"check", vg_cmd_check},
    {"run", vg_cmd_run},         {"sim", vg_cmd_sim},     {"verify", vg_cmd_verify},
    {"replay", vg_cmd_replay},   {"sight", vg_cmd_sight}, {"export", vg_cmd_export},
    {"terrain", vg_cmd_terrain}, {"tlog", vg_cmd_tlog},   {"traffic", vg_cmd_traffic},
    {"klv", vg_cmd_klv},         {"look", vg_cmd_look},   {"track", vg_cmd_track},
    {"help", vg_cmd_help},
};
enum {
    N_VERBS = sizeof VERBS / sizeof VERBS[0]
};

static const char HELP[] = "help";

int vg_app_fail(const struct vg_app *app, const struct vg_error *err)
{
    char text[1100];
    vg_error_text(err, text, sizeof text);
    if (app->is_json) {
        struct vg_buf b = {0};
        vg_buf_puts(&b, "{\"error\":");
        vg_buf_json(&b, text);
        vg_buf_printf(&b, ",\"exit\":%d}\n", vg_exit_code(err->status));
        fputs(vg_buf_text(&b), stderr);
        vg_buf_finish(&b);
    } else {
        fprintf(stderr, "vigie: %s\n", text);
    }
    return vg_exit_code(err->status);
}

int vg_app_usage(const struct vg_app *app, const char *verb, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vg_vformat(text, sizeof text, vg_tr(app->lang, format), args);
    va_end(args);
    fprintf(stderr, "vigie %s: %s\n%s\n", verb, text, vg_help_usage(verb, app->lang));
    return 2;
}

/* The locale's language as POSIX orders it. */
static enum vg_lang locale_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0') {
            return vg_lang_from_name(v);
        }
    }
    return VG_LANG_EN;
}

/* Build-time data lies beside the program, or where a package puts it. */
static void find_share(struct vg_app *app)
{
    char self[900];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        vg_format(app->share_dir, sizeof app->share_dir, "%.*s/share", (int)(slash - self), self);
        if (access(app->share_dir, R_OK) == 0) {
            return;
        }
    }
    vg_format(app->share_dir, sizeof app->share_dir, "/usr/share/vigie");
}

/* Takes --json and --lang out of argv, wherever they stand. Returns the new argc, -1 on a bad
 * language. */
static int take_common(struct vg_app *app, int argc, char **argv)
{
    int n = 0;
    for (int i = 0; i < argc; i++) {
        const char *lang = NULL;
        if (strcmp(argv[i], "--json") == 0) {
            app->is_json = true;
            continue;
        }
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            lang = argv[++i];
        } else if (strncmp(argv[i], "--lang=", 7) == 0) {
            lang = argv[i] + 7;
        }
        if (lang == NULL) {
            argv[n++] = argv[i];
        } else if (strcmp(lang, "fr") == 0 || strcmp(lang, "en") == 0) {
            app->lang = vg_lang_from_name(lang);
        } else {
            return -1;
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    struct vg_app app = {.lang = locale_lang(), .is_terminal = isatty(STDERR_FILENO) == 1};
    setlocale(LC_CTYPE, "C.UTF-8"); /* numbers stay with a point */
    find_share(&app);
    argc = take_common(&app, argc, argv);
    if (argc < 0) {
        return vg_app_usage(&app, HELP, "--lang takes fr or en");
    }
    if (argc < 2) {
        vg_help_overview(app.lang, stderr);
        return 2;
    }
    const char *verb = argv[1];
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        verb = "help";
    } else if (strcmp(verb, "--version") == 0) {
        puts("vigie " VG_VERSION);
        return 0;
    }
    for (int i = 0; i < N_VERBS; i++) {
        if (strcmp(VERBS[i].verb, verb) == 0) {
            bool wants_help = argc > 2 && strcmp(argv[2], "--help") == 0;
            if (wants_help) {
                printf("%s\n", vg_help_text(verb, app.lang));
                return 0;
            }
            return VERBS[i].run(&app, argc - 1, argv + 1);
        }
    }
    const char *names[N_VERBS];
    for (int i = 0; i < N_VERBS; i++) {
        names[i] = VERBS[i].verb;
    }
    int near = vg_text_nearest(verb, names, N_VERBS);
    if (near >= 0) {
        return vg_app_usage(&app, HELP, "no command \"%s\"; did you mean \"%s\"?", verb,
                            names[near]);
    }
    return vg_app_usage(&app, HELP, "no command \"%s\"", verb);
}
