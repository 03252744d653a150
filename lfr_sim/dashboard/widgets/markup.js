// Shows HTML made in Python, morphs it in place when it changes, and tells Python what the visitor does.
// Elements speak through data attributes: data-do (click), data-set (input), data-upload, data-copy, data-figure.

const SENT_AGAIN_MS = 700; // when an answer is overdue, the next input is sent all the same

// What a visitor has opened stays open, whatever else on the page changes.
function beforeAttributeUpdated(name, element, kind) {
  return !(name === "open" && element.tagName === "DETAILS" && kind === "remove");
}

// What is being typed stays, but its box knows the value in use, and goes back to that when it is refused.
function beforeNodeMorphed(old, fresh) {
  if (old === document.activeElement && old.matches("input, textarea")) old.defaultValue = fresh.defaultValue;
}

function morph(el, html) {
  // What is being typed stays; of anything else that has the focus, the words may change.
  const ignoreActiveValue = Boolean(document.activeElement?.matches("input, textarea"));
  const callbacks = { beforeAttributeUpdated, beforeNodeMorphed };
  Idiomorph.morph(el, html, { morphStyle: "innerHTML", ignoreActiveValue, callbacks });
}

// A link to another page without a state of its own takes along the one that is shown.
function withState(href) {
  const [path, hash] = href.split("#");
  const target = path === "/" || path.includes("?") ? path : path + location.search;
  return hash ? `${target}#${hash}` : target;
}

// Where the address names an element, that is shown once it is there, opened if it was folded away.
let reached = "";
function reach(el) {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // A stray % is no reason to show nothing.
  }
  const target = name && reached !== location.href && document.getElementById(name);
  if (!target || !el.contains(target)) return;
  reached = location.href;
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  target.scrollIntoView();
}

function root() {
  return (window.solara && window.solara.rootPath) || "";
}

