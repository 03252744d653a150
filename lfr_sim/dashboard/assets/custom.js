// Solara's shell names no language and forbids zooming; both are needed to read the pages at all.
document.documentElement.lang = "en-GB";
document.querySelector('meta[name="viewport"]').content = "width=device-width, initial-scale=1";

// Where anywidget is, told before require.js is loaded. Its own extension tells that too, but only once it has come;
// a widget that is faster, on a slow machine, would be looked for on the internet, and not be shown.
window.require = { map: { "*": { anywidget: "nbextensions/anywidget/index" } } };

// Solara covers the page when it loses the program. What that means is said here, and read aloud.
const LOST = "The connection was lost: the program has stopped or cannot be reached. What you had set before is "
  + "in the address. Once the program is there again, this page reloads by itself; if it does not, reload it.";
addEventListener("DOMContentLoaded", () => {
  const lost = document.createElement("div");
  lost.className = "lost";
  lost.setAttribute("role", "alert");
  const told = document.createElement("p");
  const reload = document.createElement("button");
  reload.type = "button";
  reload.textContent = "Reload";
  reload.hidden = true;
  reload.addEventListener("click", () => location.reload());
  lost.append(told, reload);
  document.body.append(lost);
  const look = () => {
    const words = document.querySelector("#app .v-overlay--active") ? LOST : "";
    if (told.textContent === words) return;
    told.textContent = words;
    reload.hidden = !words;
  };
  const classes = { subtree: true, attributes: true, attributeFilter: ["class"] };
  new MutationObserver(look).observe(document.body, classes);
});
