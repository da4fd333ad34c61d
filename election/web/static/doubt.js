// Doubtful marks by keyboard: 1 to 4 choose for the first line that is still open (or the one in focus), 0 voids, Enter decides.
// The picture grows and shrinks where it stands; without this file its link shows it by itself.
"use strict";

(() => {
  for (const picture of document.querySelectorAll("[data-enlarge]")) {
    picture.addEventListener("click", (event) => {
      event.preventDefault();
      picture.classList.toggle("enlarged");
    });
  }
  for (const form of document.querySelectorAll("form[data-doubt]")) {
    const lines = Array.from(form.querySelectorAll("[data-line]"));
    const open = () => lines.find((line) => !line.querySelector("input:checked"));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select, button, a, summary")) return;
      if (event.key === "Enter") {
        event.preventDefault();
        form.requestSubmit(form.querySelector(".actions .button.main"));
        return;
      }
      if (!/^[0-9]$/.test(event.key)) return;
      const here = event.target.closest("[data-line]");
      const line = here && !here.querySelector("input:checked") ? here : open() || here || lines[lines.length - 1];
      const input = event.key === "0" ? form.querySelector('[data-choice="0"]') : line && line.querySelector(`[data-choice="${event.key}"]`);
      if (!input) return;
      event.preventDefault();
      input.checked = event.key === "0" ? !input.checked : true;
      input.focus();
    });
  }
})();