// Whether this address leads nowhere but to this machine.
function isHere() {
  return /^(localhost|127\.|\[::1)/.test(location.host);
}

// The address that others type.
function hostWords() {
  return isHere() ? "the address that the program printed, " : location.host;
}

// A saved page names this dashboard by its whole address, which only the browser knows.
function download({ name, mime, text }) {
  const whole = mime === "text/html" ? text.replaceAll("{{origin}}", location.origin + root()) : text;
  saveBlob(name, new Blob([whole], { type: mime }));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that are not served from this machine have no clipboard: the old way still works.
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

function render({ model, el }) {
  let number = 0;
  let awaited = 0;
  let sentAt = 0;
  let timer = 0;
  const waiting = new Map(); // path -> the last input of it that has not been sent
  el.classList.add("lfr-slot");

  function send(message, buffers) {
    number += 1;
    model.send({ ...message, n: number }, undefined, buffers);
    return number;
  }

  function sendFirst() {
    const [[path, message]] = waiting;
    waiting.delete(path);
    sentAt = performance.now();
    awaited = send(message);
  }

  function sendWaiting() {
    if (awaited && performance.now() - sentAt < SENT_AGAIN_MS) return;
    if (waiting.size) sendFirst();
  }

  // What is pressed comes after all that was set before it, however long the answers take.
  function press(message, buffers) {
    while (waiting.size) sendFirst();
    send(message, buffers);
  }

  function show() {
    const html = model.get("html");
    if (!el.firstChild) el.innerHTML = html;
    else morph(el, html);
    for (const one of el.querySelectorAll("[data-host]")) one.textContent = hostWords() + one.dataset.host;
    for (const one of el.querySelectorAll("[data-reached]")) one.hidden = (one.dataset.reached === "yes") === isHere();
    repeat();
    reach(el);
  }

  // What is to happen again and again, as long as an element says so; never where motion is unwanted.
  function repeat() {
    const wish = el.querySelector("[data-every]");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!wish || still) clearInterval(timer), (timer = 0);
    else if (!timer) timer = setInterval(() => send({ do: wish.dataset.do }), Number(wish.dataset.every));
  }

  function address() {
    const path = model.get("address");
    if (path && root() + path !== location.pathname + location.search) {
      history.replaceState(history.state, "", root() + path + location.hash);
    }
  }

  function valueOf(input) {
    if (input.type === "checkbox") return input.checked ? "true" : "false";
    return input.value;
  }

  function onInput(event) {
    const input = event.target.closest("[data-set]");
    if (!input) return;
    // Number boxes, texts and switches count when they are done, sliders while they move.
    if (event.type === "input" && input.type !== "range") return;
    if (event.type === "change" && input.type === "range") return;
    for (const twin of el.querySelectorAll(`[data-set="${CSS.escape(input.dataset.set)}"]`)) {
      if (twin !== input && twin.type !== "checkbox") twin.value = input.value;
    }
    waiting.set(input.dataset.set, { do: "set", path: input.dataset.set, value: valueOf(input) });
    sendWaiting();
  }

  // Single keys, where a page has them and they are switched on: each presses a button. Never while typing; on a
  // slider, which moves by arrows and has no use for it, Space alone.
  function onKey(event) {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.repeat;
    const key = event.key === " " ? "Space" : event.key;
    const free = key === "Space" ? ":not([type=range])" : "";
    if (!plain || !el.querySelector("[data-keys]") || event.target.matches(`input${free}, textarea, select`)) return;
    if (key === "Space" && event.target.matches("button, summary, a")) return; // presses that one
    const target = el.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  }

  async function onUpload(input) {
    const file = input.files[0];
    if (!file) return;
    const most = Number(input.dataset.upload);
    const buffer = file.size <= most ? await file.arrayBuffer() : new ArrayBuffer(0);
    press({ do: "upload", value: input.dataset.value ?? "", name: file.name, size: file.size }, [buffer]);
    input.value = "";
  }

  function onClick(event) {
    const link = event.target.closest("a[data-page]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (link && plain && window.solara && window.solara.router) {
      event.preventDefault();
      window.solara.router.push(root() + withState(link.getAttribute("href")));
      return;
    }
    const doer = event.target.closest("[data-do], [data-copy], [data-figure]");
    if (!doer || doer.disabled) return;
    if (doer.tagName === "A") event.preventDefault();
    if (doer.dataset.figure) saveFigure(document.getElementById(doer.dataset.figure), doer.dataset.format);
    if (doer.dataset.copy !== undefined) copy(doer.dataset.copy || location.href);
    if (doer.dataset.do) press({ do: doer.dataset.do, value: doer.dataset.value ?? "" });
  }

  // What was refused goes back to the value in use, in the box that it was typed into and on the slider beside it;
  // unless something else has been typed meanwhile.
  function putBack({ path, value }) {
    for (const input of el.querySelectorAll(`[data-set="${CSS.escape(path)}"]`)) {
      if (input === document.activeElement && valueOf(input) !== value) continue;
      if (input.type === "checkbox") input.checked = input.defaultChecked;
      else if (input.tagName === "SELECT") for (const option of input.options) option.selected = option.defaultSelected;
      else input.value = input.defaultValue;
    }
  }

  function onMessage(message) {
    if (message.ack && message.ack >= awaited) {
      awaited = 0;
      sendWaiting();
    }
    if (message.download) download(message.download);
    if (message.go) window.solara.router.push(root() + message.go);
    if (message.back && !waiting.has(message.back.path)) putBack(message.back);
    if (message.focus) {
      const target = document.getElementById(message.focus);
      if (target) target.focus();
    }
  }

  el.addEventListener("input", onInput);
  el.addEventListener("change", (event) => {
    if (event.target.dataset.upload) onUpload(event.target);
    else onInput(event);
  });
  el.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input[data-set]")) event.target.blur(), event.target.focus();
  });
  el.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  model.on("change:html", show);
  model.on("change:address", address);
  model.on("msg:custom", onMessage);
  show();
  address();
  return () => {
    clearInterval(timer);
    document.removeEventListener("keydown", onKey);
    model.off("change:html", show);
    model.off("change:address", address);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
