// Solara's shell names no language and forbids zooming; both are needed to read the pages at all.
document.documentElement.lang = "en-GB";
document.querySelector('meta[name="viewport"]').content = "width=device-width, initial-scale=1";

// Solara covers the page when it loses the program. What that means is said here, and read aloud.
const LOST = "The program has stopped or cannot be reached. What you had set before is in the address: "
  + "start the program again and reload.";
addEventListener("DOMContentLoaded", () => {
  const lost = document.createElement("p");
  lost.className = "lost";
  lost.setAttribute("role", "alert");
  document.body.append(lost);
  const look = () => {
    const words = document.querySelector("#app .v-overlay--active") ? LOST : "";
    if (lost.textContent !== words) lost.textContent = words;
  };
  const classes = { subtree: true, attributes: true, attributeFilter: ["class"] };
  new MutationObserver(look).observe(document.body, classes);
});
