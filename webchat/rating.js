// Thumbs up and down under an answer, and a word on why it was bad.

import { call } from "./api.js";
import { el, icon } from "./dom.js";
import { words } from "./words.js";

/** The rating of one answer; `value` is "up", "down" or null. */
export function ratingOf(answer, value) {
  const status = el("span", { class: "rating-status", role: "status" });
  const thumbs = { up: thumb("up", words.goodAnswer), down: thumb("down", words.badAnswer) };
  const group = el("div", { class: "rating", role: "group", "aria-label": words.rateThis });
  group.append(thumbs.up, thumbs.down, status);

  function thumb(which, label) {
    const attributes = { type: "button", class: "thumb", "aria-label": label, title: label };
    return el("button", { ...attributes, onclick: () => rate(which) }, icon(`thumb-${which}`));
  }

  function show(now) {
    value = now;
    for (const [which, button] of Object.entries(thumbs)) {
      button.setAttribute("aria-pressed", String(which === now));
    }
    group.classList.toggle("rated", now !== null);
  }

  async function rate(which, reason) {
    const before = value;
    show(which);
    status.textContent = "";
    try {
      await call("POST", "/api/ratings", { answer, value: which, ...(reason ? { reason } : {}) });
    } catch {
      show(before);
      status.textContent = words.ratingFailed;
      return;
    }
    group.querySelector("form")?.remove();
    if (which === "down" && reason === undefined) askWhy();
    else status.textContent = words.thanks;
  }

  function askWhy() {
    const input = el("input", {
      type: "text",
      maxlength: 500,
      class: "reason",
      placeholder: words.reasonLabel,
      "aria-label": words.reasonLabel,
    });
    const send = el("button", { type: "submit", class: "reason-send" }, words.reasonSend);
    const form = el("form", { class: "why" }, input, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      rate("down", input.value.trim());
      thumbs.down.focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      form.remove();
      thumbs.down.focus();
    });
    group.append(form);
    form.scrollIntoView({ block: "nearest" });
    input.focus({ preventScroll: true });
  }

  show(value ?? null);
  return group;
}
