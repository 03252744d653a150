// The time line: how many people there are, every alert as its shape, and the time that is shown.

const SIDE_PX = 12; // the slider's thumb is as wide on either side
const AXIS_PX = 24; // room for the hours below the axis
const BUSY_PX = 30;
const FLOOR_PX = 26; // lowest shapes stand so far above the axis
const ROOMY = { size: 13, row: 22, gap: 18 };
const SIZES = [ROOMY, { size: 9, row: 13, gap: 12 }, { size: 6, row: 8, gap: 8 }];
const TALLEST_PX = 150;
const CLEAR_PX = 64; // from the middle of the moment's words to that of an hour's, with a gap between

// Returns for marks at places along the line, in order, the row in which each is clear of the others.
function rowsOf(places, gap) {
  const ends = [];
  return places.map((x) => {
    let row = ends.findIndex((end) => x - end >= gap);
    if (row < 0) row = ends.length;
    ends[row] = x;
    return row;
  });
}

// Returns the size of marks at which the stack of a day stays low, and the row of each.
function stackOf(places) {
  let found = null;
  for (const style of SIZES) {
    const rows = rowsOf(places, style.gap);
    const most = Math.max(0, ...rows) + 1;
    found = { ...style, rows, most };
    if (most * style.row <= 110) break;
  }
  found.row = Math.min(found.row, TALLEST_PX / found.most);
  return found;
}

// Returns an alert in words.
function toldOf(alert, startHour) {
  const who = alert.right ? "right person" : "wrong person";
  const stop = alert.arrested ? ", stopped and arrested" : alert.stopped ? ", stopped by officers" : "";
  return `Alert at ${clockOf(startHour, alert.time_s)}, ${who}${stop}`;
}

function shapeOf(alert, x, y, size) {
  const half = size / 2;
  if (alert.right) {
    return svgElement("rect", { class: "fill-right", x: x - half, y: y - half, width: size, height: size });
  }
  const wide = 1.16 * half;
  const points = `${x - wide},${y + half} ${x + wide},${y + half} ${x},${y - 1.16 * half}`;
  return svgElement("polygon", { class: "fill-wrong", points });
}

