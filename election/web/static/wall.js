// The wall on a screen: names as large as all of them fit, contests in columns; pages that turn where no readable size does.
// Phones scroll, and so does a screen without scripts.
"use strict";

(() => {
  const SMALLEST = 26; // px of a name that is read from the hall's last row
  const LARGEST = 0.13; // of the room's height
  const COLUMNS = 4;
  const SECONDS = 8; // a page stays
  const LONG = 8; // em; a longer name is set small, in two lines
  const STROKES = [18, 10, 6]; // px of a 正 where everybody has every vote: smaller ones rather than pages that turn
  const WHOLE = 1.12; // a contest in one column is worth letters that are smaller by so much
  const wide = matchMedia("(min-width: 60rem)");
  const turn = document.querySelector(".wall-turn");
  const pen = document.createElement("canvas").getContext("2d");
  let source = null; // the sections as the server sent them
  let laid = null;
  let pages = [];
  let held = -1;

  const range = (from, to) => Array.from({ length: Math.max(to - from, 0) }, (_, at) => from + at);

  /** What is to be laid out, in em of a name. */
  function measured(sections) {
    const font = getComputedStyle(document.body).fontFamily;
    const width = (text, weight) => {
      pen.font = `${weight} 100px ${font}`;
      return pen.measureText(text).width / 100;
    };
    const names = Array.from(sections.querySelectorAll(".wall-name"), (name) => {
      const small = Array.from(name.querySelectorAll("small"), (one) => one.textContent).join("");
      const own = Array.from(name.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join("");
      return width(own, 700) + (small ? width(small, 400) / 2 + 0.4 : 0);
    });
    const returned = Number(sections.dataset.returned);
    const drawn = Number(sections.dataset.drawn);
    return {
      rows: Array.from(sections.children, (section) => section.querySelectorAll("tbody tr").length),
      name: Math.max(3, ...names.filter((name) => name <= LONG)),
      office: Math.max(...Array.from(sections.querySelectorAll("h2"), (h2) => width(h2.firstChild.data, 700) + 0.75 * width(h2.lastChild.textContent, 400) + 0.5)),
      heading: Math.max(...Array.from(sections.querySelectorAll("thead th:not(:first-child)"), (th) => width(th.textContent, 400))),
      digits: Math.max(2, String(returned).length) * width("0", 700),
      worst: Math.ceil(Math.min(returned, drawn) / 5) + (returned > drawn ? 3 : 0),
      strokes: Math.max(0, ...Array.from(sections.querySelectorAll(".strokes"), (cell) => cell.querySelectorAll(".zheng").length + 3 * cell.querySelectorAll(".hundred").length)),
    };
  }

  /** All lengths in px at a size of names and a number of columns. */
  function lengths(all, room, size, columns) {
    const gap = Math.max(36, size * 0.8);
    const width = (room.width - (columns - 1) * gap) / columns;
    const small = Math.max(17, Math.round(size * 0.5));
    const pad = Math.max(10, size * 0.28);
    const number = Math.ceil(Math.max(all.heading * small, all.digits * size) + pad);
    const other = Math.ceil(Math.max(all.heading * small, all.digits * size * 0.72) + pad);
    const names = Math.ceil(all.name * size + size * 0.25);
    const before = width - number - 2 * other;
    const office = Math.max(18, Math.round(Math.min(Math.max(20, size * 0.58), before / all.office)));
    const spoilt = Math.max(17, Math.round(size * 0.4));
    return { size, columns, gap, small, number, other, names, office, void: spoilt, head: Math.ceil((office + spoilt) * 1.2), row: Math.ceil(size * 1.28) + 1, apart: Math.ceil(size * 0.3), strokes: before - names };
  }

  /** The largest 正 at which ``count`` of them stand in a cell, in as many lines as it takes. */
  function stroke(of, count) {
    for (let lines = 1; ; lines++) {
      const edge = Math.min(of.size, Math.floor((of.row - 3) / lines));
      if (edge < 4 || Math.floor(of.strokes / edge) * lines >= count) return Math.max(edge, 3);
    }
  }

  /** Columns of [contest, first row, row after the last]; null where a whole contest is higher than the room. */
  function packed(all, of, height, split) {
    const columns = [[]];
    let left = height;
    const next = () => { columns.push([]); left = height; };
    for (const [contest, rows] of all.rows.entries()) {
      let from = 0;
      do {
        const above = of.head + (left < height ? of.apart : 0);
        const fit = Math.floor((left - above) / of.row);
        let take = Math.min(rows - from, fit);
        if (take < rows - from) {
          if (left < height && (!split || take < 2)) { next(); continue; }
          if (!split || take < 1) return null;
          if (rows - from - take === 1 && take > 2) take -= 1;
        }
        columns[columns.length - 1].push([contest, from, from + take]);
        left -= above + take * of.row;
        from += take;
        if (from < rows) next();
      } while (from < rows);
    }
    return columns;
  }

  /** What every row can be higher by, so that the page is full. */
  function spare(of, found, height) {
    const free = found.map((parts) => {
      const rows = parts.reduce((sum, [, from, to]) => sum + to - from, 0);
      return (height - parts.length * (of.head + of.apart) - rows * of.row) / rows;
    });
    return Math.max(0, Math.min(Math.floor(of.size * 0.4), Math.floor(Math.min(...free))));
  }

  /** The best layout: on one page if that can be read, else on as few pages as there can be. */
  function chosen(all, room) {
    let best = null;
    const offer = (size, columns, split, least, rate) => {
      const of = lengths(all, room, size, columns);
      const found = of.strokes < size ? null : packed(all, of, room.height, split);
      if (!found) return;
      of.row += spare(of, found, room.height);
      if (stroke(of, all.worst) < least) return;
      const value = rate(found) * (split ? 1 : WHOLE);
      if (value > 0 && (!best || value > best.value)) best = { ...of, found, value };
    };
    const most = Math.max(SMALLEST, Math.floor(room.height * LARGEST));
    const each = (least, splits, rate) => {
      for (const columns of range(1, COLUMNS + 1))
        for (const size of range(SMALLEST, most + 1))
          for (const split of splits) offer(size, columns, split, least, (found) => rate(found, size, columns));
      return best;
    };
    for (const least of STROKES)
      if (each(least, [false, true], (found, size, columns) => (found.length <= columns ? size : 0))) return best;
    return each(STROKES[0], [true], (found, size, columns) => size / 1000 + 1000 / Math.ceil(found.length / columns));
  }

  function made(kind, children) {
    const box = document.createElement("div");
    box.className = kind;
    box.append(...children);
    return box;
  }

  /** Some rows of a contest under its heading. */
  function part([contest, from, to]) {
    const copy = source.children[contest].cloneNode(true);
    for (const [at, row] of Array.from(copy.querySelectorAll("tbody tr")).entries()) if (at < from || at >= to) row.remove();
    if (from) {
      const heading = copy.querySelector("h2");
      copy.removeAttribute("aria-labelledby");
      heading.removeAttribute("id");
      heading.textContent = heading.firstChild.data + source.dataset.again;
      copy.querySelector(".wall-void")?.remove();
    }
    return copy;
  }

  function draw(best, all) {
    const columns = best.found.map((parts) => made("wall-column", parts.map(part)));
    pages = range(0, Math.ceil(columns.length / best.columns)).map((at) => {
      const own = columns.slice(at * best.columns, (at + 1) * best.columns);
      while (own.length < best.columns && best.found.length > best.columns) own.push(made("wall-column", []));
      return made("wall-one-page", own);
    });
    const edge = stroke(best, all.strokes);
    for (const [name, px] of Object.entries({ ...best, name: best.size, stroke: edge }))
      laid.style.setProperty(`--wall-${name}`, `${px}px`);
    laid.replaceChildren(...pages);
    for (const [kind, names] of [["long", ".wall-name"], ["tight", "h2"]])
      for (const name of laid.querySelectorAll(names)) if (name.scrollWidth > name.clientWidth + 1) name.classList.add(kind);
  }

  function lay() {
    const found = document.querySelector("[data-wall]");
    if (found !== laid) {
      laid = found;
      source = found && found.cloneNode(true);
    }
    pages = [];
    document.body.classList.toggle("fit", Boolean(found) && wide.matches);
    if (found && wide.matches) {
      found.replaceChildren();
      const all = measured(source);
      const room = { width: found.clientWidth, height: found.clientHeight };
      // letters of some fonts are higher than others: what does not fit in truth is laid out for a lower room
      for (const less of range(0, 12)) {
        const best = chosen(all, { width: room.width, height: room.height - less * 8 });
        if (best) draw(best, all);
        if (best && pages.every((page) => page.scrollHeight <= room.height)) break;
        if (!best) { pages = []; break; }
      }
    }
    if (found && !pages.length) {
      document.body.classList.remove("fit");
      found.replaceChildren(...source.cloneNode(true).children);
    }
    show();
  }

  function show() {
    const at = held >= 0 ? held % Math.max(pages.length, 1) : Math.floor(Date.now() / 1000 / SECONDS) % Math.max(pages.length, 1);
    for (const [number, page] of pages.entries()) page.classList.toggle("away", number !== at);
    turn.hidden = pages.length < 2;
    if (!turn.hidden) turn.firstElementChild.textContent = laid.dataset.page.replace("{page}", at + 1).replace("{pages}", pages.length);
    return at;
  }

  turn.addEventListener("click", () => {
    held = held < 0 ? show() : -1;
    turn.setAttribute("aria-pressed", String(held >= 0));
    show();
  });
  document.body.addEventListener("htmx:afterSwap", lay);
  addEventListener("resize", lay);
  setInterval(show, 500);
  lay();
})();
