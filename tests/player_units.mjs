// The player's own arithmetic, without a page. `test_player.py` runs this with the widget's source as MODULE.
import assert from "node:assert/strict";
import { test } from "node:test";

const p = await import(process.env.PLAYER_MODULE);

const FIELDS = {
  route_first: ["uint32", [0, 3]],
  point_x: ["float32", [0, 10, 10]],
  point_y: ["float32", [0, 0, 10]],
  point_m: ["float32", [0, 10, 20]],
  stop_m: ["float32", [10, Infinity]],
  unit_route: ["uint16", [0, 0]],
  unit_arrive_s: ["float32", [0, 100]],
  unit_slowness_s_per_m: ["float32", [1, 1]],
  unit_size: ["uint8", [1, 3]],
  unit_wait_ds: ["uint16", [300, 0, 0, 0]],
  unit_first_passer: ["uint32", [7, 20]],
  pass_passer: ["uint32", [21, 7]],
  pass_enter_s: ["float32", [104, 2]],
  pass_exit_s: ["float32", [106, 5]],
};
const TYPES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };

function day() {
  const fields = {};
  const bytes = [];
  for (const [name, [type, values]] of Object.entries(FIELDS)) {
    while (bytes.length % 4) bytes.push(0);
    fields[name] = [type, bytes.length, values.length];
    bytes.push(...new Uint8Array(TYPES[type].from(values).buffer));
  }
  const header = { fields, stops: 2, longest_s: 60, one_in: 1 };
  const whole = new Uint8Array([9, ...bytes]); // begins at an odd place, as a message may
  return { header, view: new DataView(whole.buffer, 1), size: bytes.length };
}

function read() {
  const { header, view } = day();
  return p.decodeWalks(header, view);
}

// Protects waits at signals: a unit stands at the kerb for its wait, and walks on from there.
test("walk with a wait", () => {
  const found = read();
  const at = [5, 10, 25, 40, 45, 49].map((time) => p.walkedTo(found, 0, time));
  assert.deepEqual(at, [5, 10, 10, 10, 15, 19]);
});

// Protects the corners of routes, and that nobody leaves them.
test("points along a route", () => {
  const out = new Float64Array(4);
  const places = [-1, 5, 10, 15, 99].map((distance) => {
    p.pointAt(read(), 0, distance, out);
    return [...out];
  });
  assert.deepEqual(places, [[0, 0, 1, 0], [5, 0, 1, 0], [10, 0, 1, 0], [10, 5, 0, 1], [10, 10, 0, 1]]);
});

// Protects company: members of a unit walk side by side half a metre apart, across their way.
test("side by side", () => {
  const found = read();
  const out = new Float64Array(4);
  const across = [20, 21, 22].map((passer) => (p.locate(found, passer, 105, out), out[1]));
  assert.ok(Math.abs(across[1] - across[0] - 0.5) < 1e-6 && Math.abs(across[2] - across[1] - 0.5) < 1e-6);
  assert.equal(p.locate(found, 20, 99, out), false);
  assert.equal(p.locate(found, 20, 121, out), false);
  assert.equal(p.locate(found, 3, 105, out), false);
});

// Protects the queue, which is drawn only: never past the kerb, and nobody behind once all have walked on.
test("queue", () => {
  const found = read();
  for (let time = 0; time < 50; time += 0.25) {
    const shown = p.shownAt(found, 0, time);
    const walked = p.walkedTo(found, 0, time);
    assert.ok(shown <= walked + 1e-9 && walked - shown <= 2.4 + 1e-9);
    assert.ok(time >= 40 || shown <= 10);
  }
  assert.equal(p.shownAt(found, 0, 46), p.walkedTo(found, 0, 46));
  for (let time = 100; time < 120; time += 1) assert.equal(p.shownAt(found, 1, time), p.walkedTo(found, 1, time));
});

// Protects against a day read with another day's header, since the two may come in two messages.
test("header and bytes that do not belong together", () => {
  const { header, view, size } = day();
  assert.equal(p.decodeWalks(header, new DataView(new ArrayBuffer(size - 1))), null);
  assert.equal(p.decodeWalks(header, new DataView(new ArrayBuffer(size + 40))), null);
  assert.equal(p.decodeWalks({}, view), null);
  assert.equal(p.decodeWalks(header, undefined), null);
});

// Protects who is drawn in ink: passes in order of time, with their ends.
test("passes in order", () => {
  const found = read();
  assert.deepEqual([...found.passPasser], [7, 21]);
  assert.deepEqual([...found.passEnter], [2, 104]);
  assert.equal(found.longestPass, 3);
});

const STOP = {
  alert: 4, time_s: 3, passer: 7, right: false, stopped: true, arrested: false, label: ["a"], stop_label: ["b"],
  contact: [6, 1], contact_s: 6, ended_s: 20, team: 1, post: [0, -10], sent_s: 4, back_s: 30,
};

