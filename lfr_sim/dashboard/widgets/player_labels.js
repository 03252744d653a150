// The words of the opened alert on the plan: on ground where nobody walks, with a thin leader.
// The same rule as for the words of the ground (`plan_room.py`), on a raster that comes with it.

const SVG = "http://www.w3.org/2000/svg";
const LINE_PX = 18;
const TEXT_PX = 14;
const AIR_PX = 6;
const EDGE_PX = 6;
const TAKEN = 3;
const WORDS = "4";
const COST = [0, 150, 900, 3000, 3000]; // of nobody's ground, road, people's ground, what is taken, words
const CROSSING_PX = 400;
const LEANING_PX = 60;
const RING_PX = 14;
const OFFICERS_PX = 22;

function svgElement(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Returns a raster of costs, a number a cell, that can be added to and summed over boxes.
function makeRaster(drawing) {
  const rows = drawing.room.length;
  const columns = drawing.room[0].length;
  const cost = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) cost[r * columns + c] = COST[drawing.room[r].charCodeAt(c) - 48];
  }
  return { cell: drawing.cell, rows, columns, cost };
}

// Marks the cells within a distance of a place (px) as taken.
function take(raster, x, y, reach) {
  const { cell, rows, columns, cost } = raster;
  for (let r = Math.max(0, Math.floor((y - reach) / cell)); r <= Math.min(rows - 1, (y + reach) / cell); r += 1) {
    for (let c = Math.max(0, Math.floor((x - reach) / cell)); c <= Math.min(columns - 1, (x + reach) / cell); c += 1) {
      cost[r * columns + c] = Math.max(cost[r * columns + c], COST[TAKEN]);
    }
  }
}

function takeLine(raster, from, to) {
  const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / raster.cell) + 1;
  for (let k = 0; k <= steps; k += 1) {
    const share = k / steps;
    take(raster, from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1]), 4);
  }
}

function takeBox(raster, box) {
  for (let x = box.left; x <= box.left + box.width; x += raster.cell) {
    for (let y = box.top; y <= box.top + box.height; y += raster.cell) take(raster, x, y, 1);
  }
}

function sumsOf({ rows, columns, cost }) {
  const sums = new Float64Array((rows + 1) * (columns + 1));
  for (let r = 0; r < rows; r += 1) {
    let row = 0;
    for (let c = 0; c < columns; c += 1) {
      row += cost[r * columns + c];
      sums[(r + 1) * (columns + 1) + c + 1] = sums[r * (columns + 1) + c + 1] + row;
    }
  }
  return sums;
}

// Returns whether a straight line from a box to what its words name runs through other words.
function crossesWords(drawing, box, anchor) {
  const [x, y] = nearestOf(box, anchor);
  for (let share = 0; share <= 1; share += 1 / 40) {
    const row = drawing.room[Math.floor((y + share * (anchor[1] - y)) / drawing.cell)] || "";
    if (row[Math.floor((x + share * (anchor[0] - x)) / drawing.cell)] === WORDS) return true;
  }
  return false;
}

// Returns the place in a box that is nearest another place.
function nearestOf(box, anchor) {
  const x = Math.min(Math.max(anchor[0], box.left), box.left + box.width);
  const y = Math.min(Math.max(anchor[1], box.top), box.top + box.height);
  return [x, y];
}

// Returns the cheapest box of a size for words about a place, with its mean cost of ground.
function placeBox(raster, drawing, width, height, anchor) {
  const { cell, rows, columns } = raster;
  const sums = sumsOf(raster);
  const wide = Math.ceil(width / cell) + 1;
  const high = Math.ceil(height / cell) + 1;
  let best = null;
  for (let r = 0; r + high <= rows; r += 1) {
    const top = r * cell;
    if (top < EDGE_PX || top + height > drawing.height - EDGE_PX) continue;
    for (let c = 0; c + wide <= columns; c += 1) {
      const left = c * cell;
      if (left < EDGE_PX || left + width > drawing.width - EDGE_PX) continue;
      const low = r * (columns + 1);
      const far = (r + high) * (columns + 1);
      const ground = (sums[far + c + wide] - sums[far + c] - sums[low + c + wide] + sums[low + c]) / (wide * high);
      const across = Math.max(0, left - anchor[0], anchor[0] - left - width);
      const along = Math.max(0, top - anchor[1], anchor[1] - top - height);
      const away = Math.hypot(across, along);
      const near = away < 18 ? 30 : 0; // the ring and the shape want room
      const leaning = across > 0 && along > 0 ? LEANING_PX : 0;
      let cost = ground + away + near + leaning + 0.04 * Math.abs(left - anchor[0]);
      if (best && cost >= best.cost) continue;
      const box = { left, top, width, height, ground };
      if (crossesWords(drawing, box, anchor)) cost += CROSSING_PX;
      if (!best || cost < best.cost) best = { ...box, cost };
    }
  }
  return best;
}

