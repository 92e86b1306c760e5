"use strict";
(async () => {
  const ESTIMATE = 260; // pixels, until a sample has been drawn
  const AROUND = 3; // samples drawn above and below those in view
  const LONG_RUN = 40, HEAD = 16, TAIL = 8, MOST_TOKENS = 600; // of a line of tokens
  const find = (name) => document.getElementById(name);
  if (typeof DecompressionStream === "undefined") return; // the page stays as it is without script

  const unpack = async (element) => {
    const text = atob(element.textContent), bytes = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  };
  const make = (tag, attributes = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };
  const number = (value) => value.toLocaleString("en-GB");

  const index = await unpack(document.querySelector(".samples-index"));
  const packed = [...document.querySelectorAll(".samples-block")];
  const blocks = new Map();
  const block = (place) => {
    if (!blocks.has(place)) blocks.set(place, unpack(packed[place]));
    return blocks.get(place);
  };
  const total = index.ids.length;
  const several = index.systems.length > 1;
  const rowOf = new Map(index.ids.map((id, row) => [id, row]));
  const answer = (system, row) => (index.answers[system][row] === 0 ? index.references[row] : index.answers[system][row]);
  const tagsOf = Array.from({ length: total }, () => []);
  for (const [name, rows] of index.tags) for (const row of rows) tagsOf[row].push(name);

  // ---- search, filter, sort

  const tokens = (text) => text.match(/\\(?:begin|end)\{[^}]*\}|\\[A-Za-z]+|\\.|\S/gu) || [];
  const bare = (list) => ` ${list.filter((token) => token !== "{" && token !== "}").join(" ")} `;
  let texts = null;
  const haystacks = () => {
    texts ||= index.references.map((reference, row) =>
      [reference, ...index.answers.map((given) => given[row])].filter((text) => typeof text === "string")
        .map((text) => bare(text.split(" "))).join("\n"));
    return texts;
  };
  const hasConfusion = (row, reference, prediction) => index.steps.some((steps, system) => {
    if (!steps[row]) return false;
    const theirs = index.references[row].split(" "), ours = answer(system, row).split(" ");
    let i = 0, j = 0;
    for (const step of steps[row]) {
      const left = step === "I" ? "" : theirs[i++], right = step === "D" ? "" : ours[j++];
      if (step !== "=" && left === reference && right === prediction) return true;
    }
    return false;
  });
  const matcher = (query) => {
    const sides = query.split(/→|->/);
    if (sides.length === 2) {
      const [reference, prediction] = sides.map((side) => side.trim());
      return (row) => hasConfusion(row, reference, prediction);
    }
    const id = query.toLowerCase(), part = bare(tokens(query));
    return (row) => index.ids[row].toLowerCase().includes(id) || (part.trim() && haystacks()[row].includes(part));
  };
  const confidence = (row) => { // the least of the systems'
    const known = index.confidences.map((of) => of?.[row] ?? null).filter((one) => one !== null);
    return known.length ? Math.min(...known) : null;
  };
  const most = Array.from({ length: total }, (_, row) => Math.max(...index.edits.map((edits) => edits[row])));
  const orders = {
    edits: (a, b) => most[b] - most[a],
    longest: (a, b) => index.lengths[b] - index.lengths[a],
    shortest: (a, b) => index.lengths[a] - index.lengths[b],
    id: (a, b) => index.ids[a].localeCompare(index.ids[b], "en", { numeric: true }),
    sure: (a, b) => (confidence(b) ?? -1) - (confidence(a) ?? -1),
    unsure: (a, b) => (confidence(a) ?? 2) - (confidence(b) ?? 2),
  };
  let group = ""; // the samples that a link of the page named
  const search = find("search"), tag = find("tag"), structure = find("structure"), sort = find("sort");
  const fill = (select, pairs) => select.append(...pairs.map(([name, rows]) =>
    make("option", { value: name }, `${name} (${number(rows.length)})`)));
  fill(tag, index.tags);
  fill(structure, index.structures);
  if (!index.confidences.some(Boolean)) for (const option of sort.querySelectorAll("[value$=sure]")) option.remove();

  // ---- the list: samples in view are drawn, the others are room

  const scroller = find("scroller"), feed = find("feed"), count = find("count");
  const heights = new Float64Array(total).fill(ESTIMATE);
  let shown = [], tops = new Float64Array(1);
  const cards = new Map(); // place in `shown` -> article
  const layOut = () => {
    tops = new Float64Array(shown.length + 1);
    shown.forEach((row, place) => { tops[place + 1] = tops[place] + heights[row]; });
    feed.style.height = `${tops[shown.length]}px`;
    for (const [place, card] of cards) card.style.top = `${tops[place]}px`;
  };
  const placeAt = (height) => {
    let low = 0, high = shown.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (tops[middle] <= height) low = middle; else high = middle;
    }
    return low;
  };
  const draw = () => {
    const top = scroller.scrollTop;
    const first = Math.max(0, placeAt(top) - AROUND);
    const last = Math.min(shown.length, placeAt(top + scroller.clientHeight) + 1 + AROUND);
    for (const [place, card] of cards) {
      if ((place < first || place >= last) && !card.contains(document.activeElement)) {
        sizes.unobserve(card);
        card.remove();
        cards.delete(place);
      }
    }
    for (let place = first; place < last; place++) if (!cards.has(place)) insert(place);
  };
  const insert = (place) => {
    const card = article(shown[place], place);
    card.style.top = `${tops[place]}px`;
    const after = [...cards.keys()].filter((other) => other > place);
    feed.insertBefore(card, after.length ? cards.get(Math.min(...after)) : null);
    cards.set(place, card);
    sizes.observe(card);
  };
  const sizes = new ResizeObserver((entries) => {
    let changed = false;
    const anchor = placeAt(scroller.scrollTop), inside = scroller.scrollTop - tops[anchor];
    for (const { target } of entries) {
      const height = target.offsetHeight + 12, row = Number(target.dataset.row);
      if (target.isConnected && height > 12 && height !== heights[row]) { heights[row] = height; changed = true; }
    }
    if (!changed) return;
    layOut();
    if (inside >= 0 && shown.length) scroller.scrollTop = tops[anchor] + inside;
    draw();
  });
  const update = () => {
    const query = search.value.trim();
    let rows = [...Array(total).keys()];
    for (const [select, groups] of [[tag, index.tags], [structure, index.structures]]) {
      if (!select.value) continue;
      const kept = new Set((groups.find(([name]) => name === select.value) || [0, []])[1]);
      rows = rows.filter((row) => kept.has(row));
    }
    find("only").hidden = !group;
    find("only").querySelector("strong").textContent = group;
    if (group) {
      const kept = new Set(index.groups[group]);
      rows = rows.filter((row) => kept.has(row));
    }
    if (query) rows = rows.filter(matcher(query));
    if (orders[sort.value]) rows.sort((a, b) => orders[sort.value](a, b) || a - b);
    shown = rows;
    for (const card of cards.values()) { sizes.unobserve(card); card.remove(); }
    cards.clear();
    layOut();
    scroller.scrollTop = 0;
    count.textContent = `${number(shown.length)} of ${number(total)} samples`;
    find("nothing").hidden = shown.length > 0;
    draw();
  };
  const go = (place) => {
    if (place < 0 || place >= shown.length) return;
    scroller.scrollTop = tops[place];
    draw();
    cards.get(place).focus({ preventScroll: true });
  };

  // ---- one sample

  const article = (row, place) => {
    const id = index.ids[row], words = [];
    index.systems.forEach((name, system) => {
      const edits = index.edits[system][row];
      const said = index.answers[system][row] === null ? "missing" : `${number(edits)} token edit${edits === 1 ? "" : "s"}`;
      const sure = index.confidences[system]?.[row] ?? null;
      words.push((several ? `${name}: ` : "") + said + (sure === null ? "" : `, confidence ${(100 * sure).toFixed(0)} %`));
    });
    const link = make("a", { href: `#sample=${encodeURIComponent(id)}` }, id);
    const card = make("article", {
      class: "sample", tabindex: "-1", "data-row": row, "aria-posinset": place + 1, "aria-setsize": shown.length,
      "aria-label": id,
    }, make("h3", {}, link, " ", make("small", {}, [...words, ...tagsOf[row].filter((name) => name !== "wrong")].join("; "))));
    const body = make("div");
    card.append(body);
    block(Math.floor(row / index.block)).then((drawn) => {
      body.append(...details(row, drawn[row % index.block]));
      body.querySelectorAll(".drawing, .source, pre").forEach((part) => {
        if (part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight) {
          part.tabIndex = 0;
          part.setAttribute("role", "group");
          part.setAttribute("aria-label", "formula, scrolls");
        }
      });
    });
    return card;
  };
  const formula = (part, title, side, text) => {
    const drawing = make("div", { class: "drawing" });
    if (part.drawing) drawing.innerHTML = part.drawing; // written by this page's own program, which escapes texts
    if (part.remark) drawing.append(make("small", {}, `(${part.remark})`));
    const box = make("div", { "data-side": side }, make("p", { class: "label" }, title), drawing);
    if (text) box.append(make("div", { class: "source" }, make("code", {}, text)));
    return box;
  };
  const details = (row, found) => {
    const reference = index.references[row];
    const pair = make("div", { class: "pair" });
    const parts = [];
    if (found.picture) parts.push(make("img", { class: "ink", src: found.picture, alt: `Picture of ${index.ids[row]}` }));
    pair.append(formula(found, "reference", "reference", found.text ?? reference));
    found.answers.forEach((given, system) => {
      const text = given.text ?? answer(system, row);
      const same = index.answers[system][row] !== null && !given.drawing && !given.remark;
      const box = formula(same ? { ...given, drawing: found.drawing } : given,
        several ? index.systems[system] : "prediction", `prediction ${system}`, text);
      if (same) box.querySelectorAll(".mark").forEach((mark) => mark.removeAttribute("class"));
      if (given.verdict) box.append(make("p", { class: "label" }, given.verdict));
      if (given.problem) {
        box.append(make("p", { class: "label" }, `${given.problem.name}: ${given.problem.message.replaceAll("`", "")}`),
          make("pre", {}, given.problem.caret));
      }
      pair.append(box);
    });
    parts.push(pair);
    if (found.attention) parts.push(attention(found.attention, index.ids[row]));
    index.steps.forEach((steps, system) => {
      if (steps[row]) parts.push(line(steps[row], reference.split(" "), answer(system, row).split(" "), system));
    });
    return parts;
  };
  const attention = (picture, id) => {
    const box = make("details", {}, make("summary", {}, "Attention, token by token"));
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector("img")) box.append(make("img", { class: "wide", src: picture, alt: `Attention of the reading of ${id}` }));
    });
    return box;
  };
  const line = (steps, theirs, ours, system) => {
    const element = make("p", { class: "tokens" });
    if (several) element.append(make("small", {}, `${index.systems[system]}: `));
    const said = { "=": "that match", S: "substituted", D: "left out", I: "added" };
    let i = 0, j = 0, written = 0;
    for (const run of steps.match(/(.)\1*/g)) {
      const hidden = run.length > LONG_RUN ? run.length - HEAD - TAIL : 0;
      for (let place = 0; place < run.length; place++) {
        const step = run[0], left = step === "I" ? "" : i++, right = step === "D" ? "" : j++;
        if (hidden && place >= HEAD && place < run.length - TAIL) {
          if (place === HEAD) element.append(make("em", {}, `… ${number(hidden)} more ${said[step]} …`), " ");
          continue;
        }
        if (written++ > MOST_TOKENS) continue;
        const gone = () => make("del", { tabindex: 0, "data-side": "reference", "data-token": left }, theirs[left]);
        const added = () => make("ins", { tabindex: 0, "data-side": `prediction ${system}`, "data-token": right }, ours[right]);
        if (step === "=") element.append(theirs[left]);
        else if (step === "S") element.append(make("span", { class: "swap" }, gone(), added()));
        else element.append(step === "D" ? gone() : added());
        element.append(" ");
      }
    }
    if (written > MOST_TOKENS) element.append(make("em", {}, "… and more"));
    return element;
  };

  // ---- tokens and their drawings are shown together

  const light = (target) => {
    feed.querySelectorAll(".linked").forEach((other) => other.classList.remove("linked"));
    const chosen = target.closest?.("[data-token]");
    if (!chosen) return;
    const side = chosen.closest("[data-side]").dataset.side, wanted = chosen.dataset.token.split(" ");
    chosen.closest("article").querySelectorAll("[data-token]").forEach((other) => {
      if (other.closest("[data-side]").dataset.side !== side) return;
      if (other.dataset.token.split(" ").some((token) => wanted.includes(token))) other.classList.add("linked");
    });
  };
  feed.addEventListener("mouseover", (event) => light(event.target));
  feed.addEventListener("focusin", (event) => light(event.target));
  feed.addEventListener("mouseleave", () => light(document.activeElement));

  // ---- links and keys

  const open = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const [, kind, value] = /^(sample|find|tag|structure|group)=(.*)$/s.exec(hash) || [];
    if (!kind) return;
    search.value = kind === "find" ? value : "";
    tag.value = kind === "tag" ? value : "";
    structure.value = kind === "structure" ? value : "";
    group = kind === "group" && Object.hasOwn(index.groups, value) ? value : "";
    update();
    find("samples").scrollIntoView();
    if (kind === "sample" && rowOf.has(value)) go(shown.indexOf(rowOf.get(value)));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-kind]");
    if (!link) return;
    event.preventDefault();
    const hash = `#${link.dataset.kind}=${encodeURIComponent(link.dataset.value)}`;
    if (location.hash === hash) open(); else location.hash = hash;
  });
  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches?.("input, select, textarea");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); search.focus(); }
    if (!scroller.contains(event.target)) return;
    const card = event.target.closest("article");
    const here = card ? Number(card.getAttribute("aria-posinset")) - 1 : placeAt(scroller.scrollTop) - 1;
    const steps = { j: 1, PageDown: 1, k: -1, PageUp: -1 };
    if (event.key in steps) { event.preventDefault(); go(card ? here + steps[event.key] : here + Math.max(0, steps[event.key])); }
    if (event.key === "Home") { event.preventDefault(); go(0); }
    if (event.key === "End") { event.preventDefault(); go(shown.length - 1); }
  });
  scroller.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 120); });
  for (const select of [tag, structure, sort]) select.addEventListener("change", update);
  find("every").addEventListener("click", () => { group = ""; update(); search.focus(); });
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", open);

  document.documentElement.classList.add("scripted");
  if (index.tags.some(([name]) => name === "wrong")) tag.value = "wrong";
  update();
  open();
  document.documentElement.dataset.samples = total;
})();
