// Solara's shell names no language and forbids zooming; both are needed to read the pages at all.
document.documentElement.lang = "en-GB";
document.querySelector('meta[name="viewport"]').content = "width=device-width, initial-scale=1";
