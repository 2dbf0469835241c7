/* All of missions from the station's side: items, reading a list, sending one, and bringing one
 * onto a drone with proof. */
#ifndef VG_LINK_MISSION_H
#define VG_LINK_MISSION_H

#include "link/missionitem.h"
#include "link/missionup.h"

#endif
