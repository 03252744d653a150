// Shows a simulated day: people walking on the plan, alerts, officers, and a time line to move along.
// It never starts by itself; under reduced motion it goes on in still pictures, one a second.

const SPEEDS = [1, 4, 16, 60, 300];
const MOVE_S = 10;
const LONGEST_STEP_MS = 100; // a browser that was busy does not make the day jump
const WIDE_PX = 700;
const TIMELINE_MS = 100;
const TOLD_MS = 2000;
const SETTLE_MS = 500; // an alert that comes with another day is not one that somebody has opened
const SAID_MS = 10_000; // what has been read out is not there to be found again later

const PARTS = `
  <figure class="player">
    <div class="player-plan" role="img">
      <div class="player-ground"></div><canvas aria-hidden="true"></canvas><svg class="player-words" aria-hidden="true"></svg>
    </div>
    <p class="note player-caption" hidden></p>
    <div class="player-bar">
      <div class="player-time"><input type="range" min="0" step="1" aria-label="Time of the day"></div>
      <div class="player-buttons">
        <button type="button" class="player-step" data-move="-1">−10 s</button>
        <button type="button" class="player-step" data-move="1">+10 s</button>
        <button type="button" class="main player-play"><svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path/></svg><span></span></button>
        <button type="button" class="player-speed"></button>
        <button type="button" class="player-next">Next alert</button>
      </div>
    </div>
    <ul class="player-key"></ul>
    <p class="visually-hidden" aria-live="polite"></p>
  </figure>`;

const KEY = [
  ['<rect class="fill-right" x="1" y="1" width="11" height="11"/>', "alert, right person"],
  ['<polygon class="fill-wrong" points="6.5,0.5 12.7,12 0.3,12"/>', "alert, wrong person"],
  ['<rect class="fill-stopped" x="0.5" y="5.4" width="12" height="2.4"/>', "stopped by officers"],
  ['<path class="player-team" d="M4 6.5H9"/>', "officers"],
  ['<circle class="fill-person" cx="6.5" cy="6.5" r="2.8"/>', "person"],
  ['<circle class="fill-ink" cx="6.5" cy="6.5" r="3.2"/>', "face a camera can compare"],
];

class Player {
  constructor(model, el) {
    this.model = model;
    el.classList.add("player-slot");
    el.innerHTML = PARTS;
    const find = (selector) => el.querySelector(selector);
    Object.assign(this, {
      el,
      root: find(".player"),
      plan: find(".player-plan"),
      ground: find(".player-ground"),
      caption: find(".player-caption"),
      range: find("input"),
      playButton: find(".player-play"),
      speedButton: find(".player-speed"),
      live: find("[aria-live]"),
      timeBox: find(".player-time"),
      crowd: new Crowd(find("canvas"), makeMeter()),
      labels: new Labels(find(".player-words")),
      line: new TimeLine(find(".player-time"), (alert) => this.choose(alert)),
      day: null,
      alerts: [],
      teams: [],
      time: 0,
      speed: 2,
      playing: false,
      number: 0,
      shownAt: 0,
      toldAt: 0,
    });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.tick = this.tick.bind(this);
    this.listen();
    this.readDay();
    this.readCaption();
    this.setSpeed(2);
    this.setPlaying(false);
  }

  listen() {
    const on = (target, kind, what) => target.addEventListener(kind, what);
    on(this.playButton, "click", () => this.setPlaying(!this.playing));
    on(this.speedButton, "click", () => this.setSpeed((this.speed + 1) % SPEEDS.length));
    on(this.el.querySelector(".player-next"), "click", () => this.step(1));
    for (const button of this.el.querySelectorAll("[data-move]")) {
      on(button, "click", () => this.moveTo(this.time + MOVE_S * Number(button.dataset.move), true));
    }
    on(this.range, "input", () => this.moveTo(Number(this.range.value), false));
    on(this.range, "change", () => this.tell());
    on(this.root, "keydown", (event) => this.onKey(event));
    on(this.plan, "click", (event) => this.onPlan(event));
    this.onColours = () => this.readColours();
    on(this.dark, "change", this.onColours);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
    document.fonts.ready.then(() => this.fit()); // words are measured in the type that they are set in
    this.onModel = {
      "change:walks": () => this.readSoon(),
      "change:header": () => this.readSoon(),
      "change:events": () => this.readSoon(),
      "change:busy": () => this.readSoon(),
      "change:grounds": () => this.readSoon(),
      "change:selected": () => this.readSelected(),
      "change:dimmed": () => this.readCaption(),
      "change:caption": () => this.readCaption(),
      "change:summary": () => this.readCaption(),
    };
    for (const [kind, what] of Object.entries(this.onModel)) this.model.on(kind, what);
  }

