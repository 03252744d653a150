// Saves a drawing of the page as a file that stands alone: its finding above it; under it what its shapes mean, and
// what was simulated. What the style sheets say is written into it.

const NS = "http://www.w3.org/2000/svg";
const COPIED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size",
  "font-weight", "text-anchor", "paint-order", "stroke-linejoin", "stroke-linecap"];
const MARGIN = 16;
const LONGEST_LINE = 760;
const MARK = 14;

function wordsOf(element) {
  return element ? element.textContent.replace(/\s+/g, " ").trim() : "";
}

function made(name, attributes, words = "") {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = words;
  return element;
}

function styled(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const style = getComputedStyle(originals[place]);
    element.setAttribute("style", COPIED.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  copy.setAttribute("overflow", "visible");
  return copy;
}

// Files have no fonts of their own: a line must fit in the first font of the list, and in those after it.
function widthOf(words, { size, weight, family }) {
  const pen = document.createElement("canvas").getContext("2d");
  const widths = [family, family.split(",").slice(1).join(",") || family].map((one) => {
    pen.font = `${weight} ${size}px ${one}`;
    return pen.measureText(words).width;
  });
  return Math.max(...widths);
}

function linesOf(words, type, room) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (widthOf(longer, type) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.filter(Boolean);
}

// What stands round a drawing: words line by line, and its key, from the top down.
function sheet(room) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const type = (size, weight = 400, name = "sans") => ({ size, weight, family: colour(name) });
  const parts = [];
  let y = MARGIN;
  function write(words, font, fill) {
    for (const line of linesOf(words, font, Math.min(room, LONGEST_LINE))) {
      y += Math.round(1.35 * font.size);
      const told = `font-family:${font.family};font-size:${font.size}px;font-weight:${font.weight};fill:${fill}`;
      parts.push(made("text", { x: MARGIN, y: y - Math.round(0.3 * font.size), style: told }, line));
    }
  }
  return {
    parts,
    head(words) { write(words, type(14), colour("muted")); },
    title(words) { write(words, type(18, 650, "serif"), colour("ink")); },
    note(words) { write(words, type(13), colour("muted")); },
    space(px) { y += px; },
    draw(svg, width, height) {
      const copy = styled(svg);
      for (const [key, value] of Object.entries({ x: MARGIN, y, width, height })) copy.setAttribute(key, value);
      copy.removeAttribute("role");
      copy.querySelector("title")?.remove(); // the whole file has it
      parts.push(copy);
      y += height;
    },
    key(items) {
      const font = type(14);
      const told = `font-family:${font.family};font-size:14px;fill:${colour("ink")}`;
      let x = 0;
      for (const item of items) {
        const wide = MARK + 6 + widthOf(wordsOf(item), font) + 18;
        if (!x || x + wide > room) (x = 0), (y += 22);
        const mark = styled(item.querySelector("svg"));
        const place = { x: MARGIN + x, y: y - MARK + 2, width: MARK, height: MARK };
        for (const [key, value] of Object.entries(place)) mark.setAttribute(key, value);
        parts.push(mark, made("text", { x: MARGIN + x + MARK + 6, y, style: told }, wordsOf(item)));
        x += wide;
      }
    },
    end() { return y + MARGIN; },
  };
}

// Where a drawing comes from; one that is made by formula shows none of the days.
function sourceOf(figure) {
  const source = document.getElementById("figure-source")?.cloneNode(true);
  if (source && figure.querySelector("[data-by-formula]")) source.querySelector("[data-of-days]")?.remove();
  return wordsOf(source);
}

function standalone(figure, svg) {
  const drawn = svg.getBoundingClientRect();
  const section = figure.closest("section");
  const room = Math.max(drawn.width, 320);
  const page = sheet(room);
  if (section) page.head(wordsOf(section.querySelector("h2")));
  page.title(wordsOf(figure.querySelector("h3")));
  page.space(12);
  page.draw(svg, drawn.width, drawn.height);
  const items = figure.querySelectorAll("ul.key li");
  if (items.length) page.key(items);
  page.space(10);
  const notes = [...figure.querySelectorAll("figcaption"), ...(section?.querySelectorAll("[data-figure-note]") ?? [])];
  for (const note of notes) page.note(wordsOf(note));
  page.space(6);
  page.note(sourceOf(figure));
  const [width, height] = [room + 2 * MARGIN, page.end()];
  const named = { role: "img", "aria-labelledby": svg.getAttribute("aria-labelledby") };
  const root = made("svg", { width, height, viewBox: `0 0 ${width} ${height}`, ...named });
  const fill = getComputedStyle(document.body).backgroundColor;
  const title = svg.querySelector("title").cloneNode(true);
  root.append(title, made("rect", { width: "100%", height: "100%", fill }), ...page.parts);
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

function saveBlob(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function saveFigure(figure, format) {
  const svg = [...figure.querySelectorAll("svg[role=img]")].find((one) => one.getClientRects().length);
  if (!svg) return;
  const { text, width, height } = standalone(figure, svg);
  const drawing = new Blob([text], { type: "image/svg+xml" });
  if (format === "svg") {
    saveBlob(`${figure.id}.svg`, drawing);
    return;
  }
  const picture = new Image();
  picture.src = URL.createObjectURL(drawing);
  await picture.decode();
  const canvas = document.createElement("canvas");
  const scale = 3; // sharp on paper
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  canvas.toBlob((blob) => saveBlob(`${figure.id}.png`, blob), "image/png");
}
