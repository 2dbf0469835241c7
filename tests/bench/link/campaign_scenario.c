/* What goes wrong, by dice: a radio that is bad for all, and for each drone troubles of its own. */
#include "campaign.h"

#include "base/rng.h"

/* Each with its chance a drone; times and amounts by dice. */
static const struct trouble {
    const char *kind;
    double chance;
    double for_least_s, for_most_s; /* 0: no FOR */
    const char *amount; /* format for one number; "" none */
    double least, most;
} TROUBLES[] = {
    {"silent", 0.15, 5, 600, "", 0, 0},
    {"deaf", 0.08, 5, 300, "", 0, 0},
    {"mute", 0.08, 5, 300, "", 0, 0},
    {"loss", 0.15, 60, 1200, " %.0f%%", 20, 95},
    {"delay", 0.10, 60, 1200, " %.0fms", 200, 4000},
    {"rate", 0.08, 60, 1200, " %.0fB/s", 300, 3000},
    {"no-position", 0.08, 10, 300, "", 0, 0},
    {"gps-jump", 0.08, 10, 200, " %.0fm 70deg", 50, 3000},
    {"battery", 0.08, 0, 0, " %.0f%%", 10, 70},
    {"cell", 0.05, 0, 0, "", 0, 0},
    {"crash", 0.03, 0, 0, "", 0, 0},
    {"reboot", 0.08, 3, 20, "", 0, 0},
    {"stuck-upload", 0.08, 30, 600, "", 0, 0},
    {"says-landed", 0.05, 5, 300, "", 0, 0},
    {"wrong-item", 0.06, 30, 600, "", 0, 0},
    {"acts-not", 0.06, 20, 300, "", 0, 0},
    {"frozen", 0.06, 10, 300, "", 0, 0},
};

static double between(struct vg_rng *rng, double least, double most)
{
    return least + (most - least) * vg_rng_unit(rng);
}

static void write_trouble(const struct trouble *t, const char *who, struct vg_rng *rng,
                          struct vg_buf *out)
{
    vg_buf_printf(out, "%s %s %.1fs", who, t->kind, between(rng, 0, CAMPAIGN_S * 0.8));
    if (t->for_most_s > 0) {
        vg_buf_printf(out, " %.1fs", between(rng, t->for_least_s, t->for_most_s));
    }
    char text[40] = "";
    if (t->amount[0] != '\0') {
        double amount = between(rng, t->least, t->most);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        vg_format(text, sizeof text, t->amount, amount);
#pragma GCC diagnostic pop
    }
    vg_buf_printf(out, "%s\n", text);
}

static void write_radio(struct vg_rng *rng, struct vg_buf *out)
{
    vg_buf_printf(out, "all loss 0s 2h %.0f%%\n", between(rng, 0, 30));
    vg_buf_printf(out, "all duplicate 0s 2h %.0f%%\n", between(rng, 0, 10));
    vg_buf_printf(out, "all reorder 0s 2h %.0f%%\n", between(rng, 0, 10));
    vg_buf_printf(out, "all delay 0s 2h %.0fms %.0fms\n", between(rng, 0, 1000),
                  between(rng, 0, 1000));
    vg_buf_printf(out, "all corrupt 0s 2h %.1f%%\n", between(rng, 0, 5));
    vg_buf_printf(out, "all truncate 0s 2h %.1f%%\n", between(rng, 0, 3));
}

void campaign_write_scenario(const struct campaign *self, uint64_t seed, struct vg_buf *out)
{
    struct vg_rng rng = vg_rng_seed(seed * UINT64_C(2654435761) + 17);
    write_radio(&rng, out);
    if (vg_rng_unit(&rng) < 0.5) {
        vg_buf_printf(out, "wind %.0fs %.1fm/s %.0fdeg\n", between(&rng, 0, CAMPAIGN_S),
                      between(&rng, 0, 12), between(&rng, 0, 360));
    }
    for (int d = 0; d < self->watch.n_drones; d++) {
        for (size_t k = 0; k < sizeof TROUBLES / sizeof TROUBLES[0]; k++) {
            if (vg_rng_unit(&rng) < TROUBLES[k].chance) {
                write_trouble(&TROUBLES[k], self->watch.drones[d].id, &rng, out);
            }
        }
    }
}