// Protects the story of a stop: stands from contact to end, then walks on with the time lost.
test("somebody stopped", () => {
  const found = read();
  const [alert] = p.alertsOf(found, [STOP]);
  const out = new Float64Array(4);
  const at = (time) => (p.locateAlerted(found, alert, time, out) ? [out[0], out[1]] : null);
  assert.ok(Math.abs(at(5)[0] - 5) < 1e-9);
  assert.deepEqual(at(6), [6, 1]);
  assert.deepEqual(at(19.9), [6, 1]);
  assert.ok(Math.abs(at(22)[0] - 8) < 1e-9); // 8 s of walking, 14 s held
  assert.equal(alert.opens, 6);
  const arrested = p.alertsOf(found, [{ ...STOP, arrested: true }])[0];
  assert.equal(p.locateAlerted(found, arrested, 21, out), false);
});

// Protects the paths: before the alert from where they came in, after it to where they were stopped.
test("paths", () => {
  const [alert] = p.alertsOf(read(), [STOP]);
  assert.ok(Math.abs(alert.before[0]) < 1e-9 && Math.abs(alert.before.at(-2) - 3) < 1e-6);
  assert.ok(Math.abs(alert.after[0] - 3) < 1e-6);
  assert.deepEqual(alert.after.slice(-2), [6, 1]);
});

// Protects the officers: at their post, straight there by the contact, with the person, back in time.
test("a team's way", () => {
  const [team] = p.teamsOf(p.alertsOf(read(), [STOP]));
  const out = new Float64Array(2);
  const at = (time) => (p.locateTeam(team, time, out), [...out]);
  assert.deepEqual(at(3), [0, -10]);
  assert.deepEqual(at(5), [3, -4.5]);
  assert.deepEqual(at(10), [6, 1]);
  assert.deepEqual(at(25), [3, -4.5]);
  assert.deepEqual(at(31), [0, -10]);
});

// Protects an arrest: the team stays away after the stop until it has handed the person over.
test("a team that hands somebody over", () => {
  const [team] = p.teamsOf(p.alertsOf(read(), [{ ...STOP, arrested: true, left_s: 28 }]));
  const out = new Float64Array(2);
  assert.deepEqual((p.locateTeam(team, 27, out), [...out]), [6, 1]);
  assert.deepEqual((p.locateTeam(team, 29, out), [...out]), [3, -4.5]);
});

// Protects alerts of people of whom nothing is drawn, and alerts that nobody was sent to.
test("odd alerts", () => {
  const plain = { alert: 1, time_s: 3, passer: 999, right: true, stopped: false, contact: null };
  const alerts = p.alertsOf(read(), [plain]);
  assert.equal(alerts[0].place, null);
  assert.deepEqual(p.teamsOf(alerts), []);
  const unmet = p.alertsOf(read(), [{ ...STOP, stopped: false, stop_label: [] }])[0];
  assert.equal(unmet.opens, 3);
  assert.equal(p.alertsOf(null, [plain])[0].opens, 3);
});

// Protects the time line: marks that would overlap stack, and a day with very many stays low.
test("stacking", () => {
  assert.deepEqual(p.rowsOf([0, 10, 30, 31, 60], 18), [0, 1, 0, 1, 0]);
  const crowd = p.stackOf(Array.from({ length: 500 }, (_, k) => k));
  assert.ok(crowd.most * crowd.row <= 151 && crowd.size === 6);
  assert.equal(p.stackOf([0, 100]).size, 13);
  assert.equal(p.stackOf([]).most, 1);
});

// Protects the words of an alert to those who do not see it, and the clock past midnight.
test("words", () => {
  const told = p.toldOf({ right: false, stopped: true, arrested: false, time_s: 10936 }, 12);
  assert.equal(told, "Alert at 15:02:16, wrong person, stopped by officers");
  assert.equal(p.clockOf(23.5, 3600), "00:30:00");
});

function drawing(rows) {
  return { width: 8 * rows[0].length, height: 8 * rows.length, room: rows, cell: 8, matrix: [1, 0, 0, 1, 0, 0] };
}

// Protects the rule for words: on nobody's ground, near, with a straight leader; people's ground last.
test("place of words", () => {
  const plan = drawing(Array.from({ length: 30 }, (_, row) => (row < 8 || row > 22 ? "0" : "2").repeat(40)));
  const box = p.placeBox(p.makeRaster(plan), plan, 80, 30, [160, 100]);
  assert.ok(box.top + box.height <= 64 && box.ground === 0);
  assert.ok(box.left <= 160 && box.left + box.width >= 160);
  assert.equal(p.overPeople(plan, box), 0);
  const crowd = drawing(Array.from({ length: 30 }, () => "2".repeat(40)));
  assert.ok(p.placeBox(p.makeRaster(crowd), crowd, 80, 30, [160, 100]) !== null);
  assert.equal(p.placeBox(p.makeRaster(plan), plan, 900, 30, [160, 100]), null);
});

// Protects other words: no box lies on them, and no leader runs through them where there is another way.
test("words do not cross words", () => {
  const rows = Array.from({ length: 30 }, (_, row) => (row < 12 ? "0" : "2").repeat(40));
  rows[10] = rows[11] = "0".repeat(17) + "444444" + "0".repeat(17);
  const plan = drawing(rows);
  const anchor = [160, 150];
  const box = p.placeBox(p.makeRaster(plan), plan, 64, 30, anchor);
  assert.equal(p.crossesWords(plan, box, anchor), false);
  assert.ok(box.ground < 100);
});
