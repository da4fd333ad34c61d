// Tally entry by keyboard: Enter goes to the next cell, sums stand beside the lines, drafts keep themselves.
// Everything here is also done by the server when the sheet is checked; without this file nothing is lost.
"use strict";

(() => {
  const WIDE = /[０-９]/g;
  const NUMBER = /^\d{1,8}$/;
  const SAVE_AFTER = 900;

  const plain = (text) => text.replace(WIDE, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).trim();
  const numberIn = (input) => {
    const text = input ? plain(input.value) : "";
    return NUMBER.test(text) ? Number(text) : null;
  };
  const cellsOf = (form) => Array.from(form.querySelectorAll("[data-cell]")).filter((c) => !c.disabled);

  function words(form, left) {
    if (left === 0) return `✓ ${form.dataset.wordsEven}`;
    const said = left > 0 ? form.dataset.wordsLeft : form.dataset.wordsOver;
    return said.replace("{count}", String(Math.abs(left)));
  }

  function show(place, form, total, target) {
    if (!place) return;
    place.textContent = "";
    if (total === null) {
      place.textContent = "—";
      return;
    }
    const part = document.createElement("span");
    if (target === null) {
      part.textContent = String(total);
    } else {
      const left = target - total;
      part.className = left === 0 ? "sum-even" : left > 0 ? "sum-open" : "sum-off";
      part.textContent = left === 0 ? `${total} ${words(form, 0)}` : words(form, left);
    }
    place.append(part);
  }

  function sum(inputs) {
    const found = inputs.map(numberIn).filter((n) => n !== null);
    return found.length ? found.reduce((a, b) => a + b, 0) : null;
  }

  function recount(form) {
    const head = (name) => numberIn(form.elements.namedItem(name));
    const valid = head("valid");
    const heads = form.querySelector("[data-heads-sum]");
    if (heads && valid !== null && head("invalid") !== null) {
      show(heads, form, valid + head("invalid"), head("returned"));
    } else if (heads) {
      heads.textContent = "";
    }
    let cast = null;
    for (const table of form.querySelectorAll("[data-rows]")) {
      const target = table.dataset.valid ? Number(table.dataset.valid) : valid;
      for (const row of table.querySelectorAll("[data-row]")) {
        const inputs = Array.from(row.querySelectorAll("[data-cell]"));
        const total = sum(inputs);
        const complete = inputs.every((i) => numberIn(i) !== null);
        const over = total !== null && target !== null && total > target;
        show(row.querySelector("[data-sum]"), form, total, target);
        row.classList.toggle("row-even", complete && total === target);
        row.classList.toggle("row-off", over || (complete && target !== null && total !== target));
        const votes = numberIn(inputs[0]);
        if (votes !== null) cast = (cast || 0) + votes;
      }
    }
    for (const line of form.querySelectorAll("[data-write-in]")) {
      const votes = numberIn(line.querySelector('[name$=".for"]'));
      if (votes !== null) cast = (cast || 0) + votes;
    }
    const most = valid !== null && form.dataset.seats ? valid * Number(form.dataset.seats) : null;
    const total = form.querySelector("[data-total]");
    if (total) {
      total.textContent = cast === null ? "—" : String(cast);
      total.classList.toggle("sum-off", most !== null && cast !== null && cast > most);
      form.querySelector("[data-most]").textContent = most === null ? "—" : String(most);
    }
  }

  function move(form, from, step) {
    const cells = cellsOf(form);
    const at = cells.indexOf(from) + step;
    // nobody else was written in: a blank name ends the sheet
    const ends = step > 0 && from.name.endsWith(".name") && from.value.trim() === "";
    if (!ends && at >= 0 && at < cells.length) {
      cells[at].focus();
    } else if (step > 0) {
      const main = form.querySelector(".actions .button.main");
      if (main) main.focus();
    }
  }

  // the cell of the same column, a line up or down
  function column(form, from, step) {
    const row = from.closest("[data-row]");
    if (!row) return move(form, from, step);
    const rows = Array.from(form.querySelectorAll("[data-row]"));
    const next = rows[rows.indexOf(row) + step];
    const place = Array.from(row.querySelectorAll("[data-cell]")).indexOf(from);
    if (next) next.querySelectorAll("[data-cell]")[place].focus();
    else move(form, from, step > 0 ? 3 - place : -1 - place);
    return undefined;
  }

  function keys(form, event) {
    const cell = event.target;
    if (!cell.matches("[data-cell]") || event.isComposing) return;
    const steps = { Enter: () => move(form, cell, event.shiftKey ? -1 : 1), ArrowDown: () => column(form, cell, 1), ArrowUp: () => column(form, cell, -1) };
    if (!(event.key in steps)) return;
    event.preventDefault();
    steps[event.key]();
  }

  // the draft keeps itself a moment after the last key, and when the page is left
  function keeping(form) {
    const said = form.querySelector("[data-saved]");
    if (!said) return null;
    let timer = null;
    let left = false;
    const save = async () => {
      timer = null;
      const data = new FormData(form);
      data.set("_go", "save");
      try {
        const answer = await fetch(form.action || window.location.href, { method: "POST", body: data, credentials: "same-origin", keepalive: true });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const now = new Date();
        said.textContent = `${form.dataset.wordsSaved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
        said.classList.remove("sum-off");
      } catch (_error) {
        if (left) return;
        said.textContent = form.dataset.wordsOffline;
        said.classList.add("sum-off");
        timer = setTimeout(save, 5000);
      }
    };
    form.addEventListener("submit", () => {
      left = true;
      clearTimeout(timer);
      timer = null;
    });
    window.addEventListener("pagehide", () => {
      if (timer !== null && !left) {
        left = true;
        save();
      }
    });
    return () => {
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER);
    };
  }

  for (const form of document.querySelectorAll("form[data-sheet]")) {
    const keep = keeping(form);
    form.addEventListener("keydown", (event) => keys(form, event));
    form.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-cell]")) event.target.select();
    });
    form.addEventListener("input", (event) => {
      const cell = event.target;
      if (cell.matches("[data-cell]") && cell.inputMode === "numeric" && WIDE.test(cell.value)) cell.value = plain(cell.value);
      if (cell.matches("[data-cell]")) cell.removeAttribute("aria-invalid");
      recount(form);
      if (keep) keep();
    });
    recount(form);
    if (!document.getElementById("errors")) {
      const first = cellsOf(form).find((c) => c.value === "");
      if (first) first.focus({ preventScroll: true });
    }
  }

  // a recounted number chooses its own line
  for (const form of document.querySelectorAll("form[data-choices]")) {
    form.addEventListener("input", (event) => {
      if (!event.target.matches("[data-chooses]") || event.target.value === "") return;
      const radio = event.target.closest(".pick").querySelector('input[type="radio"]');
      radio.checked = true;
    });
  }
})();
