// Everybody's walk through a day: read from bytes, and where anybody is at any time.
// Nothing here touches the page. Nothing that is called for every picture makes garbage.

const ARRAY_TYPES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int32: Int32Array, float32: Float32Array };

// Returns the day in typed arrays, or null where header and bytes do not belong together (yet).
function decodeWalks(header, bytes) {
  if (!header || !header.fields || !bytes || !bytes.byteLength) return null;
  const buffer = bytes.buffer || bytes;
  const start = bytes.byteOffset || 0;
  const found = {};
  let end = 0;
  for (const [name, [type, offset, length]] of Object.entries(header.fields)) {
    const Type = ARRAY_TYPES[type];
    const size = length * Type.BYTES_PER_ELEMENT;
    if (offset + size > bytes.byteLength) return null;
    end = Math.max(end, offset + size);
    found[name] = new Type(buffer.slice(start + offset, start + offset + size)); // a copy is aligned
  }
  if (bytes.byteLength - end > 8) return null;
  return dayOf(header, found);
}

function dayOf(header, found) {
  const units = found.unit_arrive_s.length;
  const routes = found.route_first.length - 1;
  const routeLength = new Float32Array(routes);
  for (let r = 0; r < routes; r += 1) routeLength[r] = found.point_m[found.route_first[r + 1] - 1];
  let most = 0;
  for (let u = 0; u < units; u += 1) most = Math.max(most, found.unit_first_passer[u] + found.unit_size[u]);
  for (let p = 0; p < found.pass_passer.length; p += 1) most = Math.max(most, found.pass_passer[p] + 1);
  const unitOf = new Int32Array(most).fill(-1);
  for (let u = 0; u < units; u += 1) {
    const first = found.unit_first_passer[u];
    unitOf.fill(u, first, first + found.unit_size[u]);
  }
  const order = Uint32Array.from(found.pass_passer.keys()).sort((a, b) => found.pass_enter_s[a] - found.pass_enter_s[b]);
  let longestPass = 0;
  for (const p of order) longestPass = Math.max(longestPass, found.pass_exit_s[p] - found.pass_enter_s[p]);
  return {
    ...found,
    stops: header.stops,
    longest: header.longest_s,
    routeLength,
    unitOf,
    passPasser: order.map((p) => found.pass_passer[p]),
    passEnter: Float32Array.from(order, (p) => found.pass_enter_s[p]),
    passExit: Float32Array.from(order, (p) => found.pass_exit_s[p]),
    longestPass,
    seen: new Uint32Array(most), // number of the picture in which a camera can compare somebody's face
    apart: new Uint32Array(most), // number of the picture in which somebody is drawn apart from the crowd
  };
}