  remove() {
    this.setPlaying(false);
    this.hush();
    this.resized.disconnect();
    this.dark.removeEventListener("change", this.onColours);
    for (const [kind, what] of Object.entries(this.onModel)) this.model.off(kind, what);
  }

  // What changes together arrives in several messages; the day is read when all of them are there.
  readSoon() {
    if (this.reading) return;
    this.reading = true;
    queueMicrotask(() => {
      this.reading = false;
      this.readDay();
    });
  }

  readDay() {
    const get = (name) => this.model.get(name);
    const header = get("header") || {};
    const day = decodeWalks(header, get("walks"));
    if (!day && header.fields) return;
    this.day = day;
    this.startHour = get("start_hour") ?? 0;
    this.end = Math.max(60, get("end_s") || 0);
    this.alerts = alertsOf(day, get("events") || []).sort((a, b) => a.time_s - b.time_s);
    this.teams = teamsOf(this.alerts);
    this.grounds = get("grounds") || [];
    this.range.max = Math.ceil(this.end);
    this.drawing = null;
    this.root.classList.toggle("player-empty", day === null);
    this.key(header.one_in || 1);
    this.selected = this.alerts.find((alert) => alert.alert === get("selected")) || null;
    this.time = this.selected ? this.selected.opens : this.end / 2;
    this.hush();
    this.fit();
  }

  readSelected() {
    const wanted = this.model.get("selected");
    if ((this.selected ? this.selected.alert : -1) !== wanted) this.open(wanted, SETTLE_MS);
  }

  readCaption() {
    const isDimmed = this.model.get("dimmed");
    if (isDimmed && !this.root.classList.contains("player-dimmed")) this.hush();
    this.root.classList.toggle("player-dimmed", isDimmed);
    this.caption.textContent = this.model.get("caption") || "";
    this.caption.hidden = !this.caption.textContent;
    this.plan.setAttribute("aria-label", this.model.get("summary") || "Plan of the site");
  }

  readColours() {
    readColours(this.root, this.crowd.colours);
    if (this.drawing) this.paint();
  }

  key(oneIn) {
    const words = KEY.map(([shape, word]) => {
      let told = word;
      if (word === "person") told = oneIn > 1 ? `one person in ${oneIn}, tail shows where from` : "one person, tail shows where from";
      return `<li><svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">${shape}</svg>${told}</li>`;
    });
    this.el.querySelector(".player-key").innerHTML = words.join("");
  }

  // Takes the widest drawing that the page has room for; it grows to the page, and never shrinks much.
  fit() {
    const width = this.plan.clientWidth;
    if (!width || !this.grounds.length) return;
    const fitting = this.grounds.filter((drawing) => drawing.width <= width);
    const drawing = fitting.length ? fitting[fitting.length - 1] : this.grounds[0];
    this.root.classList.toggle("player-wide", width >= WIDE_PX);
    if (drawing !== this.drawing) {
      this.drawing = drawing;
      this.ground.innerHTML = drawing.svg;
      const svg = this.ground.firstElementChild;
      svg.setAttribute("width", "100%");
      svg.removeAttribute("height");
    }
    this.crowd.fit(drawing, width);
    this.labels.lay(drawing, this.selected, this.teams);
    const chosen = this.selected ? this.selected.alert : -1;
    this.line.draw(this.timeBox.clientWidth, {
      alerts: this.alerts,
      busy: this.model.get("busy") || [],
      startHour: this.startHour,
      end: this.end,
      selected: chosen,
    });
    this.timeBox.style.height = `${this.line.height}px`;
    this.range.style.top = `${this.line.axis - 22}px`;
    this.readColours();
  }

  paint() {
    this.crowd.draw(this.day, this.alerts, this.teams, this.selected, this.time);
    if (this.selected) this.labels.show(this.selected, this.time);
    const now = performance.now();
    if (this.playing && now - this.shownAt < TIMELINE_MS) return;
    this.shownAt = now;
    this.line.show(this.time);
    this.range.value = Math.round(this.time);
    this.range.setAttribute("aria-valuetext", clockOf(this.startHour, this.time));
  }

  setSpeed(speed) {
    this.speed = speed;
    const next = SPEEDS[(speed + 1) % SPEEDS.length];
    this.speedButton.textContent = `${SPEEDS[speed]}×`;
    this.speedButton.setAttribute("aria-label", `${SPEEDS[speed]}× as fast as the day, next ${next}×`);
  }

