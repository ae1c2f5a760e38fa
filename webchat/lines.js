// The lines of a conversation: what the user said, what the bot answered.

import { el, linked, safeAddress } from "./dom.js";
import { ratingOf } from "./rating.js";
import { words } from "./words.js";

/** A user's line. Its state is "sending", "sent" or "failed". */
export class UserLine {
  #note = el("p", { class: "note", role: "alert" });
  #text;

  constructor(text, state = "sent") {
    this.#text = el("p", { class: "bubble" }, text);
    this.element = el("li", { class: "line user" }, hidden(words.you), this.#text, this.#note);
    this.state = state;
  }

  set state(value) {
    this.element.dataset.state = value;
    this.#note.replaceChildren();
  }

  set text(value) {
    this.#text.textContent = value;
  }

  /** Say why it was not sent; with `retry`, offer to send it again. */
  fail(reason, retry) {
    this.state = "failed";
    const button = el("button", { type: "button", class: "link", onclick: retry }, words.retry);
    this.#note.append(reason, ...(retry ? [" ", button] : []));
  }
}

/** A bot's line as an element, or null when it has nothing to show. */
export function botLine(answer, press) {
  const image = answer.image ? safeAddress(answer.image) : null;
  const parts = [
    answer.text ? el("p", { class: "bubble" }, ...linked(answer.text)) : null,
    image ? el("img", { class: "picture", src: image, alt: words.image, loading: "lazy" }) : null,
    cards(answer.custom, press),
    buttons(answer.buttons, press),
  ].filter(Boolean);
  if (!parts.length) return null;
  if (answer.kind === "answer") parts.push(ratingOf(answer.id, answer.rating));
  return el("li", { class: `line bot ${answer.kind}` }, hidden(words.bot), ...parts);
}

/** A line that the page itself says. */
export function pageLine(text) {
  return el("li", { class: "line page" }, el("p", {}, text));
}

function buttons(list, press) {
  const made = (Array.isArray(list) ? list : []).map((one) =>
    el("button", { type: "button", class: "choice", onclick: () => press(one) }, String(one.title)),
  );
  return made.length ? el("div", { class: "choices" }, ...made) : null;
}

function cards(custom, press) {
  const list = Array.isArray(custom?.cards) ? custom.cards : [];
  const made = list.map((card) =>
    el(
      "article",
      { class: "card" },
      card.title ? el("h3", {}, String(card.title)) : null,
      card.text ? el("p", {}, ...linked(String(card.text))) : null,
      buttons(card.buttons, press),
    ),
  );
  return made.length ? el("div", { class: "cards" }, ...made) : null;
}

function hidden(text) {
  return el("span", { class: "visually-hidden" }, text);
}