// Returns the first place in sorted values whose value is not below `value`.
function lowerBound(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Returns how far a unit has walked along its route (m), waiting at its stops.
function walkedTo(day, unit, time) {
  const slowness = day.unit_slowness_s_per_m[unit];
  const route = day.unit_route[unit];
  let distance = Math.max(0, time - day.unit_arrive_s[unit]) / slowness;
  for (let k = 0; k < day.stops; k += 1) {
    const stop = day.stop_m[route * day.stops + k];
    if (distance <= stop) break;
    distance = Math.max(stop, distance - day.unit_wait_ds[unit * day.stops + k] / 10 / slowness);
  }
  return distance;
}

const QUEUE_M = 2.4;

// Returns how far along its route a unit is drawn (m): who waits stands some way behind the kerb, each unit
// somewhere else, and catches up when all walk on. Away from stops it is where it has walked to.
function shownAt(day, unit, time) {
  const distance = walkedTo(day, unit, time);
  const route = day.unit_route[unit];
  for (let k = 0; k < day.stops; k += 1) {
    const stop = day.stop_m[route * day.stops + k];
    if (distance < stop - QUEUE_M) break;
    if (distance > stop + 2 * QUEUE_M || day.unit_wait_ds[unit * day.stops + k] === 0) continue;
    const behind = stop - QUEUE_M * mixed(unit + 7);
    return Math.min(distance, behind + 1.5 * Math.max(0, distance - stop));
  }
  return distance;
}

// Returns a number from 0 to 1 that belongs to a unit.
function mixed(unit) {
  return (((unit * 2654435761) >>> 12) & 1023) / 1023;
}

// Writes x, y and the direction (as a unit vector) at a distance along a route; held at its ends.
function pointAt(day, route, distance, out) {
  const first = day.route_first[route];
  const last = day.route_first[route + 1] - 1;
  let p = first;
  while (p < last - 1 && day.point_m[p + 1] < distance) p += 1;
  const length = day.point_m[p + 1] - day.point_m[p];
  const share = Math.min(1, Math.max(0, (distance - day.point_m[p]) / length));
  const dx = day.point_x[p + 1] - day.point_x[p];
  const dy = day.point_y[p + 1] - day.point_y[p];
  out[0] = day.point_x[p] + share * dx;
  out[1] = day.point_y[p] + share * dy;
  out[2] = dx / length;
  out[3] = dy / length;
}

const ABREAST_M = 0.5;
const SCATTER_M = 0.6;

// Writes where a passer is at a time; returns whether they are on the site.
function locate(day, passer, time, out) {
  const unit = passer < day.unitOf.length ? day.unitOf[passer] : -1;
  if (unit < 0) return false;
  const distance = walkedTo(day, unit, time);
  const route = day.unit_route[unit];
  pointAt(day, route, distance, out);
  const aside = abreast(day, unit, passer - day.unit_first_passer[unit]);
  out[0] -= aside * out[3];
  out[1] += aside * out[2];
  return time >= day.unit_arrive_s[unit] && distance < day.routeLength[route];
}

// Returns how far to the left of the route a member of a unit is drawn (m): side by side, and each unit
// a little to one side, for people do not walk on lines.
function abreast(day, unit, member) {
  return (member - (day.unit_size[unit] - 1) / 2) * ABREAST_M + SCATTER_M * (mixed(unit) - 0.5);
}

// Returns the walk of a passer between two times as a list of x, y, a point each `step` seconds.
function pathOf(day, passer, from, to, step) {
  const place = new Float64Array(4);
  const path = [];
  if (!day) return path;
  for (let time = from; time < to + step; time += step) {
    if (locate(day, passer, Math.min(time, to), place)) path.push(place[0], place[1]);
  }
  return path;
}

const STEP_S = 0.5; // between points of a path

// Returns what the picture needs to know of each alert beyond what Python said: places, times, paths.
function alertsOf(day, events) {
  const place = new Float64Array(4);
  return events.map((event) => {
    const known = day !== null && locate(day, event.passer, event.time_s, place);
    const unit = known ? day.unitOf[event.passer] : -1;
    const met = Boolean(event.stopped && event.contact);
    const from = known ? day.unit_arrive_s[unit] : event.time_s;
    const until = met ? event.contact_s : event.time_s + (known ? day.longest : 0);
    const after = known ? pathOf(day, event.passer, event.time_s, until, STEP_S) : [];
    if (met && known) after.push(event.contact[0], event.contact[1]);
    return {
      ...event,
      place: known ? [place[0], place[1]] : null,
      before: known ? pathOf(day, event.passer, from, event.time_s, STEP_S) : [],
      after,
      from,
      met,
      arrested: Boolean(event.arrested),
      opens: met ? event.contact_s : event.time_s,
    };
  });
}

// Writes where somebody who set off an alert is at a time: stopped people stand, and then walk on.
function locateAlerted(day, alert, time, out) {
  if (!alert.met || time < alert.contact_s) return locate(day, alert.passer, time, out);
  if (time < alert.ended_s) {
    out[0] = alert.contact[0];
    out[1] = alert.contact[1];
    return true;
  }
  if (alert.arrested) return false;
  return locate(day, alert.passer, time - (alert.ended_s - alert.contact_s), out);
}

// Returns the teams, each with its post and the alerts for which it was sent, in order of time.
function teamsOf(alerts) {
  const teams = new Map();
  for (const alert of alerts) {
    if (alert.team == null || !alert.post) continue;
    if (!teams.has(alert.team)) teams.set(alert.team, { team: alert.team, post: alert.post, calls: [] });
    if (alert.contact && alert.sent_s != null && alert.back_s != null) teams.get(alert.team).calls.push(alert);
  }
  return [...teams.values()];
}

// Writes where a team is at a time: at its post, on the way to somebody, with them, or on the way back.
function locateTeam(team, time, out) {
  out[0] = team.post[0];
  out[1] = team.post[1];
  for (let k = 0; k < team.calls.length; k += 1) {
    const call = team.calls[k];
    if (time < call.sent_s || time >= call.back_s) continue;
    const left = Math.max(call.contact_s, call.left_s ?? call.ended_s ?? call.contact_s);
    let share = 1;
    if (time < call.contact_s) share = (time - call.sent_s) / Math.max(0.1, call.contact_s - call.sent_s);
    else if (time > left) share = (call.back_s - time) / Math.max(0.1, call.back_s - left);
    out[0] += share * (call.contact[0] - team.post[0]);
    out[1] += share * (call.contact[1] - team.post[1]);
    return call;
  }
  return null;
}

// Returns a time of the day as hh:mm:ss.
function clockOf(startHour, seconds) {
  const all = Math.floor(startHour * 3600 + seconds + 1e-6);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(all / 3600) % 24)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}