// Returns the share of a box that lies on ground where people walk.
function overPeople(drawing, box) {
  let over = 0;
  let all = 0;
  for (let y = box.top + drawing.cell / 2; y < box.top + box.height; y += drawing.cell) {
    for (let x = box.left + drawing.cell / 2; x < box.left + box.width; x += drawing.cell) {
      const row = drawing.room[Math.floor(y / drawing.cell)] || "";
      over += row[Math.floor(x / drawing.cell)] === "2" ? 1 : 0;
      all += 1;
    }
  }
  return over / Math.max(1, all);
}

class Labels {
  constructor(svg) {
    this.svg = svg;
    this.measure = document.createElement("canvas").getContext("2d");
  }

  // Lays out the words of an alert on a drawing; `show` then says which of them stand there now.
  lay(drawing, alert, teams) {
    this.svg.replaceChildren();
    this.alert = null;
    this.stop = null;
    this.svg.setAttribute("viewBox", `0 0 ${drawing.width} ${drawing.height}`);
    if (!alert || !alert.place) return;
    const raster = makeRaster(drawing);
    const [a, , , d, e, f] = drawing.matrix;
    const at = (place) => [a * place[0] + e, d * place[1] + f];
    for (const path of [alert.before, alert.after]) {
      for (let k = 0; k < path.length; k += 2) take(raster, a * path[k] + e, d * path[k + 1] + f, 4);
    }
    for (const team of teams) take(raster, ...at(team.post), 12);
    take(raster, ...at(alert.place), 16);
    const tone = alert.right ? "right" : "wrong";
    if (alert.met) {
      take(raster, ...at(alert.contact), 12);
      if (alert.post) takeLine(raster, at(alert.post), at(alert.contact));
      this.stop = this.write(raster, drawing, alert.stop_label || [], at(alert.contact), "stopped");
    }
    this.alert = this.write(raster, drawing, alert.label || [], at(alert.place), tone);
  }

  write(raster, drawing, lines, anchor, tone) {
    const inside = anchor[0] > 0 && anchor[1] > 0 && anchor[0] < drawing.width && anchor[1] < drawing.height;
    if (!lines.length || !inside) return null;
    // Where all lines would stand on people, the first alone may find room.
    let [box, shown] = [null, lines];
    for (shown of [lines, lines.slice(0, 1)]) {
      box = placeBox(raster, drawing, this.width(shown) + 2 * AIR_PX, shown.length * LINE_PX + AIR_PX, anchor);
      if (box && box.ground < 250) break;
    }
    if (!box) return null;
    takeBox(raster, box);
    takeLine(raster, nearestOf(box, anchor), anchor);
    const group = svgElement("g", { class: overPeople(drawing, box) > 0.02 ? "player-label player-over" : "player-label" });
    const [x, y] = nearestOf(box, anchor);
    const away = Math.hypot(anchor[0] - x, anchor[1] - y);
    const isFromLeft = x < anchor[0] && Math.abs(x - anchor[0]) > Math.abs(y - anchor[1]);
    const ring = isFromLeft ? OFFICERS_PX : RING_PX; // officers stand on that side
    if (away > ring + 2) {
      const share = 1 - ring / away;
      const end = `L${x + share * (anchor[0] - x)} ${y + share * (anchor[1] - y)}`;
      group.append(svgElement("path", { class: "plan-leader", d: `M${x} ${y}${end}` }));
    }
    shown.forEach((line, number) => {
      const place = { x: box.left + AIR_PX, y: box.top + AIR_PX / 2 + 14 + LINE_PX * number };
      group.append(svgElement("text", { ...place, class: number ? "t14" : `t14 bold ${tone}` }, line));
    });
    this.svg.append(group);
    return group;
  }

  width(lines) {
    let widest = 0;
    lines.forEach((line, number) => {
      this.measure.font = `${number ? 400 : 600} ${TEXT_PX}px "Public Sans", system-ui, sans-serif`;
      widest = Math.max(widest, this.measure.measureText(line).width);
    });
    return widest;
  }

  show(alert, time) {
    if (this.alert) toggle(this.alert, time >= alert.time_s);
    if (this.stop) toggle(this.stop, time >= alert.contact_s);
  }
}

function toggle(element, isShown) {
  if (element.isShown === isShown) return;
  element.isShown = isShown;
  element.style.display = isShown ? "" : "none";
}
