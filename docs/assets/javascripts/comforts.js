// Comforts; the guide reads the same without them. Runs again on each page.
// What the theme adds late: a wide table scrolls inside itself, so the keyboard must reach it; each copy button needs a name.
const reach = () => {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  document.querySelectorAll("nav.md-code__nav").forEach((nav, n) => { nav.ariaLabel = `Copy example ${n + 1}`; });
};
new MutationObserver(reach).observe(document.body, {childList: true, subtree: true});
addEventListener("resize", reach);

document$.subscribe(() => {
  // Ticks on the terms of an objective, kept in this browser only.
  for (const row of document.querySelectorAll(".facts-objective tbody tr")) {
    const name = `term:${row.cells[0].textContent.trim()}`, box = document.createElement("input");
    box.type = "checkbox";
    box.checked = localStorage.getItem(name) === "known";
    box.setAttribute("aria-label", `I know ${row.cells[0].textContent.trim()}`);
    box.addEventListener("change", () => {
      if (box.checked) localStorage.setItem(name, "known");
      else localStorage.removeItem(name);
    });
    row.cells[0].prepend(box);
  }
});
