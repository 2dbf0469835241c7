// What the two autopilots object to in an uploaded mission, written from their sources: ArduPilot libraries/AP_Mission/AP_Mission.cpp
// (mavlink_int_to_mission_cmd) and libraries/AP_Landing, PX4 src/modules/mavlink/mavlink_mission.cpp (parse_mavlink_mission_item) and
// src/modules/navigator/MissionFeasibility/FeasibilityChecker.cpp, a fixed wing with their default parameters. Items as in a .plan;
// each returns what is wrong, or null. Commands that no mission of Vigie may hold are not among those let through.
const EARTH_M = 6371000, RAD = Math.PI / 180;
const distance = (a, b) => {
  const x = (b[1] - a[1]) * RAD * Math.cos(((a[0] + b[0]) / 2) * RAD), y = (b[0] - a[0]) * RAD;
  return Math.hypot(x, y) * EARTH_M;
};
const PX4_PLACED = new Set([16, 17, 19, 21, 22, 31, 84, 85, 195]);
const PX4_ACTS = new Set([20, 177, 178, 189, 197, 1000, 1001, 2000, 2001, 2500, 2501]);
const MAX_GLIDE = Math.tan(5.1 * RAD); // FW_LND_ANG 5 degrees, and the checker's own 0.1
const ACCEPTANCE_M = 10; // NAV_ACC_RAD

export function px4Objects(items, homeMsl) {
  let seenPlace = false, start = -1, landing = false;
  for (const [i, v] of items.entries()) {
    const place = v.frame === 0 || v.frame === 3;
    if (!place && v.frame !== 2) return `item ${i}: frame ${v.frame}`;
    if (!(place ? PX4_PLACED : PX4_ACTS).has(v.command)) return `item ${i}: command ${v.command} in frame ${v.frame}`;
    const msl = (k) => items[k].params[6] + (items[k].frame === 3 ? homeMsl : 0);
    if (v.command === 22 || v.command === 84) {
      if (seenPlace) return `item ${i}: take-off is not the first place`;
      if (msl(i) - homeMsl - 1 < ACCEPTANCE_M) return `item ${i}: take-off too low`;
    }
    if (v.command === 189) {
      if (start >= 0) return `item ${i}: a second landing sequence`;
      start = i;
    }
    if (v.command === 21) {
      const before = items[i - 1];
      if (i === 0 || (before.command !== 16 && before.command !== 31)) return `item ${i}: no approach`;
      const drop = msl(i - 1) - msl(i), way = distance(before.params.slice(4), v.params.slice(4));
      if (drop <= 0 || drop / way > MAX_GLIDE) return `item ${i}: a glide of ${drop} m on ${way} m`;
      if (start > i - 1) return `item ${i}: approach before the landing sequence`;
      landing = true;
    }
    seenPlace ||= place;
  }
  return landing ? null : 'no landing';
}

const ARDUPILOT = new Set([16, 17, 18, 19, 20, 21, 22, 31, 84, 85, 177, 178, 189, 195, 197, 531, 1000, 2500, 2501]);
export function ardupilotObjects(items) {
  for (const [i, v] of items.entries()) {
    if (!ARDUPILOT.has(v.command)) return `item ${i}: command ${v.command}`;
    if (![0, 2, 3, 10].includes(v.frame)) return `item ${i}: frame ${v.frame}`;
    if (v.command === 16 && v.frame === 2) return `item ${i}: a way point without a frame`;
    if (!(Math.abs(v.params[6]) < 83000)) return `item ${i}: height ${v.params[6]}`; // LOCATION_ALT_MAX_M
  }
  // The nearest DO_LAND_START is where it goes when it must land; one without a place takes the next way point's.
  const start = items.findIndex((v) => v.command === 189);
  const next = items.slice(start + 1).find((v) => v.command === 16 || v.command === 31);
  return start >= 0 && next && items.slice(start).some((v) => v.command === 21) ? null : 'no landing sequence';
}
