/* bench_link_campaign [FIRST LAST]: the faulted campaign over seeds FIRST to LAST (1 to 20), with
 * the seed of each breach; --print SEED: that scenario, as a file for vigie sim --scenario. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void add(struct campaign_result *sum, const struct campaign_result *one)
{
    sum->n_takeoffs += one->n_takeoffs;
    sum->n_landings += one->n_landings;
    sum->n_lost += one->n_lost;
    sum->n_ran_empty += one->n_ran_empty;
    sum->n_reserve_broken += one->n_reserve_broken;
    for (int k = 0; k < BREACH_COUNT; k++) {
        sum->n_of[k] += one->n_of[k];
    }
}

static void print_lines(uint64_t seed, const struct vg_buf *lines)
{
    const char *p = vg_buf_text(lines);
    while (*p != '\0') {
        size_t n = strcspn(p, "\n");
        printf("seed %llu: %.*s\n", (unsigned long long)seed, (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct campaign campaign;
    struct campaign_result sum = {0};
    campaign_open(&campaign);
    if (argc == 3 && strcmp(argv[1], "--print") == 0) {
        struct vg_buf text = {0};
        campaign_write_scenario(&campaign, strtoull(argv[2], NULL, 10), &text);
        fputs(vg_buf_text(&text), stdout);
        vg_buf_finish(&text);
        campaign_close(&campaign);
        return 0;
    }
    uint64_t first = argc == 3 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t last = argc == 3 ? strtoull(argv[2], NULL, 10) : 20;
    double began_s = cpu_s();
    for (uint64_t seed = first; seed <= last; seed++) {
        struct campaign_result one;
        campaign_fly(&campaign, seed, &one);
        print_lines(seed, &one.lines);
        fflush(stdout);
        add(&sum, &one);
        vg_buf_finish(&one.lines);
    }
    printf("faulted campaign: seeds %llu to %llu, %d drones, %d s simulated each, %.0f s of one "
           "core\n",
           (unsigned long long)first, (unsigned long long)last, CAMPAIGN_DRONES, CAMPAIGN_S,
           cpu_s() - began_s);
    printf(
        "  %d take-offs, %d landings, %d drones destroyed by the scenario, %d empty in the air\n",
        sum.n_takeoffs, sum.n_landings, sum.n_lost, sum.n_ran_empty);
    printf("  %d landed with less than the reserve\n", sum.n_reserve_broken);
    int n_breaches = 0;
    for (int k = 0; k < BREACH_COUNT; k++) {
        printf("  %-50s %d\n", campaign_breach_names[k], sum.n_of[k]);
        n_breaches += sum.n_of[k];
    }
    unsigned long long n = last - first + 1;
    printf(
        "aim: faulted campaign, seeds %llu to %llu, %d drones each: %d breaches in %llu scenarios "
        "(aim: 0 in 500%s)\n",
        (unsigned long long)first, (unsigned long long)last, CAMPAIGN_DRONES, n_breaches, n,
        n < 500 ? "; \"scripts/bench link all\" flies them" : "");
    campaign_close(&campaign);
    return 0;
}
