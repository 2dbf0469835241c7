#include "app/reader_api.h"

#include "serve/query.h"

#include <string.h>

static bool parse(const char *path, struct vg_route_args *args, enum vg_reading *out_what)
{
    if (vg_route_match("/api/drones/{id}/params", path, args)) {
        *out_what = VG_READING_PARAMS;
    } else if (vg_route_match("/api/drones/{id}/logs", path, args)) {
        *out_what = VG_READING_LOGS;
    } else if (vg_route_match("/api/drones/{id}/logs/{log}", path, args)) {
        *out_what = VG_READING_LOG;
    } else {
        return false;
    }
    return true;
}

bool vg_reader_api_is(const char *path)
{
    struct vg_route_args args;
    enum vg_reading what;
    return parse(path, &args, &what);
}

static void answer(const struct vg_station *self, int drone, enum vg_reading what,
                   struct vg_reply *reply)
{
    if (what == VG_READING_PARAMS) {
        vg_reader_params_json(self->reader, drone, &reply->body);
    } else {
        vg_reader_logs_json(self->reader, drone, &reply->body);
    }
}

bool vg_reader_api_get(struct vg_station *self, const char *path, struct vg_reply *reply)
{
    struct vg_route_args args;
    enum vg_reading what;
    if (!parse(path, &args, &what) || what == VG_READING_LOG) {
        return false;
    }
    int drone = vg_watchfile_find_drone(&self->watchfile, args.text[0]);
    if (drone < 0) {
        vg_reply_error(reply, 404, "no such drone");
    } else {
        answer(self, drone, what, reply);
    }
    return true;
}

static enum vg_status make_reader(struct vg_station *self, struct vg_error *err)
{
    if (self->reader != NULL) {
        return VG_OK;
    }
    vg_format(self->reader_folder, sizeof self->reader_folder, "%s.d", self->record_path);
    const struct vg_reader_options options = {.our_sysid = VG_STATION_SYSID,
                                              .folder = self->reader_folder,
                                              .lang = self->app->lang,
                                              .send = vg_station_send,
                                              .ctx = self};
    return vg_reader_create(&options, &self->reader, err);
}

bool vg_reader_api_post(struct vg_station *self, const char *path, struct vg_reply *reply)
{
    struct vg_route_args args;
    enum vg_reading what;
    int64_t log = -1;
    struct vg_error err = {.lang = self->app->lang};
    if (!parse(path, &args, &what)) {
        return false;
    }
    int drone = vg_watchfile_find_drone(&self->watchfile, args.text[0]);
    bool is_number = what != VG_READING_LOG || vg_route_int64(&args, 1, 0, 65535, &log);
    if (drone < 0 || !is_number) {
        vg_reply_error(reply, 404, drone < 0 ? "no such drone" : "no such log");
        return true;
    }
    const struct vg_reader_wish wish = {.what = what,
                                        .drone = drone,
                                        .drone_id = self->watchfile.drones[drone].id,
                                        .vehicle = vg_director_vehicle(self->director, drone),
                                        .log = (int)log};
    if (make_reader(self, &err) != VG_OK ||
        vg_reader_start(self->reader, &wish, self->now, &err) != VG_OK) {
        vg_reply_error(reply, 409, err.message);
    } else {
        answer(self, drone, what, reply);
    }
    return true;
}
