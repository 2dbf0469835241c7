/* The files an operator finds by MAVFTP: the parameters, packed as ArduPilot packs them, and one
 * flight log. */
#include "sim/drone_priv.h"

static const uint8_t LOG[] = "This is the flight log of a simulated drone.\n";

void vg_drone_files_init(struct vg_simdrone *self)
{
    self->files =
        (struct vg_ftpsrv){.sysid = self->config.sysid,
                           .compid = VG_DRONE_COMPID,
                           .files = self->file_list,
                           .n_files = self->habits->log_folder != NULL ? VG_DRONE_FILES : 0,
                           .has_one_session = self->habits->has_one_file_session};
    vg_drone_files_refresh(self);
}

/* The parameters as they are now; told as ArduPilot does, too short or too long. */
void vg_drone_files_refresh(struct vg_simdrone *self)
{
    size_t n = vg_parampck_format(self->params.params, self->params.n_params, VG_FTP_DATA_MAX,
                                  self->pack, sizeof self->pack);
    const struct vg_bytes pack = {self->pack, n};
    uint32_t told = (uint32_t)self->params.n_params * 12;
    self->file_list[0] = (struct vg_ftpsrv_file){VG_PARAMPCK_PATH, pack, told};
    self->file_list[1] = (struct vg_ftpsrv_file){VG_PARAMPCK_PATH_DEFAULTS, pack, told};
    self->file_list[2] =
        (struct vg_ftpsrv_file){"/APM/LOGS/00000001.BIN", {LOG, sizeof LOG - 1}, 0};
}
