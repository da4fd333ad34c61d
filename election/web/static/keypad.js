// The caller's keypad: one key per candidate and choice, the same key again takes it back, Enter confirms the ballot.
// Without this file the choices are pressed, and nothing else is lost.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-keypad]")) {
    const inputs = Array.from(form.querySelectorAll("[data-key]"));
    const main = form.querySelector(".actions .button.main");
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const typing = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
      if (event.key === "Enter" && !event.target.matches("button, a")) {
        event.preventDefault();
        if (typing) event.target.blur();
        else form.requestSubmit(main);
        return;
      }
      if (typing) return;
      const shown = (event.code.startsWith("Digit") || event.code.startsWith("Numpad")) && /\d$/.test(event.code)
        ? event.code.slice(-1)
        : event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
      const key = (event.shiftKey ? "Shift+" : "") + shown;
      const input = inputs.find((one) => one.dataset.key === key);
      if (!input) return;
      event.preventDefault();
      input.checked = !input.checked;
    });
    // a choice that is pressed again is taken back
    for (const input of inputs.filter((one) => one.type === "radio")) {
      let was = false;
      const label = input.closest("label");
      label.addEventListener("pointerdown", () => { was = input.checked; });
      label.addEventListener("click", (event) => {
        if (event.target === input && was) input.checked = false;
        if (event.target === input) was = false;
      });
    }
  }
})();
