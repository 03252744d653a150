// Runs in every page that is measured, before anything else does: notes when which part of the page changes.

window.lfrBench = (() => {
  const PARTS = { told: "#told", controls: ".controls", story: "#story", record: "#record", panels: ".panels", foot: ".foot", bar: "header.bar" };
  const EVERY = Object.values(PARTS).join(",");
  const STILL_MS = 150;
  const changed = new Map(); // part -> when it last changed (ms)
  let waiting = [];
  let numbersAt = 0;
  let lastAt = 0;

  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const find = (selector) => document.querySelector(selector);

  function nameOf(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    if (!element || element.closest(".player")) return "";
    const part = element.closest(EVERY);
    if (!part) return "page";
    return Object.keys(PARTS).find((name) => part.matches(PARTS[name]));
  }

  function note(list) {
    const now = performance.now();
    for (const { target } of list) {
      const name = nameOf(target);
      if (name) changed.set(name, (lastAt = now));
    }
    if (!numbersAt && /\d/.test(find("#told")?.textContent ?? "")) numbersAt = now;
    waiting = waiting.filter((one) => !one.isMet() || one.done(now));
  }

  new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  // Resolves to the moment at which a condition is met, seen when the page changes; null if it takes too long.
  function until(isMet, mostMs = 10000) {
    if (isMet()) return Promise.resolve(performance.now());
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), mostMs);
      waiting.push({ isMet, done: (now) => { clearTimeout(timer); resolve(now); } });
    });
  }

  function move(slider, value) {
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What Python says of a slider, in numbers; its own value is moved by the browser.
  const toldOf = (slider) => Number((slider.getAttribute("aria-valuetext") ?? "").replaceAll(",", ""));

  // Waits until Python has answered for a slider's value, and then until nothing has changed for a while.
  // The foot holds the command, which changes with every setting, and is the last part to come.
  async function settled(id, isAnswered) {
    if ((await until(() => isAnswered(document.getElementById(id)))) === null) return null;
    while (performance.now() - lastAt < STILL_MS) await sleep(10);
    return lastAt;
  }

  // Moves a slider and returns how long it took until all had changed (ms, null if it never did), and what did.
  async function input(id, value, last = "foot") {
    changed.clear();
    const started = performance.now();
    move(document.getElementById(id), value);
    const at = await settled(id, (slider) => changed.has(last) && toldOf(slider) === Number(slider.value));
    return { ms: at === null ? null : at - started, parts: [...changed.keys()] };
  }

  // Moves sliders one after another as somebody does who looks at what comes of it.
  async function pace(moves, everyMs) {
    const times = [];
    for (const [id, value] of moves) {
      const next = performance.now() + everyMs * (0.7 + 0.6 * Math.random());
      times.push((await input(id, value)).ms);
      await sleep(Math.max(0, next - performance.now()));
    }
    return times;
  }

  // Drags a slider, and returns how long after the last event all had come to rest at its value (ms).
  async function drag(id, values, everyMs) {
    let ended = 0;
    for (const value of values) {
      ended = performance.now();
      move(document.getElementById(id), value);
      await sleep(everyMs);
    }
    const at = await settled(id, (slider) => toldOf(slider) === Number(slider.value));
    return at === null ? null : at - ended;
  }

  // Presses Run, and returns when something was said of it and when the first day was there (ms).
  async function run() {
    const started = performance.now();
    find("#run").click();
    const said = await until(() => find("#running"));
    const day = await until(() => find("#running progress")?.value > 0);
    return { said: said === null ? null : said - started, day: day === null ? null : day - started };
  }

  // Presses Stop, and returns when the page said that it had stopped (ms).
  async function stop() {
    const started = performance.now();
    find("#stop").click();
    const at = await until(() => !find("#running"));
    return at === null ? null : at - started;
  }

  return { input, pace, drag, run, stop, until, numbers: () => numbersAt };
})();