class TimeLine {
  constructor(box, onAlert) {
    this.back = svgElement("svg", { class: "player-axis", "aria-hidden": "true" });
    this.list = svgElement("svg", { class: "player-alerts", role: "listbox", "aria-orientation": "horizontal" });
    this.list.setAttribute("aria-label", "Alerts of the day");
    box.prepend(this.back, this.list);
    this.list.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-alert]");
      if (!mark) return;
      onAlert(Number(mark.dataset.alert));
      this.focus(mark.dataset.alert); // a mark that moves to the top loses it
    });
  }

  x(time) {
    return SIDE_PX + (time / this.end) * (this.width - 2 * SIDE_PX);
  }

  draw(width, { alerts, busy, startHour, end, selected }) {
    Object.assign(this, { width, startHour, end, alerts });
    const stack = stackOf(alerts.map((alert) => this.x(alert.time_s)));
    const tall = alerts.length ? FLOOR_PX + 22 + (stack.most - 1) * stack.row + 14 : BUSY_PX + 10;
    this.axis = tall;
    this.height = tall + AXIS_PX;
    for (const svg of [this.back, this.list]) {
      svg.setAttribute("width", width);
      svg.setAttribute("height", this.height);
    }
    this.back.replaceChildren(this.silhouette(busy), ...this.hours());
    this.now = svgElement("g", {});
    this.nowLine = svgElement("path", { class: "player-now", d: `M0 ${this.axis - FLOOR_PX - 4}V${this.axis}` });
    this.nowText = svgElement("text", { class: "t13 bold mid", y: this.axis + 18 });
    this.now.append(this.nowLine, this.nowText);
    this.back.append(this.now);
    this.list.replaceChildren(...alerts.map((alert, k) => this.mark(alert, stack, k)));
    this.list.style.display = alerts.length ? "" : "none";
    this.select(selected);
  }

  silhouette(busy) {
    const most = Math.max(1, ...busy);
    const points = busy.map((people, minute) => {
      return `L${this.x(Math.min(this.end, 60 * minute)).toFixed(1)} ${(this.axis - (BUSY_PX * people) / most).toFixed(1)}`;
    });
    return svgElement("path", { class: "player-busy", d: `M${this.x(0)} ${this.axis}${points.join("")}V${this.axis}Z` });
  }

  hours() {
    const { axis, startHour, end } = this;
    const perHour = this.x(3600) - this.x(0);
    const every = [1, 2, 3, 6].find((hours) => hours * perHour >= 50) || 12;
    const marks = [svgElement("path", { class: "player-line", d: `M${this.x(0)} ${axis}H${this.x(end)}` })];
    this.hourTexts = [];
    for (let hour = Math.ceil(startHour - 1e-9); (hour - startHour) * 3600 <= end + 1; hour += every) {
      const x = this.x((hour - startHour) * 3600);
      const word = clockOf(hour, 0).slice(0, 5);
      marks.push(svgElement("path", { class: "player-line", d: `M${x} ${axis}v5` }));
      const inside = Math.min(Math.max(x, 18), this.width - 18);
      const text = svgElement("text", { class: "t13 mid muted", x: inside, y: axis + 18 }, word);
      this.hourTexts.push({ x: inside, text });
      marks.push(text);
    }
    return marks;
  }

  mark(alert, stack, number) {
    const x = this.x(alert.time_s);
    const y = this.axis - FLOOR_PX - 12 - stack.rows[number] * stack.row;
    const group = svgElement("g", { class: "player-alert", role: "option", "data-alert": alert.alert, tabindex: "-1" });
    group.setAttribute("aria-label", toldOf(alert, this.startHour));
    const reach = Math.max(stack.row, 12) / 2;
    group.append(
      svgElement("path", { class: "player-stem", d: `M${x} ${y + stack.size}V${this.axis}` }),
      svgElement("rect", { class: "fill-none player-reach", x: x - 12, y: y - reach, width: 24, height: 2 * reach }),
      svgElement("circle", { class: "player-ring", cx: x, cy: y + 1, r: stack.size + 1 }),
      shapeOf(alert, x, y, stack.size),
    );
    const bars = alert.arrested ? 2 : alert.stopped ? 1 : 0;
    for (let k = 0; k < (stack.size > 6 ? bars : 0); k += 1) {
      const top = y + stack.size * 0.5 + 2 + 3.4 * k;
      group.append(svgElement("rect", { class: "fill-stopped", x: x - stack.size / 2, y: top, width: stack.size, height: 2.2 }));
    }
    return group;
  }

  // Marks the alert that is opened; only that one is in the order of the Tab key.
  select(selected) {
    const marks = [...this.list.children];
    const chosen = marks.find((mark) => Number(mark.dataset.alert) === selected);
    for (const mark of marks) {
      mark.setAttribute("aria-selected", String(mark === chosen));
      mark.setAttribute("tabindex", mark === (chosen || marks[0]) ? "0" : "-1");
    }
    if (chosen) this.list.append(chosen); // on top of the others
  }

  focus(selected) {
    const mark = this.list.querySelector(`[data-alert="${selected}"]`);
    if (mark) mark.focus();
  }

  show(time) {
    const x = this.x(time);
    const inside = Math.min(Math.max(x, 30), this.width - 30);
    this.nowLine.setAttribute("transform", `translate(${x} 0)`);
    this.nowText.setAttribute("x", inside);
    this.nowText.textContent = clockOf(this.startHour, time);
    for (const { x: at, text } of this.hourTexts) text.style.display = Math.abs(at - inside) < CLEAR_PX ? "none" : "";
  }
}