  setPlaying(isPlaying) {
    this.playing = isPlaying;
    cancelAnimationFrame(this.frame);
    clearInterval(this.stills);
    this.playButton.querySelector("path").setAttribute("d", isPlaying ? "M2 1h4v12H2zM8 1h4v12H8z" : "M2 1L13 7L2 13Z");
    this.playButton.querySelector("span").textContent = isPlaying ? "Pause" : "Play";
    if (!isPlaying) {
      if (this.drawing) this.paint();
      if (this.last) this.tell();
      return;
    }
    if (this.time >= this.end - 1) this.time = 0;
    this.last = performance.now();
    if (this.still.matches) this.stills = setInterval(() => this.forward(SPEEDS[this.speed]), 1000);
    else this.frame = requestAnimationFrame(this.tick);
  }

  tick(now) {
    if (!this.playing) return;
    const step = Math.min(LONGEST_STEP_MS, Math.max(0, now - this.last));
    this.last = now;
    this.forward((step / 1000) * SPEEDS[this.speed]);
    if (this.playing) this.frame = requestAnimationFrame(this.tick);
  }

  forward(seconds) {
    this.time = Math.min(this.end, this.time + seconds);
    if (this.time >= this.end) this.setPlaying(false);
    else this.paint();
  }

  moveTo(time, isTold) {
    this.time = Math.min(this.end, Math.max(0, time));
    this.paint();
    this.line.show(this.time);
    if (isTold) this.tell();
  }

  // Opens an alert: its time, its words on the plan, its ring on the time line.
  open(number, wait = 0) {
    this.selected = this.alerts.find((alert) => alert.alert === number) || null;
    if (this.selected) this.time = this.selected.opens;
    if (!this.drawing) return;
    this.labels.lay(this.drawing, this.selected, this.teams);
    this.line.select(number);
    this.shownAt = 0;
    this.paint();
    this.tell(wait);
  }

  choose(number) {
    this.open(number);
    this.number = Math.max(this.number + 1, Date.now());
    this.model.set("event", { do: "alert", value: number, n: this.number });
    this.model.save_changes();
  }

  // Goes to the alert before or after the one that is opened.
  step(by, to) {
    if (!this.alerts.length) return;
    const at = this.alerts.indexOf(this.selected);
    const next = to ?? (at < 0 ? 0 : (at + by + this.alerts.length) % this.alerts.length);
    this.choose(this.alerts[next].alert);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = event.target.closest(".player-alert");
    if (event.key === " " && !event.target.closest("button")) {
      event.preventDefault();
      this.setPlaying(!this.playing);
    } else if (mark) {
      const last = this.alerts.length - 1;
      const ways = { ArrowRight: [1], ArrowDown: [1], ArrowLeft: [-1], ArrowUp: [-1], Home: [0, 0], End: [0, last] };
      if (event.key === "Enter") this.choose(Number(mark.dataset.alert));
      else if (ways[event.key]) this.step(...ways[event.key]);
      else return;
      event.preventDefault();
      this.line.focus(this.selected.alert);
    }
  }

  // A click on the plan opens the alert that is nearest, if one is near.
  onPlan(event) {
    if (!this.drawing) return;
    const box = this.plan.getBoundingClientRect();
    const zoom = box.width / this.drawing.width;
    const [a, , , d, e, f] = this.drawing.matrix;
    const place = new Float64Array(4);
    let near = null;
    let least = 22;
    for (const alert of this.alerts) {
      if (!alert.place || this.time < alert.time_s || !locateAlerted(this.day, alert, this.time, place)) continue;
      const away = Math.hypot(a * place[0] + e - (event.clientX - box.left) / zoom, d * place[1] + f - (event.clientY - box.top) / zoom);
      if (away < least) [near, least] = [alert, away];
    }
    if (near) this.choose(near.alert);
  }

  // Takes back what was said, or is about to be: it was of another day, or of settings that have changed since.
  hush() {
    clearTimeout(this.telling);
    clearTimeout(this.hushing);
    this.live.textContent = "";
  }

  // Says the time and what is opened, to those who do not see it; at most once in two seconds.
  tell(least = 0) {
    clearTimeout(this.telling);
    clearTimeout(this.hushing);
    const wait = Math.max(least, this.toldAt + TOLD_MS - performance.now());
    this.telling = setTimeout(() => {
      this.toldAt = performance.now();
      const alert = this.selected;
      const lines = alert ? [...(alert.label || []), ...(alert.met && this.time >= alert.contact_s ? alert.stop_label || [] : [])] : [];
      this.live.textContent = `${clockOf(this.startHour, this.time)}, ${this.playing ? "playing" : "paused"}. ${lines.join(" ")}`;
      this.hushing = setTimeout(() => this.hush(), SAID_MS);
    }, wait);
  }
}

function render({ model, el }) {
  const player = new Player(model, el);
  return () => player.remove();
}

export default { render };
