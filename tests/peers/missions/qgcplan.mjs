// A strict reader of QGroundControl's .plan, written from its developer guide ("Plan File Format") and the MAVLink messages that it
// names: every key must be one that the page lists, with its type, and every number in its range. Throws what it objects to.
const fail = (where, what) => { throw new Error(`${where}: ${what}`); };
const isNumber = (v) => typeof v === 'number' && Number.isFinite(v);
const isInteger = (v) => Number.isInteger(v);
const object = (where, v, types) => {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) fail(where, 'no object');
  for (const k of Object.keys(v)) if (!(k in types)) fail(where, `key ${k} is not in the format`);
  for (const [k, holds] of Object.entries(types)) if (!(k in v) || !holds(v[k])) fail(where, `${k} is ${JSON.stringify(v[k])}`);
  return v;
};
const place = (where, lat, lon) => {
  if (!isNumber(lat) || Math.abs(lat) > 90 || !isNumber(lon) || Math.abs(lon) > 180) fail(where, `place ${lat}, ${lon}`);
};
const is = (value) => (v) => v === value;

// MAV_CMD: which hold a place. What is not here is not expected of an exported sortie.
const PLACED = { 16: true, 17: true, 18: true, 19: true, 21: true, 22: true, 31: true, 189: false, 20: false, 178: false, 531: false, 1000: false, 2500: false, 2501: false };
// MAV_FRAME -> QGroundControl's AltitudeMode (0 mixed, 1 relative, 2 absolute, 3 calculated above terrain, 4 terrain frame).
const MODE_OF_FRAME = { 0: 2, 3: 1, 10: 4 };

function item(where, v, number) {
  if (!(v?.command in PLACED)) fail(where, `command ${v?.command}`);
  const placed = PLACED[v.command];
  object(where, v, {
    type: is('SimpleItem'), autoContinue: (x) => typeof x === 'boolean', command: isInteger, doJumpId: is(number), frame: isInteger, params: Array.isArray,
    ...(placed ? { Altitude: isNumber, AltitudeMode: isInteger, AMSLAltAboveTerrain: (x) => x === null || isNumber(x) } : {}),
  });
  if (v.params.length !== 7 || !v.params.every((p) => p === null || isNumber(p))) fail(where, `params ${JSON.stringify(v.params)}`);
  const [, , , , x, y, z] = v.params;
  if (!placed) {
    if (v.frame !== 2) fail(where, `frame ${v.frame} of a command without a place`);
    return v;
  }
  place(where, x, y);
  if (v.AltitudeMode !== MODE_OF_FRAME[v.frame]) fail(where, `AltitudeMode ${v.AltitudeMode} with frame ${v.frame}`);
  if (!isNumber(z) || v.Altitude !== z) fail(where, `Altitude ${v.Altitude}, z ${z}`);
  return v;
}

function fence(where, v) {
  object(where, v, { circles: Array.isArray, polygons: Array.isArray, version: is(2) });
  v.polygons.forEach((p, i) => {
    object(`${where} polygon ${i}`, p, { inclusion: (x) => typeof x === 'boolean', polygon: (x) => Array.isArray(x) && x.length >= 3, version: is(1) });
    for (const c of p.polygon) { if (c.length !== 2) fail(where, 'a corner is two numbers'); place(`${where} polygon ${i}`, c[0], c[1]); }
    const [a, b] = [p.polygon[0], p.polygon.at(-1)];
    if (a[0] === b[0] && a[1] === b[1]) fail(where, 'the last corner repeats the first');
  });
  v.circles.forEach((c, i) => object(`${where} circle ${i}`, c, { circle: (x) => x && x.center?.length === 2 && x.radius > 0, inclusion: (x) => typeof x === 'boolean', version: is(1) }));
}

export function readPlan(text) {
  const plan = object('plan', JSON.parse(text), {
    fileType: is('Plan'), version: is(1), groundStation: (x) => typeof x === 'string' && x.length > 0, mission: () => true, geoFence: () => true, rallyPoints: () => true,
  });
  const m = object('mission', plan.mission, {
    version: is(2), firmwareType: (x) => x === 3 || x === 12, vehicleType: isInteger, globalPlanAltitudeMode: (x) => x >= 0 && x <= 4,
    cruiseSpeed: (x) => x > 0, hoverSpeed: (x) => x > 0, items: (x) => Array.isArray(x) && x.length > 0, plannedHomePosition: (x) => Array.isArray(x) && x.length === 3,
  });
  place('home', m.plannedHomePosition[0], m.plannedHomePosition[1]);
  if (!isNumber(m.plannedHomePosition[2])) fail('home', 'height');
  m.items.forEach((v, i) => item(`item ${i + 1}`, v, i + 1));
  fence('geoFence', plan.geoFence);
  object('rallyPoints', plan.rallyPoints, { points: Array.isArray, version: is(2) });
  for (const p of plan.rallyPoints.points) {
    if (p.length !== 3 || !isNumber(p[2]) || p[2] <= 0) fail('rallyPoints', JSON.stringify(p));
    place('rallyPoints', p[0], p[1]);
  }
  return plan;
}
