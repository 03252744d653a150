// Saves a drawing of the page as a file: what its style sheet says is written into it first.

const COPIED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size",
  "font-weight", "text-anchor", "paint-order", "stroke-linejoin", "stroke-linecap"];

function standalone(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const style = getComputedStyle(originals[place]);
    element.setAttribute("style", COPIED.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  const { width, height } = svg.getBoundingClientRect();
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
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
  const { text, width, height } = standalone(svg);
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
