#include "link/loss.h"

static const double WEIGHT = 1.0 / 200;

bool vg_loss_count(struct vg_loss *self, uint8_t before, uint8_t seq)
{
    uint8_t hole = (uint8_t)(seq - before - 1);
    if (hole >= 128) {
        return false;
    }
    self->n_missed += hole;
    for (int i = 0; i < hole; i++) {
        self->share += (1.0 - self->share) * WEIGHT;
    }
    self->share -= self->share * WEIGHT;
    return true;
}
