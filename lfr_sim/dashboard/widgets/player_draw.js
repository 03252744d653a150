// The crowd on a canvas, in metres of the site turned into px of the drawing beneath it.

const TAIL_S = 0.8;
const MOST_DRAWN = 20000;
const SAMPLES = 600;

const COLOURS = ["ink", "person", "wrong", "right", "stopped", "pavement", "ground", "gold"];

// Reads the colours of the page, which change with the browser's light or dark.
function readColours(element, colours) {
  const style = getComputedStyle(element);
  for (const name of COLOURS) colours[name] = style.getPropertyValue(`--${name}`).trim() || "#888";
  return colours;
}

// Keeps how long the last pictures took, for those who want to know (tests do).
function makeMeter() {
  const meter = { draws: new Float64Array(SAMPLES), frames: 0, people: 0 };
  window.lfrPlayer = meter;
  return meter;
}

class Crowd {
  constructor(canvas, meter) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.meter = meter;
    this.colours = {};
    this.dots = new Float32Array(4 * MOST_DRAWN); // x, y, and x, y a moment ago, in px
    this.faces = new Float32Array(2 * MOST_DRAWN);
    this.place = new Float64Array(4);
    this.before = new Float64Array(4);
    this.picture = 0;
    this.dotted = [0, 0];
    this.unbroken = [];
  }

  // Fits the canvas to a drawing that is shown at a width (px of the page).
  fit(drawing, shownWidth) {
    const zoom = shownWidth / drawing.width;
    const ratio = window.devicePixelRatio || 1;
    this.drawing = drawing;
    this.factor = zoom * ratio;
    this.canvas.width = Math.round(drawing.width * this.factor);
    this.canvas.height = Math.round(drawing.height * this.factor);
    this.canvas.style.width = `${shownWidth}px`;
    this.canvas.style.height = `${drawing.height * zoom}px`;
    [this.scale, , , this.down, this.left, this.top] = drawing.matrix;
    this.radius = Math.min(2.8, Math.max(1.6, 0.5 * this.scale));
    this.dotted[0] = 0.5;
    this.dotted[1] = 4.5;
  }

  draw(day, alerts, teams, selected, time) {
    const started = performance.now();
    const c = this.context;
    this.picture += 1;
    c.setTransform(this.factor, 0, 0, this.factor, 0, 0);
    c.clearRect(0, 0, this.drawing.width, this.drawing.height);
    c.lineCap = "round";
    c.lineJoin = "round";
    let people = 0;
    if (day) {
      this.note(day, alerts, time);
      if (selected) this.paths(day, selected, teams, time);
      people = this.crowd(day, time);
      for (let k = 0; k < alerts.length; k += 1) this.alerted(day, alerts[k], alerts[k] === selected, time);
      for (let k = 0; k < teams.length; k += 1) this.team(teams[k], time);
    }
    this.meter.draws[this.meter.frames % SAMPLES] = performance.now() - started;
    this.meter.frames += 1;
    this.meter.people = people;
  }

  // Notes whose face a camera can compare now, and who is drawn apart from the crowd.
  note(day, alerts, time) {
    for (let p = lowerBound(day.passEnter, time - day.longestPass); p < day.passEnter.length; p += 1) {
      if (day.passEnter[p] > time) break;
      if (time < day.passExit[p]) day.seen[day.passPasser[p]] = this.picture;
    }
    for (let k = 0; k < alerts.length; k += 1) {
      const alert = alerts[k];
      if (alert.place && time >= alert.time_s) day.apart[alert.passer] = this.picture;
    }
  }

  // Draws everybody who is on the site and in the picture; returns how many.
  crowd(day, time) {
    const { dots, faces, place, before, scale, down, left, top } = this;
    const { width, height } = this.drawing;
    const last = lowerBound(day.unit_arrive_s, time);
    let people = 0;
    let seen = 0;
    for (let unit = lowerBound(day.unit_arrive_s, time - day.longest); unit < last; unit += 1) {
      const distance = shownAt(day, unit, time);
      const route = day.unit_route[unit];
      if (distance >= day.routeLength[route]) continue;
      pointAt(day, route, distance, place);
      const x = scale * place[0] + left;
      const y = down * place[1] + top;
      if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
      pointAt(day, route, shownAt(day, unit, time - TAIL_S), before);
      const tailX = scale * before[0] + left - x;
      const tailY = down * before[1] + top - y;
      const first = day.unit_first_passer[unit];
      for (let member = 0; member < day.unit_size[unit] && people < MOST_DRAWN; member += 1) {
        if (day.apart[first + member] === this.picture) continue;
        const aside = abreast(day, unit, member) * scale;
        const at = 4 * people;
        dots[at] = x - aside * place[3];
        dots[at + 1] = y - aside * place[2];
        dots[at + 2] = dots[at] + tailX;
        dots[at + 3] = dots[at + 1] + tailY;
        if (day.seen[first + member] === this.picture) {
          faces[2 * seen] = dots[at];
          faces[2 * seen + 1] = dots[at + 1];
          seen += 1;
        }
        people += 1;
      }
    }
    this.paint(people, seen);
    return people;
  }

  paint(people, seen) {
    const { context: c, dots, faces, radius, colours } = this;
    c.strokeStyle = colours.person;
    c.lineWidth = 1.2;
    c.beginPath();
    for (let k = 0; k < 4 * people; k += 4) {
      c.moveTo(dots[k + 2], dots[k + 3]);
      c.lineTo(dots[k], dots[k + 1]);
    }
    c.stroke();
    c.fillStyle = colours.person;
    this.discs(dots, 4, people, radius);
    c.fillStyle = colours.ink;
    this.discs(faces, 2, seen, radius + 0.6);
  }

  discs(places, step, count, radius) {
    const c = this.context;
    c.beginPath();
    for (let k = 0; k < step * count; k += step) {
      c.moveTo(places[k] + radius, places[k + 1]);
      c.arc(places[k], places[k + 1], radius, 0, 2 * Math.PI);
    }
    c.fill();
  }

  // Draws the way of the alerted person, dotted before the alert and solid after, and that of the officers.
  paths(day, alert, teams, time) {
    const colour = alert.right ? this.colours.right : this.colours.wrong;
    if (time < alert.from) return;
    this.way(alert.before, Math.floor((Math.min(time, alert.time_s) - alert.from) / STEP_S) + 2, colour, this.dotted);
    if (time >= alert.time_s) {
      const steps = Math.floor((time - alert.time_s) / STEP_S) + 1;
      const all = alert.met && time >= alert.contact_s ? alert.after.length / 2 : steps;
      this.way(alert.after, all, colour, this.unbroken);
    }
    for (let k = 0; k < teams.length; k += 1) {
      if (teams[k].team !== alert.team || locateTeam(teams[k], time, this.place) !== alert) continue;
      const c = this.context;
      c.beginPath();
      c.moveTo(this.scale * alert.post[0] + this.left, this.down * alert.post[1] + this.top);
      c.lineTo(this.scale * this.place[0] + this.left, this.down * this.place[1] + this.top);
      this.strokeTwice(this.colours.stopped, this.unbroken);
    }
  }

  way(path, points, colour, dashes) {
    const most = Math.min(points, path.length / 2);
    if (most < 2) return;
    const c = this.context;
    c.beginPath();
    for (let k = 0; k < most; k += 1) {
      const x = this.scale * path[2 * k] + this.left;
      const y = this.down * path[2 * k + 1] + this.top;
      if (k) c.lineTo(x, y);
      else c.moveTo(x, y);
    }
    this.strokeTwice(colour, dashes);
  }

  // Strokes the path with an edge of the ground's colour, so that it stands clear of the crowd.
  strokeTwice(colour, dashes) {
    const c = this.context;
    c.strokeStyle = this.colours.pavement;
    c.lineWidth = 5;
    c.stroke();
    c.setLineDash(dashes);
    c.strokeStyle = colour;
    c.lineWidth = 2.4;
    c.stroke();
    c.setLineDash(this.unbroken);
  }

  // Draws somebody who set off an alert: the shape of it where they are; for the alert that is opened
  // a ring where it happened.
  alerted(day, alert, isSelected, time) {
    if (!alert.place || time < alert.time_s) return;
    const onSite = locateAlerted(day, alert, time, this.place);
    const x = this.scale * this.place[0] + this.left;
    const y = this.down * this.place[1] + this.top;
    const isHeld = alert.met && time >= alert.contact_s && time < alert.ended_s;
    if (isSelected) {
      const atX = this.scale * alert.place[0] + this.left;
      const atY = this.down * alert.place[1] + this.top;
      if (onSite || isHeld) this.person(alert, x, y, isHeld);
      else if (alert.met && time >= alert.ended_s) this.stopped(alert, this.scale * alert.contact[0] + this.left, this.down * alert.contact[1] + this.top);
      this.ring(atX, atY);
      this.shape(alert, atX, atY, 13);
    } else if (onSite) {
      this.shape(alert, x, y, 10);
      if (isHeld) this.bars(x, y + 9, 10, alert.arrested ? 2 : 1);
    }
  }

  person(alert, x, y, isHeld) {
    if (isHeld) {
      this.stopped(alert, x, y);
      return;
    }
    const c = this.context;
    c.beginPath();
    c.arc(x, y, this.radius + 2, 0, 2 * Math.PI);
    c.fillStyle = alert.right ? this.colours.right : this.colours.wrong;
    c.fill();
    c.strokeStyle = this.colours.pavement;
    c.lineWidth = 1.5;
    c.stroke();
  }

  // Draws a stop: by mistake a disc over a bar, else the shape of the alert over a bar; two bars, arrested.
  stopped(alert, x, y) {
    if (alert.right) {
      this.shape(alert, x, y - 2, 10);
    } else {
      const c = this.context;
      c.beginPath();
      c.arc(x, y - 2, 5, 0, 2 * Math.PI);
      c.fillStyle = this.colours.stopped;
      c.fill();
    }
    this.bars(x, y + 6, 11, alert.arrested ? 2 : 1);
  }

  bars(x, y, width, count) {
    this.context.fillStyle = this.colours.stopped;
    for (let k = 0; k < count; k += 1) this.context.fillRect(x - width / 2, y + 4 * k - 1.1, width, 2.2);
  }

  ring(x, y) {
    const c = this.context;
    c.beginPath();
    c.arc(x, y, 13, 0, 2 * Math.PI);
    c.fillStyle = this.colours.pavement;
    c.fill();
    c.strokeStyle = this.colours.ink;
    c.lineWidth = 1.6;
    c.stroke();
  }

  shape(alert, x, y, size) {
    const c = this.context;
    const half = size / 2;
    c.fillStyle = alert.right ? this.colours.right : this.colours.wrong;
    if (alert.right) {
      c.fillRect(x - half, y - half, size, size);
      return;
    }
    c.beginPath();
    c.moveTo(x, y - 1.16 * half);
    c.lineTo(x + 1.16 * half, y + half);
    c.lineTo(x - 1.16 * half, y + half);
    c.fill();
  }

  // Draws a team of two: a capsule with two heads.
  team(team, time) {
    const c = this.context;
    locateTeam(team, time, this.place);
    const x = this.scale * this.place[0] + this.left - 11; // beside the person they speak to
    const y = this.down * this.place[1] + this.top;
    c.beginPath();
    c.moveTo(x - 3.5, y);
    c.lineTo(x + 3.5, y);
    c.strokeStyle = this.colours.pavement;
    c.lineWidth = 11;
    c.stroke();
    c.strokeStyle = this.colours.stopped;
    c.lineWidth = 8.5;
    c.stroke();
    c.fillStyle = this.colours.pavement;
    c.beginPath();
    c.arc(x - 3.5, y, 2, 0, 2 * Math.PI);
    c.arc(x + 3.5, y, 2, 0, 2 * Math.PI);
    c.fill();
  }
}
