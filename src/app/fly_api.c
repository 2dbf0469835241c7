#include "app/fly_api.h"

#include "serve/query.h"
#include "watch/view.h"

#include <string.h>

void vg_fly_api_get(struct vg_station *self, const char *id, const char *query,
                    struct vg_reply *reply)
{
    char lang[8] = "";
    int drone = vg_watchfile_find_drone(&self->watchfile, id);
    if (drone < 0) {
        vg_reply_error(reply, 404, "no such drone");
        return;
    }
    bool is_asked = vg_query_text(query, "lang", lang, sizeof lang);
    enum vg_lang in = !is_asked                 ? self->app->lang
                      : strcmp(lang, "fr") == 0 ? VG_LANG_FR
                                                : VG_LANG_EN;
    vg_director_status(self->director, drone, in, self->now, &reply->body);
}

static bool answer(enum vg_status st, const struct vg_error *err, struct vg_reply *reply)
{
    if (st != VG_OK) {
        vg_reply_error(reply, st == VG_E_NOT_FOUND ? 404 : 409, err->message);
    }
    return st == VG_OK;
}

bool vg_fly_api_drone(struct vg_station *self, const struct vg_fly_api_act *a,
                      struct vg_reply *reply)
{
    struct vg_error err = {.lang = self->app->lang};
    int drone = vg_watchfile_find_drone(&self->watchfile, a->id);
    bool is_stop = strcmp(a->verb, "stop") == 0;
    bool is_control = strcmp(a->verb, "control") == 0;
    const struct vg_order order = {.act = vg_act_find(a->verb),
                                   .base = vg_watchfile_find_base(&self->watchfile, a->detail),
                                   .by = a->by};
    if (drone < 0 || (!is_stop && !is_control && order.act == VG_ACT_NONE)) {
        vg_reply_error(reply, 404, drone < 0 ? "no such drone" : "nothing here");
        return false;
    }
    enum vg_status st =
        is_stop ? vg_director_stop(self->director, drone, a->by, self->now, &err)
        : is_control
            ? vg_director_control_act(self->director, drone, vg_control_act_find(a->detail), a->by,
                                      self->now, &err)
            : vg_director_order(self->director, drone, &order, self->now, &err);
    if (!answer(st, &err, reply)) {
        return false;
    }
    vg_view_drone(vg_watch_drone(&self->watch, a->id), false, &reply->body);
    return true;
}

bool vg_fly_api_sortie(struct vg_station *self, const struct vg_fly_api_act *a,
                       struct vg_reply *reply)
{
    struct vg_error err = {.lang = self->app->lang};
    bool is_given = strcmp(a->verb, "consent") == 0;
    enum vg_status st;
    if (strcmp(a->verb, "overrule") == 0) {
        st = vg_director_overrule(self->director, a->id, a->detail, a->by, self->now, &err);
    } else if (is_given || strcmp(a->verb, "refuse") == 0) {
        st = vg_director_consent(self->director, a->id, is_given, a->by, self->now, &err);
    } else {
        vg_reply_error(reply, 404, "nothing here");
        return false;
    }
    if (!answer(st, &err, reply)) {
        return false;
    }
    vg_view_sortie(vg_watch_sortie(&self->watch, a->id), &reply->body);
    return true;
}
